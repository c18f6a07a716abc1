//! # What differs
//!
//! An entry for a directory, on one side only, that is in the layers below with the same owner, mode and attributes.
//! Its time may have moved.
//!
//! # Why it happens
//!
//! containerd's writer and buildah add the parents of changed files; BuildKit's overlay differ leaves out those that
//! are the same below.
//!
//! # How to fix the build
//!
//! Use the same builder and snapshotter.
//!
//! # When it is not harmless
//!
//! One whose mode or owner changed is not claimed, nor a directory of fonts with another time than below: fontconfig believes
//! a cache of it that has that time. Where each layer is unpacked by itself for overlayfs, as Docker and
//! Podman do it, a directory that a layer has something in and no entry for gets mode 0755 and root for its owner, whatever
//! it was below (`/tmp` is closed to everybody else then): so it must be like that already, also where it is a layer in
//! between that did so, which the entry would take back.

use crate::causes::fixes;
use crate::causes::scope::Place;
use crate::causes::shape::entries::is_of_type;
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::content::recorded::is_font_directory;
use crate::finding::Finding;
use crate::image::entry::EntryType;
use crate::image::path::clean;
use crate::image::rootfs::Rootfs;

/// Entries of unchanged directories.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "tar-parent-dir-entries",
    title: "Entries of unchanged directories",
    source: include_str!("tar_parent_dir_entries.rs"),
    severity: Severity::Cosmetic,
    scope: &[
        // What type the entry has is in the value.
        Place { when: Some(is_directory), ..Place::ONE_SIDED },
    ],
    proof: Proof::Tree(canonicalize),
    witness: None,
    hazard: None,
    remedies: fixes::WRITERS,
};

fn is_directory(finding: &Finding) -> bool {
    is_of_type(finding, "directory")
}

fn canonicalize(view: &View<'_>, tree: &Rootfs) -> Option<Canonical> {
    let directory = view.entry.is_none_or(|entry| entry.entry_type == EntryType::Directory);
    let path = view.location.path_bytes();
    let unchanged = |(first, last): (u32, u32)| {
        let at = |layer| if is_font_directory(&clean(path)) { tree.at(layer, path) } else { tree.file_at(layer, path) };
        let below = first.checked_sub(1).map(at);
        matches!(below, Some(Ok(Some(_)))) && below == Some(at(last))
    };
    // Its own time is all that a directory's entry may change: what came and went in it has findings of its own. Where this
    // side has no such entry, something else in its layer could have taken the directory away.
    (directory && view.run.is_some_and(unchanged)).then(Canonical::new)
}
