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
//! Names with `..` or empty components are not claimed, nor are names with bytes behind their end. A `/` in front is not
//! where the image has more than one layer: `crane export` and `crane flatten` then take `/a` and `a` for two files, and
//! a file that a layer deletes comes back. No name is in an image for Windows: its runtime looks for `Files/` as it is
//! written.

use serde_json::Value as Json;

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
    if !any_style(view, name) {
        return None;
    }
    // containerd follows a symlink that such a target names, and buildah makes a second name of it.
    if named == Named::LinkTarget && names_directory(name) {
        return None;
    }
    let path = normalise(name);
    let plain =
        path.is_empty() || path.split(|byte| *byte == b'/').all(|component| !matches!(component, b"" | b"." | b".."));
    (plain && is_fully_named(entry, named)).then(|| path.to_vec())
}

/// Whether readers take the names of an image in any style for the same.
fn any_style(view: &View<'_>, name: &[u8]) -> bool {
    // hcsshim looks for the names below `Files/` and `UtilityVM/Files/` without cleaning them. crane's `mutate.Extract` keeps
    // what it saw of the layers above by `filepath.Clean`, which leaves the `/` in front.
    let is_alone =
        view.image.config.pointer("/rootfs/diff_ids").and_then(Json::as_array).is_some_and(|ids| ids.len() == 1);
    !view.image.folds_names() && (is_alone || !name.starts_with(b"/"))
}
