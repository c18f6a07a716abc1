use std::io::Write as _;
use std::process::Stdio;

use reprove::digest::Digest;

use super::*;

/// A cache of two blobs, the first of which was used long ago.
fn two_blobs() -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let blobs = folder.path().join("blobs/sha256");
    fs::create_dir_all(&blobs).unwrap();
    for (text, time) in [("old", 1_000_000_000), ("new", 2_000_000_000)] {
        let path = blobs.join(Digest::of(text.as_bytes()).encoded());
        fs::write(&path, text).unwrap();
        let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(time);
        fs::File::options().write(true).open(path).unwrap().set_modified(time).unwrap();
    }
    let path = folder.path().to_str().unwrap().to_owned();
    (folder, path)
}

#[test]
fn what_is_kept_is_listed() {
    let (_folder, cache) = two_blobs();
    let list = run(&["cache", "list", "--cache-dir", &cache]);
    let old = format!("       3 B  2001-09-09 01:46 UTC  {}", Digest::of(b"old"));
    let new = format!("       3 B  2033-05-18 03:33 UTC  {}", Digest::of(b"new"));
    let text = format!("{old}\n{new}\n2 blobs, 6 B in {cache}\n");
    assert_eq!((list.code, list.out, list.err), (Some(0), text, String::new()));

    let list = run(&["cache", "list", "--format", "json", "--cache-dir", &cache]).report();
    assert_eq!(
        list,
        json!({ "directory": cache, "size": 6, "blobs": [
            { "digest": Digest::of(b"old").to_string(), "size": 3, "lastUsed": "2001-09-09T01:46:40Z" },
            { "digest": Digest::of(b"new").to_string(), "size": 3, "lastUsed": "2033-05-18T03:33:20Z" },
        ] })
    );
}

#[test]
fn what_goes_has_to_be_said() {
    let (folder, cache) = two_blobs();
    let prune = |arguments: &[&str]| run(&[&["cache", "prune", "--cache-dir", &cache], arguments].concat());
    let none = prune(&[]);
    assert_eq!(none.code, Some(2));
    for option in ["--older-than", "--keep", "--all"] {
        assert!(none.err.contains(option), "{}", none.err);
    }
    assert_eq!(prune(&["--older-than", "30"]).code, Some(2));
    assert_eq!(below(folder.path()).len(), 2);
    assert_eq!(prune(&["--older-than", "30d", "--keep", "1KiB"]).out, "removed 1 blob, 3 B\n");
    assert_eq!(prune(&["--all"]).out, "removed 1 blob, 3 B\n");
    assert_eq!(below(folder.path()).len(), 0);
}

#[test]
fn no_cache_is_no_error_unless_it_was_named() {
    let home = tempfile::tempdir().unwrap();
    for arguments in [&["cache", "list"][..], &["cache", "prune", "--all"]] {
        let mut command = program();
        let run = command.args(arguments).env("HOME", home.path()).env_remove("XDG_CACHE_HOME").output().unwrap();
        assert_eq!((run.status.code(), run.stdout), (Some(0), b"there is no cache yet\n".to_vec()));
    }
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0, "looking makes nothing");
    let named = home.path().join("none");
    let run = run(&["cache", "list", "--cache-dir", named.to_str().unwrap()]);
    assert_eq!((run.code, run.out.as_str()), (Some(2), ""));
    assert!(run.err.contains("there is no cache"), "{}", run.err);
}

#[test]
fn a_name_and_a_password_go_together() {
    let pair = first();
    for arguments in [&["--username", "me"][..], &["--password-stdin"], &["--no-cache", "--cache-dir", "x"]] {
        let run = diff(&pair, arguments);
        assert_eq!(run.code, Some(2), "{arguments:?}");
        assert!(run.err.contains("--"), "{}", run.err);
    }
    let Sides { original, rebuild } = &pair.references;
    let arguments = ["diff", "-q", "--username", "me", "--password-stdin", original.as_str(), rebuild.as_str()];
    let with_input = |input: &[u8]| {
        let mut command = program();
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        let ended = child.wait_with_output().unwrap();
        (ended.status.code(), String::from_utf8(ended.stderr).unwrap())
    };
    assert_eq!(with_input(b"hunter2\n"), (Some(1), String::new()));
    let (code, error) = with_input(b"\nhunter2");
    assert_eq!(code, Some(2));
    assert!(error.contains("no password") && !error.contains("hunter2"), "{error}");
}
