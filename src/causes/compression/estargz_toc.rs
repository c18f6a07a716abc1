//! # What differs
//!
//! The landmark file that eStargz adds to a layer.
//!
//! # Why it happens
//!
//! eStargz layers carry an index (`stargz.index.json`) for lazy pulls, and a landmark file that says up to where to
//! prefetch.
//!
//! # How to fix the build
//!
//! Export both images in the same format.
//!
//! # When it is not harmless
//!
//! Lazy pulls read names, sizes and contents out of the index in place of the layer, and find it by the annotations of the
//! descriptor and the end of the blob. Whether an index describes its layer is not checked, so neither the index nor what
//! leads to it is claimed.

use crate::causes::fixes::compression;
use crate::causes::scope::{Inside, Path, Place};
use crate::causes::shape::leftover::is_plain_file;
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::finding::Aspect;

/// Landmarks of eStargz.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "estargz-toc",
    title: "Landmarks of eStargz layers",
    source: include_str!("estargz_toc.rs"),
    severity: Severity::Cosmetic,
    scope: &[Place {
        aspects: &[Aspect::Presence],
        path: Path::Like(&[".prefetch.landmark", ".no.prefetch.landmark"]),
        inside: Inside::No,
        ..Place::ENTRY
    }],
    proof: Proof::Unread(&Proof::Canonical(canonicalize)),
    witness: None,
    hazard: None,
    remedies: &[&compression::BUILDKIT],
};

/// A landmark holds one byte, 0x0f (estargz.md, "Prioritized files and landmark files").
fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    let landmark = view.is_absent() || (is_plain_file(view) && view.file? == b"\x0f");
    landmark.then(Canonical::new)
}
