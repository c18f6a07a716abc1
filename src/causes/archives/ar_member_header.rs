//! # What differs
//!
//! Time, owner, group and mode in the header of a member of an archive of `ar` (`lib*.a`, `.deb`): text at bytes 16 to 48 of
//! the 60 before each member, the table of symbols among them.
//!
//! # Why it happens
//!
//! `ar` and `ranlib` write what the file system says of each object, and for the table the time of the build, unless they
//! are told or built to write zeros.
//!
//! # How to fix the build
//!
//! Have `ar` and `ranlib` write zeros: binutils of Debian and Fedora do so unless they are told otherwise.
//!
//! # When it is not harmless
//!
//! Linkers and `dpkg` read none of it, but `ar x` gives a file that it extracts the mode of its header: permissions that
//! differ stay unexplained, and so does any set-id bit; with zeros, the type of the file is left out of the mode, and that is
//! all that may differ in it. Owner and group are claimed in static libraries alone, which nobody unpacks to install them.
//! Linkers of BSD and macOS hold the time of their table of symbols (`__.SYMDEF`) against that of the library. Nor is
//! anything claimed where a field is no plain number, or after the day on which the comparison is judged.

use crate::causes::fixes::archives;
use crate::causes::scope::{Field, Place};
use crate::causes::shape::ar;
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::content::ar::field::{decimal, mode};
use crate::finding::Aspect;

/// What `ar` writes of the file system.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "ar-member-header",
    title: "Times, owners and modes in archives of ar",
    source: include_str!("ar_member_header.rs"),
    severity: Severity::Cosmetic,
    scope: &[Place {
        aspects: &[Aspect::Content],
        field: Field::Part { format: "ar", names: &["ar.mtime", "ar.uid", "ar.gid", "ar.mode"] },
        ..Place::ENTRY
    }],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[&archives::AR_ZEROS],
};

/// Permissions, and the bits of `st_mode` that say what kind of file it is.
const PERMISSIONS: u32 = 0o777;
const REGULAR: u32 = 0o100_000;

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    let (name, member) = (ar::field_at_hand(view)?, ar::member(view)?);
    let bytes = view.part?.bytes(view.file?);
    match name {
        "mtime" if !member.name.starts_with(b"__.SYMDEF") => view.day.admits(decimal(bytes)?).then(Canonical::new),
        "uid" | "gid" if ar::is_library(view) => decimal(bytes).map(|_| Canonical::new()),
        "mode" => {
            let mode = mode(bytes)?;
            let is_plain = matches!(mode & !PERMISSIONS, 0 | REGULAR);
            is_plain.then(|| (mode & PERMISSIONS).to_be_bytes().to_vec())
        }
        _ => None,
    }
}
