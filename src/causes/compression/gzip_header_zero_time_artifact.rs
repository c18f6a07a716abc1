//! # What differs
//!
//! MTIME of a gzip header, and it is `00 09 6e 88` on one side and zero on the other: no time on either.
//!
//! # Why it happens
//!
//! Those bytes are Go's zero time cut to 32 bits, as the pgzip package writes it: buildah, podman and skopeo compress
//! layers with that. Go's own gzip package, which BuildKit and crane use, writes 0 for the same thing.
//!
//! # How to fix the build
//!
//! Push both images with the same tool.
//!
//! # When it is not harmless
//!
//! Never: both values say that there is no time.

use crate::causes::fixes::compression;
use crate::causes::scope::{Field, Place};
use crate::causes::shape::gzip::number;
use crate::causes::{Canonical, Cause, Proof, Severity, View};

/// No time in a gzip header, written in two ways.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "gzip-header-zero-time-artifact",
    title: "No time in gzip headers, written in two ways",
    source: include_str!("gzip_header_zero_time_artifact.rs"),
    severity: Severity::Cosmetic,
    scope: &[Place { field: Field::Like(&["gzip.header.mtime", "gzip.member{n}.header.mtime"]), ..Place::STORED }],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[&compression::ONE_PUSHER, &compression::GZIP_NO_NAME],
};

/// `00 09 6e 88`, little endian.
const GO_ZERO: u64 = 0x886e_0900;

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    matches!(number::<4>(view)?, 0 | GO_ZERO).then(Canonical::new)
}
