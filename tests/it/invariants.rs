//! What must hold of any comparison: an image equals itself, swapped sides mirror, no byte changes unseen.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use proptest::prelude::*;
use reprove::digest::Digest;
use reprove::explain::{Explained, Explanation};
use reprove::policy::{Date, Policy};
use reprove::report::Report;
use reprove::source::progress::Progress;
use reprove::verdict::Verdict;
use reprove::{Options, compare_images};
use serde_json::{Value, json};

use crate::fixture;

fn testdata(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(name).to_str().unwrap().to_owned()
}

fn compare(original: &str, rebuild: &str, options: &Options) -> Explanation {
    compare_images(original, rebuild, options, &Arc::new(Progress::default())).unwrap()
}

fn strict(explanation: &Explanation) -> Report<'_> {
    Report::new(explanation, &Policy::strict(), Date::parse("2026-01-31").unwrap(), "test")
}

#[test]
fn an_image_equals_itself_and_no_layer_is_opened() {
    for image in ["first/original", "first/rebuild"] {
        let explanation = compare(&testdata(image), &testdata(image), &Options::default());
        assert_eq!(explanation.layers_opened, 0);
        assert!(explanation.platforms.iter().all(|platform| platform.findings.is_empty() && platform.same_manifest));
        assert_eq!(strict(&explanation).verdict, Verdict::Identical);
    }
}

#[test]
fn verifying_all_opens_every_layer_of_both_sides() {
    let mut options = Options::default();
    options.verify_all = true;
    let explanation = compare(&testdata("first/original"), &testdata("first/original"), &options);
    let layers = explanation.platforms[0].steps.original.len() as u64;
    assert_eq!(explanation.layers_opened, 2 * layers);
    assert_eq!(strict(&explanation).verdict, Verdict::Identical);
}

#[test]
fn shared_layers_are_not_opened_unless_a_claim_needs_them() {
    // In the first pair archives differ, whose digests the layer that both share may record.
    for (name, shared) in [("multi", 0), ("first", 1)] {
        let folder = |side: &str| testdata(&format!("{name}/{side}"));
        let explanation = compare(&folder("original"), &folder("rebuild"), &Options::default());
        let findings = explanation.platforms.iter().flat_map(|platform| platform.findings.iter());
        let is_layer = |explained: &Explained| explained.finding.location.field_name().starts_with("/rootfs/diff_ids/");
        let differing = findings.filter(is_layer).count() as u64;
        assert_eq!(explanation.layers_opened, 2 * differing + shared, "{name}");
    }
}

#[test]
fn the_canonical_digests_are_equal_exactly_when_every_claim_converges() {
    let mut options = Options::default();
    options.canonical_digest = true;
    let same = compare(&testdata("first/original"), &testdata("first/original"), &options);
    assert!(same.platforms[0].canonical_digest.as_ref().unwrap().same());
    let explanation = compare(&testdata("first/original"), &testdata("first/rebuild"), &options);
    let platform = &explanation.platforms[0];
    let converges = platform.findings.iter().all(|explained| explained.converges);
    assert_eq!(platform.canonical_digest.as_ref().unwrap().same(), converges);
}

/// An image as its documents and uncompressed layers, to be written with changes.
struct Parts {
    config: Value,
    layers: Vec<Vec<u8>>,
}

/// The image of a layout with one manifest and gzip layers.
fn parts(layout: &Path) -> Parts {
    let blob = |digest: &Value| {
        let name = digest.as_str().unwrap().replace(':', "/");
        fs::read(layout.join("blobs").join(name)).unwrap()
    };
    let index: Value = serde_json::from_slice(&fs::read(layout.join("index.json")).unwrap()).unwrap();
    let manifest: Value = serde_json::from_slice(&blob(&index["manifests"][0]["digest"])).unwrap();
    let layers = manifest["layers"].as_array().unwrap().iter().map(|layer| {
        let mut bytes = Vec::new();
        let blob = blob(&layer["digest"]);
        std::io::Read::read_to_end(&mut flate2::read::MultiGzDecoder::new(&blob[..]), &mut bytes).unwrap();
        bytes
    });
    let layers = layers.collect();
    Parts { config: serde_json::from_slice(&blob(&manifest["config"]["digest"])).unwrap(), layers }
}

/// What is changed before the descriptors above are made.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Place {
    Layer(usize),
    Config,
    Manifest,
}

