//! Programs that are started, and waited for.

use std::fs::File;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// Whether all of these programs are on the path; says loudly which one is not.
pub(crate) fn have(test: &str, programs: &[&str]) -> bool {
    let missing = programs.iter().find(|program| find(program).is_none());
    if let Some(program) = missing {
        not_run(test, &format!("{program} is not installed"));
    }
    missing.is_none()
}

/// Says loudly that a test did not run, past the capturing of the test harness.
pub(crate) fn not_run(test: &str, reason: &str) {
    use std::io::Write as _;
    let line = format!("\nNOT RUN: {test}: {reason}\n");
    std::io::stderr().write_all(line.as_bytes()).unwrap();
}

fn find(program: &str) -> Option<std::path::PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// Runs a program that must succeed.
pub(crate) fn must(command: &mut Command) -> Output {
    let output = command.stdin(Stdio::null()).output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{command:?}: {}{}", text(&output.stdout), text(&output.stderr));
    output
}

/// A program in the background, for as long as this lives.
pub(crate) struct Daemon(Child);

impl Daemon {
    /// Starts a program that listens on a port of loopback, and waits until it does.
    pub(crate) fn start(command: &mut Command, port: u16, log: &Path) -> Self {
        let file = File::create(log).unwrap();
        let child = command.stdin(Stdio::null()).stdout(file.try_clone().unwrap()).stderr(file).spawn();
        let mut daemon = Daemon(child.unwrap_or_else(|error| panic!("{command:?}: {error}")));
        let start = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            let ended = daemon.0.try_wait().unwrap();
            let said = || std::fs::read_to_string(log).unwrap();
            assert!(ended.is_none(), "{command:?} ended: {}", said());
            assert!(start.elapsed() < Duration::from_secs(30), "{command:?} does not listen: {}", said());
            std::thread::sleep(Duration::from_millis(20));
        }
        daemon
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // One that has ended already is what is wanted.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A port of loopback that nobody listens on at the moment.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
