//! # What differs
//!
//! How a name is written: with `./` or `/` in front, or a directory without `/` at the end. The same goes for the
//! target of a hard link, never for that of a symbolic link.
//!
//! # Why it happens
//!
//! `tar -C dir -c .` writes `./name`, container builders write `name`.
//!
//! # How to fix the build
//!
//! Use the same builder, or strip what is in front.
//!
//! # When it is not harmless
//!
//! Never: names with `..` or empty components are not claimed, nor are names with bytes behind their end.

use crate::causes::fixes::{archives, builders};
use crate::causes::scope::{Field, Place};
use crate::causes::shape::long_names::{Named, is_fully_named};
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::finding::Aspect;
use crate::image::entry::{EntryType, normalise};
use crate::image::path::names_directory;

/// The style of names.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "tar-name-style",
    title: "Style of names",
    source: include_str!("tar_name_style.rs"),
    severity: Severity::Cosmetic,
    scope: &[
        Place { aspects: &[Aspect::LinkName], ..Place::ENTRY },
        Place { aspects: &[Aspect::Encoding], field: Field::Like(&["name"]), ..Place::ENTRY },
    ],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[&builders::ONE_BUILDER, &archives::TAR_NAMES],
};

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    let entry = view.entry?;
    let (name, named) = match view.aspect {
        Aspect::LinkName if entry.entry_type == EntryType::Hardlink => (&entry.link_name, Named::LinkTarget),
        Aspect::LinkName => return None,
        _ => (&entry.name, Named::Entry),
    };
    // containerd follows a symlink that such a target names, and buildah makes a second name of it.
    if named == Named::LinkTarget && names_directory(name) {
        return None;
    }
    let path = normalise(name);
    let plain =
        path.is_empty() || path.split(|byte| *byte == b'/').all(|component| !matches!(component, b"" | b"." | b".."));
    (plain && is_fully_named(entry, named)).then(|| path.to_vec())
}