/// Writes the image as a layout of plain layers; `flip` changes one bit of one object, digests above it made to fit.
fn write(parts: &Parts, folder: &Path, flip: Option<(Place, usize, u8)>) -> String {
    let mut blobs: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let mut add = |bytes: Vec<u8>| {
        let digest = Digest::of(&bytes);
        let descriptor = json!({ "digest": digest.to_string(), "size": bytes.len() });
        blobs.insert(digest.encoded(), bytes);
        descriptor
    };
    let flipped = |place: Place, mut bytes: Vec<u8>| {
        if let Some((at, position, bit)) = flip.filter(|(at, ..)| *at == place) {
            let position = position % bytes.len();
            let _ = at;
            bytes[position] ^= 1 << (bit % 8);
        }
        bytes
    };
    let mut config = parts.config.clone();
    let mut layers = Vec::new();
    for (number, layer) in parts.layers.iter().enumerate() {
        let mut descriptor = add(flipped(Place::Layer(number), layer.clone()));
        config["rootfs"]["diff_ids"][number] = descriptor["digest"].clone();
        descriptor["mediaType"] = json!("application/vnd.oci.image.layer.v1.tar");
        layers.push(descriptor);
    }
    let mut config = add(flipped(Place::Config, config.to_string().into_bytes()));
    config["mediaType"] = json!("application/vnd.oci.image.config.v1+json");
    let manifest = json!({ "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "config": config, "layers": layers });
    let mut manifest = add(flipped(Place::Manifest, manifest.to_string().into_bytes()));
    manifest["mediaType"] = json!("application/vnd.oci.image.manifest.v1+json");
    let index = json!({ "schemaVersion": 2, "manifests": [manifest] });
    fs::create_dir_all(folder.join("blobs/sha256")).unwrap();
    fs::write(folder.join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#).unwrap();
    fs::write(folder.join("index.json"), index.to_string()).unwrap();
    for (name, bytes) in blobs {
        fs::write(folder.join("blobs/sha256").join(name), bytes).unwrap();
    }
    format!("oci:{}", folder.display())
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn blobs(layout: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> =
        fs::read_dir(layout.join("blobs/sha256")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn a_changed_bit_under_fitting_digests_is_a_finding_or_a_gap(which in 0_usize..8, position in 0_usize..1_000_000, bit in 0_u8..8) {
        let source = PathBuf::from(testdata("first/original"));
        let parts = parts(&source);
        let place = match which {
            0 => Place::Config,
            1 => Place::Manifest,
            number => Place::Layer(number % parts.layers.len()),
        };
        let folder = tempfile::tempdir().unwrap();
        let original = write(&parts, &folder.path().join("original"), None);
        let rebuild = write(&parts, &folder.path().join("rebuild"), Some((place, position, bit)));
        let explanation = compare(&original, &rebuild, &Options::default());
        let report = strict(&explanation);
        prop_assert!(report.summary.findings + report.summary.gaps > 0, "{place:?} {position} {bit}");
        prop_assert!(matches!(report.verdict, Verdict::Different | Verdict::Inconclusive), "{:?}", report.verdict);
        let mirrored = compare(&rebuild, &original, &Options::default());
        let mirror = strict(&mirrored);
        prop_assert_eq!(report.summary.findings, mirror.summary.findings);
        prop_assert_eq!(report.verdict, mirror.verdict);
    }

    #[test]
    fn a_changed_bit_of_a_blob_is_never_taken_for_another_content(blob in 0_usize..100, position in 0_usize..1_000_000, bit in 0_u8..8) {
        let folder = tempfile::tempdir().unwrap();
        copy(Path::new(&testdata("first/rebuild")), folder.path());
        let files = blobs(folder.path());
        let file = &files[blob % files.len()];
        let mut bytes = fs::read(file).unwrap();
        let position = position % bytes.len();
        bytes[position] ^= 1 << bit;
        fs::write(file, bytes).unwrap();
        let mut options = Options::default();
        options.verify_all = true;
        let damaged = folder.path().to_str().unwrap();
        let explanation = compare(&testdata("first/rebuild"), damaged, &options);
        let gaps = explanation.platforms.iter().flat_map(|platform| &platform.gaps).chain(&explanation.index.gaps);
        let reasons: Vec<_> = gaps.map(|gap| gap.reason).collect();
        prop_assert!(reasons.contains(&reprove::finding::GapReason::Integrity), "{}: {reasons:?}", file.display());
        prop_assert_eq!(strict(&explanation).verdict, Verdict::Inconclusive);
    }
}

/// A layer of files whose contents differ, each path twice and on one side in the other order: findings of such a pair have
/// one place in the report, and only the order of discovery is left to tell them apart.
fn twice(first: &str, second: &str) -> Value {
    let entry = |number: usize, text: &str| json!({ "path": format!("opt/{:03}", number / 2), "text": format!("{text} {}\n", number / 2), "repeat": 40 });
    let texts = [first, second];
    let entries: Vec<Value> = (0..600).map(|number| entry(number, texts[number % 2])).collect();
    json!({ "layers": [{ "entries": entries }] })
}

#[test]
fn the_report_does_not_depend_on_the_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    let pair = json!({ "original": twice("one", "two"), "rebuild": twice("two", "one"), "expect": { "cause": "" } });
    let pair = fixture::build_text(&pair.to_string(), Path::new(""), folder.path()).unwrap().references;
    let report = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let explanation = pool.install(|| compare(&pair.original, &pair.rebuild, &Options::default()));
        let mut text = Vec::new();
        reprove::report::json::write(&strict(&explanation), &mut text).unwrap();
        text
    };
    let alone = report(1);
    assert_eq!(
        serde_json::from_slice::<Value>(&alone).unwrap()["platforms"][0]["findings"].as_array().unwrap().len(),
        603
    );
    for threads in [2, 3, 8] {
        assert!(report(threads) == alone, "another report with {threads} threads");
    }
}
