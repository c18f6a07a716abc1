//! `testdata/canonical/vectors.json`: digests that must not change without a new version of the form.

use std::fs;
use std::path::Path;

use reprove::finding::Sides;
use serde_json::{Value, json};

use super::compare;
use crate::fixture;

/// The digests of the first platform of a pair: a folder below `testdata` with two layouts, or a fixture.
fn digests(pair: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(pair);
    let folder = tempfile::tempdir().unwrap();
    let references = if path.is_dir() {
        Sides::new("original", "rebuild").map(|side| format!("oci:{}", path.join(side).display()))
    } else {
        fixture::build(&path, folder.path()).unwrap().references
    };
    let explanation = compare(references.as_ref().map(String::as_str));
    let digests = explanation.platforms[0].canonical_digest.as_ref().unwrap();
    json!({ "pair": pair, "original": digests.original.to_string(), "rebuild": digests.rebuild.to_string() })
}

#[test]
fn digests_are_those_of_the_vectors() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/canonical/vectors.json");
    let vectors: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    let pairs = vectors["pairs"].as_array().unwrap();
    assert!(!pairs.is_empty());
    let made: Vec<Value> = pairs.iter().map(|vector| digests(vector["pair"].as_str().unwrap())).collect();
    assert_eq!(made, *pairs, "{}", serde_json::to_string_pretty(&made).unwrap());
}
