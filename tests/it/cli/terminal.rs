//! Passwords, typed on a terminal that a test holds the other end of.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::process::Stdio;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, tcgetattr};

use super::*;

/// A run of the program on a terminal.
struct Session {
    code: Option<i32>,
    out: String,
    /// All that the terminal showed, what was typed included.
    shown: String,
    /// Whether the terminal shows what is typed when the program has ended.
    is_shown_after: bool,
}

/// Runs the program with standard input and errors on a terminal, and answers each question in turn.
fn at_terminal(arguments: &[&str], password: Option<&str>, answers: &[&str]) -> Session {
    let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY;
    let terminal = openpt(flags).unwrap();
    grantpt(&terminal).unwrap();
    unlockpt(&terminal).unwrap();
    let name = ptsname(&terminal, Vec::new()).unwrap().into_string().unwrap();
    // Held open until the end: the state of the terminal goes with its last user.
    let theirs = fs::OpenOptions::new().read(true).write(true).open(name).unwrap();
    assert!(tcgetattr(&theirs).unwrap().local_modes.contains(LocalModes::ECHO), "what is typed would be shown");
    let mut command = program();
    command.args(arguments).stdin(theirs.try_clone().unwrap()).stderr(theirs.try_clone().unwrap());
    command.stdout(Stdio::piped());
    match password {
        Some(password) => command.env("COSIGN_PASSWORD", password),
        None => command.env_remove("COSIGN_PASSWORD"),
    };
    let child = command.spawn().unwrap();
    drop(command);
    let mut ours = File::from(terminal);
    let seen = read(ours.try_clone().unwrap());
    let mut shown = String::new();
    for answer in answers {
        while !shown.ends_with(": ") {
            shown +=
                &seen.recv_timeout(Duration::from_secs(60)).unwrap_or_else(|_| panic!("nothing is asked: {shown}"));
        }
        ours.write_all(answer.as_bytes()).unwrap();
        shown.push('|');
    }
    let output = child.wait_with_output().unwrap();
    let is_shown_after = tcgetattr(&theirs).unwrap().local_modes.contains(LocalModes::ECHO | LocalModes::ICANON);
    drop(theirs);
    while let Ok(more) = seen.recv_timeout(Duration::from_secs(60)) {
        shown += &more;
    }
    Session { code: output.status.code(), out: String::from_utf8(output.stdout).unwrap(), shown, is_shown_after }
}

/// What a terminal shows, as it comes, until nobody uses it any more.
fn read(mut from: File) -> Receiver<String> {
    let (to, seen) = channel();
    std::thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(length @ 1..) = from.read(&mut buffer) {
            if to.send(String::from_utf8_lossy(&buffer[..length]).into_owned()).is_err() {
                break;
            }
        }
    });
    seen
}

#[test]
fn passwords_are_asked_for_on_a_terminal_and_not_shown() {
    let pair = files("a", "a", "a");
    let key = pair.path("k");
    let made = at_terminal(&["generate-key", &key], None, &["open sesame\n", "open sesame\n"]);
    assert_eq!(made.code, Some(0), "{}", made.shown);
    assert!(made.shown.starts_with("New password of ") && made.shown.contains("The same again: "), "{}", made.shown);
    let (private, public) = (format!("{key}.key"), format!("{key}.pub"));
    assert!(fs::read_to_string(&private).unwrap().contains("BEGIN ENCRYPTED SIGSTORE PRIVATE KEY"));
    let Sides { original, rebuild } = &pair.references;
    let bundle = pair.path("b");
    let output = format!("bundle={bundle}");
    let attest = ["attest", "--key", &private, "-o", &output, "--no-progress", original, rebuild];
    // A wrong one, then one of which a letter of two bytes is taken back.
    let signed = at_terminal(&attest, None, &["open same\n"]);
    assert!(signed.code == Some(2) && signed.shown.contains("[key-password]"), "{}", signed.shown);
    let signed = at_terminal(&attest, None, &["open sä\u{7f}esame\n"]);
    assert_eq!((signed.code, signed.out.as_str()), (Some(0), ""), "{}", signed.shown);
    assert!(signed.shown.contains(&format!("Password of {private}: ")), "{}", signed.shown);
    let image = diff(&pair, &["--format", "json"]).report()["original"]["digest"].as_str().unwrap().to_owned();
    assert_eq!(run(&["verify", "--key", &public, "--bundle", &bundle, &image]).code, Some(0));
    for session in [&made, &signed] {
        assert!(!session.shown.contains("sesame") && !session.shown.contains("open"), "{}", session.shown);
        assert!(session.is_shown_after, "the terminal is left as it was");
    }
    // What the environment says is not asked for.
    let silent = at_terminal(&attest, Some("open sesame"), &[]);
    assert!(silent.code == Some(0) && !silent.shown.contains("assword"), "{}", silent.shown);
}

#[test]
fn no_key_is_made_of_a_password_that_nobody_knows() {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("k").to_str().unwrap().to_owned();
    for (answers, why) in [
        (vec!["one\n", "two\n"], "the passwords are not the same"),
        (vec!["\n"], "an empty password protects nothing"),
        (vec!["secret\u{3}"], "no password was typed"),
        (vec!["\u{4}"], "no password was typed"),
    ] {
        let session = at_terminal(&["generate-key", &key], None, &answers);
        assert_eq!(session.code, Some(2), "{}", session.shown);
        assert!(session.shown.contains(why) && session.is_shown_after, "{why}: {}", session.shown);
        assert!(!Path::new(&format!("{key}.key")).exists());
    }
}
