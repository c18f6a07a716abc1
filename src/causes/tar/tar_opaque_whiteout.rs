//! # What differs
//!
//! An opaque marker `.wh..wh..opq`, which hides everything that the layers below have in a directory, on one side only.
//! What is left of the directory is the same on both sides.
//!
//! # Why it happens
//!
//! Linux 4.10 and later marks every new overlay directory as opaque, and some builders write the mark down although
//! there is nothing below; others write one whiteout for each hidden name.
//!
//! # How to fix the build
//!
//! Use the same storage driver and kernel on both sides.
//!
//! # When it is not harmless
//!
//! Never: what survives of the layers below is compared name by name. A marker that hides anything on one side only is
//! not claimed.

use super::tar_dialect::SAME_WRITER;
use super::tar_parent_dir_entries::is_presence;
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::finding::Finding;
use crate::image::rootfs::Rootfs;

/// Opaque markers without effect of their own.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "tar-opaque-whiteout",
    title: "Opaque whiteouts",
    source: include_str!("tar_opaque_whiteout.rs"),
    severity: Severity::Cosmetic,
    scope,
    proof: Proof::Tree(canonicalize),
    witness: None,
    hazard: None,
    remedies: SAME_WRITER,
};

/// The name of the marker.
pub(in crate::causes) const MARKER: &[u8] = b".wh..wh..opq";

fn scope(finding: &Finding) -> bool {
    is_presence(finding) && directory(finding.location.path_bytes()).is_some()
}

/// The directory that a marker is in.
fn directory(path: &[u8]) -> Option<&[u8]> {
    let directory = path.strip_suffix(MARKER)?;
    if directory.is_empty() { Some(directory) } else { directory.strip_suffix(b"/") }
}

fn canonicalize(view: &View<'_>, tree: &Rootfs) -> Option<Canonical> {
    is_marker(view).then_some(())?;
    let (first, last) = view.run?;
    let directory = directory(view.location.path_bytes())?;
    let mut canonical = survivors(tree, first, last, directory)?;
    canonical.extend(present(tree, last, directory)?);
    Some(canonical)
}

/// Whether this side has an empty regular file without set-id bits there, as whiteouts are, or nothing.
pub(in crate::causes) fn is_marker(view: &View<'_>) -> bool {
    view.entry.map_or(view.is_absent(), |entry| entry.has_content() && entry.size == 0 && entry.mode & 0o7000 == 0)
}

/// The names that are at and below a path after a layer; `None` where runtimes do not agree on them.
pub(in crate::causes) fn present(tree: &Rootfs, layer: u32, path: &[u8]) -> Option<Canonical> {
    let mut canonical = vec![u8::from(tree.at(layer, path).ok()?.is_some())];
    for name in tree.descendants(layer, path).ok()? {
        canonical.extend((name.len() as u64).to_le_bytes());
        canonical.extend(name);
    }
    Some(canonical)
}

/// What the layers below a run have in a directory, at any depth, and is there after it: names and what they are.
/// `None` where runtimes do not agree on it.
pub(in crate::causes) fn survivors(tree: &Rootfs, first: u32, last: u32, directory: &[u8]) -> Option<Canonical> {
    let mut canonical = Canonical::new();
    for path in tree.descendants_below(first, directory).ok()? {
        if let Some(record) = tree.linked_at(last, &path).ok()? {
            for part in [path, record] {
                canonical.extend((part.len() as u64).to_le_bytes());
                canonical.extend(part);
            }
        }
    }
    Some(canonical)
}
