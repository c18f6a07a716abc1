use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::*;
use crate::compare::json::tests::{mirrored, sorted};
use crate::digest::{Descriptor, Digest};
use crate::finding::{Aspect, BadBlob, Finding, GapReason, Sides, Value};
use crate::image::index::{ATTESTATION_ARTIFACT_TYPE, Index, IndexEntry, IndexTree};
use crate::image::json::{Document, DocumentError};
use crate::image::platform::Platform;
use crate::limits::Limits;

fn image(platform: &str, content: &str) -> Json {
    let platform = Platform::parse(platform).unwrap();
    let mut object = json!({ "os": platform.os, "architecture": platform.architecture });
    if let Some(variant) = platform.variant {
        object["variant"] = variant.into();
    }
    json!({ "digest": Digest::of(content.as_bytes()).to_string(), "size": content.len(), "platform": object })
}

fn attestation(of: &str, content: &str) -> Json {
    json!({
        "digest": Digest::of(content.as_bytes()).to_string(), "size": content.len(),
        "platform": { "os": "unknown", "architecture": "unknown" },
        "annotations": {
            "vnd.docker.reference.type": "attestation-manifest",
            "vnd.docker.reference.digest": Digest::of(of.as_bytes()).to_string(),
        },
    })
}

fn document(json: &Json) -> Document {
    Document::parse(json.to_string().into_bytes().into(), &Limits::default()).unwrap()
}

fn root(manifests: &[Json]) -> Root {
    let index = Index::read(document(&json!({ "manifests": manifests })), &Limits::default()).unwrap();
    Root::Index(IndexTree { index, nested: BTreeMap::new() })
}

fn single(manifest: &Json) -> Root {
    match root(std::slice::from_ref(manifest)) {
        Root::Index(tree) => Root::Manifest(tree.index.descriptors[0].clone()),
        manifest @ Root::Manifest(_) => manifest,
    }
}

fn pair(original: &Root, rebuild: &Root, wanted: &[&str]) -> Result<Pairing, String> {
    let wanted: Vec<Platform> = wanted.iter().map(|text| Platform::parse(text).unwrap()).collect();
    let none = std::collections::BTreeSet::new();
    let refuted = Sides::new(&none, &none);
    pair_platforms(Sides::new(original, rebuild), &wanted, refuted, &Limits::default())
        .map_err(|error| error.to_string())
}

fn platforms(pairing: &Pairing) -> Vec<&str> {
    pairing.pairs.iter().map(|pair| pair.platform.original.as_str()).collect()
}

fn places(findings: &[Finding]) -> Vec<(&str, Aspect)> {
    findings.iter().map(|finding| (finding.location.field_name(), finding.aspect)).collect()
}

#[test]
fn platforms_are_matched_by_name_whatever_their_order() {
    let original = root(&[image("linux/amd64", "a"), image("linux/arm64/v8", "b")]);
    let rebuild = root(&[image("linux/arm64", "b"), image("linux/amd64", "A")]);
    let pairing = pair(&original, &rebuild, &[]).unwrap();
    assert_eq!(platforms(&pairing), ["linux/amd64", "linux/arm64"]);
    assert_eq!(
        places(&pairing.findings),
        [
            ("/manifests", Aspect::Order),
            ("/manifests/linux~1amd64/digest", Aspect::Value),
            ("/manifests/linux~1arm64/platform/variant", Aspect::Presence),
        ]
    );
    assert_eq!(pair(&original, &original, &[]).unwrap().findings, []);
}

#[test]
fn a_platform_on_one_side_only_is_a_finding() {
    let original = root(&[image("linux/amd64", "a"), image("linux/s390x", "z")]);
    let rebuild = root(&[image("linux/amd64", "a")]);
    let pairing = pair(&original, &rebuild, &[]).unwrap();
    assert_eq!(platforms(&pairing), ["linux/amd64"]);
    assert_eq!(places(&pairing.findings), [("/manifests/linux~1s390x", Aspect::Presence)]);
    assert_eq!(pairing.findings[0].values.rebuild, Value::Absent);
}

#[test]
fn what_is_not_wanted_is_left_out() {
    let original = root(&[image("linux/amd64", "a"), image("linux/arm/v7", "x"), attestation("x", "t")]);
    let rebuild = root(&[image("linux/arm/v7", "X"), attestation("X", "T"), image("linux/amd64", "a")]);
    let pairing = pair(&original, &rebuild, &["linux/amd64"]).unwrap();
    assert_eq!((platforms(&pairing), pairing.attestations.len()), (vec!["linux/amd64"], 0));
    assert_eq!(pairing.findings, []);
    assert_eq!(platforms(&pair(&original, &rebuild, &["linux/arm"]).unwrap()), ["linux/arm/v7"]);
}

