//! # What differs
//!
//! Annotations of a manifest, an index or a descriptor in which a builder or containerd keeps its own books: the name
//! and digest of the base, the digest of the uncompressed layer, where a layer came from, to what time it was
//! rewritten.
//!
//! # Why it happens
//!
//! Builders differ in which of them they write; some are meant to be internal and leak.
//!
//! # How to fix the build
//!
//! Use one version of one builder with the same options of the exporter.
//!
//! # When it is not harmless
//!
//! Nothing that runs reads them. Another name or digest of the base is claimed only where the layers of the base are the
//! same: then it is the same base from elsewhere, or with another config, and what of that the image took over is compared
//! by itself. Otherwise it is `config-label-source-identity`.
//! The digests of the layer and of the configuration are held against those of the image.

use serde_json::Value as Json;

use crate::causes::fixes::builders;
use crate::causes::scope::{Field, Names, Place};
use crate::causes::shape::annotations::is_of_builder;
use crate::causes::shape::base::{BASE, base_diff_ids, names_base, names_image};
use crate::causes::shape::keys::key_of;
use crate::causes::shape::labels::{LABELS, members, records_build};
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::finding::{Aspect, Kind, Value};

/// Annotations for the builder's own use.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "manifest-annotation-builder",
    title: "Annotations of the builder",
    source: include_str!("manifest_annotation_builder.rs"),
    severity: Severity::Cosmetic,
    scope: &[
        // Users write the base into labels as builders do into annotations.
        Place { aspects: &[Aspect::Value], field: Field::Label(Names::Like(BASE)), ..Place::CONFIG },
        Place { kinds: &[Kind::Index, Kind::Manifest], ..LABELS },
        Place { kinds: &[Kind::Index, Kind::Manifest], field: Field::Label(Names::Like(KEYS)), ..LABELS },
    ],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[
        &builders::ONE_BUILDER,
        &builders::FOLLOWS_BASE,
        &builders::SAME_OPTIONS,
        &builders::BUILDAH_ANNOTATIONS,
    ],
};

/// The annotations that builders set.
const KEYS: &[&str] = &[
    "org.opencontainers.image.base.name",
    "org.opencontainers.image.base.digest",
    "containerd.io/uncompressed",
    "containerimage.config.digest",
    "buildkit/rewritten-timestamp",
    "buildkit/createdat",
    "containerd.io/distribution.source.**",
];

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    if !said(view).iter().all(|(key, text)| is_true(view, key, text)) {
        return None;
    }
    let canonical =
        members(view, |key, text| is_of_builder(key, text) || records_build(key, text) || names_image(key, text))?;
    let of_base = view.aspect == Aspect::Value && key_of(view.location).is_some_and(|key| names_base(&key));
    if of_base { base_diff_ids(view.image) } else { Some(canonical) }
}

/// The annotations of this side that the finding is about.
fn said<'a>(view: &View<'a>) -> Vec<(String, &'a str)> {
    let value: &'a Value = view.value;
    match (value, key_of(view.location)) {
        (Value::Json(Json::String(text)), Some(key)) => vec![(key, text)],
        (Value::Json(Json::Object(members)), None) => {
            let texts = members.iter().filter_map(|(key, value)| Some((key.clone(), value.as_str()?)));
            texts.collect()
        }
        _ => Vec::new(),
    }
}

/// Whether an annotation about the bytes of the image itself says what they are. BuildKit takes the digest of the
/// uncompressed layer from it.
fn is_true(view: &View<'_>, key: &str, text: &str) -> bool {
    let own = match key {
        "containerd.io/uncompressed" => {
            view.layer.and_then(|layer| view.image.config.pointer(&format!("/rootfs/diff_ids/{layer}")))
        }
        "containerimage.config.digest" => view.image.manifest.pointer("/config/digest"),
        _ => return true,
    };
    text.is_empty() || own.and_then(Json::as_str) == Some(text)
}
