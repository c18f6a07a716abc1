//! # What differs
//!
//! An entry for the root directory itself (`./`), on one side only.
//!
//! # Why it happens
//!
//! `tar -C dir -c .` and some builders write one; others leave the root out.
//!
//! # How to fix the build
//!
//! Use the same builder, or leave the root out.
//!
//! # When it is not harmless
//!
//! It may set the mode and owner of `/`. Only one that repeats what a lower layer says is claimed: where none says
//! anything, Docker and containerd make a root of mode 0755, and Podman and CRI-O one of 0555 (seen with buildah 1.28.2), in which
//! a root without capabilities can write nothing.

use crate::causes::fixes;
use crate::causes::scope::{Path, Place};
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::finding::Aspect;
use crate::image::rootfs::Rootfs;

/// An entry for the root directory.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "tar-root-entry",
    title: "Entry of the root directory",
    source: include_str!("tar_root_entry.rs"),
    severity: Severity::Cosmetic,
    scope: &[Place { aspects: &[Aspect::Presence], path: Path::Like(&[""]), ..Place::ENTRY }],
    proof: Proof::Tree(canonicalize),
    witness: None,
    hazard: None,
    remedies: fixes::WRITERS,
};

fn canonicalize(view: &View<'_>, tree: &Rootfs) -> Option<Canonical> {
    if view.is_absent() {
        return Some(Canonical::new());
    }
    let (first, last) = view.run?;
    let below = tree.below(first, b"").ok()??;
    (tree.at(last, b"").ok()?? == below).then(Canonical::new)
}
