//! # What differs
//!
//! The name of the owner or group in the tar header: there on one side and empty on the other. The numbers are the
//! same, or findings of their own.
//!
//! # Why it happens
//!
//! GNU tar and bsdtar look names up on the build host; containerd, BuildKit and Docker never do.
//!
//! # How to fix the build
//!
//! Leave names out where the tar file is made.
//!
//! # When it is not harmless
//!
//! Container runtimes unpack by number. GNU tar run by root prefers the name, so two different names are not claimed.

use super::{Canonical, Cause, Proof, Remedy, Severity, View};
use crate::finding::{Aspect, Finding, Value};

/// Owner names on one side.
pub(super) const CAUSE: Cause = Cause {
    id: "tar-uname-gname",
    title: "Owner and group names in tar headers",
    source: include_str!("tar_uname_gname.rs"),
    severity: Severity::Cosmetic,
    scope,
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: REMEDIES,
};

const REMEDIES: &[Remedy] = &[Remedy {
    builder: "any",
    text: "tar --numeric-owner --owner=0 --group=0 for tar files made by hand; else build both with the same builder.",
}];

fn scope(finding: &Finding) -> bool {
    let empty = |value: &Value| value.as_str() == Some("");
    matches!(finding.aspect, Aspect::Uname | Aspect::Gname)
        && (empty(&finding.values.original) || empty(&finding.values.rebuild))
}

/// No name, or one that a user or group may have.
fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    let name = view.bytes()?;
    (name.len() <= 32 && name.iter().all(u8::is_ascii_graphic)).then(Canonical::new)
}
