//! # What differs
//!
//! The order in which the members of a wheel are stored, or listed in its central directory. The members are the same, and
//! what differs in them is said by other findings.
//!
//! # Why it happens
//!
//! Builders take files in the order in which the file system lists them, or as threads get done with them.
//!
//! # How to fix the build
//!
//! Give the archiver a sorted list.
//!
//! # When it is not harmless
//!
//! Where somebody takes the first member, or one after the other: `gunzip`, `zcat` and `funzip` give the first one that is
//! stored, scripts the first that is listed, `unzip -p` all in order; loaders of Java that read in a stream find classes in
//! the order in which they are stored, others in that of the directory; what kind of document it is shows in the first of
//! EPUB, ODF and Office. So it is claimed of wheels alone (`.whl`, with a `RECORD` that is not signed), which installers
//! unpack by name and Python imports by name; and not where two names could be one file, where one member is below another
//! that is no directory, where one is a symbolic link, where one is of `.data` and may be installed in the place of another,
//! or where there are bytes between members.

use crate::causes::fixes::archives;
use crate::causes::scope::{Field, Place};
use crate::causes::shape::zip_order::form;
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::finding::Aspect;

/// The order of members of a wheel.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "zip-entry-order",
    title: "Order of members of wheels",
    source: include_str!("zip_entry_order.rs"),
    severity: Severity::Cosmetic,
    scope: &[Place {
        aspects: &[Aspect::Order],
        field: Field::Part { format: "zip", names: &["members"] },
        ..Place::ENTRY
    }],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[&archives::ZIP_ORDER],
};

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    let name = view.location.inside.last().or(view.location.path.as_ref())?;
    form(name, view.node?, view.content?)
}
