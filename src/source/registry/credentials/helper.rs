//! Programs that keep credentials: `docker-credential-NAME`.
//!
//! The protocol is that of docker-credential-helpers: `get` as the argument, the server's name on standard input, a JSON
//! document on standard output. A helper is run as the user would run it: with the environment of this program, free
//! to ask on the terminal, but not for ever and not for any amount of output.

use std::ffi::OsStr;
use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde::Deserialize;

use super::{Answer, Credential, Environment, Secret};
use crate::error::{Unhelpful, Unsuitable};

/// How long a helper may take: long enough to touch a security key.
const PATIENCE: Duration = Duration::from_secs(30);
/// Bytes that are read of either output.
const OUTPUT: u64 = 64 * 1024;
/// Characters of a helper's complaint that are shown.
const SHOWN: usize = 200;
/// What helpers say, with an exit code that is not zero, where they have nothing.
const NOT_FOUND: &str = "credentials not found in native keychain";
/// The name of a user who is an identity token.
const TOKEN_USER: &str = "<token>";

#[derive(Deserialize)]
struct Found {
    #[serde(rename = "Username", default)]
    username: String,
    #[serde(rename = "Secret", default)]
    secret: String,
}

/// What a helper has for a server.
///
/// # Errors
/// Never anything that was on standard output.
pub(super) fn get(name: &str, server: &str, environment: &Environment) -> Answer {
    get_within(name, server, environment, PATIENCE)
}

fn get_within(name: &str, server: &str, environment: &Environment, patience: Duration) -> Answer {
    let program = find(name, environment)?;
    let helper = |problem| Unsuitable::Helper { program: format!("docker-credential-{name}"), problem };
    let ended = run(&program, server, environment, patience).map_err(helper)?;
    if !ended.status.success() {
        return if ended.has_none() { Ok(None) } else { Err(helper(ended.complaint())) };
    }
    let found: Found = serde_json::from_slice(&ended.out).map_err(|_| helper(Unhelpful::Answer))?;
    let secret = Secret::new(found.secret);
    Ok(match found.username {
        _ if secret.expose().is_empty() => None,
        username if username == TOKEN_USER => Some(Credential::IdentityToken(secret)),
        username => Some(Credential::Basic { username, password: secret }),
    })
}

/// The helper's file. Directories of `PATH` that depend on where the program was started are left out.
fn find(name: &str, environment: &Environment) -> Result<PathBuf, Unsuitable> {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
    if name.is_empty() || !name.chars().all(plain) {
        return Err(Unsuitable::HelperName(name.to_owned()));
    }
    let file = format!("docker-credential-{name}");
    let path = environment.get("PATH").unwrap_or(OsStr::new(""));
    let folders = std::env::split_paths(path).filter(|folder| folder.is_absolute());
    let is_program = |path: &PathBuf| {
        fs::metadata(path).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
    };
    folders.map(|folder| folder.join(&file)).find(is_program).ok_or(Unsuitable::HelperMissing(file))
}

/// A helper that has come to its end.
struct Ended {
    status: ExitStatus,
    out: Vec<u8>,
    err: Vec<u8>,
}

impl Ended {
    fn has_none(&self) -> bool {
        let says = |output: &[u8]| String::from_utf8_lossy(output).lines().any(|line| line.trim() == NOT_FOUND);
        says(&self.out) || says(&self.err)
    }

    /// The first line of standard error, or how it ended.
    fn complaint(&self) -> Unhelpful {
        let text = String::from_utf8_lossy(&self.err);
        let line: String = text.trim().lines().next().unwrap_or("").chars().take(SHOWN).collect();
        let said = Some(line).filter(|line| !line.is_empty()).map(|line| line.escape_debug().to_string());
        Unhelpful::Failed { said, status: self.status.to_string() }
    }
}

fn run(program: &PathBuf, server: &str, environment: &Environment, patience: Duration) -> Result<Ended, Unhelpful> {
    let deadline = Instant::now() + patience;
    let mut command = Command::new(program);
    command.arg("get").env_clear().envs(environment.variables());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| Unhelpful::DoesNotRun(error.to_string()))?;
    if let Some(mut input) = child.stdin.take() {
        // A helper that does not want to know the server says so by its answer.
        let _ = input.write_all(server.as_bytes());
    }
    let (out, err) = (child.stdout.take().map(bounded), child.stderr.take().map(bounded));
    let ended = output(out, deadline)
        .and_then(|out| Ok((out, output(err, deadline)?)))
        .and_then(|(out, err)| Ok(Ended { status: wait(&mut child, deadline)?, out, err }));
    if ended.is_err() {
        // It may be gone already, which is as good.
        let _ = child.kill();
        let _ = child.wait();
    }
    ended
}

/// Reads on a thread of its own, which a helper's own children may keep for longer than this program waits for it.
fn bounded(output: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // What could not be read is missing in the document, which then is malformed.
        let _ = output.take(OUTPUT + 1).read_to_end(&mut bytes);
        // Nobody waits any more: it took too long.
        let _ = sender.send(bytes);
    });
    receiver
}

