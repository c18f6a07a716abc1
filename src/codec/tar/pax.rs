//! PAX extended header records (POSIX.1-2017 pax, "pax Extended Header").

use std::collections::BTreeMap;
use std::ops::Range;

use base64::Engine as _;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::entry::Time;
use super::number;
use crate::codec::fault::Fault;
use crate::finding::{BadRecord, BadTar};

/// libarchive leaves the `=` out.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// One record: `LENGTH KEY=VALUE\n`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Record<'a> {
    /// All its bytes, the length included, in the data of the extended header.
    pub(super) range: Range<usize>,
    pub(super) key: &'a [u8],
    pub(super) value: &'a [u8],
}

/// The records of an extended header, in order; ends after the first one that is malformed.
pub(super) fn records(data: &[u8]) -> impl Iterator<Item = Result<Record<'_>, Fault>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = data.get(at..).filter(|rest| !rest.is_empty())?;
        let record = record(rest, at);
        at = record.as_ref().map_or(data.len(), |record| record.range.end);
        Some(record.map_err(|problem| Fault::malformed(BadTar::PaxRecord(at, problem))))
    })
}

fn record(rest: &[u8], at: usize) -> Result<Record<'_>, BadRecord> {
    let space = rest.iter().take(20).position(|byte| *byte == b' ').ok_or(BadRecord::NoLength)?;
    let length = number::decimal(&rest[..space]).ok_or(BadRecord::NoLength)?;
    let length = usize::try_from(length).map_err(|_| BadRecord::TooLong)?;
    let whole = rest.get(..length).ok_or(BadRecord::TooLong)?;
    let text = whole.get(space + 1..).ok_or(BadRecord::TooShort)?;
    let text = text.strip_suffix(b"\n").ok_or(BadRecord::NoNewline)?;
    let equals = memchr::memchr(b'=', text).ok_or(BadRecord::NoEquals)?;
    let (key, value) = (&text[..equals], &text[equals + 1..]);
    let is_name = matches!(key, b"path" | b"linkpath" | b"uname" | b"gname" | b"GNU.sparse.name");
    if key.is_empty() || key.contains(&0) {
        return Err(BadRecord::Key);
    }
    if is_name && value.contains(&0) {
        return Err(BadRecord::Name);
    }
    Ok(Record { range: at..at + length, key, value })
}

/// The records that hold for one entry: its own. Global ones are for whoever reads an archive to apply or not, and
/// container runtimes do not.
pub(super) struct Attributes<'a>(BTreeMap<&'a [u8], &'a [u8]>);

impl<'a> Attributes<'a> {
    /// The entry's own records, the last one of a key.
    pub(super) fn new(records: &[Record<'a>]) -> Self {
        Attributes(records.iter().map(|record| (record.key, record.value)).collect())
    }

    /// The value for a key. An empty one leaves what the header says.
    pub(super) fn get(&self, key: &str) -> Option<&'a [u8]> {
        self.0.get(key.as_bytes()).copied().filter(|value| !value.is_empty())
    }

    pub(super) fn number(&self, key: &'static str) -> Result<Option<u64>, Fault> {
        let number = |value| number::decimal(value).ok_or_else(|| malformed(key, value));
        self.get(key).map(number).transpose()
    }

    pub(super) fn time(&self, key: &'static str) -> Result<Option<Time>, Fault> {
        let time = |value| time(value).ok_or_else(|| malformed(key, value));
        self.get(key).map(time).transpose()
    }

    /// Extended attributes: star's by name, which are the only ones that container runtimes set; libarchive's and the
    /// access control lists of star by their whole key. What libarchive writes beside star's is one attribute.
    pub(super) fn xattrs(&self) -> BTreeMap<Vec<u8>, Vec<u8>> {
        let star = |name: &[u8]| self.0.get(&[b"SCHILY.xattr.", name].concat()[..]).copied();
        let attribute = |(key, value): (&&[u8], &&[u8])| {
            let own = if let Some(name) = key.strip_prefix(b"SCHILY.xattr.") {
                name
            } else if key.starts_with(b"LIBARCHIVE.xattr.") {
                let other = libarchive_xattr(key, value);
                let twice = other.is_some_and(|(name, value)| star(&name) == Some(&value[..]));
                (!twice).then_some(key)?
            } else {
                key.starts_with(b"SCHILY.acl.").then_some(key)?
            };
            Some((own.to_vec(), value.to_vec()))
        };
        self.0.iter().filter_map(attribute).collect()
    }
}

/// Name and value of an attribute in libarchive's form; `None` where they cannot be decoded.
pub(super) fn libarchive_xattr(key: &[u8], value: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let name = url_decoded(key.strip_prefix(b"LIBARCHIVE.xattr.")?)?;
    Some((name, BASE64.decode(value).ok()?))
}

fn malformed(key: &'static str, value: &[u8]) -> Fault {
    Fault::malformed(BadTar::PaxValue(key, value.get(..40).unwrap_or(value).to_vec()))
}

