//! # What differs
//!
//! The typeflag of a regular file: `0` or NUL.
//!
//! # Why it happens
//!
//! Writers of old formats use NUL.
//!
//! # How to fix the build
//!
//! Use the same builder.
//!
//! # When it is not harmless
//!
//! Never; any other typeflag is another type, and a finding of its own. So is `7`: POSIX has readers take it for a
//! regular file, but neither containerd nor buildah can unpack it. A NUL with a name that ends in a slash is a directory.

use crate::causes::fixes;
use crate::causes::scope::{Field, Place};
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::finding::Aspect;
use crate::image::entry::EntryType;

/// The typeflags of regular files.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "tar-typeflag-regular",
    title: "Typeflags of regular files",
    source: include_str!("tar_typeflag_regular.rs"),
    severity: Severity::Cosmetic,
    scope: &[Place { aspects: &[Aspect::Encoding], field: Field::Like(&["header.typeflag"]), ..Place::ENTRY }],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: fixes::WRITERS,
};

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    let regular = view.entry?.entry_type == EntryType::File && matches!(view.bytes()?, [b'0' | 0]);
    regular.then(Canonical::new)
}
