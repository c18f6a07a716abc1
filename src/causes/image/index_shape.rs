//! # What differs
//!
//! One image is named by an index, the other by its manifest. The index's other platforms, if it has any, have
//! findings of their own.
//!
//! # Why it happens
//!
//! Builders write an index where there are attestations or several platforms, and some always do.
//!
//! # How to fix the build
//!
//! Use the same exporter with the same options.
//!
//! # When it is not harmless
//!
//! A client that picks the platform gets the same manifest from both. An index that says more of its manifests than what
//! they are and for which platform (embedded data, addresses, features of the operating system) is not covered.

use crate::causes::fixes::provenance;
use crate::causes::scope::{Field, Place, Whose};
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::finding::Aspect;

/// An index or a single manifest.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "index-shape",
    title: "An index or a single manifest",
    source: include_str!("index_shape.rs"),
    severity: Severity::Cosmetic,
    scope: &[Place { aspects: &[Aspect::Type], document: Whose::Own, field: Field::Like(&[""]), ..Place::INDEX }],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[&provenance::NO_ATTESTATIONS, &provenance::BY_PLATFORM],
};

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    matches!(view.text()?, "index" | "manifest").then(Canonical::new)
}
