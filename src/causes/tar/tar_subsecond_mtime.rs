//! # What differs
//!
//! The fraction of a second of a modification time, in a PAX record `mtime=SECONDS.FRACTION`. The whole seconds are the
//! same.
//!
//! # Why it happens
//!
//! containerd, BuildKit and Docker cut times to seconds; kaniko, GNU tar with `--format=posix` and bsdtar keep the
//! fraction.
//!
//! # How to fix the build
//!
//! Write both with the same builder, or have the times rewritten to whole seconds.
//!
//! # When it is not harmless
//!
//! Programs that compare times down to the nanosecond (make, fontconfig) may act on it.

use crate::causes::fixes;
use crate::causes::scope::Place;
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::finding::Aspect;

/// The fraction of an entry's time.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "tar-subsecond-mtime",
    title: "Fractions of a second in modification times",
    source: include_str!("tar_subsecond_mtime.rs"),
    severity: Severity::Cosmetic,
    scope: &[Place { aspects: &[Aspect::Mtime], ..Place::ENTRY }],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: fixes::ENTRY_TIMES,
};

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    let entry = view.entry.filter(|_| !view.is_absent())?;
    Some(entry.mtime.seconds.to_le_bytes().to_vec())
}
