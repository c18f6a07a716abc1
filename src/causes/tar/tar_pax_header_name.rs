//! # What differs
//!
//! Name, owner, mode or time of the pseudo entry that holds PAX records, such as `./PaxHeaders.14472/file`. They belong
//! to no file: readers take the records and drop the rest.
//!
//! # Why it happens
//!
//! GNU tar puts its process ID into the name, the .NET SDK did so until 2026, and GNU tar gives the pseudo entry the
//! times of the file.
//!
//! # How to fix the build
//!
//! Set the name to a constant.
//!
//! # When it is not harmless
//!
//! Only for readers that know no PAX headers and unpack the pseudo entry as a file. The name must be made of the
//! entry's own name and one such component, else there is no claim: nothing can be hidden in it.

use crate::causes::fixes::archives;
use crate::causes::scope::{Field, Place};
use crate::causes::shape::tar_headers::{is_plain, split};
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::finding::Aspect;

/// The pseudo name of an extension header.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "tar-pax-header-name",
    title: "Pseudo entries of PAX records",
    source: include_str!("tar_pax_header_name.rs"),
    severity: Severity::Cosmetic,
    scope: &[Place {
        aspects: &[Aspect::Encoding],
        field: Field::Like(&["pax.header.**", "gnu.longname.header.**", "gnu.longlink.header.**"]),
        ..Place::ENTRY
    }],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[&archives::TAR_PAX_NAMES],
};

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    let (family, field) = split(view.location.field_name())?;
    is_plain(family, field, view.bytes()?, view.entry?).then(Canonical::new)
}
