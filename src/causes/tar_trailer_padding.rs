//! # What differs
//!
//! The number of zero bytes after the last entry of a layer.
//!
//! # Why it happens
//!
//! Go's writer ends an archive with two blocks of 512 zeros, GNU tar fills up to 10240 bytes, some writers leave the
//! end out.
//!
//! # How to fix the build
//!
//! Use the same builder, or a blocking factor of 1.
//!
//! # When it is not harmless
//!
//! Never: they are zeros. Anything else after the end of the archive is a finding of its own.

use super::{Canonical, Cause, Proof, Remedy, Severity, View};
use crate::finding::{Aspect, Finding, Kind, Value};

/// Zeros at the end of an archive.
pub(super) const CAUSE: Cause = Cause {
    id: "tar-trailer-padding",
    title: "Zero blocks at the end of a layer",
    source: include_str!("tar_trailer_padding.rs"),
    severity: Severity::Cosmetic,
    scope,
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: REMEDIES,
};

const REMEDIES: &[Remedy] = &[Remedy {
    builder: "any",
    text: "tar --blocking-factor=1 (-b1) for tar files made by hand; else use the same builder for both.",
}];

fn scope(finding: &Finding) -> bool {
    finding.location.kind == Kind::Layer
        && finding.aspect == Aspect::Encoding
        && finding.location.field_name() == "trailer.zeros"
}

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    matches!(view.value, Value::Json(value) if value.is_u64()).then(Canonical::new)
}
