//! # What differs
//!
//! Which of several names of one file holds its content in the archive, and which are hard links to it. The names that
//! share the file are the same on both sides.
//!
//! # Why it happens
//!
//! The writer gives the content to the name that it meets first, so another order of entries makes another name the
//! first.
//!
//! # How to fix the build
//!
//! Use the same builder; sort names.
//!
//! # When it is not harmless
//!
//! Never: content, owner, mode, attributes and the set of names are compared.

use crate::causes::fixes;
use crate::causes::shape::hard_links::{LINKED, linkable};
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::image::rootfs::Rootfs;

/// Which name of a file comes first.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "tar-hardlink-primary",
    title: "Primary names of hard-linked files",
    source: include_str!("tar_hardlink_primary.rs"),
    severity: Severity::Cosmetic,
    scope: LINKED,
    proof: Proof::Tree(canonicalize),
    witness: None,
    hazard: None,
    remedies: fixes::WRITERS,
};

/// What reading the path gives on this side, and all the names that share it.
fn canonicalize(view: &View<'_>, tree: &Rootfs) -> Option<Canonical> {
    linkable(view)?;
    tree.linked_at(view.last()?, view.location.path_bytes()).ok()?
}
