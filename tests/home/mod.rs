//! The program in a home of its own, with an end to its patience.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use reprove::finding::Sides;
use serde_json::Value;
use tempfile::TempDir;

/// After this time the program hangs.
const PATIENCE: Duration = Duration::from_secs(90);

/// What the program may not find in the environment unless a test puts it there.
const FOREIGN: [&str; 16] = [
    "REGISTRY_AUTH_FILE",
    "DOCKER_AUTH_CONFIG",
    "DOCKER_CERT_PATH",
    "DOCKER_HOST",
    "XDG_RUNTIME_DIR",
    "XDG_CONFIG_HOME",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "no_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
];

/// Starts a program that heeds signals: one that is started in the background of a script ignores SIGINT, and so does what
/// it starts, tests and all.
pub(crate) const INTERRUPTIBLE: &[&str] = &["env", "--default-signal=INT,TERM"];

/// What a run left behind.
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Run {
    /// The report that `--format json` printed.
    pub(crate) fn report(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}{}", self.out, self.err))
    }

    /// The report without what was typed, as text.
    pub(crate) fn report_of_any_reference(&self) -> String {
        let mut report = self.report();
        for side in ["original", "rebuild"] {
            report[side].as_object_mut().unwrap().shift_remove("reference").unwrap();
        }
        format!("{report:#}")
    }

    /// The details of the gaps of all platforms that have this reason.
    pub(crate) fn gaps(&self, reason: &str) -> Vec<String> {
        let report = self.report();
        let of_images = report["index"]["gaps"].as_array().into_iter().flatten();
        let platforms = report["platforms"].as_array().into_iter().flatten();
        let of_platforms = platforms.flat_map(|platform| platform["gaps"].as_array().into_iter().flatten());
        let gaps = of_images.chain(of_platforms).filter(|gap| gap["reason"] == reason);
        gaps.map(|gap| gap["detail"].as_str().unwrap().to_owned()).collect()
    }
}

/// A user's home: configuration, credentials, cache, and room for images.
pub(crate) struct Home(TempDir);

impl Home {
    pub(crate) fn new() -> Self {
        let home = Home(tempfile::tempdir().unwrap());
        for folder in ["home", "docker", "cache", "run", "tmp"] {
            fs::create_dir(home.path(folder)).unwrap();
        }
        home
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Where blobs are kept between runs where nothing else is said.
    pub(crate) fn cache(&self) -> PathBuf {
        self.path("cache/reprove")
    }

    /// Writes Docker's `config.json`.
    pub(crate) fn docker_config(&self, config: &Value) {
        fs::write(self.path("docker/config.json"), config.to_string()).unwrap();
    }

    /// The program, for this user.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        self.command_by(&[], arguments)
    }

    /// The same, started by another program, which gets the program and its arguments as its last ones.
    pub(crate) fn command_by(&self, starter: &[&str], arguments: &[&str]) -> Command {
        let mut words = starter.iter().chain([&env!("CARGO_BIN_EXE_reprove")]).chain(arguments);
        let mut command = Command::new(words.next().unwrap());
        FOREIGN.into_iter().chain(["NO_COLOR", "CLICOLOR_FORCE", "CLICOLOR"]).for_each(|name| {
            command.env_remove(name);
        });
        command
            .env("HOME", self.path("home"))
            .env("DOCKER_CONFIG", self.path("docker"))
            .env("XDG_CACHE_HOME", self.path("cache"))
            .env("TMPDIR", self.path("tmp"))
            .current_dir(self.path("run"))
            .args(words)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        finish(self.command(arguments).spawn().unwrap())
    }

    /// `reprove diff --format json`, with more arguments.
    pub(crate) fn diff(&self, pair: &Sides<String>, arguments: &[&str]) -> Run {
        let diff = ["diff", "--format", "json", pair.original.as_str(), pair.rebuild.as_str()];
        self.run(&[&diff[..], arguments].concat())
    }

    /// The same with so many threads.
    pub(crate) fn diff_on(&self, threads: usize, pair: &Sides<String>, arguments: &[&str]) -> Run {
        let diff = ["diff", "--format", "json", pair.original.as_str(), pair.rebuild.as_str()];
        let mut command = self.command(&[&diff[..], arguments].concat());
        finish(command.env("RAYON_NUM_THREADS", threads.to_string()).spawn().unwrap())
    }

    /// Every file of the cache, temporary directory and working directory, with its size.
    pub(crate) fn left_behind(&self) -> Vec<(String, u64)> {
        let mut found = Vec::new();
        for folder in ["home", "cache", "run", "tmp"] {
            below(&self.path(folder), &mut found);
        }
        found.iter().map(|file| (file.display().to_string(), fs::metadata(file).unwrap().len())).collect()
    }
}

/// Adds every file below a directory.
pub(crate) fn below(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() { below(&path, found) } else { found.push(path) }
    }
}

/// Waits for the end of a run.
pub(crate) fn finish(mut child: Child) -> Run {
    let read = |mut from: Box<dyn Read + Send>| {
        std::thread::spawn(move || {
            let mut text = Vec::new();
            from.read_to_end(&mut text).unwrap();
            String::from_utf8(text).unwrap()
        })
    };
    let out = read(Box::new(child.stdout.take().unwrap()));
    let err = read(Box::new(child.stderr.take().unwrap()));
    let start = Instant::now();
    let status = loop {
        match child.try_wait().unwrap() {
            Some(status) => break status,
            None if start.elapsed() < PATIENCE => std::thread::sleep(Duration::from_millis(5)),
            None => {
                child.kill().unwrap();
                panic!("the program hung: {}{}", out.join().unwrap(), err.join().unwrap());
            }
        }
    };
    Run { code: status.code(), out: out.join().unwrap(), err: err.join().unwrap() }
}
