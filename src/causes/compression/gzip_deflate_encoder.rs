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

use sha2::{Digest as _, Sha256};

use super::gzip_header_mtime::in_member;
use super::layer_recompressed_same_diffid::REMEDIES;
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::finding::{Aspect, Finding, Kind, Value};

/// The choices of a deflate encoder.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "gzip-deflate-encoder",
    title: "Choices of gzip encoders",
    source: include_str!("gzip_deflate_encoder.rs"),
    severity: Severity::Cosmetic,
    scope,
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: REMEDIES,
};

fn scope(finding: &Finding) -> bool {
    let deflate = in_member(finding.location.field_name()) == Some("deflate");
    deflate && finding.aspect == Aspect::Compression
}

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    same_content(view, "gzip")
}

/// The canonical form of compressed bytes: what they hold.
///
/// Streams of layers are only ever compared where the layers' diff IDs are equal. Files were decompressed to be compared.
pub(in crate::causes) fn same_content(view: &View<'_>, format: &str) -> Option<Canonical> {
    if view.location.kind == Kind::Layer {
        let size = match view.value {
            Value::Json(value) => value.get("size")?.as_u64(),
            _ => None,
        };
        return size.map(|_| Canonical::new());
    }
    let decoded = view.decoded.filter(|decoded| decoded.format == format)?;
    // Bytes behind the last member are nothing that a decompressor gives.
    let [member] = &decoded.members[..] else { return None };
    Some(Sha256::digest(member.content.sha256()).to_vec())
}
