//! Pairs that fuzzing found, and what was wrong with their comparison.

use std::path::Path;
use std::sync::Arc;

use reprove::source::progress::Progress;
use reprove::{Options, compare_images};
use serde_json::{Value, json};

use crate::fixture;

/// Whether the canonical digests are equal, and whether every claim converges: the two are the same thing.
fn canonical(pair: &Value) -> (bool, bool) {
    let folder = tempfile::tempdir().unwrap();
    let pair = fixture::build_text(&pair.to_string(), Path::new("."), folder.path()).unwrap();
    let mut options = Options::default();
    options.canonical_digest = true;
    let progress = Arc::new(Progress::default());
    let explanation = compare_images(&pair.references.original, &pair.references.rebuild, &options, &progress).unwrap();
    let platform = &explanation.platforms[0];
    assert!(platform.gaps.is_empty() && !platform.findings.is_empty());
    let converges = platform.findings.iter().all(|explained| explained.converges);
    (platform.canonical_digest.as_ref().unwrap().same(), converges)
}

fn entries(original: &Value, rebuild: &Value) -> Value {
    json!({ "original": { "layers": [{ "entries": original }] }, "rebuild": { "layers": [{ "entries": rebuild }] } })
}

#[test]
fn an_entry_written_twice_is_in_the_canonical_image_once() {
    let app = json!({ "path": "app", "text": "app\n" });
    let pair = entries(&json!([app]), &json!([app, app]));
    assert_eq!(canonical(&pair), (true, true));
    let other = json!({ "path": "app", "text": "other\n" });
    let pair = entries(&json!([app]), &json!([app, other]));
    assert_eq!(canonical(&pair), (false, false));
}

#[test]
fn a_leftover_written_twice_is_in_no_canonical_image() {
    let group = json!({ "path": "etc/group-", "text": "root:x:0:\nsudo:x:27:\n" });
    let app = json!({ "path": "app", "text": "app\n" });
    let (equal, converges) = canonical(&entries(&json!([app, group]), &json!([app, group, group])));
    assert_eq!(equal, converges);
    let (equal, converges) = canonical(&entries(&json!([app, group]), &json!([app, group, app, group])));
    assert_eq!(equal, converges);
}

#[test]
fn what_is_claimed_of_the_first_entry_of_a_path_is_not_cut_out_of_the_last() {
    let app = json!({ "path": "app", "text": "app\n" });
    let other = json!({ "path": "app", "text": "ape\0p\n" });
    let (equal, converges) = canonical(&entries(&json!([app]), &json!([other, app])));
    assert_eq!((equal, converges), (true, true));
}

#[test]
fn a_field_that_one_side_has_is_cut_out_of_that_side_alone() {
    // FNAME, the file's own name, and its flag, on the original's side alone.
    let file = |content: &str| json!({ "path": "a.gz", "base64": content });
    let original =
        file("H4sICAAAAAAA/2EAC8lIVSgszUzOVkgqyi/PU0jLr1DIKs0tKFbIL0stUigBSuckVlUqpOSn63GFjCoeVTyqmNqKAcUN0FaEAwAA");
    let rebuild =
        file("H4sIAAAAAAAA/wvJSFUoLM1MzlZIKsovz1NIy69QyCrNLShWyC9LLVIoAUrnJFZVKqTkp+txhYwqHlU8qpjaigHFDdBWhAMAAA==");
    assert_eq!(canonical(&entries(&json!([original]), &json!([rebuild]))), (true, true));
}

#[test]
fn white_space_does_not_make_a_document_too_long_to_be_read() {
    // Readers differ in what they take: skopeo and podman up to 4 MiB.
    let config = |space: usize| {
        let space = " ".repeat(space);
        let text = [
            r#"{"os":"linux","architecture":"amd64","#,
            &space,
            r#""created":"2025-01-01T00:00:00Z","#,
            &space,
            r#""rootfs":{"type":"layers","diff_ids":$DIFF_IDS}}"#,
        ];
        json!({ "layers": [{ "entries": [] }], "configText": text.concat() })
    };
    for (space, equal) in [(1 << 20, true), (3 << 20, false)] {
        let pair = json!({ "original": config(1), "rebuild": config(space) });
        assert_eq!(canonical(&pair), (equal, equal));
    }
}
