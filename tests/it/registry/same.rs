use super::*;

#[test]
fn images_in_a_registry_compare_as_those_in_files() {
    let stage = Stage::first(Abilities::default());
    stage.assert_truth(&stage.diff(&[]));
    assert_eq!(stage.diff(&["--verify-all"]).report_of_any_reference(), stage.truth(&["--verify-all"]).1);
    let canonical = &["--canonical-digest", "--no-cache"];
    assert_eq!(stage.diff(canonical).report_of_any_reference(), stage.truth(&["--canonical-digest"]).1);
}

#[test]
fn platforms_and_provenance_compare_as_those_in_files() {
    let stage = Stage::multi(Abilities::default());
    let run = stage.diff(&[]);
    stage.assert_truth(&run);
    let report = run.report();
    let platforms: Vec<_> = report["platforms"].as_array().unwrap().iter().map(|row| &row["platform"]).collect();
    assert_eq!(platforms, ["linux/amd64", "linux/arm64"]);
    let steps = report["causes"].as_array().unwrap().iter().flat_map(|cause| cause["steps"]["original"].as_array());
    assert!(steps.flatten().any(|step| step["dockerfile"]["line"] == 6), "no step has its line");
}

#[test]
fn the_report_names_what_was_typed_and_what_it_resolved_to() {
    let stage = Stage::first(Abilities::default());
    let report = stage.diff(&[]).report();
    let references = stage.references();
    for (side, typed) in [("original", &references.original), ("rebuild", &references.rebuild)] {
        assert_eq!(report[side]["reference"], typed.as_str());
        assert!(report[side]["digest"].as_str().unwrap().starts_with("sha256:"));
    }
}

#[test]
fn tags_and_digests_name_the_same_image() {
    let stage = Stage::first(Abilities::default());
    let report = stage.diff(&[]).report();
    let (host, digest) = (stage.server.host(), report["original"]["digest"].as_str().unwrap());
    let rebuild = stage.references().rebuild;
    for original in [
        format!("docker://{host}/{NAME}@{digest}"),
        format!("docker://{host}/{NAME}:original@{digest}"),
        format!("{host}/{NAME}:original"),
        format!("{host}/{NAME}@{digest}"),
        format!("docker://{}/{NAME}:original", stage.server.other_host()),
        format!("{}/{NAME}:original", stage.server.other_host()),
    ] {
        let run = stage.home.diff(&Sides::new(original.clone(), rebuild.clone()), &[]);
        stage.assert_truth(&run);
        assert_eq!(run.report()["original"]["reference"], original);
    }
}

#[test]
fn a_tag_that_is_not_given_is_latest() {
    let stage = Stage::first(Abilities::default());
    stage.fake.push(NAME, "latest", &stage.layouts.original);
    let original = format!("docker://{}/{NAME}", stage.server.host());
    stage.assert_truth(&stage.home.diff(&Sides::new(original, stage.references().rebuild), &[]));
}

#[test]
fn one_side_may_be_in_a_file() {
    let stage = Stage::first(Abilities::default());
    stage.assert_truth(&stage.home.diff(&Sides::new(stage.local().original, stage.references().rebuild), &[]));
    stage.assert_truth(&stage.home.diff(&Sides::new(stage.references().original, stage.local().rebuild), &[]));
}

#[test]
fn registries_need_not_tell_digests() {
    let stage = Stage::first(Abilities { digest_header: false, ..Abilities::default() });
    stage.assert_truth(&stage.diff(&[]));
}

#[test]
fn every_platform_of_an_index_is_compared() {
    let side = |text: &str| {
        json!({
            "layers": [{ "entries": [{ "path": "app", "text": text }] }],
            "index": { "platforms": [
                { "platform": { "os": "linux", "architecture": "amd64" } },
                { "platform": { "os": "linux", "architecture": "arm64", "variant": "v8" },
                  "layers": [{ "entries": [{ "path": "app", "text": "the same" }] }] },
            ] },
        })
    };
    let pair = json!({ "original": side("one\n"), "rebuild": side("two\n"), "expect": { "cause": "" } });
    let stage = Stage::new(&pair, Abilities::default());
    let run = stage.diff(&[]);
    stage.assert_truth(&run);
    assert_eq!(run.report()["platforms"].as_array().unwrap().len(), 2);
    let one = stage.diff(&["--platform", "linux/arm64/v8"]);
    assert_eq!(one.report()["platforms"].as_array().unwrap().len(), 1, "{}", one.err);
}

#[test]
fn the_newest_docker_formats_are_read() {
    let docker = |text: &str| {
        json!({
            "manifest": { "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
                "config": { "mediaType": "application/vnd.docker.container.image.v1+json" } },
            "layers": [{ "mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip",
                "entries": [{ "path": "app", "text": text }] }],
        })
    };
    let pair = json!({ "original": docker("one\n"), "rebuild": docker("two\n"), "expect": { "cause": "" } });
    let stage = Stage::new(&pair, Abilities::default());
    stage.assert_truth(&stage.diff(&[]));
}
