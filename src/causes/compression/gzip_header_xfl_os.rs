//! # What differs
//!
//! XFL or OS, bytes 8 and 9 of a gzip header: which level the compressor was asked for and which system it ran on.
//!
//! # Why it happens
//!
//! Each compressor writes its own: `gzip` Unix, Go unknown, some builds of zlib 19.
//!
//! # How to fix the build
//!
//! Use the same compressor with the same level.
//!
//! # When it is not harmless
//!
//! No decompressor looks at them. Values that no compressor writes are not claimed.

use crate::causes::fixes::compression;
use crate::causes::scope::{Field, Place};
use crate::causes::shape::gzip::number;
use crate::causes::{Canonical, Cause, Proof, Severity, View};

/// Level and system in a gzip header.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "gzip-header-xfl-os",
    title: "Compression level and system in gzip headers",
    source: include_str!("gzip_header_xfl_os.rs"),
    severity: Severity::Cosmetic,
    scope: &[Place {
        field: Field::Like(&[
            "gzip.header.xfl",
            "gzip.member{n}.header.xfl",
            "gzip.header.os",
            "gzip.member{n}.header.os",
        ]),
        ..Place::STORED
    }],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[&compression::BUILDKIT, &compression::ONE_PUSHER, &compression::ONE_COMPRESSOR],
};

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    let number = number::<1>(view)?;
    let known = if view.location.field_name().ends_with("xfl") {
        matches!(number, 0 | 2 | 4)
    } else {
        matches!(number, 0..=13 | 19 | 255)
    };
    known.then(Canonical::new)
}
