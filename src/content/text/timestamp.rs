//! The grammar of dates and times: fixed forms, tried at the start of each word, each bounded in length.

mod cursor;

use cursor::{Cursor, Parts, is_word};

use super::Zone;

/// The form that a date or time is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// `2026-11-22T15:39:58.123Z` (RFC 3339, ISO 8601 extended).
    Rfc3339,
    /// `2026-11-22 15:39:58`, with fraction and zone where there are.
    DateTime,
    /// `2026/11/22 15:39:58`.
    SlashDateTime,
    /// `2026-11-22`.
    Date,
    /// `20261122T153958` or `20261122153958` (ISO 8601 basic).
    Basic,
    /// `Sun, 22 Nov 2026 15:39:58 +0000` (RFC 2822, HTTP).
    Rfc2822,
    /// `Sun Nov 22 15:39:58 UTC 2026` (asctime, `date`).
    Asctime,
    /// `Sun 22 Nov 2026 03:39:58 PM UTC` (`date` in some locales).
    WeekdayDayMonth,
    /// `22 Nov 2026`, with a time where there is one.
    DayMonth,
    /// `22-Nov-2026`, with a time where there is one.
    DashMonth,
    /// `22/Nov/2026:15:39:58 +0000` (Apache common log).
    CommonLog,
    /// `Nov 22 2026` or `November 22, 2026`, with a time where there is one.
    MonthDay,
    /// `Sunday, November 22, 2026`.
    WeekdayMonthDay,
    /// `Nov 22 15:39:58` (syslog).
    Syslog,
    /// `1795362000`.
    EpochSeconds,
    /// `1795362000123`.
    EpochMilliseconds,
}

impl Class {
    /// What a placeholder names the class by.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Class::Rfc3339 => "rfc3339",
            Class::DateTime => "datetime",
            Class::SlashDateTime => "slash-datetime",
            Class::Date => "date",
            Class::Basic => "basic",
            Class::Rfc2822 => "rfc2822",
            Class::Asctime => "asctime",
            Class::WeekdayDayMonth => "weekday-day-month",
            Class::DayMonth => "day-month",
            Class::DashMonth => "dash-month",
            Class::CommonLog => "common-log",
            Class::MonthDay => "month-day",
            Class::WeekdayMonthDay => "weekday-month-day",
            Class::Syslog => "syslog",
            Class::EpochSeconds => "epoch-seconds",
            Class::EpochMilliseconds => "epoch-milliseconds",
        }
    }
}

/// A date or time in a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub(super) class: Class,
    pub(super) end: usize,
    parts: Parts,
    /// Seconds since 1970, of a bare number.
    epoch: Option<i64>,
}

impl Token {
    const fn of(class: Class, end: Cursor<'_>) -> Self {
        Token { class, end: end.at, parts: end.read, epoch: None }
    }

    /// How it is written: the class, what of it is a matter of style, and the zone.
    pub(super) fn form(&self, text: &[u8]) -> Vec<u8> {
        let Parts { time, afternoon, long_month, .. } = self.parts;
        let style = [
            (long_month, &b" long"[..]),
            (matches!(time, Some((_, _, None))), b" minutes"),
            (time.is_none() && self.class.may_have_time(), b" day"),
            (afternoon.is_some(), b" halves"),
        ];
        let mut form = self.class.name().as_bytes().to_vec();
        for (_, name) in style.iter().filter(|(holds, _)| *holds) {
            form.extend_from_slice(name);
        }
        form.extend_from_slice(text.get(self.parts.zone_range()).unwrap_or_default());
        form
    }

    /// The first and the last second that it can mean, read as UTC; `None` where it has no year.
    pub(super) fn seconds(&self) -> Option<(i64, i64)> {
        if let Some(epoch) = self.epoch {
            return Some((epoch, epoch));
        }
        let (year, month, day) = self.parts.date.filter(|_| self.class != Class::Syslog)?;
        let midnight =
            chrono::NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?.and_time(Default::default());
        let midnight = midnight.and_utc().timestamp();
        let Some((hour, minute, second)) = self.parts.time else { return Some((midnight, midnight + 86_399)) };
        let hour = match self.parts.afternoon {
            None => hour,
            Some(afternoon) => hour % 12 + if afternoon { 12 } else { 0 },
        };
        let start = midnight + i64::from(hour * 3600 + minute * 60 + second.unwrap_or(0));
        Some((start, if second.is_some() { start } else { start + 59 }))
    }

