//! Times of DOS: two seconds apart, since 1980, in no zone that would be told (section 4.4.6).

use chrono::NaiveDateTime;

/// The easternmost zone is so many seconds ahead of UTC.
const EAST: i64 = 14 * 3600;

/// The earliest second since 1970 that it may have been anywhere at a time of [`text`].
pub fn earliest(text: &str) -> Option<i64> {
    let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").ok()?;
    Some(local.and_utc().timestamp() - EAST)
}

/// The time and the date as text; `None` for what is no time of the calendar, which readers make different things of.
pub fn text(field: [u8; 4]) -> Option<String> {
    let [time, date] = [[field[0], field[1]], [field[2], field[3]]].map(u16::from_le_bytes);
    let (hour, minute, second) = (time >> 11, time >> 5 & 0x3f, (time & 0x1f) * 2);
    let (year, month, day) = (1980 + (date >> 9), date >> 5 & 0xf, date & 0x1f);
    let leap = year % 4 == 0 && year != 2100;
    let days = match month {
        2 => 28 + u16::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    let is_time = hour < 24 && minute < 60 && second < 60 && (1..=days).contains(&day);
    is_time.then(|| format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}"))
}

#[cfg(test)]
mod tests {
    use super::{earliest, text};

    #[test]
    fn a_time_of_no_zone_is_that_of_the_east_first() {
        assert_eq!(earliest("1980-01-01 14:00:00"), Some(315_532_800));
        assert_eq!(earliest("1980-01-01T14:00:00Z"), None);
    }

    #[test]
    fn times_of_the_calendar_are_read() {
        assert_eq!(text([0x9a, 0x7b, 0x65, 0x59]).as_deref(), Some("2024-11-05 15:28:52"));
        assert_eq!(text([0, 0, 0x21, 0]).as_deref(), Some("1980-01-01 00:00:00"));
        assert_eq!(text([0, 0, 0, 0]), None, "month and day are 0");
        assert_eq!(text([0x1e, 0, 0x21, 0]), None, "60 seconds");
        assert_eq!(text([0, 0, 0x5e, 0x58]), None, "February 30");
    }
}
