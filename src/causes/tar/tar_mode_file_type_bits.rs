//! # What differs
//!
//! The file type in the bits of the mode field above the permissions: 0100644 on one side, 0000644 on the other.
//!
//! # Why it happens
//!
//! BuildKit, buildah and Docker from 18.09 on keep the type as stat(2) gives it; older builders and plain Go write
//! permissions alone. Readers take the type from the typeflag.
//!
//! # How to fix the build
//!
//! Use the same builder.
//!
//! # When it is not harmless
//!
//! Never: the bits must name the type that the entry has, else there is no claim.

use crate::causes::fixes;
use crate::causes::scope::{Field, Place};
use crate::causes::shape::tar_numbers::number;
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::finding::{Aspect, Finding, Value};
use crate::image::entry::EntryType;

/// File type bits in the mode field.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "tar-mode-file-type-bits",
    title: "File type bits in modes",
    source: include_str!("tar_mode_file_type_bits.rs"),
    severity: Severity::Cosmetic,
    scope: &[
        // Where the number is the same, it is only written in another way.
        Place {
            aspects: &[Aspect::Encoding],
            field: Field::Like(&["header.mode"]),
            when: Some(is_another_number),
            ..Place::ENTRY
        },
    ],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: fixes::WRITERS,
};

fn is_another_number(finding: &Finding) -> bool {
    let mode = |value: &Value| match value {
        Value::Bytes(bytes) => number(bytes),
        _ => value.as_str().and_then(|text| number(text.as_bytes())),
    };
    !finding.values.as_ref().map(mode).same()
}

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    let mode = number(view.bytes()?)?;
    let expected = match view.entry?.entry_type {
        EntryType::File | EntryType::Hardlink => 0o100_000,
        EntryType::Directory => 0o040_000,
        EntryType::Symlink => 0o120_000,
        EntryType::CharacterDevice => 0o020_000,
        EntryType::BlockDevice => 0o060_000,
        EntryType::Fifo => 0o010_000,
        EntryType::Other(_) => return None,
    };
    let (kind, permissions) = (mode & !0o7777, mode & 0o7777);
    (kind == 0 || kind == expected).then(|| permissions.to_le_bytes().to_vec())
}
