//! # What differs
//!
//! How a layer is compressed: not at all, gzip or zstd. Its tar stream is what the diff ID names, and is compared by itself.
//!
//! # Why it happens
//!
//! Stores keep layers uncompressed and compress them again when they push; exporters have different defaults.
//!
//! # How to fix the build
//!
//! Copy blobs instead of pushing again, and fix the exporter's compression.
//!
//! # When it is not harmless
//!
//! Never by itself: the digest of the image changes, what runs does not. Envelopes that carry anything besides the
//! content (bytes at the end, skippable frames, names in headers) are not claimed.

use crate::causes::fixes;
use crate::causes::scope::{Field, Place};
use crate::causes::shape::recompression::is_plain;
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::finding::{Aspect, Value};

/// The same content compressed in another format.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "layer-recompressed-same-diffid",
    title: "Layers compressed in another format",
    source: include_str!("layer_recompressed_same_diffid.rs"),
    severity: Severity::Cosmetic,
    scope: &[Place { aspects: &[Aspect::Compression], field: Field::Like(&["compression"]), ..Place::LAYER }],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: fixes::ENCODERS,
};

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    let Value::Json(value) = view.value else { return None };
    let none = |name: &str| value.get(name).and_then(serde_json::Value::as_u64) == Some(0);
    let plain = match value.get("format")?.as_str()? {
        "none" => true,
        "gzip" => none("trailing") && value.get("bareHeaders")?.as_bool()? && is_plain(value),
        "zstd" => none("trailing") && (none("skippable") || value.get("describesLayer").is_some()),
        _ => false,
    };
    plain.then(Canonical::new)
}
