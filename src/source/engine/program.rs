//! Programs that write an export to their standard output.

use std::ffi::OsStr;
use std::io::Read;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;
use std::{fs, io, thread};

use crate::error::Unexported;
use crate::source::access::Environment;

use super::export::Export;

/// Bytes of a program's last words.
const TAIL: usize = 4096;
/// How long they are waited for once the program has ended: a process that it left behind may hold the pipe.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// Finds a program in the directories of `PATH`.
pub(crate) fn find(environment: &Environment, name: &str) -> Option<PathBuf> {
    let runs =
        |path: &Path| fs::metadata(path).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0);
    let folders = std::env::split_paths(environment.get("PATH")?);
    folders.map(|folder| folder.join(name)).find(|path| path.is_absolute() && runs(path))
}

/// Runs a program to its end and takes in what it writes. What came in counts only where this succeeds.
///
/// The error has the program's name and its last words.
pub(crate) fn run<S: AsRef<OsStr>>(
    program: &Path,
    arguments: &[S],
    environment: &Environment,
    export: &mut Export,
) -> Result<(), Unexported> {
    let name = program.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let failed = |error: io::Error| Unexported::DoesNotRun(name.clone(), error.to_string());
    let child = Command::new(program)
        .args(arguments)
        .env_clear()
        .envs(environment.variables())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut running = Running(child.map_err(failed)?);
    let words = match running.0.stderr.take() {
        Some(errors) => Some(collect(errors).map_err(failed)?),
        None => None,
    };
    if let Some(output) = running.0.stdout.take() {
        let named = |problem| Unexported::Program { name: name.clone(), problem: Box::new(problem) };
        export.read(output).map_err(named)?;
    }
    let status = running.0.wait().map_err(failed)?;
    if status.success() {
        return Ok(());
    }
    let words = words.and_then(|words| words.recv_timeout(LAST_WORDS).ok()).unwrap_or_default();
    let words = last_line(&words).unwrap_or_else(|| status.to_string());
    Err(Unexported::ProgramFailed(name, words))
}

/// A program that does not outlive the interest in it.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail where it has ended already, which is all that is wanted.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Reads to the end, and hands over the last bytes.
fn collect(mut from: impl Read + Send + 'static) -> io::Result<Receiver<Vec<u8>>> {
    let (sender, receiver) = channel();
    thread::Builder::new().name("last words".to_owned()).spawn(move || {
        let mut tail = Vec::new();
        let mut piece = [0; TAIL];
        while let Ok(count @ 1..) = from.read(&mut piece) {
            tail.extend_from_slice(piece.get(..count).unwrap_or_default());
            tail.drain(..tail.len().saturating_sub(TAIL));
        }
        // Nobody asks for the words of a program that did well.
        let _ = sender.send(tail);
    })?;
    Ok(receiver)
}

