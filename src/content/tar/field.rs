//! Fields of headers: which follow from others, and what they say.

use chrono::{DateTime, SecondsFormat};

use crate::finding::{Derivation, Of, Role, Value};

/// Fields of text or numbers that end at a NUL.
const TEXTS: &[&str] = &["name", "mode", "uid", "gid", "linkname", "uname", "gname", "devmajor", "devminor", "prefix"];

/// What a field is to the archive. Sizes and checksums follow from other bytes where they are written in the one way that
/// writers write them; in another one something can hide beside the number. The entry has `content` bytes.
pub(super) fn role(name: &str, bytes: &[u8], content: Option<u64>) -> Role {
    let of_header = |kind| Role::Derived { of: Of::Header, kind };
    let is_size = || octal(bytes, 11).is_some_and(|(_, rest)| rest == b"\0");
    let is_checksum = || octal(bytes, 6).is_some_and(|(_, rest)| rest == b"\0 ");
    match name {
        "header.size" if is_size() && octal(bytes, 11).is_some_and(|(size, _)| Some(size) == content) => {
            Role::of_member(Derivation::Size)
        }
        "pax.header.size" | "gnu.longname.header.size" | "gnu.longlink.header.size" if is_size() => {
            of_header(Derivation::Size)
        }
        "header.chksum" | "pax.header.chksum" | "gnu.longname.header.chksum" | "gnu.longlink.header.chksum"
            if is_checksum() =>
        {
            of_header(Derivation::Checksum)
        }
        "pax.padding" | "gnu.longname.padding" | "gnu.longlink.padding" if bytes.iter().all(|byte| *byte == 0) => {
            of_header(Derivation::Size)
        }
        "header.linkname" | "pax.linkpath" | "gnu.longlink" => Role::Link,
        _ if name.ends_with("unparsed") || name.ends_with("sparse") && !name.contains("header.") => Role::Unparsed,
        _ => Role::Header,
    }
}

/// What the bytes of a field mean, where that is easier to read.
pub(super) fn value(name: &str, bytes: &[u8]) -> Option<Value> {
    if let Some(time) = time(name, bytes) {
        return Some(Value::text(time));
    }
    let Some((_, field)) = name.rsplit_once("header.").filter(|(family, _)| family.is_empty() || family.ends_with('.'))
    else {
        return name.starts_with("pax.").then(|| record(bytes)).flatten().map(Value::from_bytes);
    };
    match field {
        "size" => octal(bytes, 11).map(|(size, _)| Value::number(size)),
        _ if TEXTS.contains(&field) => {
            let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
            bytes.get(..end).map(Value::from_bytes)
        }
        _ => None,
    }
}

/// The time that a field says, where it is one of modification that is written with nothing beside it.
pub fn time(name: &str, bytes: &[u8]) -> Option<String> {
    let (seconds, nanoseconds) = match name {
        "header.mtime" | "pax.header.mtime" => {
            let (seconds, rest) = octal(bytes, 11)?;
            (rest == b"\0" || rest == b" ").then_some((i64::try_from(seconds).ok()?, 0))?
        }
        "pax.mtime" if bytes.starts_with(format!("{} mtime=", bytes.len()).as_bytes()) => decimal(record(bytes)?)?,
        _ => return None,
    };
    let time = DateTime::from_timestamp(seconds, nanoseconds)?;
    Some(time.to_rfc3339_opts(SecondsFormat::AutoSi, true))
}

/// The octal number of so many digits that a field begins with, and what is behind it.
fn octal(bytes: &[u8], digits: usize) -> Option<(u64, &[u8])> {
    let (number, rest) = bytes.split_at_checked(digits)?;
    let add = |value: u64, byte: &u8| {
        matches!(byte, b'0'..=b'7').then(|| value.checked_mul(8)?.checked_add(u64::from(byte - b'0'))).flatten()
    };
    Some((number.iter().try_fold(0, add)?, rest))
}

/// The value of a whole PAX record.
fn record(bytes: &[u8]) -> Option<&[u8]> {
    bytes.strip_suffix(b"\n")?.splitn(2, |byte| *byte == b'=').nth(1)
}

/// Seconds and nanoseconds of a decimal number that is not negative, of at most nine digits behind the point.
fn decimal(text: &[u8]) -> Option<(i64, u32)> {
    let text = std::str::from_utf8(text).ok()?;
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(seconds) || !is_number(fraction) || fraction.len() > 9 {
        return None;
    }
    Some((seconds.parse().ok()?, format!("{fraction:0<9}").parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_nothing_beside_them() {
        assert_eq!(time("header.mtime", b"00000000001\0").as_deref(), Some("1970-01-01T00:00:01Z"));
        for field in [&b"0000000001\0x"[..], b"00000000001x", b"        001\0", b"\x80\0\0\0\0\0\0\0\0\0\0\x01"] {
            assert_eq!(time("header.mtime", field), None, "{}", field.escape_ascii());
        }
        assert_eq!(time("pax.mtime", b"13 mtime=1.5\n").as_deref(), Some("1970-01-01T00:00:01.500Z"));
        for record in
            [&b"14 mtime=-1.5\n"[..], b"12 mtime=1.\n", b"9 mtime=\n", b"22 mtime=1.0000000001\n", b"014 mtime=1.5\n"]
        {
            assert_eq!(time("pax.mtime", record), None, "{}", record.escape_ascii());
        }
        assert_eq!(time("header.atime", b"00000000001\0"), None);
    }
}
