//! Times as RFC 3339 writes them and Go's `time.Time` reads them out of JSON.

use chrono::{DateTime, FixedOffset};

/// The farthest zone from Greenwich, Kiribati's, in seconds.
const FARTHEST_ZONE: u32 = 14 * 3600;

/// A time in the one form that every reader takes for the same: `2006-01-02T15:04:05.999999999Z07:00`.
///
/// RFC 3339 allows more, and Go refuses it, with the whole document: a small `t` or `z`, a space between date and time,
/// a second 60. Go allows more too (a comma, an hour of one digit), and others refuse that: a year 0 Python, zones beyond 18
/// hours Java; none of today is beyond 14. Go reads the text without undoing escapes.
pub fn parse(text: &str) -> Option<DateTime<FixedOffset>> {
    let plain = |text: &str, form: &str| {
        text.len() == form.len()
            && text.bytes().zip(form.bytes()).all(|(byte, form)| match form {
                b'0' => byte.is_ascii_digit(),
                form => byte == form,
            })
    };
    let (second, rest) = text.split_at_checked("0000-00-00T00:00:00".len())?;
    let (fraction, zone) = rest.split_at_checked(rest.find(['Z', '+', '-'])?)?;
    let is_fraction =
        |digits: &str| (1..=9).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    let holds = plain(second, "0000-00-00T00:00:00")
        && !second.ends_with("60")
        && !second.starts_with("0000")
        && (fraction.is_empty() || fraction.strip_prefix('.').is_some_and(is_fraction))
        && (zone == "Z" || plain(zone, "+00:00") || plain(zone, "-00:00"));
    let time = holds.then(|| DateTime::parse_from_rfc3339(text).ok()).flatten()?;
    (time.offset().local_minus_utc().unsigned_abs() <= FARTHEST_ZONE).then_some(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seen with Go 1.26.
    #[test]
    fn only_what_go_and_others_read_is_a_time() {
        for text in [
            "2020-01-01T00:00:00Z",
            "2020-02-29T23:59:59.123456789+14:00",
            "0001-01-01T00:00:00Z",
            "2020-01-01T00:00:00-00:00",
            "2020-01-01T00:00:00.5Z",
        ] {
            assert!(parse(text).is_some(), "{text}");
        }
        for text in [
            "",
            "2020-01-01t00:00:00z",
            "2020-01-01T00:00:00z",
            "2020-01-01 00:00:00Z",
            "2020-01-01T00:00:60Z",
            "2016-12-31T23:59:60Z",
            "2020-01-01T24:00:00Z",
            "2021-02-29T00:00:00Z",
            "2020-01-01T00:00:00,5Z",
            "2020-01-01T00:00:00.Z",
            "2020-01-01T00:00:00.1234567890Z",
            "2020-01-01T0:00:00Z",
            "2020-01-01T00:00:00+24:00",
            "2020-01-01T00:00:00+14:01",
            "0000-01-01T00:00:00Z",
            "2020-01-01T00:00:00+00:60",
            "2020-01-01T00:00:00+0000",
            "2020-01-01T00:00:00",
            "10000-01-01T00:00:00Z",
            "2020-01-01T00:00:00Z ",
            "２020-01-01T00:00:00Z",
        ] {
            assert!(parse(text).is_none(), "{text}");
        }
    }
}
