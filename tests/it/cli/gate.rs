//! Whether there is anything to publish, and what is expected of a comparison.

use super::*;

/// A pair of one file each, with labels.
fn labelled(label: &str, original: &str, rebuild: &str) -> Images {
    let side = |value: &str| json!({ "config": { "config": { "Labels": { label: value } } } });
    images(&json!({
        "both": { "layers": [{ "entries": [{ "path": "app", "text": "app" }] }] },
        "original": side(original), "rebuild": side(rebuild), "expect": { "cause": "" }
    }))
}

fn gate(pair: &Images, arguments: &[&str]) -> Run {
    let Sides { original, rebuild } = &pair.references;
    run(&[&["gate", rebuild, original], arguments].concat())
}

/// The digests that a report has of both images.
fn digests(pair: &Images) -> Sides<String> {
    let report = diff(pair, &["--format", "json"]).report();
    Sides::new("original", "rebuild").map(|side| report[side]["digest"].as_str().unwrap().to_owned())
}

#[test]
fn what_is_the_same_keeps_the_published_digest() {
    let pair = labelled("org.opencontainers.image.revision", &"1".repeat(40), &"2".repeat(40));
    assert_eq!(diff(&pair, &["-q"]).code, Some(1), "the default policy takes it for another source");
    let variables = pair.path("variables");
    fs::write(&variables, "A=b\n").unwrap();
    let run = gate(&pair, &["--variables", &variables]);
    let digest = digests(&pair).original;
    assert_eq!((run.code, run.out), (Some(0), format!("{digest}\n")), "{}", run.err);
    let written = fs::read_to_string(&variables).unwrap();
    assert_eq!(written, format!("A=b\nREPROVE_DIGEST={digest}\nREPROVE_PUBLISH=false\n"));
    let strict = gate(&pair, &["--strict"]);
    assert_eq!((strict.code, strict.out), (Some(1), format!("{}\n", digests(&pair).rebuild)));
}

#[test]
fn what_is_another_image_is_to_be_published() {
    let other = |label: &str, original: &str, rebuild: &str| labelled(label, original, rebuild);
    for pair in [
        files("app/server", "a", "b"),
        other("org.opencontainers.image.source", "https://github.com/o/app", "https://github.com/p/app"),
        other("maintainer", "a", "b"),
    ] {
        let report = pair.path("report.json");
        let run = gate(&pair, &["-q", "-o", &format!("json={report}")]);
        assert_eq!((run.code, run.out, run.err.as_str()), (Some(1), format!("{}\n", digests(&pair).rebuild), ""));
        let report: Value = serde_json::from_slice(&fs::read(&report).unwrap()).unwrap();
        assert_eq!((&report["verdict"], &report["policy"]["name"]), (&json!("different"), &json!("gate")));
    }
}

#[test]
fn without_an_answer_nothing_is_printed() {
    let pair = files("a", "a", "a");
    for (new, published) in [("oci:nowhere", &*pair.references.original), (&*pair.references.rebuild, "oci:nowhere")] {
        let run = run(&["gate", new, published]);
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""));
        assert!(run.err.contains("oci:nowhere"), "{}", run.err);
    }
}

#[test]
fn what_is_expected_is_held_against_a_file() {
    let pair = labelled("org.opencontainers.image.version", "1", "2");
    let (file, report) = (pair.path("reprove.expect"), pair.path("report.json"));
    diff(&pair, &["-o", &format!("json={report}")]);
    let missing = diff(&pair, &["--expect", &file]);
    assert_eq!(missing.code, Some(2));
    assert!(missing.err.contains("reprove expect update"), "{}", missing.err);
    let written = run(&["expect", "update", &file, &report]);
    assert_eq!(written.code, Some(0), "{}", written.err);
    assert!(written.out.contains("\n+    \"config-label-source-identity\",\n"), "{}", written.out);
    assert_eq!(diff(&pair, &["-q", "--expect", &file]).code, Some(0));
    let again = run(&["expect", "update", &file, &report]);
    assert_eq!((again.code, again.out.as_str()), (Some(0), ""));
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("config-label-source-identity", "tar-mtime")).unwrap();
    let other = diff(&pair, &["-q", "--expect", &file]);
    assert_eq!(other.code, Some(1));
    assert!(other.err.contains("+    \"config-label-source-identity\","), "{}", other.err);
}

#[test]
fn what_is_unexplained_is_never_expected() {
    let pair = files("app/server", "a", "b");
    let (file, report) = (pair.path("reprove.expect"), pair.path("report.json"));
    diff(&pair, &["-o", &format!("json={report}")]);
    assert_eq!(run(&["expect", "update", &file, &report]).code, Some(0));
    let run = diff(&pair, &["-q", "--expect", &file]);
    assert_eq!(run.code, Some(1));
    assert!(run.err.contains("unexplained, which nobody can expect"), "{}", run.err);
}
