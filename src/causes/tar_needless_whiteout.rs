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
//! Never: there is nothing that it could hide.

use super::tar_delete_recreate::{scope, target};
use super::tar_dialect::SAME_WRITER;
use super::tar_opaque_whiteout::is_marker;
use super::{Canonical, Cause, Proof, Severity, View};
use crate::image::rootfs::Rootfs;

/// Whiteouts of nothing.
pub(super) const CAUSE: Cause = Cause {
    id: "tar-needless-whiteout",
    title: "Whiteouts that hide nothing",
    source: include_str!("tar_needless_whiteout.rs"),
    severity: Severity::Cosmetic,
    scope,
    proof: Proof::Tree(canonicalize),
    witness: None,
    hazard: None,
    remedies: SAME_WRITER,
};

fn canonicalize(view: &View<'_>, tree: &Rootfs) -> Option<Canonical> {
    let (first, target) = (view.first()?, target(view.location.path_bytes())?);
    let hides = tree.below(first, &target).is_some() || !tree.descendants_below(first, &target).is_empty();
    (is_marker(view) && (view.is_absent() || !hides)).then(Canonical::new)
}
