use std::time::{Duration, Instant, SystemTime};

use super::*;

/// Asserts that no byte of a blob was sent more than twice, none that had arrived was asked for again, and none is
/// missing.
fn assert_resumed(log: &[Exchange], digest: &str, size: u64) {
    let mut arrived = 0;
    for exchange in of_blob(log, digest) {
        let start = exchange.request.range_start().unwrap_or(0);
        assert_eq!(start, arrived, "{digest}: {arrived} bytes had arrived");
        arrived += exchange.sent;
    }
    assert_eq!(arrived, size, "{digest} was not read to its end");
}

#[test]
fn a_transfer_that_breaks_goes_on_where_it_was() {
    let stage = Stage::large(1 << 20);
    let truth = stage.truth(&[]);
    let (digest, size) = layers(&stage.layouts.original).remove(0);
    for offset in [0, 1, 511, 512, 513, 65_535, 65_536, size / 2, size - 513, size - 1] {
        stage.faults.clear();
        stage.faults.add(Rule::once(&digest, Fault::Cut(offset)).method("GET"));
        // A cache for each offset: what is looked at again is not to be transferred again.
        let cache = stage.home.path(&format!("cut-{offset}"));
        let run = stage.diff(&["--cache-dir", cache.to_str().unwrap()]);
        assert_eq!(run.code, truth.0, "cut at {offset}: {}", run.err);
        assert_eq!(run.report_of_any_reference(), truth.1, "cut at {offset}");
        let log = stage.server.take_log();
        assert_eq!(of_blob(&log, &digest).len(), 2, "cut at {offset}");
        assert_resumed(&log, &digest, size);
    }
}

#[test]
fn a_transfer_may_break_more_than_once() {
    let stage = Stage::large(1 << 20);
    let (digest, size) = layers(&stage.layouts.rebuild).remove(0);
    for bytes in [300_000, 1, 70_000] {
        stage.faults.add(Rule::once(&digest, Fault::Cut(bytes)).method("GET"));
    }
    stage.assert_truth(&stage.diff(&[]));
    assert_resumed(&stage.server.take_log(), &digest, size);
}

#[test]
fn a_server_that_sends_all_again_is_no_obstacle() {
    let stage = Stage::large(1 << 20);
    let (digest, size) = layers(&stage.layouts.original).remove(0);
    stage.faults.add(Rule::once(&digest, Fault::Cut(size / 2)).method("GET"));
    stage.faults.add(Rule::always(&digest, Fault::IgnoreRange));
    stage.assert_truth(&stage.diff(&[]));
    let log = stage.server.take_log();
    let sent: u64 = of_blob(&log, &digest).iter().map(|exchange| exchange.sent).sum();
    assert!(sent <= size + size / 2, "{sent} bytes of {size}");
}

#[test]
fn a_transfer_that_always_breaks_is_an_error_in_the_end() {
    let stage = Stage::large(1 << 20);
    let (digest, _) = layers(&stage.layouts.original).remove(0);
    stage.faults.add(Rule::always(&digest, Fault::Cut(0)).method("GET"));
    let run = stage.diff(&["--no-cache"]);
    assert_eq!(run.code, Some(2), "{}", run.out);
    assert!(run.out.contains(&digest) || run.err.contains(&digest), "{}{}", run.out, run.err);
    let attempts = of_blob(&stage.server.take_log(), &digest).len();
    assert!((2..=10).contains(&attempts), "{attempts} attempts");
}

#[test]
fn a_busy_registry_is_asked_again() {
    let stage = Stage::first(Abilities::default());
    for status in [429, 500, 502, 503, 504] {
        stage.faults.clear();
        let busy = || Fault::Answer(status, vec![], "busy".into());
        stage.faults.add(Rule::once("/manifests/", busy()));
        stage.faults.add(Rule::once("/blobs/", busy()));
        stage.faults.add(Rule::once("/blobs/", busy()).after(2));
        let run = stage.diff(&["--no-cache"]);
        stage.assert_truth(&run);
        let refused = stage.server.take_log().iter().filter(|exchange| exchange.status == status).count();
        assert_eq!(refused, 3, "{status}");
    }
}

#[test]
fn a_connection_that_ends_before_the_answer_is_tried_again() {
    let stage = Stage::first(Abilities::default());
    stage.faults.add(Rule::once("/manifests/", Fault::HangUp));
    stage.faults.add(Rule::once("/blobs/", Fault::HangUp));
    stage.assert_truth(&stage.diff(&["--no-cache"]));
}

#[test]
fn registries_say_when_to_come_back() {
    let stage = Stage::first(Abilities::default());
    let soon = || {
        let date = chrono::DateTime::<chrono::Utc>::from(SystemTime::now() + Duration::from_secs(3));
        date.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
    };
    for (value, least) in [(|| "2".to_owned()) as fn() -> String, soon].into_iter().zip([2000, 1000]) {
        let value = value();
        stage.faults.clear();
        let busy = Fault::Answer(429, vec![("Retry-After", value.clone())], "too many requests".into());
        stage.faults.add(Rule::once("/manifests/original", busy));
        let start = Instant::now();
        stage.assert_truth(&stage.diff(&["--no-cache"]));
        let waited = start.elapsed();
        assert!(waited >= Duration::from_millis(least), "Retry-After: {value}: {waited:?}");
        assert!(waited < Duration::from_secs(20), "Retry-After: {value}: {waited:?}");
    }
}

#[test]
fn nobody_waits_for_a_day() {
    let stage = Stage::first(Abilities::default());
    let busy = Fault::Answer(429, vec![("Retry-After", "86400".into())], "quota".into());
    stage.faults.add(Rule::always("/manifests/", busy));
    let start = Instant::now();
    let run = stage.diff(&[]);
    assert_eq!((run.code, run.out.as_str()), (Some(2), ""));
    assert!(run.err.contains("429"), "{}", run.err);
    assert!(start.elapsed() < Duration::from_secs(80));
}

#[test]
fn what_is_not_there_is_not_asked_for_again() {
    let stage = Stage::first(Abilities::default());
    let host = stage.server.host();
    for name in [format!("docker://{host}/{NAME}:none"), format!("docker://{host}/team/none:original")] {
        let run = stage.home.diff(&Sides::new(name.clone(), stage.references().rebuild), &[]);
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""));
        assert!(run.err.contains(&name) && run.err.contains("no such image"), "{}", run.err);
        let log = stage.server.take_log();
        let asked = log.iter().filter(|exchange| exchange.status == 404).count();
        assert!(asked <= 2, "asked {asked} times");
    }
}

#[test]
fn a_blob_that_is_not_there_is_a_gap() {
    let stage = Stage::large(4096);
    let (digest, _) = layers(&stage.layouts.rebuild).remove(0);
    stage.fake.remove_blob(NAME, &digest);
    let run = stage.diff(&[]);
    assert_eq!(run.code, Some(2), "{}", run.err);
    assert_eq!(run.report()["verdict"], "inconclusive");
    let gaps = run.gaps("missing");
    assert!(gaps.iter().any(|detail| detail.contains(&digest)), "{gaps:?}");
}
