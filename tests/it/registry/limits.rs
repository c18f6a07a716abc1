use std::time::Duration;

use super::*;

/// What all gaps say, whatever their reason.
fn all_gaps(run: &Run) -> String {
    ["missing", "malformed", "integrity", "limit", "unsupported"].map(|reason| run.gaps(reason).join("\n")).join("\n")
}

/// Asserts that a run ends without a verdict, and that what is said names the limit.
fn assert_names(stage: &Stage, setting: &str) {
    let run = stage.diff(&["--no-cache", "--limit", setting]);
    assert_eq!(run.code, Some(2), "{setting}: {}{}", run.out, run.err);
    let said = if run.out.is_empty() { run.err.clone() } else { all_gaps(&run) };
    let name = setting.split('=').next().unwrap();
    assert!(said.contains(&format!("--limit {name}")), "{setting}: {said}");
    assert!(!said.contains("rebuild of"), "{said}");
}

#[test]
fn a_server_that_is_busy_too_often_is_named_with_the_limit() {
    let stage = Stage::large(1 << 16);
    let busy = Fault::Answer(503, Vec::new(), String::new());
    stage.faults.add(Rule::always("/blobs/", busy).times(2));
    assert_names(&stage, "transfer-tries=1");
    stage.faults.clear();
    let later = Fault::Answer(503, vec![("Retry-After", "2".into())], String::new());
    stage.faults.add(Rule::always("/blobs/", later));
    assert_names(&stage, "retry-after-seconds=1");
}

#[test]
fn a_transfer_that_breaks_too_often_is_named_with_the_limit() {
    let stage = Stage::large(1 << 16);
    stage.faults.add(Rule::always("/blobs/", Fault::Cut(1000)));
    assert_names(&stage, "transfer-resumes=0");
}

#[test]
fn a_transfer_that_takes_too_long_is_named_with_the_limit() {
    let stage = Stage::large(1 << 16);
    stage.faults.add(Rule::always("/blobs/", Fault::Slow(4096, Duration::from_millis(200))));
    assert_names(&stage, "transfer-seconds=1");
    stage.faults.clear();
    stage.faults.add(Rule::always("/blobs/", Fault::Late(Duration::from_millis(2500))));
    let run = stage.diff(&["--no-cache", "--limit", "idle-seconds=1", "--limit", "transfer-tries=1"]);
    assert_eq!(run.code, Some(2), "{}{}", run.out, run.err);
    let said = format!("{}{}", run.err, if run.out.is_empty() { String::new() } else { all_gaps(&run) });
    assert!(said.contains("--limit idle-seconds"), "{said}");
}
