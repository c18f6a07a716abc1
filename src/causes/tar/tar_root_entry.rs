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
//! It may set the mode and owner of `/`. Only one that says what every runtime does anyway (0755, owned by root, no
//! attributes) or repeats what a lower layer says is claimed.

use crate::causes::fixes;
use crate::causes::scope::{Path, Place};
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::finding::Aspect;
use crate::image::entry::{Entry, EntryType};
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
    let (entry, (first, last)) = (view.entry?, view.run?);
    let changes_nothing = match tree.below(first, b"").ok()? {
        None => is_default(entry),
        below => Ok(below) == tree.at(last, b""),
    };
    changes_nothing.then(Canonical::new)
}

/// What runtimes make of a root that no layer names.
fn is_default(entry: &Entry) -> bool {
    entry.entry_type == EntryType::Directory
        && entry.mode & 0o7777 == 0o755
        && (entry.uid, entry.gid) == (0, 0)
        && entry.xattrs.is_empty()
}