    /// How its time relates to UTC.
    pub(super) const fn zone(&self) -> Zone {
        match self.parts.zone {
            _ if self.epoch.is_some() => Zone::Ahead(0),
            None => Zone::Unsaid,
            Some((_, _, None)) => Zone::Named,
            Some((_, _, Some(ahead))) => Zone::Ahead(ahead),
        }
    }
}

impl Class {
    /// Whether a date of this form can come with a time or without.
    const fn may_have_time(self) -> bool {
        matches!(
            self,
            Class::Rfc2822
                | Class::WeekdayDayMonth
                | Class::DayMonth
                | Class::DashMonth
                | Class::MonthDay
                | Class::WeekdayMonthDay
        )
    }
}

/// A text to find dates and times in.
pub(super) struct Scanner<'a> {
    pub(super) text: &'a [u8],
    /// The first and last second that a bare number may be.
    pub(super) epochs: Option<(i64, i64)>,
}

impl<'a> Scanner<'a> {
    /// The date or time that starts at `at`, where no letter or digit is directly before it or behind it.
    pub(super) fn token(&self, at: usize) -> Option<Token> {
        let first = self.text.get(at)?;
        if at.checked_sub(1).and_then(|before| self.text.get(before)).is_some_and(is_word) {
            return None;
        }
        let cursor = Cursor::new(self.text, at);
        match first {
            b'0'..=b'9' => self.numeric(cursor),
            b'A'..=b'Z' => weekday_first(cursor).or_else(|| month_first(cursor)),
            _ => None,
        }
    }

    fn numeric(&self, cursor: Cursor<'a>) -> Option<Token> {
        match cursor.run() {
            1 | 2 => day_first(cursor),
            4 => self.year_first(cursor),
            8 | 14 => basic(cursor),
            10 => self.epoch(cursor, Class::EpochSeconds, 1),
            13 => self.epoch(cursor, Class::EpochMilliseconds, 1000),
            _ => None,
        }
    }

    fn year_first(&self, start: Cursor<'a>) -> Option<Token> {
        let (cursor, year) = start.year()?;
        if let Some(cursor) = cursor.byte(b'/') {
            let (cursor, month) = cursor.digits(2)?;
            let (cursor, day) = cursor.byte(b'/')?.digits(2)?;
            let cursor = cursor.valid_date(year, month, day)?.byte(b' ')?.time()?;
            return Some(Token::of(Class::SlashDateTime, cursor.fraction_and_zone()?));
        }
        let (cursor, month) = cursor.byte(b'-')?.digits(2)?;
        let (cursor, day) = cursor.byte(b'-')?.digits(2)?;
        let date = cursor.valid_date(year, month, day)?;
        let joined = date.byte(b'T').or_else(|| date.byte(b't'));
        if let Some(time) = joined.and_then(Cursor::time_or_minutes) {
            return Some(Token::of(Class::Rfc3339, time.fraction_and_zone()?));
        }
        let spaced = date.byte(b' ').map(|cursor| cursor.byte(b' ').unwrap_or(cursor));
        if let Some(end) = spaced.and_then(Cursor::time_or_minutes).and_then(Cursor::fraction_and_zone) {
            return Some(Token::of(Class::DateTime, end));
        }
        (date.is_end() && !self.is_numbered(start.at, date.at)).then_some(Token::of(Class::Date, date))
    }

    fn epoch(&self, cursor: Cursor<'a>, class: Class, scale: i64) -> Option<Token> {
        let (first, last) = self.epochs?;
        let (end, number) = cursor.number(cursor.run())?;
        let within = first.saturating_mul(scale)..=last.saturating_mul(scale).saturating_add(scale - 1);
        let signed = cursor.at.checked_sub(1).and_then(|at| self.text.get(at)).is_some_and(|byte| b"+.".contains(byte));
        if signed || !within.contains(&number) {
            return None;
        }
        let end = end.fraction();
        let token = Token { epoch: Some(number.div_euclid(scale)), ..Token::of(class, end) };
        (end.is_end() && !self.is_numbered(cursor.at, end.at)).then_some(token)
    }

    /// Whether the token is one part of a longer number: a version, an address, a telephone number.
    fn is_numbered(&self, start: usize, end: usize) -> bool {
        let is = |at: Option<usize>, test: fn(&u8) -> bool| at.and_then(|at| self.text.get(at)).is_some_and(test);
        let joins = |byte: &u8| b"-.".contains(byte);
        let before = is(start.checked_sub(1), joins) && is(start.checked_sub(2), u8::is_ascii_digit);
        let behind = is(Some(end), joins) && is(end.checked_add(1), u8::is_ascii_digit);
        before || behind
    }
}

