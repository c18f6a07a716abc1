//! # What differs
//!
//! Whether the media type of a layer says that it is not compressed, or compressed with gzip or zstd.
//!
//! # Why it happens
//!
//! Builders and registries compress layers in different ways, by default or by option.
//!
//! # How to fix the build
//!
//! Name the compression in the options of the exporter, and force it for layers that are there already.
//!
//! # When it is not harmless
//!
//! Old runtimes cannot read zstd. A foreign layer, which clients do not fetch from the registry, is not covered.

use crate::causes::fixes::compression;
use crate::causes::scope::{Field, Place};
use crate::causes::shape::media_types::{Role, is_mixed, role};
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::finding::Aspect;

/// The compression that media types of layers name.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "layer-media-type-compression",
    title: "Compression in the media types of layers",
    source: include_str!("layer_media_type_compression.rs"),
    severity: Severity::Cosmetic,
    scope: &[Place { aspects: &[Aspect::Value], field: Field::Like(&["/layers/*/mediaType"]), ..Place::MANIFEST }],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[&compression::BUILDKIT, &compression::BUILDAH_FORMAT],
};

/// Any layer that is in the registry, of an image that all clients take. What the layers hold is compared by itself, uncompressed.
fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    let is_taken = !is_mixed(&view.image.manifest);
    (is_taken && matches!(role(view.text()?)?, Role::Layer(_))).then(Canonical::new)
}
