//! # What differs
//!
//! A whiteout `.wh.NAME` on one side only, where the layers below have no NAME.
//!
//! # Why it happens
//!
//! Some storage drivers note the removal of a file that was created in the same step.
//!
//! # How to fix the build
//!
//! Use the same storage driver and builder.
//!
//! # When it is not harmless
//!
//! There is nothing that it could hide. One that is reached through a symlink, that names what its own layer brings, that
//! is below another whiteout of its layer, or that makes the directory that it is in, is not claimed: `crane export` leaves out
//! what comes behind its whiteout. Nor is one in a directory that the layers below do not have, or that the layer empties:
//! overlayfs lists its name there.

use crate::causes::fixes;
use crate::causes::shape::whiteouts::{WHITEOUT, is_marker, is_undone, present, target};
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::image::rootfs::Rootfs;

/// Whiteouts of nothing.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "tar-needless-whiteout",
    title: "Whiteouts that hide nothing",
    source: include_str!("tar_needless_whiteout.rs"),
    severity: Severity::Cosmetic,
    scope: &[WHITEOUT],
    proof: Proof::Tree(canonicalize),
    witness: None,
    hazard: None,
    remedies: fixes::WRITERS,
};

fn canonicalize(view: &View<'_>, tree: &Rootfs) -> Option<Canonical> {
    let ((first, last), target) = (view.run?, target(view.location.path_bytes())?);
    let hides =
        || Some(tree.below(first, &target).ok()?.is_some() || tree.names_before(first, &target).ok()?.is_some());
    tree.can_remove(first..=last, &target).then_some(())?;
    // What its own layer brings there it must not hide either: then it would be on the other side only.
    let needless = || Some(!hides()? && !is_undone(view, tree, &target)?);
    if is_marker(view) && (view.is_absent() || needless()?) { present(tree, last, &target) } else { None }
}