#[test]
fn absent_and_ambiguous_platforms_are_errors() {
    let both = root(&[image("linux/arm/v6", "6"), image("linux/arm/v7", "7")]);
    assert!(pair(&both, &both, &["linux/arm"]).unwrap_err().contains("ambiguous"));
    let one = root(&[image("linux/amd64", "a")]);
    assert!(pair(&both, &one, &["linux/amd64"]).unwrap_err().contains("not in both"));
    let same = root(&[image("linux/amd64", "a"), image("linux/amd64", "a")]);
    let pairing = pair(&same, &one, &[]).unwrap();
    assert_eq!(platforms(&pairing), ["linux/amd64"]);
    assert_eq!(places(&pairing.findings), [("/manifests/linux~1amd64#2", Aspect::Presence)]);
}

/// containerd takes the first of them.
#[test]
fn several_images_of_one_platform_pair_by_digest_and_their_order_is_seen() {
    let mut spelled = image("linux/amd64", "b");
    spelled["platform"] = json!({ "os": "Linux", "architecture": "x86_64" });
    let original = root(&[image("linux/amd64", "a"), spelled.clone(), image("linux/amd64", "c")]);
    let rebuild = root(&[image("linux/amd64", "C"), spelled, image("linux/amd64", "a")]);
    let pairing = pair(&original, &rebuild, &[]).unwrap();
    assert_eq!(platforms(&pairing), ["linux/amd64", "linux/amd64#2", "linux/amd64#3"]);
    assert_eq!(
        places(&pairing.findings),
        [("/manifests", Aspect::Order), ("/manifests/linux~1amd64/digest", Aspect::Value)]
    );
    let names = pairing.findings[0].values.as_ref().map(|value| format!("{value:?}"));
    assert!(names.original.contains("#2") && names.original != names.rebuild, "{names:?}");
}

#[test]
fn windows_versions_are_told_apart_only_where_there_are_several() {
    let windows = |version: &str, content: &str| {
        let mut image = image("windows/amd64", content);
        image["platform"]["os.version"] = version.into();
        image
    };
    let (old, new) = (root(&[windows("10.0.17763.1", "a")]), root(&[windows("10.0.20348.2", "b")]));
    assert_eq!(platforms(&pair(&old, &new, &[]).unwrap()), ["windows/amd64"]);
    let both = root(&[windows("10.0.17763.9", "c"), windows("10.0.20348.9", "d")]);
    assert_eq!(platforms(&pair(&both, &old, &[]).unwrap()), ["windows(10.0.17763)/amd64"]);
}

#[test]
fn compressions_side_by_side_are_told_apart() {
    let mut zstd = image("linux/amd64", "z");
    zstd["annotations"] = json!({ "io.github.containers.compression.zstd": "true" });
    let both = root(&[image("linux/amd64", "g"), zstd]);
    assert_eq!(platforms(&pair(&both, &both, &[]).unwrap()), ["linux/amd64", "linux/amd64+zstd"]);
}

#[test]
fn an_index_pairs_with_a_single_image() {
    let index = root(&[image("linux/amd64", "a"), image("linux/arm64", "b"), attestation("a", "t")]);
    let manifest = single(&image("linux/arm64/v8", "b"));
    let pairing = pair(&index, &manifest, &[]).unwrap();
    assert_eq!(platforms(&pairing), ["linux/arm64"]);
    assert_eq!(
        places(&pairing.findings),
        [
            ("", Aspect::Type),
            ("/manifests/linux~1amd64", Aspect::Presence),
            ("/manifests/linux~1amd64", Aspect::Presence),
        ]
    );
    assert_eq!(pairing.findings[0].values, Sides::new(Value::text("index"), Value::text("manifest")));
    assert!(pairing.findings[2].location.attestation.is_some());
    let swapped = pair(&manifest, &index, &[]).unwrap();
    assert_eq!(places(&swapped.findings), places(&pairing.findings));
    assert_eq!(swapped.findings[0].values, pairing.findings[0].values.clone().swapped());
}

