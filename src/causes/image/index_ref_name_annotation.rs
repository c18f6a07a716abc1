//! # What differs
//!
//! The name under which an index lists an image: the annotations `org.opencontainers.image.ref.name` and
//! `io.containerd.image.name`.
//!
//! # Why it happens
//!
//! The two builds were given different names or tags.
//!
//! # How to fix the build
//!
//! Name both outputs alike.
//!
//! # When it is not harmless
//!
//! The name is how a user finds the image in the layout, and no part of the image.

use crate::causes::fixes::documents;
use crate::causes::scope::{Field, Names, Place, VALUE};
use crate::causes::shape::base::{IMAGE_NAMES, names_image};
use crate::causes::shape::labels::members;
use crate::causes::{Canonical, Cause, Proof, Severity, View};

/// Names of images in an index.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "index-ref-name-annotation",
    title: "Names of images in the index",
    source: include_str!("index_ref_name_annotation.rs"),
    severity: Severity::Cosmetic,
    scope: &[Place { aspects: VALUE, field: Field::Label(Names::Like(IMAGE_NAMES)), ..Place::INDEX }],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[&documents::SAME_NAME],
};

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    members(view, names_image)
}
