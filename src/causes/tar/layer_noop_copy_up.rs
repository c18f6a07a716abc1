//! # What differs
//!
//! An entry, on one side only, that is the same in the layers below: content, owner, mode, times, attributes and links.
//!
//! # Why it happens
//!
//! `chmod -R`, `chown -R`, opening a file for writing, or renaming it to and fro copies it into the new layer although
//! nothing changes.
//!
//! # How to fix the build
//!
//! Change only what needs a change.
//!
//! # When it is not harmless
//!
//! Never: the merged tree is the same with and without it. Devices are not claimed.

use crate::causes::fixes::{builders, context};
use crate::causes::scope::Place;
use crate::causes::shape::entries::is_of_type;
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::finding::Finding;
use crate::image::entry::EntryType;
use crate::image::rootfs::Rootfs;

/// Entries that repeat what is below.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "layer-noop-copy-up",
    title: "Unchanged files in a layer",
    source: include_str!("layer_noop_copy_up.rs"),
    severity: Severity::Cosmetic,
    scope: &[
        // What type the entry has is in the value.
        Place { when: Some(is_copied_up), ..Place::ONE_SIDED },
    ],
    proof: Proof::Tree(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[&context::COPY_CHOWN, &builders::ONE_BUILDER],
};

fn is_copied_up(finding: &Finding) -> bool {
    ["file", "symlink", "hardlink"].into_iter().any(|name| is_of_type(finding, name))
}

fn canonicalize(view: &View<'_>, tree: &Rootfs) -> Option<Canonical> {
    let plain = view.entry.is_none_or(|entry| {
        matches!(entry.entry_type, EntryType::File | EntryType::Symlink | EntryType::Hardlink)
            && entry.whiteout().is_none()
    });
    (plain && changes_nothing(view, tree)).then(Canonical::new)
}

/// Whether what is below is what the merged tree of this side has in the end: where this side has no such entry, something
/// else in its layer could have taken it away.
fn changes_nothing(view: &View<'_>, tree: &Rootfs) -> bool {
    let unchanged = |(first, last)| {
        let below = tree.below(first, view.location.path_bytes());
        matches!(below, Ok(Some(_))) && below == tree.at(last, view.location.path_bytes())
    };
    view.run.is_some_and(unchanged)
}
