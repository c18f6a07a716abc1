//! # What differs
//!
//! zstd frames that hold the same: another library, level or number of frames.
//!
//! # Why it happens
//!
//! libzstd and Go's zstd package make other choices, and so do levels and versions of each; checksums are optional.
//!
//! # How to fix the build
//!
//! Pin the builder's version and its compression level; or compare diff IDs, which do not depend on compression.
//!
//! # When it is not harmless
//!
//! Both were decompressed and give the same bytes. In a file of a layer frames of other sizes are not claimed, nor where
//! their sizes are not told: readers that take one buffer decode the first frame alone. Neither are dictionaries, or a window
//! beyond the 8 MiB that every decoder has.

use crate::causes::fixes;
use crate::causes::scope::{Field, Place};
use crate::causes::shape::recompression::same_content;
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::finding::Aspect;

/// The choices of a zstd encoder.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "zstd-encoder",
    title: "Choices of zstd encoders",
    source: include_str!("zstd_encoder.rs"),
    severity: Severity::Cosmetic,
    scope: &[Place { aspects: &[Aspect::Compression], field: Field::Like(&["zstd.frames"]), ..Place::STORED }],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: fixes::ENCODERS,
};

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    same_content(view, "zstd")
}
