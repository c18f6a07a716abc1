//! # What differs
//!
//! The sequence of the entries of a layer: sorted directory by directory on one side, by the whole path as a string on
//! the other. `dir.d/x` then comes before `dir/x`, because `.` sorts before `/`.
//!
//! # Why it happens
//!
//! A walk of the tree sorts each directory, a list of changes is sorted as strings: BuildKit's overlay differ and its
//! double walk, rootful and rootless snapshotters differ in this.
//!
//! # How to fix the build
//!
//! Use the same snapshotter on both sides; do not mix rootless and rootful builders.
//!
//! # When it is not harmless
//!
//! As with any order of entries: no two of them may meet at one path, which is checked.

use crate::causes::fixes::{builders, layers};
use crate::causes::shape::entry_order::{ORDER, rule};
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::image::rootfs::Rootfs;

/// Entries sorted by walk or by path.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "tar-entry-order-walk-vs-path",
    title: "Entries sorted by directory or by whole path",
    source: include_str!("tar_entry_order_walk_vs_path.rs"),
    severity: Severity::Cosmetic,
    scope: &[ORDER],
    proof: Proof::Tree(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[
        &layers::BUILDKIT_SNAPSHOTTER,
        &builders::ONE_BUILDER,
        &builders::BUILDAH_RELEASE,
        &builders::KANIKO_RELEASE,
    ],
};

/// Each side is sorted by one of the two rules.
fn canonicalize(view: &View<'_>, tree: &Rootfs) -> Option<Canonical> {
    matches!(rule(view, tree)?, "walk" | "path" | "walk and path").then(Canonical::new)
}
