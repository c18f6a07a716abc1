//! Fields of headers: numbers as text, with spaces behind them.

use chrono::{DateTime, SecondsFormat};

/// What a field says, where it is text that nothing stands behind.
pub(super) fn text(name: &str, field: &[u8]) -> Option<String> {
    if name == "end" {
        return None;
    }
    if name == "mtime"
        && let Some(seconds) = decimal(field)
    {
        return Some(DateTime::from_timestamp(seconds, 0)?.to_rfc3339_opts(SecondsFormat::Secs, true));
    }
    let text = field.trim_ascii_end();
    let is_plain = text.iter().all(|byte| (b'!'..=b'~').contains(byte));
    is_plain.then(|| String::from_utf8_lossy(text).into_owned())
}

/// A number that is not negative, in decimal digits without zeros in front.
pub fn decimal(field: &[u8]) -> Option<i64> {
    number(field, 10)
}

/// A mode: octal digits without zeros in front.
pub fn mode(field: &[u8]) -> Option<u32> {
    u32::try_from(number(field, 8)?).ok()
}

fn number(field: &[u8], radix: u32) -> Option<i64> {
    let end = field.iter().position(|byte| *byte == b' ').unwrap_or(field.len());
    let (digits, rest) = field.split_at_checked(end)?;
    let is_number =
        digits.iter().all(u8::is_ascii_digit) && (digits == b"0" || digits.first().is_some_and(|first| *first != b'0'));
    let text = std::str::from_utf8(digits).ok().filter(|_| is_number && rest.iter().all(|byte| *byte == b' '))?;
    i64::from_str_radix(text, radix).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_nothing_beside_them() {
        assert_eq!((decimal(b"0     "), decimal(b"1700000000  ")), (Some(0), Some(1_700_000_000)));
        assert_eq!((mode(b"100644  "), mode(b"644     ")), (Some(0o100_644), Some(0o644)));
        for field in [&b"      "[..], b"-1    ", b"+1    ", b" 1    ", b"01    ", b"1 2   ", b"1\0    "] {
            assert_eq!((decimal(field), mode(field)), (None, None), "{}", field.escape_ascii());
        }
        assert_eq!(mode(b"8       "), None);
    }

    #[test]
    fn values_are_text() {
        assert_eq!(text("mtime", b"1700000000  ").as_deref(), Some("2023-11-14T22:13:20Z"));
        assert_eq!(text("mtime", b"            ").as_deref(), Some(""));
        assert_eq!(text("name", b"a.o/            ").as_deref(), Some("a.o/"));
        assert_eq!(text("name", b"a\x1b.o/          "), None);
        assert_eq!(text("end", b"`\n"), None);
    }
}
