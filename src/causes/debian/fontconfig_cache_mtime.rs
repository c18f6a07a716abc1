//! # What differs
//!
//! Two numbers in a fontconfig cache (`*-le64.cache-8`), which are the modification time of the font directory: seconds at
//! offset 0x30, nanoseconds at 0x38.
//!
//! # Why it happens
//!
//! `fc-cache` compares them with the directory to tell whether the cache is stale; the directory is as old as the install.
//!
//! # How to fix the build
//!
//! Give `fc-cache` a fixed time, or remove the caches.
//!
//! # When it is not harmless
//!
//! The list of fonts behind them is compared by itself. A cache whose directory has another time is ignored and made
//! again, so a new time can make programs believe another list: where the times are those of the directory on one side
//! only, or the directory is not in the layers that differ, they are not claimed.

use crate::causes::fixes::{installs, times};
use crate::causes::scope::{Field, Inside, Path, Place};
use crate::causes::{Canonical, Cause, Proof, Severity, View, Witness};
use crate::content::recorded::recorded;
use crate::finding::Aspect;
use crate::finding::Value;

/// A font directory's time.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "fontconfig-cache-mtime",
    title: "Times of font directories in fontconfig caches",
    source: include_str!("fontconfig_cache_mtime.rs"),
    severity: Severity::Cosmetic,
    scope: &[Place {
        aspects: &[Aspect::Content],
        field: Field::Like(&["checksum", "checksumNano"]),
        path: Path::Like(&["**.cache-7", "**.cache-8", "**.cache-9"]),
        inside: Inside::No,
        ..Place::ENTRY
    }],
    proof: Proof::Unread(&Proof::Canonical(canonicalize)),
    witness: Some(witness),
    hazard: None,
    remedies: &[&times::ARG_EPOCH, &installs::FONT_CACHE],
};

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    match view.value {
        Value::Json(serde_json::Value::Number(number)) => number.as_i64().map(|_| Canonical::new()),
        _ => None,
    }
}

/// The directory's time, as the cache has it.
fn witness(view: &View<'_>) -> Option<Witness> {
    recorded(view.location.path_bytes(), view.file?).map(Witness::Recorded)
}