#[test]
fn single_images_always_pair() {
    let pairing = pair(&single(&image("linux/amd64", "a")), &single(&image("linux/arm64", "b")), &[]).unwrap();
    assert_eq!(pairing.pairs[0].platform, Sides::new("linux/amd64".to_owned(), "linux/arm64".to_owned()));
    assert_eq!(pairing.findings, []);
}

#[test]
fn attestations_follow_the_image_they_are_about() {
    let original =
        root(&[image("linux/amd64", "a"), image("linux/arm64", "b"), attestation("a", "t"), attestation("b", "u")]);
    let rebuild =
        root(&[image("linux/amd64", "a"), image("linux/arm64", "b"), attestation("b", "u"), attestation("a", "T")]);
    let pairing = pair(&original, &rebuild, &[]).unwrap();
    let found: Vec<_> = pairing.attestations.iter().map(|pair| pair.platform.as_str()).collect();
    assert_eq!(found, ["linux/amd64", "linux/arm64"]);
    assert_eq!(
        places(&pairing.findings),
        [("/manifests", Aspect::Order), ("/manifests/linux~1amd64/digest", Aspect::Value)]
    );
    let place = pairing.findings[1].location.attestation.as_deref().unwrap();
    assert_eq!((place.platform.as_str(), place.predicate_type.as_str()), ("linux/amd64", ""));
}

#[test]
fn indexes_inside_indexes_are_compared_too() {
    let nested = |content: &str| {
        let inner = json!({ "manifests": [image("linux/amd64", content)] }).to_string();
        let digest = Digest::of(inner.as_bytes()).to_string();
        let media_type = "application/vnd.oci.image.index.v1+json";
        let outer = json!({ "manifests": [{ "mediaType": media_type, "digest": digest, "size": inner.len() }] });
        let index = Index::read(document(&outer), &Limits::default()).unwrap();
        Root::Index(IndexTree::read(index, &Limits::default(), &mut |_| Ok(inner.as_bytes().into())).unwrap())
    };
    let pairing = pair(&nested("a"), &nested("b"), &[]).unwrap();
    assert_eq!(platforms(&pairing), ["linux/amd64"]);
    assert_eq!(
        places(&pairing.findings),
        [("/manifests/index/digest", Aspect::Value), ("/manifests/index/manifests/linux~1amd64/digest", Aspect::Value),]
    );
}

/// Blobs by digest, and what attestation manifests are made of.
#[derive(Default)]
struct Store(BTreeMap<Digest, Vec<u8>>);

impl Store {
    fn put(&mut self, json: &Json) -> Json {
        let bytes = json.to_string().into_bytes();
        let digest = Digest::of(&bytes);
        let descriptor = json!({ "digest": digest.to_string(), "size": bytes.len() });
        self.0.insert(digest, bytes);
        descriptor
    }

    fn attestation(&mut self, statements: &[Json]) -> IndexEntry {
        let config = self.put(&json!({ "rootfs": { "diff_ids": [] }, "statements": statements.len() }));
        let layers: Vec<Json> = statements
            .iter()
            .map(|statement| {
                let mut layer = self.put(statement);
                layer["annotations"] = json!({ "in-toto.io/predicate-type": statement["predicateType"] });
                layer
            })
            .collect();
        let mut entry = self.put(&json!({ "schemaVersion": 2, "config": config, "layers": layers }));
        entry["artifactType"] = ATTESTATION_ARTIFACT_TYPE.into();
        match single(&entry) {
            Root::Manifest(entry) => entry,
            Root::Index(_) => unreachable!("a single manifest was asked for"),
        }
    }

    fn compare(&self, original: IndexEntry, rebuild: IndexEntry) -> Attestations {
        let pair = AttestationPair { platform: "linux/amd64".into(), members: Sides::new(original, rebuild) };
        compare_attestations(&pair, &Limits::default(), &mut |_, blob: &Descriptor| {
            let missing = || DocumentError {
                reason: GapReason::Missing,
                detail: BadBlob::Missing(blob.digest.to_string()).into(),
            };
            self.0.get(&blob.digest).cloned().ok_or_else(missing)
        })
    }
}

fn provenance(started: &str, dependencies: Json) -> Json {
    json!({
        "predicateType": "https://slsa.dev/provenance/v1",
        "predicate": {
            "buildDefinition": { "resolvedDependencies": dependencies },
            "runDetails": { "metadata": { "startedOn": started } },
        },
    })
}

