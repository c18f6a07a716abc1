//! # What differs
//!
//! The time in the header of a `.pyc` file (PEP 552; four bytes at offset 8 since Python 3.7, at 4 before), which is the
//! modification time of the source it was compiled from.
//!
//! # Why it happens
//!
//! Python compares it with the source's time to tell whether the cache is stale. pip compiles what it installs, so the time
//! is that of the build.
//!
//! # How to fix the build
//!
//! Have the modules compiled with a hash in place of the time, or not at all.
//!
//! # When it is not harmless
//!
//! The code behind the header is compared by itself. A time that is not the one of the source makes Python compile again at
//! each start; there is a warning for it. Where the record fits the source on one side only, Python runs other code there,
//! and nothing is claimed (`pyc-revalidated`). Nor is it in an archive that has the source beside the module: Python takes
//! the time from there, to two seconds.

use crate::causes::fixes;
use crate::causes::scope::{Field, Path, Place};
use crate::causes::shape::gzip::number;
use crate::causes::{Canonical, Cause, Hazard, Proof, Severity, View, Witness};
use crate::content::recorded::recorded;
use crate::finding::Aspect;

/// The source's time in a compiled module.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "pyc-header-mtime",
    title: "Times of the source in compiled Python modules",
    source: include_str!("pyc_header_mtime.rs"),
    severity: Severity::Cosmetic,
    scope: &[Place {
        aspects: &[Aspect::Content],
        field: Field::Like(&["mtime"]),
        path: Path::Innermost(&["**.pyc"]),
        ..Place::ENTRY
    }],
    proof: Proof::Canonical(canonicalize),
    witness: Some(witness),
    hazard: Some(Hazard::StaleRecord),
    remedies: fixes::PYTHON,
};

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    // In an archive Python compares it with the time that the archive has for the source.
    let coupled = view.around.is_some_and(|member| member.coupled);
    number::<4>(view).filter(|_| !coupled).map(|_| Canonical::new())
}

/// The source's time and size, as the header has them.
fn witness(view: &View<'_>) -> Option<Witness> {
    if !view.location.inside.is_empty() {
        return None;
    }
    recorded(view.location.path_bytes(), view.file?).map(Witness::Recorded)
}
