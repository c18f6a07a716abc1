//! # What differs
//!
//! A whiteout `.wh.NAME` on one side only, although NAME is the same on both sides after the layer: the change is
//! written in another way, by an opaque marker, by whiteouts of what is inside, or by replacing it.
//!
//! # Why it happens
//!
//! The image specification lets writers choose; storage drivers see a deleted and recreated directory in different
//! ways.
//!
//! # How to fix the build
//!
//! Use the same storage driver and builder.
//!
//! # When it is not harmless
//!
//! NAME and what is left of it from the layers below are compared name by name, with contents. A file that is gone on one
//! side only is not claimed, nor what its own layer removes and makes again: where each layer is unpacked by itself for
//! overlayfs, as Docker and Podman do it, all that the layers below have in a directory is there again, and `crane export`
//! leaves a file out.

use crate::causes::fixes;
use crate::causes::scope::{Field, Place};
use crate::causes::shape::whiteouts::{WHITEOUT, is_marker, is_undone, present, survivors, target};
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::compare::merged::CLEARED;
use crate::finding::Aspect;
use crate::image::rootfs::Rootfs;

/// Other ways to write a removal.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "tar-delete-recreate",
    title: "Encodings of removal and replacement",
    source: include_str!("tar_delete_recreate.rs"),
    severity: Severity::Cosmetic,
    scope: &[
        WHITEOUT,
        // A directory that was something else in between is as a whiteout of it.
        Place { aspects: &[Aspect::Presence], field: Field::Like(&[CLEARED]), ..Place::ENTRY },
    ],
    proof: Proof::Tree(canonicalize),
    witness: None,
    hazard: None,
    remedies: fixes::WRITERS,
};

fn marked(view: &View<'_>, tree: &Rootfs, path: &[u8]) -> Option<Vec<u8>> {
    let target = target(path).filter(|_| is_marker(view))?;
    (view.is_absent() || !is_undone(view, tree, &target)?).then_some(target)
}

fn canonicalize(view: &View<'_>, tree: &Rootfs) -> Option<Canonical> {
    let path = view.location.path_bytes();
    let target = if view.location.field_name() == CLEARED { path.to_vec() } else { marked(view, tree, path)? };
    let (first, last) = view.run?;
    tree.can_remove(first..=last, &target).then_some(())?;
    let mut canonical = match tree.linked_at(last, &target).ok()? {
        Some(record) => [&[1][..], &(record.len() as u64).to_le_bytes(), &record].concat(),
        None => vec![0],
    };
    canonical.extend(survivors(tree, first, last, &target)?);
    // What the layer itself brings is compared by its own findings; here it only has to be there.
    canonical.extend(present(tree, last, &target)?);
    Some(canonical)
}
