//! Numbers and times as people read them.

/// With thousands separators.
pub(in crate::report) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number of things: `1 finding`, `1,234 findings`.
pub(in crate::report) fn count(number: u64, thing: &str) -> String {
    let plural = match (number, thing.strip_suffix('y')) {
        (1, _) => thing.to_owned(),
        (_, Some(stem)) => format!("{stem}ies"),
        (_, None) => format!("{thing}s"),
    };
    format!("{} {plural}", grouped(number))
}

/// A point in time, given in seconds since 1970 with or without a fraction, by RFC 3339; `None` where it is no such
/// number or lies outside the years 0 to 9999.
pub(in crate::report) fn time(raw: &str) -> Option<String> {
    let (seconds, fraction) = raw.split_once('.').unwrap_or((raw, ""));
    if fraction.len() > 9 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let whole: i64 = seconds.parse().ok()?;
    let nanoseconds: u32 = format!("{fraction:0<9}").parse().ok()?;
    // A fraction of a time before 1970 counts away from it.
    let (whole, nanoseconds) = match (seconds.starts_with('-'), nanoseconds) {
        (true, 1..) => (whole.checked_sub(1)?, 1_000_000_000 - nanoseconds),
        _ => (whole, nanoseconds),
    };
    let time = chrono::DateTime::from_timestamp(whole, nanoseconds)?;
    let year = time.format("%Y").to_string();
    (year.len() == 4).then(|| time.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_and_counted() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!(count(1, "entry"), "1 entry");
        assert_eq!(count(2_000, "entry"), "2,000 entries");
        assert_eq!(count(0, "byte"), "0 bytes");
    }

    #[test]
    fn times_are_dates() {
        assert_eq!(time("1754000000").as_deref(), Some("2025-07-31T22:13:20Z"));
        assert_eq!(time("1754000000.5").as_deref(), Some("2025-07-31T22:13:20.500Z"));
        assert_eq!(time("-1").as_deref(), Some("1969-12-31T23:59:59Z"));
        assert_eq!(time("-0.5").as_deref(), Some("1969-12-31T23:59:59.500Z"));
        for wrong in ["", "x", "1e9", "9999999999999", "99999999999999999999", "1.0000000001", "1.x"] {
            assert_eq!(time(wrong), None, "{wrong}");
        }
    }
}
