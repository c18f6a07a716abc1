//! # What differs
//!
//! Inodes, change times and devices in `/var/cache/ldconfig/aux-cache`, the sequence of its records, and bytes that ldconfig
//! never sets.
//!
//! # Why it happens
//!
//! ldconfig remembers there which libraries it has looked at already. It sorts by a hash of the inode.
//!
//! # How to fix the build
//!
//! Remove the file in the RUN that installs.
//!
//! # When it is not harmless
//!
//! The libraries it lists (name, size, flags, OS version) are held against each other; anything behind the strings makes the
//! file unexplained. The dynamic linker reads `/etc/ld.so.cache`, never this file.

use crate::causes::fixes::installs;
use crate::causes::scope::{Inside, Path, Place};
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::content::aux_cache::aux_cache_entries;
use crate::finding::Aspect;

/// ldconfig's own cache.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "ldconfig-aux-cache",
    title: "ldconfig's auxiliary cache",
    source: include_str!("ldconfig_aux_cache.rs"),
    severity: Severity::Cosmetic,
    scope: &[Place {
        aspects: &[Aspect::Content, Aspect::Order],
        path: Path::Like(&["var/cache/ldconfig/aux-cache"]),
        inside: Inside::No,
        ..Place::ENTRY
    }],
    proof: Proof::Unread(&Proof::Canonical(canonicalize)),
    witness: None,
    hazard: None,
    remedies: &[&installs::APT],
};

/// The sorted list of libraries, from the whole file.
fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    let file = view.file?;
    let mut entries = aux_cache_entries(file)?;
    entries.sort_unstable();
    let mut canonical = file.get(..24)?.to_vec();
    for (name, size, flags, version) in entries {
        canonical.extend_from_slice(name);
        canonical.push(0);
        canonical.extend_from_slice(&size.to_le_bytes());
        canonical.extend_from_slice(&flags.to_le_bytes());
        canonical.extend_from_slice(&version.to_le_bytes());
    }
    Some(canonical)
}
