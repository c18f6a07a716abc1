//! # What differs
//!
//! A path that a layer names more than once. The last entry holds; it is the same on both sides.
//!
//! # Why it happens
//!
//! Archives that were appended to, or merged from several sources.
//!
//! # How to fix the build
//!
//! Write every path once.
//!
//! # When it is not harmless
//!
//! Readers other than container runtimes may take the first entry, and scanners may look at another one than runs. The
//! claim names that, and no built-in policy accepts it. Where the last entries differ, there is no claim.

use crate::causes::fixes::archives;
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::image::rootfs::Rootfs;

/// Paths that a layer names twice.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "tar-duplicate-entry",
    title: "Paths named more than once",
    source: include_str!("tar_duplicate_entry.rs"),
    severity: Severity::Security,
    scope: &[],
    proof: Proof::Repeated(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[&archives::TAR_ONCE],
};

fn canonicalize(view: &View<'_>, tree: &Rootfs) -> Option<Canonical> {
    tree.at(view.last()?, view.location.path_bytes()).ok()?
}
