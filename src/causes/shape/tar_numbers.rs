//! Numbers in tar headers.

use crate::codec::tar::raw_fields;
use crate::image::entry::Entry;

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
