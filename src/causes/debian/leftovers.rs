//! Files that a build leaves behind and nothing reads: one row each, with a test of path and shape.
//!
//! A file is dropped by name once its shape is checked; it may also be there on one side only. What could run, or may be
//! read by anything that runs, has no place here.

use crate::causes::scope::{Path, Place};
use crate::causes::shape::leftover::{LEFTOVER, dropped};
use crate::causes::{Cause, Proof, Severity, fixes};

/// Backups of dpkg's database.
pub(in crate::causes) const DPKG_BACKUPS: Cause = Cause {
    id: "dpkg-backup-files",
    title: "Backups of dpkg's database",
    source: "\
//! # What differs
//!
//! `/var/lib/dpkg/status-old` and the other `-old` files, and dpkg's copies in `/var/backups`.
//!
//! # Why it happens
//!
//! dpkg keeps the state before its last transaction, which depends on how steps are grouped.
//!
//! # How to fix the build
//!
//! Remove the backups in the RUN that installs.
//!
//! # When it is not harmless
//!
//! Nothing reads them but a person who repairs dpkg's database. Files of another shape are not claimed.
",
    severity: Severity::Cosmetic,
    scope: &[Place { path: Path::Like(DPKG_FILES), ..LEFTOVER }],
    proof: Proof::Excluded(|view| dropped(view, is_dpkg_database)),
    witness: None,
    hazard: None,
    remedies: &[&fixes::installs::DPKG_BACKUPS],
};

/// apt's binary caches.
pub(in crate::causes) const APT_CACHES: Cause = Cause {
    id: "apt-pkgcache-bin",
    title: "apt's binary package caches",
    source: "\
//! # What differs
//!
//! `/var/cache/apt/pkgcache.bin` and `srcpkgcache.bin`.
//!
//! # Why it happens
//!
//! apt keeps a memory image of the package lists there, with the times and ids of the list files and a hash of it all.
//!
//! # How to fix the build
//!
//! Remove the caches in the RUN that installs; apt makes them again.
//!
//! # When it is not harmless
//!
//! apt believes a cache whose recorded times and sizes fit the lists, so a made-up one could mislead a later
//! `apt-get install`. Ship no caches.
",
    severity: Severity::Behavioural,
    scope: &[Place { path: Path::Like(&["var/cache/apt/pkgcache.bin", "var/cache/apt/srcpkgcache.bin"]), ..LEFTOVER }],
    proof: Proof::Excluded(|view| dropped(view, |_, file| file.starts_with(&[0xdc, 0x76, 0xfe, 0x98]))),
    witness: None,
    hazard: None,
    remedies: fixes::APT_CACHES,
};

/// Downloaded packages.
pub(in crate::causes) const APT_ARCHIVES: Cause = Cause {
    id: "apt-archives-cache",
    title: "Downloaded packages in apt's cache",
    source: "\
//! # What differs
//!
//! `/var/cache/apt/archives`: downloaded `.deb` files, the lock file.
//!
//! # Why it happens
//!
//! apt keeps what it downloads unless told otherwise.
//!
//! # How to fix the build
//!
//! Empty the cache in the RUN that installs.
//!
//! # When it is not harmless
//!
//! The packages in it are not installed, but `dpkg -i` asks for no hash before it does so, and apt takes a package from
//! here that fits its lists. They are named, and not excused. Files that are no packages are not claimed.
",
    severity: Severity::Behavioural,
    scope: &[Place { path: Path::Like(&["var/cache/apt/archives/*.deb", "var/cache/apt/archives/lock"]), ..LEFTOVER }],
    proof: Proof::Excluded(|view| dropped(view, is_archive)),
    witness: None,
    hazard: None,
    remedies: fixes::APT_CACHES,
};

/// What dpkg and its daily job keep of the databases.
const DPKG_FILES: &[&str] = &[
    "var/lib/dpkg/status-old",
    "var/lib/dpkg/diversions-old",
    "var/lib/dpkg/statoverride-old",
    "var/lib/dpkg/available-old",
    "var/backups/dpkg.status.#",
    "var/backups/dpkg.diversions.#",
    "var/backups/dpkg.statoverride.#",
    "var/backups/dpkg.available.#",
];

fn is_dpkg_database(path: &[u8], file: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(file) else { return false };
    let name = String::from_utf8_lossy(path);
    if name.contains("status") || name.contains("available") {
        let mut stanzas =
            text.split("\n\n").map(|stanza| stanza.trim_matches('\n')).filter(|stanza| !stanza.is_empty());
        return stanzas.all(|stanza| stanza.starts_with("Package: "));
    }
    if name.contains("diversions") {
        // Three lines each: the path, where it went, and for whom.
        return text.lines().count() % 3 == 0 && text.lines().all(|line| line.starts_with('/') || !line.contains('/'));
    }
    text.lines().all(|line| line.split(' ').count() >= 4 && line.contains(" /"))
}

fn is_archive(path: &[u8], file: &[u8]) -> bool {
    if path.ends_with(b".deb") { file.starts_with(b"!<arch>\ndebian-binary") } else { file.is_empty() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes() {
        assert!(is_dpkg_database(b"var/lib/dpkg/status-old", b"Package: a\nStatus: ok\n\nPackage: b\n"));
        assert!(!is_dpkg_database(b"var/lib/dpkg/status-old", b"#!/bin/sh\n"));
        assert!(is_dpkg_database(b"var/lib/dpkg/diversions-old", b"/bin/sh\n/bin/sh.distrib\ndash\n"));
        assert!(is_archive(b"var/cache/apt/archives/a_1_all.deb", b"!<arch>\ndebian-binary   1"));
        assert!(!is_archive(b"var/cache/apt/archives/a.deb", b"\x7fELF"));
    }
}
