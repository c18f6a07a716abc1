//! Numbers of header fields: octal text, or GNU's base-256.

/// The value of a number field; `None` where it is no number or has more than 63 bits.
///
/// Octal text may be surrounded by spaces and NULs and ends at a NUL; an empty field is 0. A first byte with the highest
/// bit set announces a big-endian two's complement number in the remaining bits (GNU tar, star).
pub(super) fn parse(field: &[u8]) -> Option<i64> {
    match field.first() {
        Some(first) if first & 0x80 != 0 => base256(field),
        _ => octal(field),
    }
}

fn base256(field: &[u8]) -> Option<i64> {
    let (&first, rest) = field.split_first()?;
    let negative = first & 0x40 != 0;
    let start = i64::from(first & 0x3f) - if negative { 0x40 } else { 0 };
    rest.iter().try_fold(start, |value, byte| value.checked_mul(256)?.checked_add(i64::from(*byte)))
}

fn octal(field: &[u8]) -> Option<i64> {
    let start = field.iter().position(|byte| !matches!(byte, b' ' | 0)).unwrap_or(field.len());
    let text = field[start..].split(|byte| *byte == 0).next()?.trim_ascii_end();
    text.iter().try_fold(0_i64, |value, byte| match byte {
        b'0'..=b'7' => value.checked_mul(8)?.checked_add(i64::from(byte - b'0')),
        _ => None,
    })
}

/// A decimal number of at most 63 bits without a sign, as PAX records hold it.
pub(super) fn decimal(text: &[u8]) -> Option<u64> {
    if text.is_empty() {
        return None;
    }
    let value = text.iter().try_fold(0_i64, |value, byte| match byte {
        b'0'..=b'9' => value.checked_mul(10)?.checked_add(i64::from(byte - b'0')),
        _ => None,
    })?;
    value.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octal_in_the_styles_that_writers_have() {
        for field in [&b"0000644\0"[..], b"000644 \0", b"   644 \0", b"00000644", b"644\0\0\0\0\0", b"\0\x00644 \0\0"] {
            assert_eq!(parse(field), Some(0o644), "{field:?}");
        }
        assert_eq!(parse(b"\0\0\0\0"), Some(0));
        assert_eq!(parse(b"        "), Some(0));
        assert_eq!(parse(b"0000648\0"), None);
        assert_eq!(parse(b"-000001\0"), None);
        assert_eq!(parse(b"64 4"), None);
    }

    #[test]
    fn base_256_has_a_sign_and_an_end() {
        assert_eq!(parse(b"\x80\0\0\0\0\0\0\0\0\0\x01\x02"), Some(258));
        assert_eq!(parse(&[0xff; 12]), Some(-1));
        assert_eq!(parse(b"\xff\xff\xff\xff\xff\xff\xff\xfe"), Some(-2));
        assert_eq!(parse(b"\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff"), Some(i64::MAX));
        assert_eq!(parse(b"\x80\0\0\0\x80\0\0\0\0\0\0\0"), None);
        assert_eq!(parse(b"\xff\xff\xff\xff\x80\0\0\0\0\0\0\0"), Some(i64::MIN));
    }

    #[test]
    fn decimals_have_digits_only() {
        assert_eq!(decimal(b"9223372036854775807"), Some(i64::MAX.unsigned_abs()));
        assert_eq!(decimal(b"9223372036854775808"), None);
        assert_eq!(decimal(b""), None);
        assert_eq!(decimal(b"+1"), None);
    }
}
