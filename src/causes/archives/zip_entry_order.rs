//! # What differs
//!
//! The order in which the members of a zip archive are stored, or listed in its central directory. The members are the same,
//! and what differs in them is said by other findings.
//!
//! # Why it happens
//!
//! Archivers take files in the order in which the file system lists them, or as threads get done with them.
//!
//! # How to fix the build
//!
//! Give the archiver a sorted list.
//!
//! # When it is not harmless
//!
//! Where somebody takes the first of several: nothing is claimed where two names could be one file, where one member is
//! below another that is no directory, or where one is a symbolic link. Some members have to stay in their place:
//! `META-INF/` and its manifest (`JarInputStream` looks for it in front), `mimetype` of EPUB and ODF, and whatever else tells
//! in front what kind of file it is: all of an Office document. Archives inside stay in order among each other, for Spring
//! Boot and servlet containers make a class path of them. In archives of Java (by their name, or with classes or
//! `META-INF/`) the order of the directory stays: scanners of class paths find classes and other files in it, and frameworks
//! let the order of what was found decide. Nothing is claimed of archives that are signed, and where there are bytes between
//! members.

use crate::causes::fixes::archives;
use crate::causes::scope::{Field, Place};
use crate::causes::shape::zip_order::form;
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::finding::Aspect;

/// The order of members.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "zip-entry-order",
    title: "Order of members of zip archives",
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
    form(name, view.node?, view.file?)
}
