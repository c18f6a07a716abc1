//! # What differs
//!
//! The compressed bytes of gzip members that hold the same: another encoder or level made other choices.
//!
//! # Why it happens
//!
//! zlib, zlib-ng, libdeflate, Go's flate, klauspost's and pgzip's block-parallel one all find other matches, and so do
//! versions of each.
//!
//! # How to fix the build
//!
//! Pin the builder's version and its compression level; or compare diff IDs, which do not depend on compression.
//!
//! # When it is not harmless
//!
//! Never by itself: both streams were inflated and give the same bytes.

use crate::causes::fixes;
use crate::causes::scope::{Field, Place};
use crate::causes::shape::recompression::same_content;
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::finding::Aspect;

/// The choices of a deflate encoder.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "gzip-deflate-encoder",
    title: "Choices of gzip encoders",
    source: include_str!("gzip_deflate_encoder.rs"),
    severity: Severity::Cosmetic,
    scope: &[Place {
        aspects: &[Aspect::Compression],
        field: Field::Like(&["gzip.deflate", "gzip.member{n}.deflate"]),
        ..Place::STORED
    }],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: fixes::ENCODERS,
};

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    same_content(view, "gzip")
}
