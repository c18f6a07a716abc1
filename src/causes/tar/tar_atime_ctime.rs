//! # What differs
//!
//! The time of last access, of last status change or of creation of an entry: PAX records `atime`, `ctime` and
//! `LIBARCHIVE.creationtime`, or bytes 345 to 369 of a GNU header.
//!
//! # Why it happens
//!
//! GNU tar in POSIX mode, bsdtar and star record them from the file system; container builders leave them out.
//!
//! # How to fix the build
//!
//! Leave them out where the tar file is made.
//!
//! # When it is not harmless
//!
//! The time of status change cannot be set when an image is unpacked. That of access is set by containerd and Docker and lost
//! at the first read: it is not accepted where a command of the configuration goes by times.

use crate::causes::fixes::{archives, times};
use crate::causes::scope::{Field, Place};
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::finding::Aspect;

/// Access, change and creation times.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "tar-atime-ctime",
    title: "Access, change and creation times of entries",
    source: include_str!("tar_atime_ctime.rs"),
    severity: Severity::Cosmetic,
    scope: &[
        Place { aspects: &[Aspect::Atime, Aspect::Ctime], ..Place::ENTRY },
        Place { aspects: &[Aspect::Encoding], field: Field::Like(&[CREATION]), ..Place::ENTRY },
    ],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[&times::BUILDKIT_REWRITE, &archives::TAR_ACCESS_TIMES],
};

const CREATION: &str = "pax.LIBARCHIVE.creationtime";

/// Any time, or none. A record that is no time is kept.
fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    let harmless = view.is_absent() || view.aspect != Aspect::Encoding || view.bytes().is_some_and(is_time_record);
    harmless.then(Canonical::new)
}

/// `LENGTH KEY=[-]SECONDS[.FRACTION]` and a newline.
fn is_time_record(record: &[u8]) -> bool {
    let text = record.strip_suffix(b"\n").unwrap_or(b"");
    let value = text.splitn(2, |byte| *byte == b'=').nth(1).unwrap_or(b"");
    let digits = value.strip_prefix(b"-").unwrap_or(value);
    (1..=32).contains(&digits.len()) && digits.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.')
}
