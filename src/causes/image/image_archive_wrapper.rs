//! # What differs
//!
//! One image has a manifest of its own, the other is an archive of `docker save`, which lists the layers without one.
//! The configuration and the layers are compared all the same.
//!
//! # Why it happens
//!
//! The images were exported in different forms.
//!
//! # How to fix the build
//!
//! Export both in the same form.
//!
//! # When it is not harmless
//!
//! The wrapper is no part of the image. Without a manifest the image has no digest by which a registry could name it.

use crate::causes::fixes::documents;
use crate::causes::scope::{Field, Place};
use crate::causes::shape::identifiers::is_digest;
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::finding::Aspect;

/// The form of the archive.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "image-archive-wrapper",
    title: "Form of the image archive",
    source: include_str!("image_archive_wrapper.rs"),
    severity: Severity::Cosmetic,
    scope: &[Place { aspects: &[Aspect::Presence], field: Field::Whole, ..Place::MANIFEST }],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[&documents::BUILDKIT_LAYOUT, &documents::BUILDAH_LAYOUT, &documents::DOCKER_BY_DIGEST],
};

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    (view.is_absent() || view.text().is_some_and(is_digest)).then(Canonical::new)
}
