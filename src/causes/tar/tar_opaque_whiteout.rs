//! # What differs
//!
//! An opaque marker `.wh..wh..opq`, which hides everything that the layers below have in a directory, on one side only.
//! What is left of the directory is the same on both sides.
//!
//! # Why it happens
//!
//! Linux 4.10 and later marks every new overlay directory as opaque, and some builders write the mark down although
//! there is nothing below; others write one whiteout for each hidden name.
//!
//! # How to fix the build
//!
//! Use the same storage driver and kernel on both sides.
//!
//! # When it is not harmless
//!
//! Never: what survives of the layers below is compared name by name. A marker that hides anything on one side only is
//! not claimed; nor is one in the root, where overlayfs looks for none.

use crate::causes::fixes;
use crate::causes::scope::{Path, Place};
use crate::causes::shape::whiteouts::{directory, is_marker, present, survivors};
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::image::rootfs::Rootfs;

/// Opaque markers without effect of their own.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "tar-opaque-whiteout",
    title: "Opaque whiteouts",
    source: include_str!("tar_opaque_whiteout.rs"),
    severity: Severity::Cosmetic,
    scope: &[Place { path: Path::Named(&[".wh..wh..opq"]), ..Place::ONE_SIDED }],
    proof: Proof::Tree(canonicalize),
    witness: None,
    hazard: None,
    remedies: fixes::WRITERS,
};

fn canonicalize(view: &View<'_>, tree: &Rootfs) -> Option<Canonical> {
    is_marker(view).then_some(())?;
    let (first, last) = view.run?;
    let directory = directory(view.location.path_bytes())?;
    tree.can_empty(first..=last, directory).then_some(())?;
    // A marker alone makes a directory that is not there.
    tree.at(last, directory).ok()?.is_some().then_some(())?;
    let mut canonical = survivors(tree, first, last, directory)?;
    canonical.extend(present(tree, last, directory)?);
    Some(canonical)
}
