//! # What differs
//!
//! The modification time of a directory of which the layer holds nothing else: no entry below it changed.
//!
//! # Why it happens
//!
//! A step created and deleted files in it (`/tmp`, `/root`, `/var/lib/apt/lists`). That moves the directory's own time,
//! and the directory becomes part of the layer.
//!
//! # How to fix the build
//!
//! Keep temporary files out of the layer with a mount, or rewrite the times of the layer. Setting the times of files
//! does not help, they are gone.
//!
//! # When it is not harmless
//!
//! As with any modification time: a program that caches by directory times (fontconfig, package managers) may see a
//! stale cache.

use crate::causes::fixes::times;
use crate::causes::scope::Place;
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::finding::Aspect;
use crate::image::entry::EntryType;

/// The time of a directory without entries of its own in the layer.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "tar-dir-mtime-side-effect",
    title: "Times of directories that files came and went in",
    source: include_str!("tar_dir_mtime_side_effect.rs"),
    severity: Severity::Cosmetic,
    scope: &[Place { aspects: &[Aspect::Mtime], ..Place::ENTRY }],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[
        &times::BUILDKIT_REWRITE,
        &times::BUILDKIT_TMPFS,
        &times::BUILDAH_EPOCH,
        &times::BUILDAH_TIMESTAMP,
        &times::KANIKO_REPRODUCIBLE,
        &times::TOUCH_DIRECTORY,
    ],
};

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    let entry = view.entry.filter(|_| !view.is_absent())?;
    (entry.entry_type == EntryType::Directory && !view.has_children).then(Canonical::new)
}
