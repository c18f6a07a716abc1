//! # What differs
//!
//! Time and date of a member of a zip archive (jar, wheel, …), in the local header (bytes 10 to 14) and in the one of the
//! central directory (bytes 12 to 16): a local time in steps of two seconds (PKWARE APPNOTE, section 4.4.6).
//!
//! # Why it happens
//!
//! Archivers write the modification time of each file or, where there is no file, that of the build.
//!
//! # How to fix the build
//!
//! Give the archiver one time for all members.
//!
//! # When it is not harmless
//!
//! Some readers decide by the time of a source whether they take what was compiled from it: Python beside a `.pyc`, Clojure
//! and Jython beside a class, JSP engines. Where an archive has both, nothing is claimed. Neither is a field that is no time
//! of the calendar, which readers make different things of, or a time after the day on which the comparison is judged.

use crate::causes::fixes::archives;
use crate::causes::scope::{Field, Place};
use crate::causes::shape::zip::member;
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::content::zip::time;
use crate::finding::Aspect;

/// The time of a member.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "zip-dos-mtime",
    title: "Times of members of zip archives",
    source: include_str!("zip_dos_mtime.rs"),
    severity: Severity::Cosmetic,
    scope: &[Place {
        aspects: &[Aspect::Content],
        field: Field::Part { format: "zip", names: &["local.mtime", "central.mtime"] },
        ..Place::ENTRY
    }],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[&archives::ZIP_TIMES],
};

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    member(view).filter(|member| !member.coupled)?;
    let time = time::earliest(&time::text(view.part_bytes()?.as_ref().try_into().ok()?)?)?;
    view.day.admits(time).then(Canonical::new)
}
