use std::fs::File;
use std::io::Read as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::process::Stdio;

use super::*;

/// Runs a command with nobody left to read its standard output.
fn unread(arguments: &[&str]) -> Run {
    let mut child = program().args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let ended = child.wait_with_output().unwrap();
    Run { code: ended.status.code(), out: String::new(), err: String::from_utf8(ended.stderr).unwrap() }
}

/// Runs a command whose standard output is a full disk.
#[cfg(target_os = "linux")]
fn full(arguments: &[&str]) -> Run {
    let full = File::options().write(true).open("/dev/full").unwrap();
    let ended = program().args(arguments).stdout(full).output().unwrap();
    Run { code: ended.status.code(), out: String::new(), err: String::from_utf8(ended.stderr).unwrap() }
}

/// A pipe with a name, and what the first bytes of it are; then it is closed.
fn pipe(path: &str, bytes: usize) -> std::thread::JoinHandle<Vec<u8>> {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
    let path = path.to_owned();
    std::thread::spawn(move || {
        let mut start = vec![0; bytes];
        File::open(path).unwrap().read_exact(&mut start).unwrap();
        start
    })
}

/// Every command that prints, with what it needs.
fn printing(folder: &str) -> Vec<Vec<String>> {
    let report = format!("{folder}/report.json");
    let cache = format!("{folder}/cache");
    fs::create_dir_all(format!("{cache}/blobs")).unwrap();
    let commands = [
        "causes",
        "causes pyc-header-mtime",
        "limits",
        "limits --format json",
        "schema",
        "policy show",
        &format!("policy init {report}"),
        &format!("cache list --cache-dir {cache}"),
        &format!("cache list --format json --cache-dir {cache}"),
        &format!("cache prune --all --cache-dir {cache}"),
        "man",
        "man diff",
        "completions bash",
        "--help",
        "diff --help",
        "--version",
    ];
    commands.iter().map(|command| command.split(' ').map(str::to_owned).collect()).collect()
}

#[test]
fn whoever_stops_reading_changes_no_exit_code_and_a_full_disk_is_trouble_for_every_command() {
    let pair = files("app", "one\n", "two\n");
    let report = pair.path("report.json");
    diff(&pair, &["-q", "-o", &format!("json={report}")]);
    for command in printing(pair.directory.path().to_str().unwrap()) {
        let command: Vec<&str> = command.iter().map(String::as_str).collect();
        let unread = unread(&command);
        assert_eq!((unread.code, unread.err.as_str()), (Some(0), ""), "{command:?}");
        #[cfg(target_os = "linux")]
        {
            let full = full(&command);
            assert_eq!(full.code, Some(2), "{command:?}: {}", full.err);
            assert!(full.err.contains("standard output cannot be written"), "{command:?}: {}", full.err);
        }
    }
}

#[test]
fn the_verdict_is_the_exit_code_whoever_reads_it() {
    let different = files("app", "one\n", "two\n");
    let same = files("app", "one\n", "one\n");
    for (pair, code) in [(&different, 1), (&same, 0)] {
        let Sides { original, rebuild } = &pair.references;
        for more in [&[][..], &["-q"], &["-v"], &["--format", "json"]] {
            let run = unread(&[&["diff", original, rebuild], more].concat());
            assert_eq!(run.code, Some(code), "{more:?}: {}", run.err);
        }
    }
}

#[test]
fn an_output_that_fails_is_trouble_and_the_others_are_written() {
    let pair = first();
    let folder = pair.path("folder");
    fs::create_dir(&folder).unwrap();
    let read_only = pair.path("read-only.json");
    fs::write(&read_only, "kept").unwrap();
    fs::set_permissions(&read_only, fs::Permissions::from_mode(0o444)).unwrap();
    let nothing = pair.path("nothing");
    symlink("no-such-file", &nothing).unwrap();
    for (broken, before) in [(&folder, None), (&read_only, Some("kept")), (&nothing, None)] {
        let good = pair.path("good.json");
        let outputs = [format!("json={broken}"), format!("json={good}")];
        let run = diff(&pair, &["-q", "-o", &outputs[0], "-o", &outputs[1]]);
        assert_eq!(run.code, Some(2), "{broken}: {}", run.err);
        assert!(run.err.contains(broken.as_str()), "{broken}: {}", run.err);
        assert!(run.out.starts_with("different"), "{broken}: {}", run.out);
        assert_eq!(fs::read_to_string(&good).unwrap(), diff(&pair, &["--format", "json"]).out, "{broken}");
        fs::remove_file(&good).unwrap();
        assert_eq!(fs::read_to_string(broken).ok().as_deref(), before, "{broken}");
    }
}

#[test]
fn a_pipe_whose_reader_leaves_is_trouble() {
    let pair = first();
    let path = pair.path("pipe");
    let reader = pipe(&path, 10);
    let run = diff(&pair, &["-q", "-o", &format!("json={path}")]);
    assert_eq!(reader.join().unwrap(), b"{\n  \"schem");
    assert_eq!(run.code, Some(2), "{}{}", run.out, run.err);
    assert!(run.err.contains(&path) && run.err.contains("cannot be written"), "{}", run.err);
}

#[cfg(target_os = "linux")]
#[test]
fn streams_by_name_are_the_streams() {
    let pair = first();
    let Sides { original, rebuild } = &pair.references;
    for name in ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"] {
        let output = format!("json={name}");
        let arguments = ["diff", "-q", "-o", &output, original, rebuild];
        let closed = unread(&arguments);
        assert_eq!(closed.code, Some(2), "{name}: nobody reads what was asked for by name: {}", closed.err);
        assert!(closed.err.contains(name), "{}", closed.err);
        let read = run(&arguments);
        assert_eq!(read.code, Some(1), "{name}: {}", read.err);
        assert!(read.out.starts_with("{\n") && read.out.trim_end().lines().last().unwrap().starts_with("different"));
        // Into a file: written where the stream is, and not over it.
        let path = pair.path("both");
        let file = File::create(&path).unwrap();
        assert_eq!(program().args(arguments).stdout(file).status().unwrap().code(), Some(1));
        assert_eq!(fs::read_to_string(&path).unwrap(), read.out, "{name}");
    }
    let run = diff(&pair, &["-q", "-o", "json=/dev/full"]);
    assert_eq!(run.code, Some(2), "{}", run.err);
    assert!(run.err.contains("/dev/full"), "{}", run.err);
}

#[test]
fn a_link_stays_and_what_it_leads_to_is_replaced() {
    let pair = files("app", "one\n", "two\n");
    let (link, target) = (pair.path("link.json"), pair.path("target.json"));
    fs::write(&target, "old").unwrap();
    symlink("target.json", &link).unwrap();
    assert_eq!(diff(&pair, &["-q", "-o", &format!("json={link}")]).code, Some(1));
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert!(fs::read_to_string(&target).unwrap().starts_with('{'));
}

#[test]
fn what_builds_nothing_is_no_dockerfile() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("Dockerfile");
    fs::write(&path, "hello\n").unwrap();
    let path = path.to_str().unwrap();
    for arguments in
        [&["lint", path][..], &["fix", "--dockerfile", path, "a", "b"], &["diff", "--dockerfile", path, "a", "b"]]
    {
        let run = run(arguments);
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(
            run.err.contains("is no Dockerfile: it has no FROM [dockerfile-without-from]\n"),
            "{arguments:?}: {}",
            run.err
        );
    }
}
