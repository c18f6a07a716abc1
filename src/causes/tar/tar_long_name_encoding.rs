//! # What differs
//!
//! How a name or link target of more than 100 bytes is held: split into prefix and name, in a GNU `L` or `K` pseudo
//! entry, or in a PAX record; and what is left of it in the short field.
//!
//! # Why it happens
//!
//! Each dialect has its own way, and writers cut the short field off in different places.
//!
//! # How to fix the build
//!
//! Use the same builder.
//!
//! # When it is not harmless
//!
//! Never: the full names are the same, and the short field must be the beginning of the full name with nothing behind
//! it.

use crate::causes::fixes;
use crate::causes::scope::{Field, Inside, Place, patterns};
use crate::causes::shape::long_names::{FIELDS, is_fully_named, named};
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::finding::Aspect;

/// Where long names are held.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "tar-long-name-encoding",
    title: "Encoding of long names",
    source: include_str!("tar_long_name_encoding.rs"),
    severity: Severity::Cosmetic,
    scope: &[Place {
        aspects: &[Aspect::Encoding],
        field: Field::Like(&patterns::<_, { FIELDS.len() }>(FIELDS)),
        inside: Inside::No,
        ..Place::ENTRY
    }],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: fixes::WRITERS,
};

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    is_fully_named(view.entry?, named(view.location.field_name())?).then(Canonical::new)
}
