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

use crate::causes::shape::entries::is_presence;
use crate::causes::{Canonical, Cause, Proof, Remedy, Severity, View};
use crate::finding::Finding;
use crate::image::entry::EntryType;

/// Leftover FIFOs.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "tar-special-file",
    title: "FIFOs left behind by build steps",
    source: include_str!("tar_special_file.rs"),
    severity: Severity::Security,
    scope,
    proof: Proof::Excluded(canonicalize),
    witness: None,
    hazard: None,
    remedies: REMEDIES,
};

const REMEDIES: &[Remedy] = &[Remedy {
    builder: "any",
    text: "End the RUN with: gpgconf --kill all && rm -rf \"$GNUPGHOME\"; or give it a tmpfs: RUN \
           --mount=type=tmpfs,target=/root/.gnupg",
}];

const PLACES: [&[u8]; 4] = [b"run/", b"var/run/", b"tmp/", b"root/.gnupg/"];

fn scope(finding: &Finding) -> bool {
    is_presence(finding) && PLACES.iter().any(|place| finding.location.path_bytes().starts_with(place))
}

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    let leftover = view.entry.map_or(view.is_absent(), |entry| {
        entry.entry_type == EntryType::Fifo && entry.mode & 0o7000 == 0 && entry.xattrs.is_empty()
    });
    leftover.then(Canonical::new)
}
