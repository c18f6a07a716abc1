//! # What differs
//!
//! How a number is written in a tar header or a PAX record: zeros or spaces in front, NUL or space at the end,
//! base-256, or in a record instead of the header. The number is the same.
//!
//! # Why it happens
//!
//! Every writer has its own habit; `0000644` and `000644` with a space are both correct.
//!
//! # How to fix the build
//!
//! Use the same builder.
//!
//! # When it is not harmless
//!
//! Never: each spelling is parsed strictly, must give the decoded value, and may have nothing but NULs and spaces after
//! it.

use crate::causes::fixes;
use crate::causes::scope::{Inside, Place};
use crate::causes::shape::tar_numbers::{number, raw_field, record_value};
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::finding::Aspect;
use crate::image::entry::{Entry, Time};

/// The spelling of numbers in headers.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "tar-numeric-field-style",
    title: "Spelling of numbers in tar headers",
    source: include_str!("tar_numeric_field_style.rs"),
    severity: Severity::Cosmetic,
    scope: &[Place { aspects: &[Aspect::Encoding], inside: Inside::No, ..Place::ENTRY }],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: fixes::WRITERS,
};

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    let entry = view.entry?;
    let field = view.location.field_name();
    if field.ends_with("header.chksum") || (field.ends_with(".header.size") && field != "header.size") {
        return Some(number(view.bytes()?)?.to_le_bytes().to_vec());
    }
    let (place, field) = field.split_once('.').filter(|(place, _)| matches!(*place, "header" | "pax"))?;
    let value = decoded(entry, field)?;
    let holds = match (place, view.is_absent()) {
        // Then the value comes from the header itself and from nowhere else.
        ("pax", true) => header_says(entry, field, value),
        ("pax", false) => is_decimal(record_value(view.bytes()?)),
        ("header", true) => matches!(field, "atime" | "ctime"),
        _ => {
            header_says(entry, field, value) || (is_elsewhere(entry, field, value) && number(view.bytes()?) == Some(0))
        }
    };
    holds.then(|| [value.seconds.to_le_bytes().to_vec(), value.nanoseconds.to_le_bytes().to_vec()].concat())
}

/// The decoded value of a numeric field.
fn decoded(entry: &Entry, field: &str) -> Option<Time> {
    let whole = |number: u64| i64::try_from(number).ok().map(|seconds| Time { seconds, nanoseconds: 0 });
    match field {
        "mode" => whole(entry.mode.into()),
        "uid" => whole(entry.uid),
        "gid" => whole(entry.gid),
        "size" => whole(entry.size),
        "mtime" => Some(entry.mtime),
        "atime" => entry.atime,
        "ctime" => entry.ctime,
        "devmajor" => whole(entry.device?.0),
        "devminor" => whole(entry.device?.1),
        _ => None,
    }
}

/// Whether the entry's own block has this value, as far as it can: fractions do not fit. Base-256 is for what octal digits
/// cannot say; Perl's Archive::Tar takes it for 0 (seen with 2.40).
fn header_says(entry: &Entry, field: &str, value: Time) -> bool {
    let Some(bytes) = raw_field(entry, &format!("header.{field}")) else { return false };
    let is_base_256 = bytes.first().is_some_and(|first| first & 0x80 != 0);
    number(bytes) == Some(value.seconds) && !(is_base_256 && fits(field, value))
}

/// Whether a PAX record holds the value, because the field cannot: readers that know no records see another file elsewhere.
/// Times were left out of the field by older writers wherever there is a record, and nobody unpacks by them.
fn is_elsewhere(entry: &Entry, field: &str, value: Time) -> bool {
    let recorded = raw_field(entry, &format!("pax.{field}")).is_some_and(|record| is_decimal(record_value(record)));
    recorded && (field == "mtime" || !fits(field, value))
}

/// Whether octal digits can say a value.
fn fits(field: &str, value: Time) -> bool {
    let end = if matches!(field, "size" | "mtime" | "atime" | "ctime") { LARGEST_SIZE } else { LARGEST_NUMBER };
    (0..end).contains(&value.seconds)
}

/// What does not fit into 11 octal digits, and into 7 (POSIX, ustar).
const LARGEST_SIZE: i64 = 1 << 33;
const LARGEST_NUMBER: i64 = 1 << 21;

fn is_decimal(text: &[u8]) -> bool {
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    !digits.is_empty() && digits.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.')
}