/// `[-]SECONDS[.FRACTION]`; digits after the ninth are dropped.
pub(super) fn time(text: &[u8]) -> Option<Time> {
    let (negative, text) = match text.strip_prefix(b"-") {
        Some(text) => (true, text),
        None => (false, text),
    };
    let (whole, fraction) = match memchr::memchr(b'.', text) {
        Some(point) => (&text[..point], &text[point + 1..]),
        None => (text, &text[text.len()..]),
    };
    if !fraction.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let digits = fraction.iter().map(|digit| u32::from(digit - b'0')).chain(std::iter::repeat(0)).take(9);
    let nanoseconds = digits.fold(0, |value, digit| value * 10 + digit);
    let seconds = i64::try_from(number::decimal(whole)?).ok()?;
    Some(match (negative, nanoseconds) {
        (false, _) => Time { seconds, nanoseconds },
        (true, 0) => Time { seconds: -seconds, nanoseconds },
        (true, _) => Time { seconds: -seconds - 1, nanoseconds: 1_000_000_000 - nanoseconds },
    })
}

/// Percent-decoding; `None` where a `%` is not followed by two hexadecimal digits.
fn url_decoded(text: &[u8]) -> Option<Vec<u8>> {
    let mut parts = text.split(|byte| *byte == b'%');
    let mut decoded = parts.next()?.to_vec();
    for part in parts {
        let mut byte = [0];
        hex::decode_to_slice(part.get(..2)?, &mut byte).ok()?;
        decoded.push(byte[0]);
        decoded.extend_from_slice(&part[2..]);
    }
    Some(decoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(data: &[u8]) -> Result<Vec<Record<'_>>, Fault> {
        records(data).collect()
    }

    #[test]
    fn records_hold_newlines_and_equal_signs() {
        let data = b"12 path=a=b\n13 comment=\n\n";
        let records = parsed(data).expect("well-formed");
        assert_eq!(records[0], Record { range: 0..12, key: b"path", value: b"a=b" });
        assert_eq!(records[1], Record { range: 12..25, key: b"comment", value: b"\n" });
    }

    #[test]
    fn malformed_records_are_refused() {
        for data in [
            &b"12 path=a=c"[..],
            b"99 path=a\n",
            b"8 path=a\n",
            b"11 path=a\n\0",
            b"8 patha\n",
            b"5 =a\n",
            b"x path=a\n",
            b" 10 path=a\n",
            b"10 path=a\n0 ",
            b"3 a",
            b"1 ",
            b"2 ",
            b"\0",
            b"11 path=a\0\n",
        ] {
            assert!(parsed(data).is_err(), "{:?}", data.escape_ascii().to_string());
        }
    }

    #[test]
    fn times_are_rounded_down() {
        let at = |seconds, nanoseconds| Some(Time { seconds, nanoseconds });
        assert_eq!(time(b"12.5"), at(12, 500_000_000));
        assert_eq!(time(b"12."), at(12, 0));
        assert_eq!(time(b"-12"), at(-12, 0));
        assert_eq!(time(b"-1.25"), at(-2, 750_000_000));
        assert_eq!(time(b"-0.000000001"), at(-1, 999_999_999));
        assert_eq!(time(b"1.1234567899"), at(1, 123_456_789));
        assert_eq!(time(b".5"), None);
        assert_eq!(time(b"1.-5"), None);
        assert_eq!(time(b"1e5"), None);
    }

    #[test]
    fn extended_attributes_in_all_forms() {
        let fixed: Vec<Record<'_>> = vec![
            Record { range: 0..0, key: b"SCHILY.xattr.user.a", value: b"\0binary" },
            Record { range: 0..0, key: b"LIBARCHIVE.xattr.user.%62", value: b"YQ==" },
            Record { range: 0..0, key: b"LIBARCHIVE.xattr.user.a", value: b"YQ" },
            Record { range: 0..0, key: b"SCHILY.xattr.user.c", value: b"c" },
            Record { range: 0..0, key: b"LIBARCHIVE.xattr.user.c", value: b"Yw" },
            Record { range: 0..0, key: b"SCHILY.acl.access", value: b"user::rwx" },
        ];
        let xattrs = Attributes::new(&fixed).xattrs();
        let value = |name: &str| xattrs.get(name.as_bytes()).map(Vec::as_slice);
        assert_eq!(value("user.a"), Some(&b"\0binary"[..]));
        assert_eq!(value("user.c"), Some(&b"c"[..]));
        // No runtime sets these.
        assert_eq!(value("user.b"), None);
        assert_eq!(value("LIBARCHIVE.xattr.user.%62"), Some(&b"YQ=="[..]));
        assert_eq!(value("LIBARCHIVE.xattr.user.a"), Some(&b"YQ"[..]));
        assert_eq!(value("SCHILY.acl.access"), Some(&b"user::rwx"[..]));
        assert_eq!(xattrs.len(), 5);
    }
}
