//! # What differs
//!
//! Skippable zstd frames (RFC 8878, section 3.1.2) that hold nothing or zeros.
//!
//! # Why it happens
//!
//! Some writers align the blocks of a file with them.
//!
//! # How to fix the build
//!
//! Use the same compressor on both sides.
//!
//! # When it is not harmless
//!
//! Decompressors skip them, other programs need not: a table of contents of `zstd:chunked` in such a frame is what lazy
//! pulls read in place of the layer. Frames that hold anything but zeros are not claimed, nor is one at the start of a
//! layer or file: what looks at the first bytes (buildah, `tar`, `file`) does not know it by them.

use crate::causes::fixes::compression;
use crate::causes::scope::{Field, Place};
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::finding::{Kind, Value};

/// Skippable frames that hold nothing.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "zstd-skippable-frames",
    title: "Empty skippable zstd frames",
    source: include_str!("zstd_skippable_frames.rs"),
    severity: Severity::Cosmetic,
    scope: &[Place { field: Field::Like(&["zstd.skippable"]), ..Place::STORED }],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[&compression::ONE_PUSHER, &compression::ONE_COMPRESSOR],
};

/// More padding than any block size in use.
const LONGEST: u64 = 1 << 20;

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    let padding = match view.value {
        Value::Absent => true,
        Value::Json(serde_json::Value::Array(frames)) => frames.iter().all(is_padding),
        Value::Json(frame @ serde_json::Value::Object(_)) => is_padding(frame),
        _ if view.location.kind == Kind::Entry => view
            .range
            .filter(|range| range.0 > 0)
            .and(view.bytes())
            .and_then(|frame| frame.get(8..))
            .is_some_and(is_zeros),
        _ => false,
    };
    padding.then(Canonical::new)
}

/// A frame of a layer's envelope, by the digest of what it holds.
fn is_padding(frame: &serde_json::Value) -> bool {
    use sha2::{Digest as _, Sha256};
    let size = frame.get("size").and_then(serde_json::Value::as_u64).filter(|size| *size <= LONGEST);
    let (Some(size), Some(sha256)) = (size, frame.get("sha256").and_then(|text| text.as_str())) else { return false };
    let zeros = vec![0; usize::try_from(size).unwrap_or(0)];
    // buildah 1.28.2 takes a layer that begins with such a frame for an uncompressed one, and fails.
    let first = frame.get("offset").and_then(serde_json::Value::as_u64) == Some(0);
    !first && hex::encode(Sha256::digest(zeros)) == sha256
}

fn is_zeros(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| *byte == 0)
}
