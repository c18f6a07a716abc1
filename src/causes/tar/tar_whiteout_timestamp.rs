//! # What differs
//!
//! The modification time, the permission bits or the unused link target field of a whiteout, the empty marker file
//! `.wh.NAME` that removes NAME of the layers below.
//!
//! # Why it happens
//!
//! Nobody reads them, so writers put there what they have: Docker's graph drivers the time of the build, containerd 1.7
//! the value of `SOURCE_DATE_EPOCH`, containerd 2.0 and BuildKit 0.12 and later zero.
//!
//! # How to fix the build
//!
//! Write both with one BuildKit through a docker-container builder or the containerd image store, or leave no
//! whiteouts: copy the result of all steps into an empty last stage.
//!
//! # When it is not harmless
//!
//! Always harmless as long as the marker is an empty regular file, which is checked; what it removes is not touched by
//! this cause.

use crate::causes::fixes::{layers, times};
use crate::causes::scope::{Field, Path, Place};
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::finding::Aspect;
use crate::image::entry::EntryType;

/// The time and mode of a whiteout.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "tar-whiteout-timestamp",
    title: "Times and modes of whiteouts",
    source: include_str!("tar_whiteout_timestamp.rs"),
    severity: Severity::Cosmetic,
    scope: &[
        Place { aspects: &[Aspect::Mtime, Aspect::Mode], path: Path::Named(&[".wh.*"]), ..Place::ENTRY },
        Place {
            aspects: &[Aspect::Encoding],
            field: Field::Like(&["header.linkname"]),
            path: Path::Named(&[".wh.*"]),
            ..Place::ENTRY
        },
    ],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[&layers::BUILDKIT_WHITEOUTS, &times::BUILDAH_EPOCH, &times::BUILDAH_TIMESTAMP, &layers::LAST_STAGE],
};

/// Permission bits that a whiteout may have. Set-id bits are never passed over, not even here.
const PERMISSIONS: u32 = 0o777;

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    let entry = view.entry.filter(|entry| entry.whiteout().is_some())?;
    let marker = entry.entry_type == EntryType::File && entry.size == 0 && entry.mode & 0o7777 & !PERMISSIONS == 0;
    marker.then(Canonical::new)
}
