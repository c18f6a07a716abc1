//! # What differs
//!
//! A FIFO under `/run`, `/tmp` or a GnuPG home directory, on one side only.
//!
//! # Why it happens
//!
//! A program that ran during the build left it behind (`S.gpg-agent` and the like). Sockets do not even get into a
//! layer.
//!
//! # How to fix the build
//!
//! Stop such programs and remove their directories in the same RUN.
//!
//! # When it is not harmless
//!
//! It is excluded by its place and type, not proven. Devices and FIFOs elsewhere are never claimed.

use crate::causes::fixes::installs;
use crate::causes::scope::{Path, Place};
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::image::entry::EntryType;

/// Leftover FIFOs.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "tar-special-file",
    title: "FIFOs left behind by build steps",
    source: include_str!("tar_special_file.rs"),
    severity: Severity::Security,
    scope: &[Place { path: Path::Like(&["run/**", "var/run/**", "tmp/**", "root/.gnupg/**"]), ..Place::ONE_SIDED }],
    proof: Proof::Excluded(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[&installs::GNUPG_SOCKETS],
};

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    let leftover = view.entry.map_or(view.is_absent(), |entry| {
        entry.entry_type == EntryType::Fifo && entry.mode & 0o7000 == 0 && entry.xattrs.is_empty()
    });
    leftover.then(Canonical::new)
}