/// The last line that says something, escaped. skopeo writes a log, of which only the message is of interest.
fn last_line(words: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(words);
    let line = text.lines().map(str::trim).rfind(|line| !line.is_empty())?;
    let message = line.split_once("level=fatal msg=").map(|(_, quoted)| quoted);
    let line = match message.map(|quoted| (quoted, serde_json::from_str::<String>(quoted))) {
        Some((_, Ok(message))) => message,
        Some((quoted, Err(_))) => quoted.to_owned(),
        None => line.strip_prefix("Error: ").unwrap_or(line).to_owned(),
    };
    let line: String = line.chars().take(1000).collect();
    // Quotes are nothing to be afraid of in plain text.
    Some(line.chars().map(|c| if "\"'".contains(c) { c.to_string() } else { c.escape_debug().to_string() }).collect())
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;
    use std::time::Instant;

    use super::*;
    use crate::limits::Limits;

    fn script(folder: &Path, name: &str, text: &str) -> PathBuf {
        let path = folder.join(name);
        fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
        path
    }

    fn ran(text: &str, most: u64) -> Result<bool, String> {
        let dir = tempfile::tempdir().unwrap();
        let program = script(dir.path(), "program", text);
        let mut export = Export::new(&Limits { archive_bytes: most, ..Limits::default() }).unwrap();
        let environment = Environment::of([("PATH", "/usr/bin:/bin"), ("GIVEN", "given")]);
        run(&program, &["one", "two words"], &environment, &mut export)
            .map(|()| !export.is_empty())
            .map_err(|problem| problem.to_string())
    }

    #[test]
    fn a_program_gets_its_arguments_and_this_environment_alone() {
        let checks = r#"[ "$#$1$2" = "2onetwo words" ] && [ "$GIVEN" = given ] && [ -z "$HOME" ] && ! read -r line"#;
        assert_eq!(ran(&format!("{checks} && printf x"), 10), Ok(true));
        assert_eq!(ran("exit 0", 10), Ok(false));
    }

    #[test]
    fn how_a_program_ended_counts_and_its_last_line_says_why() {
        assert_eq!(
            ran("printf x; echo first >&2; echo 'Error: no such image' >&2; echo >&2; exit 125", 10).unwrap_err(),
            "program failed: no such image"
        );
        assert_eq!(ran("printf x; exit 3", 10).unwrap_err(), "program failed: exit status: 3");
        assert!(ran("kill -9 $$", 10).unwrap_err().contains("signal: 9"));
        let fatal = r#"echo 'time="now" level=fatal msg="reference \"x\" is \x1b none"' >&2; exit 1"#;
        assert_eq!(ran(fatal, 10).unwrap_err(), r#"program failed: "reference \\"x\\" is \\x1b none""#);
        let fatal = r#"echo 'time="now" level=fatal msg="reference \"x\" is none"' >&2; exit 1"#;
        assert_eq!(ran(fatal, 10).unwrap_err(), r#"program failed: reference "x" is none"#);
    }

    #[test]
    fn last_words_are_bounded_and_escaped() {
        let error = ran("head -c 1000000 /dev/zero | tr '\\0' x >&2; printf '\\033[2J' >&2; exit 1", 10).unwrap_err();
        assert!(error.len() < 1100 && !error.contains('\u{1b}'), "{error}");
        let error = ran("printf 'x\\033[2J' >&2; exit 1", 10).unwrap_err();
        assert_eq!(error, "program failed: x\\u{1b}[2J");
    }

    #[test]
    fn a_program_that_writes_too_much_is_stopped() {
        let start = Instant::now();
        assert_eq!(
            ran("printf 0123456789x; exec sleep 60", 10).unwrap_err(),
            "program: the export has more than 10 bytes (see --limit archive-bytes)"
        );
        assert_eq!(
            ran("yes", 10).unwrap_err(),
            "program: the export has more than 10 bytes (see --limit archive-bytes)"
        );
        assert!(start.elapsed() < Duration::from_secs(30));
    }

    #[test]
    fn what_a_program_leaves_behind_is_not_waited_for() {
        let start = Instant::now();
        assert!(ran("sleep 30 >/dev/null & exit 1", 10).is_err());
        assert!(start.elapsed() < Duration::from_secs(20));
    }

    #[test]
    fn programs_are_found_where_path_says() {
        let dir = tempfile::tempdir().unwrap();
        let (first, second) = (dir.path().join("first"), dir.path().join("second"));
        fs::create_dir_all(first.join("directory")).unwrap();
        fs::create_dir(&second).unwrap();
        fs::write(first.join("program"), "not executable").unwrap();
        let program = script(&second, "program", "");
        let path = std::env::join_paths([Path::new("relative"), &first, &second]).unwrap();
        let environment = Environment::of([("PATH", path)]);
        assert_eq!(find(&environment, "program"), Some(program));
        assert_eq!(find(&environment, "directory"), None);
        assert_eq!(find(&Environment::of([("HOME", "/")]), "program"), None);
    }
}