/// `YYYYMMDDHHMMSS` and `YYYYMMDD` `T` `HHMMSS`.
fn basic(cursor: Cursor<'_>) -> Option<Token> {
    let joined = cursor.run() == 14;
    let (cursor, year) = cursor.year()?;
    let (cursor, month) = cursor.digits(2)?;
    let (cursor, day) = cursor.digits(2)?;
    let cursor = cursor.valid_date(year, month, day)?;
    let cursor = if joined { cursor } else { cursor.byte(b'T')? };
    let (cursor, hour) = cursor.digits(2)?;
    let (cursor, minute) = cursor.digits(2)?;
    let (cursor, second) = cursor.digits(2)?;
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let read = Parts { time: Some((hour, minute, Some(second))), ..cursor.read };
    let cursor = Cursor { read, ..cursor };
    let cursor = if joined || cursor.byte(b'Z').is_none() { cursor } else { cursor.zone() };
    cursor.is_end().then_some(Token::of(Class::Basic, cursor))
}

fn weekday_first(cursor: Cursor<'_>) -> Option<Token> {
    let cursor = cursor.weekday()?;
    let comma = cursor.byte(b',');
    let cursor = comma.unwrap_or(cursor).byte(b' ')?;
    if let Some(with_date) = day_month(cursor, b' ') {
        let class = if comma.is_some() { Class::Rfc2822 } else { Class::WeekdayDayMonth };
        return Some(Token::of(class, optional_time(with_date)?));
    }
    if let Some(end) = asctime(cursor) {
        return Some(Token::of(Class::Asctime, end));
    }
    Some(Token::of(Class::WeekdayMonthDay, optional_time(month_day_year(cursor)?)?))
}

/// `Nov 22 15:39:58 [PM] [UTC] 2026`.
fn asctime(cursor: Cursor<'_>) -> Option<Cursor<'_>> {
    let (cursor, month, day) = month_day(cursor)?;
    let cursor = cursor.byte(b' ')?.time()?.half_of_day().zone();
    let (cursor, year) = cursor.byte(b' ')?.year()?;
    let cursor = cursor.valid_date(year, month, day)?;
    cursor.is_end().then_some(cursor)
}

fn month_first(cursor: Cursor<'_>) -> Option<Token> {
    if let Some(end) = month_day_year(cursor).and_then(optional_time) {
        return Some(Token::of(Class::MonthDay, end));
    }
    let (cursor, month, day) = month_day(cursor)?;
    // No year is given: a leap year lets February 29 pass.
    let cursor = cursor.valid_date(2000, month, day)?.byte(b' ')?.time()?;
    cursor.is_end().then_some(Token::of(Class::Syslog, cursor))
}

/// `Nov 22, 2026`.
fn month_day_year(cursor: Cursor<'_>) -> Option<Cursor<'_>> {
    let (cursor, month, day) = month_day(cursor)?;
    let (cursor, year) = cursor.byte(b',').unwrap_or(cursor).byte(b' ')?.year()?;
    cursor.valid_date(year, month, day)
}

/// `Nov 22`, `Nov  2`, `November 2`.
fn month_day(cursor: Cursor<'_>) -> Option<(Cursor<'_>, u32, u32)> {
    let (cursor, month) = cursor.month()?;
    let cursor = cursor.byte(b' ')?;
    let (cursor, day) = cursor.byte(b' ').unwrap_or(cursor).one_or_two()?;
    Some((cursor, month, day))
}

/// `22 Nov 2026`, with the separator given.
fn day_month(cursor: Cursor<'_>, separator: u8) -> Option<Cursor<'_>> {
    let (cursor, day) = cursor.one_or_two()?;
    let (cursor, month) = cursor.byte(separator)?.month()?;
    let (cursor, year) = cursor.byte(separator)?.year()?;
    cursor.valid_date(year, month, day)
}

fn day_first(cursor: Cursor<'_>) -> Option<Token> {
    if let Some(date) = day_month(cursor, b'/') {
        return Some(Token::of(Class::CommonLog, date.byte(b':')?.time()?.fraction_and_zone()?));
    }
    if let Some(date) = day_month(cursor, b'-') {
        return Some(Token::of(Class::DashMonth, optional_time(date)?));
    }
    Some(Token::of(Class::DayMonth, optional_time(day_month(cursor, b' ')?)?))
}

/// Behind a date with the time that follows, where there is one.
fn optional_time(date: Cursor<'_>) -> Option<Cursor<'_>> {
    let spaced = date.byte(b',').unwrap_or(date).byte(b' ');
    let time = spaced.and_then(Cursor::time_or_minutes).and_then(|time| time.half_of_day().fraction_and_zone());
    time.or_else(|| date.is_end().then_some(date))
}
