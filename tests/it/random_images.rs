//! What must hold of any two images, tried with images made by chance.

use std::path::Path;
use std::sync::Arc;

use proptest::collection::vec;
use proptest::prelude::*;
use reprove::policy::{Date, Policy};
use reprove::report::{Report, json as document};
use reprove::source::progress::Progress;
use reprove::verdict::Verdict;
use reprove::{Options, compare_images};
use serde_json::{Value, json};

use crate::fixture;
use crate::mirror::mirrored;
use crate::oracle::{self, chance};

/// Few names, so that entries meet: on both sides, in several layers, twice in one, as file and as directory.
const NAMES: [&str; 9] =
    ["a", "a/b", "a/b/c", "a/d", "e", "a/.wh.b", "a/.wh..wh..opq", "usr/lib/x.pyc", "var/log/dpkg.log"];

fn entry() -> impl Strategy<Value = Value> {
    let kind = prop_oneof![6 => Just("file"), 3 => Just("dir"), 1 => Just("symlink"), 1 => Just("hardlink")];
    let text =
        prop_oneof![Just(""), Just("one\n"), Just("two\n"), Just("2025-01-01 00:00:00 startup archives unpack\n")];
    let time = prop_oneof![
        Just(json!(0)),
        Just(json!(1_735_689_600)),
        Just(json!(1_735_689_697)),
        Just(json!("1735689600.5"))
    ];
    (0..NAMES.len(), kind, text, time, prop_oneof![4 => Just(None), 1 => Just(Some("0777"))]).prop_map(
        |(name, kind, text, time, mode)| {
            let mut entry = json!({ "path": NAMES[name], "type": kind, "mtime": time });
            match kind {
                "file" => entry["text"] = json!(text),
                "symlink" | "hardlink" => entry["link"] = json!("e"),
                _ => {}
            }
            if let Some(mode) = mode {
                entry["mode"] = json!(mode);
            }
            entry
        },
    )
}

fn image() -> impl Strategy<Value = Value> {
    let layer = vec(entry(), 0..7).prop_map(|entries| json!({ "entries": entries }));
    vec(layer, 1..4).prop_map(|layers| json!({ "layers": layers }))
}

/// The JSON report, under the default policy.
fn report(original: &str, rebuild: &str, threads: usize) -> Vec<u8> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let progress = Arc::new(Progress::default());
    let explanation = pool.install(|| compare_images(original, rebuild, &Options::default(), &progress)).unwrap();
    let report = Report::new(&explanation, &Policy::default_policy(), Date::parse("2026-01-31").unwrap(), "test");
    let mut bytes = Vec::new();
    document::write(&report, &mut bytes).unwrap();
    bytes
}

fn check(original: &Value, rebuild: &Value) -> Result<(), TestCaseError> {
    let folder = tempfile::tempdir().unwrap();
    let written = json!({ "original": original, "rebuild": rebuild, "expect": { "cause": "" } });
    let pair = fixture::build_text(&written.to_string(), Path::new(""), folder.path()).unwrap().references;
    let forth = report(&pair.original, &pair.rebuild, 3);
    prop_assert!(report(&pair.original, &pair.rebuild, 1) == forth, "one thread makes another report");
    let forth: Value = serde_json::from_slice(&forth).unwrap();
    let back: Value = serde_json::from_slice(&report(&pair.rebuild, &pair.original, 3)).unwrap();
    prop_assert_eq!(mirrored(back), forth);
    let same: Value = serde_json::from_slice(&report(&pair.original, &pair.original, 2)).unwrap();
    prop_assert_eq!(&same["verdict"], "identical");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn two_images_are_compared_the_same_from_either_side_and_by_any_number_of_threads(original in image(), rebuild in image()) {
        check(&original, &rebuild)?;
    }
}

/// Whatever passes is the same to whoever runs it: what a runtime notices of a pair that passes, and the pair.
fn noticed(choices: &[u8]) -> Option<(String, Value)> {
    let mut rest = choices.iter();
    let written = chance::pair(&mut |count| usize::from(rest.next().copied().unwrap_or(0)) % count.max(1));
    let folder = tempfile::tempdir().unwrap();
    let pair = fixture::build_text(&written.to_string(), Path::new(""), folder.path()).ok()?.references;
    let explanation =
        compare_images(&pair.original, &pair.rebuild, &Options::default(), &Arc::new(Progress::default())).unwrap();
    let report = Report::new(&explanation, &Policy::default_policy(), Date::parse("2026-01-31").unwrap(), "test");
    let passes = matches!(report.verdict, Verdict::Identical | Verdict::Equivalent);
    let stored = pair.as_ref().map(|reference| oracle::Stored::of_layout(reference)).both().unwrap();
    let noticed = oracle::noticed(&explanation, stored.as_ref()).filter(|_| passes)?;
    Some((noticed, written))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn whatever_passes_is_the_same_to_whoever_runs_it(choices in vec(any::<u8>(), 0..120)) {
        if let Some((noticed, pair)) = noticed(&choices) {
            prop_assert!(false, "a runtime sees that {noticed}\n{pair}");
        }
    }
}

/// Both sides shadow the same entry in their own layer: neither may be told of before the other.
#[test]
fn what_both_sides_carry_is_no_difference() {
    let entry = |mtime: u64| json!({ "path": "a/b/c", "text": "", "mtime": mtime });
    let none = json!({ "entries": [] });
    let original = json!({ "layers": [none, { "entries": [entry(0), entry(0)] }, none] });
    let rebuild = json!({ "layers": [none, { "entries": [entry(0), entry(1_735_689_600)] }] });
    check(&original, &rebuild).unwrap();
}
