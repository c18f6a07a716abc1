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

use super::tar_dialect::SAME_WRITER;
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::codec::tar::raw_fields;
use crate::finding::{Aspect, Finding, Kind};
use crate::image::entry::{Entry, Time};

/// The spelling of numbers in headers.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "tar-numeric-field-style",
    title: "Spelling of numbers in tar headers",
    source: include_str!("tar_numeric_field_style.rs"),
    severity: Severity::Cosmetic,
    scope,
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: SAME_WRITER,
};

fn scope(finding: &Finding) -> bool {
    finding.location.kind == Kind::Entry && finding.aspect == Aspect::Encoding && finding.location.inside.is_empty()
}

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
        _ => header_says(entry, field, value) || (overridden(entry, field) && number(view.bytes()?) == Some(0)),
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

/// Whether the entry's own block has this value, as far as it can: fractions do not fit.
fn header_says(entry: &Entry, field: &str, value: Time) -> bool {
    let Some(bytes) = raw_field(entry, &format!("header.{field}")) else { return false };
    number(bytes) == Some(value.seconds)
}

/// Whether a PAX record holds the value.
fn overridden(entry: &Entry, field: &str) -> bool {
    raw_field(entry, &format!("pax.{field}")).is_some_and(|record| is_decimal(record_value(record)))
}

/// The bytes of a field of an entry's headers.
pub(in crate::causes) fn raw_field<'a>(entry: &'a Entry, name: &str) -> Option<&'a [u8]> {
    let (start, end) = raw_fields(&entry.raw).into_iter().find(|field| field.name == name)?.range;
    entry.raw.get(usize::try_from(start).ok()?..usize::try_from(end).ok()?)
}

/// The value of a whole PAX record; empty where it has none.
pub(in crate::causes) fn record_value(record: &[u8]) -> &[u8] {
    let text = record.strip_suffix(b"\n").unwrap_or(b"");
    text.splitn(2, |byte| *byte == b'=').nth(1).unwrap_or(b"")
}

fn is_decimal(text: &[u8]) -> bool {
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    !digits.is_empty() && digits.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.')
}

/// The number in a header field, `None` where anything but the number, spaces before and spaces or NULs after is in it.
pub(in crate::causes) fn number(field: &[u8]) -> Option<i64> {
    let (&first, rest) = field.split_first()?;
    if first == 0x80 || first == 0xff {
        let start = if first == 0xff { -1_i64 } else { 0 };
        return rest.iter().try_fold(start, |value, byte| value.checked_mul(256)?.checked_add(i64::from(*byte)));
    }
    let text = field.trim_ascii_start();
    let digits = text.iter().take_while(|byte| matches!(byte, b'0'..=b'7')).count();
    let (digits, rest) = text.split_at_checked(digits)?;
    if !rest.iter().all(|byte| matches!(byte, 0 | b' ')) {
        return None;
    }
    digits.iter().try_fold(0_i64, |value, byte| value.checked_mul(8)?.checked_add(i64::from(byte - b'0')))
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn spellings_of_one_number() {
        for field in
            [&b"0000644\0"[..], b"000644 \0", b"   644 \0", b"00000644", b"644\0\0\0\0\0", b"\x80\0\0\0\0\0\x01\xa4"]
        {
            assert_eq!(number(field), Some(0o644), "{}", field.escape_ascii());
        }
        assert_eq!(number(&[0xff; 8]), Some(-1));
        assert_eq!(number(&[0; 8]), Some(0));
    }

    #[test]
    fn nothing_hides_behind_a_number() {
        for field in [&b"644\0junk"[..], b"\x00\x00\x00644\x00", b"644 1\0\0\0", b"0x644\0\0\0", b"-644\0\0\0\0", b""] {
            assert_eq!(number(field), None, "{}", field.escape_ascii());
        }
    }
}
