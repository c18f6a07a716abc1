//! # What differs
//!
//! The compressed bytes of xz or bzip2 files that hold the same.
//!
//! # Why it happens
//!
//! Presets, versions and the number of threads change block and dictionary sizes.
//!
//! # How to fix the build
//!
//! Fix the preset and the number of threads.
//!
//! # When it is not harmless
//!
//! Never by itself: both were decompressed and give the same bytes.

use crate::causes::fixes::compression;
use crate::causes::scope::{Field, Place};
use crate::causes::shape::recompression::same_content;
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::finding::Aspect;

/// The choices of an xz or bzip2 encoder.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "xz-bzip2-encoder",
    title: "Choices of xz and bzip2 encoders",
    source: include_str!("xz_bzip2_encoder.rs"),
    severity: Severity::Cosmetic,
    scope: &[Place {
        aspects: &[Aspect::Compression],
        field: Field::Like(&["xz.streams", "bzip2.streams"]),
        ..Place::STORED
    }],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[&compression::XZ],
};

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    let format = view.location.field_name().strip_suffix(".streams")?;
    same_content(view, format)
}
