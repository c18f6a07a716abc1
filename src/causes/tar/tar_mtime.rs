//! # What differs
//!
//! The modification time in the tar header of an entry (octal or base-256 number at offset 136 of the header block, or
//! a PAX `mtime` record), and nothing that the time says anything about. Likewise of a member of a tar archive that is a
//! file of the image, with the member's name.
//!
//! # Why it happens
//!
//! Every file that a build step creates or copies gets the time of the build.
//!
//! # How to fix the build
//!
//! Give the builder one time for everything, `SOURCE_DATE_EPOCH`, and have it rewrite the layers' times to it. Archive with
//! `tar --mtime=@$SOURCE_DATE_EPOCH`.
//!
//! # When it is not harmless
//!
//! Programs that compare times (make, Python's bytecode cache, npm's hidden lock file) may act on them. Where such a
//! program's own record fits on neither side, there is a warning of its own; where it fits on one side only, the time is
//! not claimed, nor is one that makes a compiled file newer than its source on one side only (`pyc-revalidated`,
//! `cache-revalidated`). Nor is one after the day on which the comparison is judged: what is older is never newer than that file.
//! In an archive that has the source of a compiled file beside it, none of either is claimed, nor is one that is written in
//! another way than with eleven octal digits or as a decimal number that is not negative.

use crate::causes::fixes;
use crate::causes::scope::{Field, Place};
use crate::causes::shape::tar_member::{field_at_hand, member};
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::content::tar;
use crate::finding::Aspect;

/// The modification time of an entry.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "tar-mtime",
    title: "Modification times of entries",
    source: include_str!("tar_mtime.rs"),
    severity: Severity::Cosmetic,
    scope: &[
        Place { aspects: &[Aspect::Mtime], ..Place::ENTRY },
        Place {
            aspects: &[Aspect::Content],
            field: Field::Part { format: "tar", names: &["tar.header.mtime", "tar.pax.mtime", "tar.pax.header.mtime"] },
            ..Place::ENTRY
        },
    ],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: fixes::ENTRY_TIMES,
};

/// A time says nothing else: every readable one maps to the same.
fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    if view.aspect == Aspect::Content {
        member(view).filter(|member| !member.coupled)?;
        // What ends the number stays: it is a choice of the writer, not of the time.
        let field = view.part?.bytes(view.file?);
        return tar::time(field_at_hand(view)?, field).and_then(|_| Some(vec![*field.last()?]));
    }
    (!view.is_absent()).then(Canonical::new)
}
