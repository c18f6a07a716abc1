//! # What differs
//!
//! The table of contents of a `zstd:chunked` layer: skippable frames at the end of the blob. Each table says what the tar
//! stream of its own layer says.
//!
//! # Why it happens
//!
//! podman, buildah and skopeo write a table when they compress as `zstd:chunked`. Times, digests and places in it follow
//! from the layer and from how it is compressed.
//!
//! # How to fix the build
//!
//! Push both images in the same way.
//!
//! # When it is not harmless
//!
//! Partial pulls read the table in place of the layer. So it is held against the tar stream entry by entry: names, types,
//! modes, owners, times, attributes, the digests of contents and of their pieces, and where these are stored. One that
//! says anything else is not claimed, nor is one with a tar-split beside it. The annotations that lead to a table follow
//! from the layer; those that lead elsewhere are a finding of their own.

use crate::causes::fixes::compression;
use crate::causes::scope::{Field, Place};
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::finding::Value;

/// Tables of zstd:chunked layers.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "zstd-chunked-toc",
    title: "Tables of zstd:chunked layers",
    source: include_str!("zstd_chunked_toc.rs"),
    severity: Severity::Cosmetic,
    scope: &[Place { field: Field::Like(&["zstd.skippable"]), ..Place::LAYER }],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[&compression::BUILDAH_FORMAT],
};

/// No frames, or those of a table that was found to describe its layer.
fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    let sound = match view.value {
        Value::Absent => true,
        Value::Json(serde_json::Value::Array(frames)) => {
            frames.iter().all(|frame| frame.get("describesLayer") == Some(&serde_json::Value::Bool(true)))
        }
        _ => false,
    };
    sound.then(Canonical::new)
}
