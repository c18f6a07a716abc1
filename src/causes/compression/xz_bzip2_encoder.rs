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
//! Both were decompressed and give the same bytes. Files of xz that are held against another kind of check are not claimed:
//! the kernel's decoder knows one alone. Nor are other filters than LZMA2, which small decoders do not have, zeros behind a
//! stream, or what is divided into streams in another way: many readers take the first alone (CPython's `LZMADecompressor`
//! and `BZ2Decompressor`, and Java's unless they are told). Of bzip2 several streams are not claimed at all.

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

/// Where an xz file says by which check its content is held against (The .xz File Format, section 2.1.1.2).
const XZ_FLAGS: std::ops::Range<usize> = 6..8;

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    let format = view.location.field_name().strip_suffix(".streams")?;
    let mut canonical = same_content(view, format)?;
    if format == "xz" {
        // Small decoders know the simplest of the checks alone: the kernel's refuses all others.
        canonical.extend_from_slice(view.file?.get(XZ_FLAGS)?);
    }
    Some(canonical)
}
