use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::compare::json::tests::{mirrored, sorted};
use crate::compare::pairs::pair_layers;
use crate::digest::Digest;
use crate::finding::{Aspect, Value};
use crate::image::json::Document;

/// A config with these layers and this history; layers are named by their content.
fn config(layers: &[&str], history: serde_json::Value, more: serde_json::Value) -> Config {
    let diff_ids: Vec<String> = layers.iter().map(|layer| Digest::of(layer.as_bytes()).to_string()).collect();
    let json = json!({ "rootfs": { "diff_ids": diff_ids }, "history": history, "config": more });
    let limits = Limits::default();
    let document = Document::parse(json.to_string().into_bytes().into(), &limits).unwrap();
    Config::read(document, &limits).unwrap()
}

fn compare(original: &Config, rebuild: &Config) -> Vec<Finding> {
    let pairs = pair_layers(Sides::new(&original.diff_ids, &rebuild.diff_ids));
    compare_configs(original, rebuild, &pairs, &Limits::default())
}

fn places(findings: &[Finding]) -> Vec<(&str, Aspect)> {
    findings.iter().map(|finding| (finding.location.field_name(), finding.aspect)).collect()
}

fn empty(command: &str) -> serde_json::Value {
    json!({ "created_by": command, "empty_layer": true })
}

#[test]
fn variables_are_compared_by_name() {
    let env = |list: serde_json::Value| config(&[], json!([]), json!({ "Env": list }));
    let original = env(json!(["PATH=/bin", "A=1", "LANG=C"]));
    let rebuild = env(json!(["LANG=C", "PATH=/bin", "A=2", "B/C=3"]));
    let findings = compare(&original, &rebuild);
    assert_eq!(
        places(&findings),
        [("/config/Env", Aspect::Order), ("/config/Env/A", Aspect::Value), ("/config/Env/B~1C", Aspect::Presence),]
    );
    let names = |names: &[&str]| Value::Json(json!(names));
    assert_eq!(findings[0].values, Sides::new(names(&["PATH", "A", "LANG"]), names(&["LANG", "PATH", "A"])));
    assert_eq!(findings[1].values, Sides::new(Value::text("A=1"), Value::text("A=2")));
    assert_eq!(findings[2].values, Sides::new(Value::Absent, Value::text("B/C=3")));
}

#[test]
fn labels_are_compared_by_key() {
    let labels = |labels: serde_json::Value| config(&[], json!([]), json!({ "Labels": labels }));
    let findings = compare(&labels(json!({ "a/b": "1", "c": "2" })), &labels(json!({ "a/b": "2" })));
    assert_eq!(places(&findings), [("/config/Labels/a~1b", Aspect::Value), ("/config/Labels/c", Aspect::Presence)]);
}

#[test]
fn history_follows_the_layers() {
    let history = |time: &str| json!([{ "created_by": "ADD", "created": time }, empty("ENV"), { "created_by": "RUN", "created": time }]);
    let original = config(&["base", "app"], history("2020-01-01T00:00:00Z"), json!({}));
    let rebuild = config(&["base", "other"], history("2021-01-01T00:00:00Z"), json!({}));
    let findings = compare(&original, &rebuild);
    assert_eq!(
        places(&findings),
        [
            ("/history/0/created", Aspect::Value),
            ("/history/2/created", Aspect::Value),
            ("/rootfs/diff_ids/1", Aspect::Value),
        ]
    );
    let layers: Vec<_> = findings.iter().map(|finding| finding.location.layer.original).collect();
    assert_eq!(layers, [Some(0), Some(1), Some(1)]);
}

#[test]
fn empty_entries_between_layers_are_matched_by_command() {
    let filled = |command: &str| json!({ "created_by": command });
    let original = json!([filled("ADD"), empty("ENV a"), empty("CMD"), filled("RUN"), empty("USER x")]);
    let rebuild = json!([filled("ADD"), empty("LABEL"), empty("ENV a"), empty("CMD"), filled("RUN"), empty("USER y")]);
    let findings = compare(&config(&["1", "2"], original, json!({})), &config(&["1", "2"], rebuild, json!({})));
    assert_eq!(places(&findings), [("/history/1", Aspect::Presence), ("/history/4/created_by", Aspect::Value)]);
    assert_eq!(findings[0].values.original, Value::Absent);
}

#[test]
fn another_split_is_one_finding_and_history_goes_by_command() {
    let filled = |command: &str| json!({ "created_by": command });
    let original = config(&["base", "1", "2"], json!([filled("ADD"), filled("A"), filled("B")]), json!({}));
    let rebuild = config(&["base", "12"], json!([filled("ADD"), empty("A"), filled("B")]), json!({}));
    let findings = compare(&original, &rebuild);
    assert_eq!(places(&findings), [("/history/1/empty_layer", Aspect::Presence), ("/rootfs/diff_ids", Aspect::Value)]);
}

#[test]
fn history_that_does_not_add_up_is_compared_all_the_same() {
    let original = config(&["1"], json!([{ "created_by": "A" }, { "created_by": "B" }]), json!({}));
    let rebuild = config(&["1"], json!([{ "created_by": "B" }]), json!({}));
    let findings = compare(&original, &rebuild);
    assert_eq!(places(&findings), [("/history/0", Aspect::Presence)]);
    assert_eq!(findings[0].location.layer, Sides::new(None, None));
}

/// A config with a layer for each letter of the first text, and a history entry for each of the second: capital letters
/// are empty entries.
fn spelled((layers, history): (String, String)) -> Config {
    let layers: Vec<String> = layers.chars().map(String::from).collect();
    let entry = |letter: char| json!({ "created_by": letter.to_string(), "empty_layer": letter.is_uppercase() });
    let history: Vec<_> = history.chars().map(entry).collect();
    config(&layers.iter().map(String::as_str).collect::<Vec<_>>(), json!(history), json!({ "Env": layers }))
}

proptest! {
    #[test]
    fn sides_can_be_swapped_and_nothing_is_missed(
        original in ("[a-c]{0,4}", "[a-cA-B]{0,6}"),
        rebuild in ("[a-c]{0,4}", "[a-cA-B]{0,6}"),
    ) {
        let (original, rebuild) = (spelled(original), spelled(rebuild));
        let findings = compare(&original, &rebuild);
        prop_assert_eq!(findings.is_empty(), original.document.raw == rebuild.document.raw);
        let missed = findings.iter().any(|finding| matches!(finding.values.original, Value::Content { .. }));
        prop_assert!(!missed, "{:?}", findings);
        prop_assert_eq!(sorted(compare(&rebuild, &original)), sorted(mirrored(findings)));
    }
}
