//! # What differs
//!
//! MTIME, bytes 4 to 8 of a gzip member's header (RFC 1952, section 2.3), of a layer or of a `.gz` file in one.
//!
//! # Why it happens
//!
//! `gzip` writes the time of the file that it compresses, or of the compression where it reads from a pipe.
//!
//! # How to fix the build
//!
//! Tell the compressor not to record a time.
//!
//! # When it is not harmless
//!
//! `gunzip -N` restores the time from here. Nothing else reads it.

use crate::causes::fixes;
use crate::causes::scope::{Field, Place};
use crate::causes::shape::gzip::number;
use crate::causes::{Canonical, Cause, Proof, Severity, View};

/// The time in a gzip header.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "gzip-header-mtime",
    title: "Times in gzip headers",
    source: include_str!("gzip_header_mtime.rs"),
    severity: Severity::Cosmetic,
    scope: &[Place { field: Field::Like(&["gzip.header.mtime", "gzip.member{n}.header.mtime"]), ..Place::STORED }],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: fixes::GZIP_HEADERS,
};

/// Every four bytes are a time.
fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    let time = i64::try_from(number::<4>(view)?).ok()?;
    view.day.admits(time).then(Canonical::new)
}
