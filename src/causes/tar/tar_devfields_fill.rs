//! # What differs
//!
//! The device number fields of entries that are no devices: zeros as text or NULs.
//!
//! # Why it happens
//!
//! POSIX leaves them undefined there; Go writes `0000000`, GNU tar NULs.
//!
//! # How to fix the build
//!
//! Use the same builder.
//!
//! # When it is not harmless
//!
//! Never for other entries; those of devices are compared by value.

use crate::causes::fixes;
use crate::causes::scope::{Field, Place};
use crate::causes::shape::tar_numbers::number;
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::finding::Aspect;
use crate::image::entry::EntryType;

/// Device number fields that nobody reads.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "tar-devfields-fill",
    title: "Unused device number fields",
    source: include_str!("tar_devfields_fill.rs"),
    severity: Severity::Cosmetic,
    scope: &[Place {
        aspects: &[Aspect::Encoding],
        field: Field::Like(&["header.devmajor", "header.devminor"]),
        ..Place::ENTRY
    }],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: fixes::WRITERS,
};

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    let device = matches!(view.entry?.entry_type, EntryType::CharacterDevice | EntryType::BlockDevice);
    (!device && number(view.bytes()?) == Some(0)).then(Canonical::new)
}
