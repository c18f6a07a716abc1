//! # What differs
//!
//! A digest, a size or a checksum of something that is compared by itself: of the configuration and the layers in the
//! manifest, of the uncompressed layers in the configuration, of manifests in the index, of a file in its header; the
//! content that a descriptor embeds (`data`). Also digest and place of a `zstd:chunked` layer's table in the annotations of
//! the layer.
//!
//! # Why it happens
//!
//! It follows from what it is the digest, size or checksum of.
//!
//! # How to fix the build
//!
//! There is nothing to do: it vanishes with the difference that it follows from.
//!
//! # When it is not harmless
//!
//! It is as harmless as what it follows from.

use crate::causes::scope::{Field, Place, VALUE};
use crate::causes::{Cause, ImageFacts, Proof, Referent, Severity};
use crate::compare::tables::chunked_key;
use crate::finding::{Aspect, Finding, Kind, Role, Sides, Value};

/// Values that follow from other differences.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "derived-digest-cascade",
    title: "Digests and sizes of what differs",
    source: include_str!("derived_digest_cascade.rs"),
    severity: Severity::Cosmetic,
    scope: &[
        Place { aspects: &[Aspect::Value], field: Field::Like(OF_MANIFESTS), ..Place::MANIFEST },
        Place { aspects: VALUE, field: Field::Like(&["/layers/*/annotations**"]), ..Place::MANIFEST },
        Place { aspects: &[Aspect::Value], field: Field::Like(&["/rootfs/diff_ids/{n}"]), ..Place::CONFIG },
        Place { aspects: &[Aspect::Value], field: Field::Like(OF_INDEXES), ..Place::INDEX },
        Place { aspects: &[Aspect::Size], field: Field::Like(&["header.size"]), ..Place::ENTRY },
        Place { aspects: &[Aspect::Size, Aspect::Content], field: Field::Derived, ..Place::ENTRY },
    ],
    proof: Proof::Derived(referent),
    witness: None,
    hazard: None,
    remedies: &[],
};

/// Members of manifests that say what a blob is.
const OF_MANIFESTS: &[&str] =
    &["/config/digest", "/config/size", "/config/data", "/layers/*/digest", "/layers/*/size", "/layers/*/data"];

/// The same of indexes and of attestations.
const OF_INDEXES: &[&str] = &[
    "/manifests/*/digest",
    "/manifests/*/size",
    "/manifests/*/data",
    "/manifests/*/annotations/vnd.docker.reference.digest",
    "/subject/*",
    "/subject/*/digest/sha256",
    "/config/*",
    "/config/rootfs/diff_ids/*",
    "/layers/*/*",
];

fn referent(finding: &Finding, _: Sides<&ImageFacts>) -> Option<Referent> {
    of(finding)
}

fn of(finding: &Finding) -> Option<Referent> {
    let field = finding.location.field_name();
    let parts: Vec<&str> = field.split('/').skip(1).collect();
    match (finding.location.kind, finding.aspect) {
        (Kind::Manifest, Aspect::Value) => match parts[..] {
            ["config", "digest" | "size" | "data"] => Some(Referent::Config),
            ["layers", _, "digest" | "size" | "data"] => Some(Referent::Layer),
            _ => leads_to_table(finding, &parts).then_some(Referent::Layer),
        },
        // Where they lead is checked when the layers are compared.
        (Kind::Manifest, Aspect::Presence) => leads_to_table(finding, &parts).then_some(Referent::Layer),
        (Kind::Config, Aspect::Value) => match parts[..] {
            ["rootfs", "diff_ids", layer] if is_number(layer) => Some(Referent::Layer),
            _ => None,
        },
        (Kind::Index, Aspect::Value) => of_index(finding, &parts),
        // Sizes that reading the file has checked; any other size in a file is a claim of that file.
        (Kind::Entry, Aspect::Size) if field == "header.size" => Some(Referent::SameEntry),
        (Kind::Entry, Aspect::Size | Aspect::Content) if follows(finding) => Some(Referent::SameEntry),
        _ => None,
    }
}

/// Whether a part of a file is what the decoder has found to follow from other bytes of the file.
fn follows(finding: &Finding) -> bool {
    finding.location.role().is_some_and(Role::is_derived)
}

/// Whether these are annotations of a layer that lead partial pulls to its table, and no others.
fn leads_to_table(finding: &Finding, parts: &[&str]) -> bool {
    // An annotation of layers of another split is told with the layer.
    let is_text = |value: &Value| matches!(value, Value::Absent | Value::Json(serde_json::Value::String(_)));
    let leads = |value: &Value| match value {
        Value::Absent => true,
        Value::Json(serde_json::Value::Object(all)) => all.keys().all(|key| chunked_key(key).is_some()),
        _ => false,
    };
    // Where the split into layers differs nobody looks at tables.
    let compared = finding.location.layer.both().is_some();
    match parts {
        _ if !compared => false,
        ["layers", _, "annotations"] => leads(&finding.values.original) && leads(&finding.values.rebuild),
        ["layers", _, "annotations", key] => {
            chunked_key(key).is_some() && is_text(&finding.values.original) && is_text(&finding.values.rebuild)
        }
        _ => false,
    }
}

/// In the index, its descriptors of manifests; in an attestation, the digests of the image that it is about, and
/// those of
/// its own parts.
fn of_index(finding: &Finding, parts: &[&str]) -> Option<Referent> {
    let Some(place) = &finding.location.attestation else {
        return matches!(parts, ["manifests", _, "digest" | "size" | "data"]).then_some(Referent::Manifest);
    };
    match (place.predicate_type.is_empty(), parts) {
        (true, ["manifests", _, "digest" | "size" | "data"]) => Some(Referent::Manifest),
        (true, ["manifests", _, "annotations", "vnd.docker.reference.digest"]) => Some(Referent::Manifest),
        (true, ["subject", "digest" | "size" | "data"]) | (false, ["subject", _, "digest", "sha256"]) => {
            Some(Referent::Manifest)
        }
        (true, ["config", "digest" | "size" | "data"]) => Some(Referent::Config),
        (true, ["layers", _, "digest" | "size" | "data"]) | (true, ["config", "rootfs", "diff_ids", _]) => {
            Some(Referent::Layer)
        }
        _ => None,
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
