//! # What differs
//!
//! An entry that a later layer of the same image replaces or removes, and whose bytes, set-id bits or device are in no
//! layer of the other image. It is found where the layers of both images are divided in different ways.
//!
//! # Why it happens
//!
//! A step removes or changes what an earlier step of another layer wrote: the tree does not show it any more, the image
//! still holds it. The other image made both steps in one layer.
//!
//! # How to fix the build
//!
//! Remove the file in the RUN that makes it, or copy the result out of a stage of its own.
//!
//! # When it is not harmless
//!
//! Whoever has the image can read what was removed: passwords, keys, sources. The claim names that, and the default policy
//! does not accept it.

use crate::causes::fixes::installs;
use crate::causes::shape::hidden::HIDDEN_ENTRY;
use crate::causes::{Canonical, Cause, Proof, Severity, View};

/// Hidden entries.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "layer-hidden-entry",
    title: "Entries that a later layer hides",
    source: include_str!("layer_hidden_entry.rs"),
    severity: Severity::Behavioural,
    scope: &[HIDDEN_ENTRY],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[&installs::REMOVE_IN_RUN],
};

/// Nothing of it is in the tree, on either side.
fn canonicalize(_: &View<'_>) -> Option<Canonical> {
    Some(Canonical::new())
}
