//! Lines of Dockerfiles: told by provenance, or matched with a file that the user names.

use std::collections::BTreeSet;

use super::*;

/// Layer, line, stage and certainty of all steps of one side.
fn steps(report: &Value, side: &str) -> BTreeSet<(u64, Option<u64>, Option<String>, String)> {
    let causes = report["causes"].as_array().unwrap();
    let steps = causes.iter().flat_map(|cause| cause["steps"][side].as_array().unwrap());
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let step = |step: &Value| {
        let dockerfile = &step["dockerfile"];
        (
            step["layer"].as_u64().unwrap(),
            dockerfile["line"].as_u64(),
            text(&dockerfile["stage"]),
            text(&step["certainty"]).unwrap(),
        )
    };
    steps.map(step).collect()
}

fn compared(name: &str, arguments: &[&str]) -> Run {
    let side = |side: &str| repository().join("testdata").join(name).join(side).to_str().unwrap().to_owned();
    let (original, rebuild) = (side("original"), side("rebuild"));
    let mut all = vec!["diff", original.as_str(), rebuild.as_str(), "--date", "2027-01-31"];
    all.extend(arguments);
    run(&all)
}

#[test]
fn layers_of_buildah_are_matched_with_the_file_that_is_named() {
    let path = repository().join("scripts/pairs/first/Dockerfile");
    let path = path.to_str().unwrap();
    let json = compared("first", &["--dockerfile", path, "--format", "json"]);
    let expected: BTreeSet<_> =
        (1..=7).map(|layer| (layer, Some(11 + layer), Some("1".to_owned()), "matched".to_owned())).collect();
    for side in ["original", "rebuild"] {
        let steps = steps(&json.report(), side);
        assert_eq!(steps.difference(&expected).count(), 0, "{steps:?}");
        assert!(steps.len() >= 5, "{steps:?}");
    }
    assert_eq!(json.err, "");
    let text = compared("first", &["--dockerfile", path]);
    assert!(text.out.contains(&format!("{path}:17  COPY ")), "{}", text.out);
    assert_eq!(text.code, Some(1));
}

#[test]
fn without_a_file_provenance_tells_the_lines() {
    let lines: BTreeSet<_> =
        [(1, 5), (2, 6)].map(|(layer, line)| (layer, Some(line), Some("0".to_owned()), "provenance".to_owned())).into();
    let told = compared("multi", &["--format", "json"]);
    assert_eq!(steps(&told.report(), "original"), lines);
    // The same file under another name.
    let path = repository().join("scripts/pairs/multi/Dockerfile");
    let named = compared("multi", &["--format", "json", "--dockerfile", path.to_str().unwrap()]);
    assert_eq!(steps(&named.report(), "rebuild"), lines);
    assert!(named.out.contains(&format!("\"path\": {:?}", path.to_str().unwrap())), "{}", named.out);
    let none = compared("first", &["--format", "json"]);
    let unknown = steps(&none.report(), "original");
    assert!(unknown.iter().all(|(_, line, _, certainty)| line.is_none() && certainty == "unknown"), "{unknown:?}");
}

#[test]
fn a_file_that_has_nothing_to_do_with_the_images_is_named_as_such() {
    let path = repository().join("scripts/pairs/npm/Dockerfile");
    let run = compared("multi", &["--format", "json", "--dockerfile", path.to_str().unwrap()]);
    assert!(run.err.contains("no layer is that of a single line of it"), "{}", run.err);
    assert!(steps(&run.report(), "original").iter().all(|(_, line, _, _)| line.is_none()));
}

#[test]
fn what_is_no_dockerfile_is_refused_with_the_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("Dockerfile");
    fs::write(&path, "FROM a\nRUN <<EOF\nx\n").unwrap();
    let run = compared("multi", &["--dockerfile", path.to_str().unwrap()]);
    assert_eq!(run.code, Some(2));
    let said = "Dockerfile: is no Dockerfile: line 2: the heredoc \"EOF\" does not end [dockerfile-heredoc]\n";
    assert!(run.err.contains(said), "{}", run.err);
}

#[test]
fn provenance_without_a_subject_tells_the_lines_too() {
    let file = repository().join("testdata/causes/warm-cache-suspected/claimed.json");
    let mut written: Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    for side in ["original", "rebuild"] {
        written[side]["index"]["attestations"][0]["statements"][0]["subject"] = json!([]);
        written[side]["layers"][1]["entries"][0]["text"] = json!("same\n");
    }
    written["rebuild"]["layers"][1]["entries"][0]["mtime"] = json!(1_700_000_000);
    let step = |certainty: &str| BTreeSet::from([(1, Some(3), Some("0".to_owned()), certainty.to_owned())]);
    assert_eq!(steps(&diff(&images(&written), &["--format", "json"]).report(), "rebuild"), step("provenance"));
    // Layers that the builder does not name are looked for in the Dockerfile that it had.
    let text = written.to_string().replace("$LAYER1", &format!("sha256:{}", "0".repeat(64)));
    let written: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(steps(&diff(&images(&written), &["--format", "json"]).report(), "rebuild"), step("matched"));
}
