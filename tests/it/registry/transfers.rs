use super::*;

/// Two images with a large layer that they share, and a small one each of their own.
fn one_of_two() -> Value {
    let side = |text: &str| {
        json!({ "layers": [
            { "compression": "none", "entries": [{ "path": "base", "text": "0123456789abcde\n", "repeat": 200_000 }] },
            { "entries": [{ "path": "app", "text": text }] },
        ] })
    };
    json!({ "original": side("one\n"), "rebuild": side("two\n"), "expect": { "cause": "" } })
}

#[test]
fn only_what_differs_is_transferred() {
    let stage = Stage::new(&one_of_two(), Abilities::default());
    stage.assert_truth(&stage.diff(&[]));
    let log = stage.server.take_log();
    let (original, rebuild) = (layers(&stage.layouts.original), layers(&stage.layouts.rebuild));
    assert_eq!(original[0], rebuild[0]);
    assert_eq!(of_blob(&log, &original[0].0).len(), 0, "the shared layer was read");
    for (digest, size) in [&original[1], &rebuild[1]] {
        let exchanges = of_blob(&log, digest);
        assert_eq!(exchanges.iter().map(|exchange| exchange.sent).collect::<Vec<_>>(), [*size], "{digest}");
    }
    let total: u64 = log.iter().map(|exchange| exchange.sent).sum();
    assert!(total < 64 << 10, "{total} bytes for two small layers");
}

#[test]
fn the_same_image_is_told_by_its_manifest() {
    let stage = Stage::first(Abilities::default());
    let original = stage.references().original;
    let run = stage.home.diff(&Sides::new(original.clone(), original), &["--no-cache"]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert_eq!(run.report()["verdict"], "identical");
    let log = stage.server.take_log();
    assert!(!log.is_empty());
    let layers = layers(&stage.layouts.original);
    let read = layers.iter().filter(|(digest, _)| !of_blob(&log, digest).is_empty()).count();
    assert_eq!(read, 0, "layers were read of an image that is the same");
}

#[test]
fn a_tag_is_read_once() {
    let stage = Stage::first(Abilities::default());
    let original = stage.references().original;
    stage.home.diff(&Sides::new(original.clone(), original), &["--no-cache"]);
    let bodies = stage.server.take_log().into_iter().filter(|exchange| {
        exchange.request.method == "GET" && exchange.request.path().ends_with("/manifests/original")
    });
    assert!(bodies.count() <= 1, "the tag was resolved twice");
}

#[test]
fn both_sides_are_verified_in_full_where_that_is_asked_for() {
    let stage = Stage::new(&one_of_two(), Abilities::default());
    let run = stage.diff(&["--verify-all"]);
    assert_eq!(run.code, Some(1), "{}", run.err);
    let (digest, size) = &layers(&stage.layouts.original)[0];
    let log = stage.server.take_log();
    let sent: Vec<u64> = of_blob(&log, digest).iter().map(|exchange| exchange.sent).collect();
    assert_eq!(sent, [*size], "the shared layer is to be read once");
}

#[test]
fn a_tag_that_moves_is_pinned_and_warned_of() {
    let stage = Stage::first(Abilities::default());
    let before = stage.truth(&[]);
    let rebuild = stage.fake.push("team/other", "v1", &stage.layouts.rebuild);
    stage.fake.tag(NAME, "original", &rebuild);
    let run = stage.diff(&[]);
    assert_eq!((run.code, run.report_of_any_reference()), before, "another image was compared: {}", run.err);
    let warned = run.err.lines().any(|line| line.contains("moved") && line.contains("original"));
    assert!(warned, "no warning: {:?}", run.err);
}

#[test]
fn nothing_is_said_of_tags_that_stay() {
    let stage = Stage::first(Abilities::default());
    assert_eq!(stage.diff(&[]).err, "");
}
