use std::time::Duration;

use super::*;

/// Asserts that a layer's bytes are said to be wrong, and that nothing is concluded from them.
fn assert_integrity(run: &Run, digest: &str) {
    assert_eq!(run.code, Some(2), "{}{}", run.out, run.err);
    assert_eq!(run.report()["verdict"], "inconclusive");
    let gaps = run.gaps("integrity");
    assert!(gaps.iter().any(|detail| detail.contains(digest)), "{gaps:?}: {}", run.out);
}

#[test]
fn wrong_bytes_are_told_from_differences() {
    let stage = Stage::large(1 << 18);
    let (digest, size) = layers(&stage.layouts.original).remove(0);
    for at in [0, 1000, size / 2, size - 1] {
        stage.faults.clear();
        stage.faults.add(Rule::always(&digest, Fault::Flip(at)));
        assert_integrity(&stage.diff(&[]), &digest);
        // What was wrong is not kept: the next run gets the right bytes.
        stage.faults.clear();
        stage.assert_truth(&stage.diff(&["--no-cache"]));
    }
    stage.assert_truth(&stage.diff(&[]));
}

#[test]
fn a_blob_of_another_size_is_told_from_a_difference() {
    let change: [fn(&mut Vec<u8>); 3] = [|bytes| bytes.truncate(100), |bytes| bytes.push(0), |bytes| bytes.clear()];
    for change in change {
        let stage = Stage::large(1 << 16);
        let (digest, _) = layers(&stage.layouts.rebuild).remove(0);
        stage.fake.corrupt(NAME, &digest, change);
        assert_integrity(&stage.diff(&[]), &digest);
    }
}

#[test]
fn a_body_that_ends_early_without_saying_so_is_wrong_or_resumed() {
    let stage = Stage::large(1 << 16);
    let (digest, _) = layers(&stage.layouts.original).remove(0);
    stage.faults.add(Rule::once(&digest, Fault::Truncate(1000)));
    let run = stage.diff(&[]);
    if run.code == Some(2) { assert_integrity(&run, &digest) } else { stage.assert_truth(&run) }
}

#[test]
fn a_body_without_end_ends() {
    let stage = Stage::large(1 << 16);
    let (digest, size) = layers(&stage.layouts.original).remove(0);
    stage.faults.add(Rule::always(&digest, Fault::Endless));
    assert_integrity(&stage.diff(&[]), &digest);
    let log = stage.server.take_log();
    let sent: u64 = of_blob(&log, &digest).iter().map(|exchange| exchange.sent).sum();
    assert!(sent < size + (64 << 20), "{sent} bytes were taken for a blob of {size}");
}

#[test]
fn a_manifest_without_end_is_an_error() {
    for target in ["/manifests/original", "/manifests/"] {
        let stage = Stage::first(Abilities::default());
        stage.faults.add(Rule::always(target, Fault::Endless).method("GET"));
        let run = stage.diff(&[]);
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{}", run.err);
        assert!(run.err.contains("docker://"), "{}", run.err);
        let sent: u64 = stage.server.take_log().iter().map(|exchange| exchange.sent).sum();
        assert!(sent < 512 << 20, "{sent} bytes were taken for a manifest");
    }
}

#[test]
fn a_manifest_is_held_against_the_digest_that_was_asked_for() {
    let stage = Stage::first(Abilities::default());
    let digest = stage.diff(&[]).report()["original"]["digest"].as_str().unwrap().to_owned();
    stage.faults.add(Rule::always(&digest, Fault::Flip(100)));
    let original = format!("docker://{}/{NAME}@{digest}", stage.server.host());
    let run = stage.home.diff(&Sides::new(original, stage.references().rebuild), &["--no-cache"]);
    assert_eq!(run.code, Some(2), "{}{}", run.out, run.err);
    assert!(run.err.contains("digest") || !run.gaps("integrity").is_empty(), "{}", run.err);
}

#[test]
fn a_digest_header_that_lies_is_not_believed() {
    let stage = Stage::first(Abilities::default());
    let lie = format!("sha256:{}", "0".repeat(64));
    stage.faults.add(Rule::always("/manifests/", Fault::Header("Docker-Content-Digest", lie.clone())));
    let run = stage.diff(&[]);
    // Either the lie is an error, or the digest was computed.
    match run.code {
        Some(2) => assert!(run.err.contains("digest"), "{}", run.err),
        _ => stage.assert_truth(&run),
    }
    assert!(!run.out.contains(&lie), "{}", run.out);
}

#[test]
fn a_redirect_loop_ends() {
    let stage = Stage::first(Abilities::default());
    stage.faults.add(Rule::always("/manifests/", Fault::Loop));
    let run = stage.diff(&[]);
    assert_eq!((run.code, run.out.as_str()), (Some(2), ""));
    let asked = stage.server.take_log().len();
    assert!(asked < 200, "{asked} requests");
}

#[test]
fn slow_answers_are_waited_for() {
    let stage = Stage::first(Abilities::default());
    stage.faults.add(Rule::once("/manifests/", Fault::Late(Duration::from_millis(1500))));
    stage.faults.add(Rule::once("/blobs/", Fault::Slow(200, Duration::from_millis(50))));
    stage.assert_truth(&stage.diff(&[]));
}

#[test]
fn an_error_page_is_shown_in_one_line_without_control_characters() {
    let page = format!("<html><body>\x1b]0;owned\x07{}</body></html>", "Bad Gateway ".repeat(1 << 20));
    for (status, kind) in [(502, "text/html"), (403, "text/html"), (400, "application/json"), (200, "text/html")] {
        let stage = Stage::first(Abilities::default());
        let answer = Fault::Answer(status, vec![("Content-Type", kind.into())], page.clone());
        stage.faults.add(Rule::always("/manifests/", answer));
        let run = stage.diff(&[]);
        assert_eq!(run.code, Some(2), "{status}");
        // What comes with a 200 is what the tag stands for, and no image.
        assert!(status == 200 || run.out.is_empty(), "{status}: {}", run.out);
        assert!(run.err.len() < 4096, "{status}: {} bytes of error", run.err.len());
        assert!(run.err.lines().all(|line| line.starts_with("reprove: ")), "{status}: {}", run.err);
        assert!(!run.err.contains(['\x1b', '\x07']), "{status}: {:?}", run.err);
        assert!(status == 200 || run.err.contains(&status.to_string()), "{status}: {}", run.err);
    }
}

#[test]
fn the_reason_that_a_registry_gives_is_shown() {
    let stage = Stage::first(Abilities::default());
    let errors = json!({ "errors": [{ "code": "DENIED", "message": "this project is \x1b[31marchived" }] });
    let answer = Fault::Answer(403, vec![("Content-Type", "application/json".into())], errors.to_string());
    stage.faults.add(Rule::always("/manifests/", answer));
    let run = stage.diff(&[]);
    assert_eq!(run.code, Some(2));
    assert!(run.err.contains("403") || run.err.contains("DENIED"), "{}", run.err);
    assert!(!run.err.contains('\x1b'), "{:?}", run.err);
}

#[test]
fn nobody_there_is_an_error_that_names_the_place() {
    let host = Stage::first(Abilities::default()).server.host();
    let home = Home::new();
    let reference = format!("docker://{host}/{NAME}:original");
    let run = home.diff(&Sides::new(reference.clone(), reference), &[]);
    assert_eq!((run.code, run.out.as_str()), (Some(2), ""));
    assert!(run.err.contains(&host) && run.err.contains("refused"), "{}", run.err);
}
