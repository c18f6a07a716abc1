//! # What differs
//!
//! An entry that is in another layer on the other side. The merged trees have the same file there.
//!
//! # Why it happens
//!
//! RUN lines were grouped in another way, or a builder merges steps.
//!
//! # How to fix the build
//!
//! Keep the grouping of RUN lines, or squash on both sides.
//!
//! # When it is not harmless
//!
//! Never for the container that runs: the merged tree is the same. An entry that a later layer replaces by another one
//! is not claimed, so what is hidden in a lower layer stays visible here; nor is a hard link to what its own layer does not
//! have: Docker and Podman, which unpack each layer by itself, find no file there.

use crate::causes::fixes::layers;
use crate::causes::scope::Place;
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::image::rootfs::Rootfs;

/// Files in another layer.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "layer-boundary-shift",
    title: "Files in another layer",
    source: include_str!("layer_boundary_shift.rs"),
    severity: Severity::Cosmetic,
    scope: &[Place::ONE_SIDED],
    proof: Proof::Tree(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[&layers::SAME_STEPS, &layers::LAST_STAGE],
};

/// What the path is in the end; on the side that has the entry, that must be what the entry makes of it.
fn canonicalize(view: &View<'_>, tree: &Rootfs) -> Option<Canonical> {
    let path = view.location.path_bytes();
    let merged = tree.merged(path).ok()??;
    let lasts = view.is_absent() || tree.at(view.last()?, path).ok()?.as_ref() == Some(&merged);
    lasts.then_some(merged)
}
