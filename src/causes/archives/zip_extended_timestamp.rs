//! # What differs
//!
//! Times of a member of a zip archive in the extra field of Info-ZIP (identifier 0x5455, `UT`): of modification, access and
//! creation in the local header, of modification in the central directory, each in seconds since 1970.
//!
//! # Why it happens
//!
//! `zip` writes what the file system says of each file; the time of access is that of the build, or of whatever read the file
//! before.
//!
//! # How to fix the build
//!
//! Leave the field out, or give the files one time.
//!
//! # When it is not harmless
//!
//! As with the time that all members have (`zip-dos-mtime`): some readers decide by the time of a source whether they take
//! what was compiled from it, and where an archive has both, nothing is claimed. Nor is a time after the day on which the
//! comparison is judged.

use crate::causes::fixes::archives;
use crate::causes::scope::{Field, Place};
use crate::causes::shape::zip::member;
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::finding::Aspect;

/// The times of a member in its extra field.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "zip-extended-timestamp",
    title: "Extended times of members of zip archives",
    source: include_str!("zip_extended_timestamp.rs"),
    severity: Severity::Cosmetic,
    scope: &[Place {
        aspects: &[Aspect::Content],
        field: Field::Part { format: "zip", names: FIELDS },
        ..Place::ENTRY
    }],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[&archives::ZIP_EXTRA, &archives::ZIP_TIMES],
};

const FIELDS: &[&str] =
    &["local.extra.5455.mtime", "local.extra.5455.atime", "local.extra.5455.ctime", "central.extra.5455.mtime"];

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    member(view).filter(|member| !member.coupled)?;
    // Info-ZIP takes the number for a signed one, Go and libarchive do not: what is negative to one is after 2038 to another.
    let seconds = i32::try_from(u32::from_le_bytes(view.part_bytes()?.as_ref().try_into().ok()?)).ok()?;
    view.day.admits(seconds.into()).then(Canonical::new)
}