#[test]
fn statements_are_compared_by_predicate_type() {
    let sbom = |name: &str| json!({ "predicateType": "https://spdx.dev/Document", "predicate": { "name": name } });
    let mut store = Store::default();
    let dependency = |uri: &str, digest: &str| json!({ "uri": uri, "digest": { "sha256": digest } });
    let original =
        store.attestation(&[sbom("x"), provenance("1", json!([dependency("u/1", "0"), dependency("v", "1")]))]);
    let rebuild =
        store.attestation(&[provenance("2", json!([dependency("v", "1"), dependency("u/1", "2")])), sbom("x")]);
    let Attestations { findings, gaps } = store.compare(original, rebuild);
    assert_eq!(gaps, []);
    let found: Vec<_> = findings
        .iter()
        .map(|finding| {
            let place = finding.location.attestation.as_deref().unwrap();
            (place.predicate_type.as_str(), finding.location.field_name(), finding.aspect)
        })
        .collect();
    let slsa = "https://slsa.dev/provenance/v1";
    assert_eq!(
        found,
        [
            ("", "/layers", Aspect::Order),
            ("", "/layers/https:~1~1slsa.dev~1provenance~1v1/digest", Aspect::Value),
            (slsa, "/predicate/buildDefinition/resolvedDependencies", Aspect::Order),
            (slsa, "/predicate/buildDefinition/resolvedDependencies/u~11/digest/sha256", Aspect::Value),
            (slsa, "/predicate/runDetails/metadata/startedOn", Aspect::Value),
        ]
    );
}

#[test]
fn statements_on_one_side_and_configs_are_compared() {
    let mut store = Store::default();
    let original = store.attestation(&[provenance("1", json!([]))]);
    let rebuild = store.attestation(&[]);
    let Attestations { findings, .. } = store.compare(original, rebuild);
    let fields: Vec<_> = findings.iter().map(|finding| finding.location.field_name()).collect();
    assert_eq!(fields, ["/config/digest", "/layers/https:~1~1slsa.dev~1provenance~1v1", "/config/statements"]);
}

#[test]
fn what_cannot_be_read_is_a_gap() {
    let mut store = Store::default();
    let original = store.attestation(&[provenance("1", json!([]))]);
    let rebuild = store.attestation(&[provenance("2", json!([]))]);
    let statement = provenance("2", json!([])).to_string();
    let lost = Digest::of(statement.as_bytes());
    store.0.remove(&lost);
    let Attestations { findings, gaps } = store.compare(original, rebuild);
    assert_eq!(places(&findings).len(), 1);
    let [gap] = gaps.as_slice() else { panic!("{gaps:?}") };
    assert_eq!((gap.reason, gap.detail.to_string()), (GapReason::Missing, format!("blob {lost} is not there")));
    let place = gap.location.attestation.as_deref().unwrap();
    assert_eq!(place.predicate_type, "https://slsa.dev/provenance/v1");
}

fn lists() -> impl Strategy<Value = Root> {
    let platform = prop::sample::select(vec!["linux/amd64", "linux/arm64", "linux/arm64/v8", "linux/arm/v7"]);
    let entry = prop_oneof![
        (platform, "[ab]").prop_map(|(platform, content)| image(platform, &content)),
        ("[abc]", "[tu]").prop_map(|(of, content)| attestation(&of, &content)),
    ];
    prop::collection::vec(entry, 0..5).prop_map(|manifests| root(&manifests))
}

fn raw(root: &Root) -> &[u8] {
    match root {
        Root::Index(tree) => &tree.index.document.raw,
        Root::Manifest(_) => &[],
    }
}

proptest! {
    #[test]
    fn sides_can_be_swapped_and_nothing_is_missed(original in lists(), rebuild in lists()) {
        match (pair(&original, &rebuild, &[]), pair(&rebuild, &original, &[])) {
            (Ok(pairing), Ok(swapped)) => {
                prop_assert_eq!(pairing.findings.is_empty(), raw(&original) == raw(&rebuild));
                let missed = pairing.findings.iter().any(|finding| matches!(finding.values.original, Value::Content { .. }));
                prop_assert!(!missed, "{:?}", pairing.findings);
                prop_assert_eq!(sorted(mirrored(pairing.findings)), sorted(swapped.findings));
                prop_assert_eq!(pairing.pairs.len(), swapped.pairs.len());
            }
            (Err(error), Err(swapped)) => prop_assert_eq!(error, swapped),
            (pairing, swapped) => prop_assert!(false, "{:?} {:?}", pairing, swapped),
        }
    }
}
