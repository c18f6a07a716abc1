//! Calendar dates, as policies write them.

use std::fmt;

use chrono::NaiveDate;

/// A day of the Gregorian calendar, written `YYYY-MM-DD`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date(NaiveDate);

impl Date {
    /// Parses exactly `YYYY-MM-DD`; `None` for any other form and for days that do not exist.
    pub fn parse(text: &str) -> Option<Self> {
        let shaped = text.len() == 10
            && text
                .bytes()
                .enumerate()
                .all(|(at, byte)| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() });
        if !shaped {
            return None;
        }
        NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(Date)
    }

    /// The last second of the day (UTC), in seconds since 1970.
    pub fn end(self) -> i64 {
        let start = self.0.and_time(chrono::NaiveTime::MIN).and_utc().timestamp();
        start.saturating_add(86_399)
    }

    /// The day so many days later; `None` beyond what the calendar here holds.
    pub fn later(self, days: u64) -> Option<Self> {
        self.0.checked_add_days(chrono::Days::new(days)).map(Date)
    }

    /// The day (UTC) of a point in time, in seconds since 1970; `None` beyond what the calendar here holds.
    pub fn of_seconds(seconds: i64) -> Option<Self> {
        chrono::DateTime::from_timestamp(seconds, 0).map(|time| Date(time.date_naive()))
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.format("%Y-%m-%d"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_existing_days_in_one_form_are_dates() {
        assert_eq!(Date::parse("2024-02-29").map(|date| date.to_string()).as_deref(), Some("2024-02-29"));
        for wrong in ["2023-02-29", "2024-2-29", "20240229", "2024-02-29 ", "+024-02-29", "", "2024/02/29"] {
            assert_eq!(Date::parse(wrong), None, "{wrong:?}");
        }
        assert_eq!(Date::parse("1970-01-02").map(Date::end), Some(2 * 86_400 - 1));
        assert_eq!(Date::of_seconds(86_400).map(|date| date.to_string()).as_deref(), Some("1970-01-02"));
    }
}
