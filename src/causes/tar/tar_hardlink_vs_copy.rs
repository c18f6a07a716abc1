//! # What differs
//!
//! A path that is a hard link on one side and a full copy on the other. Reading it gives the same bytes with the same
//! owner, mode and attributes.
//!
//! # Why it happens
//!
//! Opening one name of a linked file for writing in a later layer breaks the link; tools that replace duplicates by
//! links make one.
//!
//! # How to fix the build
//!
//! Create and link files in the same RUN and leave them alone in later layers.
//!
//! # When it is not harmless
//!
//! A program that writes through one name changes the file under all of them, or does not. It is behavioural for that.

use crate::causes::fixes;
use crate::causes::shape::hard_links::{LINKED, linkable};
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::image::rootfs::Rootfs;

/// A hard link or a copy.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "tar-hardlink-vs-copy",
    title: "Hard links and copies",
    source: include_str!("tar_hardlink_vs_copy.rs"),
    severity: Severity::Behavioural,
    scope: LINKED,
    proof: Proof::Tree(canonicalize),
    witness: None,
    hazard: None,
    remedies: fixes::WRITERS,
};

/// What reading the path gives on this side.
fn canonicalize(view: &View<'_>, tree: &Rootfs) -> Option<Canonical> {
    linkable(view)?;
    tree.file_at(view.last()?, view.location.path_bytes()).ok()?
}
