//! # What differs
//!
//! The sequence of the entries of a layer. Both layers have the same paths, every other difference is a finding of its
//! own.
//!
//! # Why it happens
//!
//! The writer took the names as the file system gave them (readdir), or builders sort by different rules.
//!
//! # How to fix the build
//!
//! Sort names where the tar file is made, or use the same builder.
//!
//! # When it is not harmless
//!
//! Where two entries of a layer meet at, shadow or act on one path, their order decides what is unpacked: a path that is
//! there twice or under two names, be it through a symlink of a layer below, something below what is no directory, a whiteout beside what it hides, an opaque marker
//! behind entries of its directory, a hard link before its target, hard links of one file with different modes. Then
//! there is no claim.

use crate::causes::fixes;
use crate::causes::shape::entry_order::{ORDER, rule};
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::image::rootfs::Rootfs;

/// The order of a layer's entries.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "tar-entry-order",
    title: "Order of the entries of a layer",
    source: include_str!("tar_entry_order.rs"),
    severity: Severity::Cosmetic,
    scope: &[ORDER],
    proof: Proof::Tree(canonicalize),
    witness: None,
    hazard: None,
    remedies: fixes::WRITERS,
};

fn canonicalize(view: &View<'_>, tree: &Rootfs) -> Option<Canonical> {
    rule(view, tree).map(|_| Canonical::new())
}