fn output(output: Option<Receiver<Vec<u8>>>, deadline: Instant) -> Result<Vec<u8>, Unhelpful> {
    let Some(output) = output else { return Ok(Vec::new()) };
    match output.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
        Ok(bytes) if bytes.len() as u64 > OUTPUT => Err(Unhelpful::TooMuch(OUTPUT)),
        Ok(bytes) => Ok(bytes),
        Err(RecvTimeoutError::Timeout) => Err(too_slow()),
        Err(RecvTimeoutError::Disconnected) => Err(Unhelpful::Unread),
    }
}

fn wait(child: &mut Child, deadline: Instant) -> Result<ExitStatus, Unhelpful> {
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ok(status),
            Ok(None) if Instant::now() < deadline => thread::sleep(Duration::from_millis(5)),
            Ok(None) => return Err(too_slow()),
            Err(error) => return Err(Unhelpful::Lost(error.to_string())),
        }
    }
}

const fn too_slow() -> Unhelpful {
    Unhelpful::Slow(PATIENCE.as_secs())
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    /// An environment in which `docker-credential-test` is this shell script.
    fn helper(script: &str) -> (TempDir, Environment) {
        let folder = tempfile::tempdir().unwrap();
        super::super::tests::write_program(&folder.path().join("docker-credential-test"), script);
        let path = format!("relative:{}:/usr/bin:/bin", folder.path().display());
        (folder, Environment::of([("PATH", path.as_str()), ("ONLY", "this")]))
    }

    fn answer(script: &str) -> Answer {
        let (_folder, environment) = helper(script);
        get("test", "ghcr.io", &environment)
    }

    #[test]
    fn a_helper_gets_the_server_and_the_environment_and_answers() {
        let script = r#"read -r server; printf '{"ServerURL":"%s","Username":"%s","Secret":"%s"}' "$server" "$ONLY-$HOME" "$1-$server""#;
        let password = Secret::new("get-ghcr.io");
        assert_eq!(answer(script), Ok(Some(Credential::Basic { username: "this-".to_owned(), password })));
        let token = Credential::IdentityToken(Secret::new("t"));
        assert_eq!(answer(r#"echo '{"Username":"<token>","Secret":"t"}'"#), Ok(Some(token)));
        assert_eq!(answer(r#"echo '{"Username":"","Secret":""}'"#), Ok(None));
    }

    #[test]
    fn a_helper_that_has_none_is_no_error() {
        assert_eq!(answer("echo credentials not found in native keychain; exit 1"), Ok(None));
        assert_eq!(answer("echo credentials not found in native keychain >&2; exit 1"), Ok(None));
    }

    #[test]
    fn a_failing_helper_is_named_with_what_it_says_on_standard_error_only() {
        let error = answer("echo hunter2; printf 'locked\\033[2J\\nsecond' >&2; exit 3").unwrap_err().to_string();
        assert_eq!(error, "the credential helper docker-credential-test failed: locked\\u{1b}[2J");
        let error = answer("echo hunter2; exit 3").unwrap_err().to_string();
        assert_eq!(error, "the credential helper docker-credential-test failed (exit status: 3)");
        let error = answer("echo hunter2").unwrap_err().to_string();
        assert!(error.contains("JSON object") && !error.contains("hunter2"), "{error}");
    }

    #[test]
    fn a_helper_that_does_not_stop_talking_is_killed() {
        let started = Instant::now();
        let error = answer("exec yes hunter2").unwrap_err().to_string();
        assert!(error.ends_with("wrote more than 65536 bytes"), "{error}");
        assert!(started.elapsed() < PATIENCE);
    }

    #[test]
    fn a_helper_that_does_not_answer_is_killed() {
        let (folder, environment) = helper("echo $$ > \"$0.pid\"; sleep 60; echo late");
        let error = get_within("test", "ghcr.io", &environment, Duration::from_millis(500)).unwrap_err().to_string();
        assert!(error.contains("did not answer"), "{error}");
        let process = fs::read_to_string(folder.path().join("docker-credential-test.pid")).unwrap();
        assert!(!fs::exists(format!("/proc/{}/exe", process.trim())).unwrap(), "it still runs");
    }

    #[test]
    fn only_a_plain_name_on_the_path_is_run() {
        let (folder, environment) = helper("exit 0");
        for name in ["", "../test", "/bin/true", "te st", "test\n"] {
            assert!(get(name, "h", &environment).unwrap_err().to_string().contains("cannot be the name"), "{name:?}");
        }
        assert!(
            get("other", "h", &environment).unwrap_err().to_string().contains("docker-credential-other is not on PATH")
        );
        fs::set_permissions(folder.path().join("docker-credential-test"), fs::Permissions::from_mode(0o644)).unwrap();
        assert!(get("test", "h", &environment).unwrap_err().to_string().contains("not on PATH"));
        assert!(get("test", "h", &Environment::of([("PATH", "")])).unwrap_err().to_string().contains("not on PATH"));
    }
}
