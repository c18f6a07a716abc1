//! A place in a text, and the parts of dates and times that can be read from there.

use std::ops::Range;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// Zones that are written out behind a time. A list: the word behind a time is more often the level of a log.
const ZONES: &[&str] = &[
    "UTC", "GMT", "Z", "CET", "CEST", "EST", "EDT", "CST", "CDT", "MST", "MDT", "PST", "PDT", "BST", "IST", "JST",
    "KST", "SGT", "HKT", "MSK", "WET", "WEST", "EET", "EEST", "AEST", "AEDT", "NZST", "NZDT", "SAST",
];

/// Whether a byte continues a word or a number.
pub(super) const fn is_word(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric()
}

/// A place in a text, with what was read on the way there. Reading gives the place behind what was read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'a> {
    pub(super) text: &'a [u8],
    pub(super) at: usize,
    pub(super) read: Parts,
}

/// What was read of a date or time.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Parts {
    /// Year, month and day.
    pub(super) date: Option<(u32, u32, u32)>,
    /// Hour, minute and, where there is one, second.
    pub(super) time: Option<(u32, u32, Option<u32>)>,
    /// Whether the time is one of the second half of the day, where it says of which half it is.
    pub(super) afternoon: Option<bool>,
    /// Whether the month is written out.
    pub(super) long_month: bool,
    /// Where the zone is written, and how far it is ahead of UTC in seconds, where the text says so.
    pub(super) zone: Option<(usize, usize, Option<i64>)>,
}

impl Parts {
    /// Where the zone is written; empty where there is none.
    pub(super) fn zone_range(&self) -> Range<usize> {
        self.zone.map_or(0..0, |(start, end, _)| start..end)
    }
}

impl<'a> Cursor<'a> {
    pub(super) const fn new(text: &'a [u8], at: usize) -> Self {
        let read = Parts { date: None, time: None, afternoon: None, long_month: false, zone: None };
        Cursor { text, at, read }
    }
}

impl Cursor<'_> {
    const fn advanced(self, count: usize) -> Self {
        Cursor { at: self.at + count, ..self }
    }

    fn rest(&self) -> &[u8] {
        self.text.get(self.at..).unwrap_or(&[])
    }

    /// Whether no letter or digit follows.
    pub(super) fn is_end(&self) -> bool {
        !self.rest().first().is_some_and(is_word)
    }

    /// The number of digits that follow, 20 at most.
    pub(super) fn run(&self) -> usize {
        self.rest().iter().take(20).take_while(|byte| byte.is_ascii_digit()).count()
    }

    pub(super) fn byte(self, byte: u8) -> Option<Self> {
        (self.rest().first() == Some(&byte)).then(|| self.advanced(1))
    }

    /// The next `count` digits, at most 18, as a number.
    pub(super) fn number(self, count: usize) -> Option<(Self, i64)> {
        let digits = self.rest().get(..count.min(18))?;
        let number = digits
            .iter()
            .try_fold(0, |number: i64, byte| byte.is_ascii_digit().then(|| number * 10 + i64::from(byte - b'0')))?;
        Some((self.advanced(digits.len()), number))
    }

    pub(super) fn digits(self, count: usize) -> Option<(Self, u32)> {
        let (cursor, number) = self.number(count)?;
        Some((cursor, u32::try_from(number).ok()?))
    }

    pub(super) fn one_or_two(self) -> Option<(Self, u32)> {
        self.digits(self.run().clamp(1, 2))
    }

    /// A year from 1980 to 2100.
    pub(super) fn year(self) -> Option<(Self, u32)> {
        self.digits(4).filter(|(_, year)| (1980..=2100).contains(year))
    }

    /// The cursor itself with the date, where there is such a day.
    pub(super) fn valid_date(self, year: u32, month: u32, day: u32) -> Option<Self> {
        let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let days = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => 0,
        };
        let read = Parts { date: Some((year, month, day)), ..self.read };
        (day >= 1 && day <= days).then_some(Cursor { read, ..self })
    }

    /// A name of a month, in full or its first three letters, as a number from 1.
    pub(super) fn month(self) -> Option<(Self, u32)> {
        let (cursor, index) = self.name(&MONTHS)?;
        // May is as long either way: then another month tells.
        let read = Parts { long_month: cursor.at - self.at > 3, ..self.read };
        Some((Cursor { read, ..cursor }, u32::try_from(index).ok()? + 1))
    }

    /// A name of a day of the week, in full or its first three letters.
    pub(super) fn weekday(self) -> Option<Self> {
        self.name(&WEEKDAYS).map(|(cursor, _)| cursor)
    }

    fn name(self, names: &[&str]) -> Option<(Self, usize)> {
        names.iter().enumerate().find_map(|(index, name)| {
            let forms = [name.as_bytes(), name.as_bytes().get(..3)?];
            let form =
                forms.into_iter().find(|form| self.rest().starts_with(form) && self.advanced(form.len()).is_end())?;
            Some((self.advanced(form.len()), index))
        })
    }

    /// `15:39:58`; the hour may have one digit.
    pub(super) fn time(self) -> Option<Self> {
        let (cursor, second) = self.minutes()?.byte(b':')?.digits(2)?;
        let (hour, minute, _) = cursor.read.time?;
        let read = Parts { time: Some((hour, minute, Some(second))), ..cursor.read };
        (second <= 60).then_some(Cursor { read, ..cursor })
    }

    /// `15:39:58` or `15:39`.
    pub(super) fn time_or_minutes(self) -> Option<Self> {
        self.time().or_else(|| self.minutes().filter(|cursor| cursor.byte(b':').is_none()))
    }

    fn minutes(self) -> Option<Self> {
        let (cursor, hour) = self.one_or_two()?;
        let (cursor, minute) = cursor.byte(b':')?.digits(2)?;
        let read = Parts { time: Some((hour, minute, None)), ..cursor.read };
        (hour <= 23 && minute <= 59).then_some(Cursor { read, ..cursor })
    }

    /// ` AM` or ` PM`, where it follows.
    pub(super) fn half_of_day(self) -> Self {
        let follows = |half: &[u8]| self.rest().starts_with(half) && self.advanced(3).is_end();
        let afternoon = if follows(b" AM") {
            false
        } else if follows(b" PM") {
            true
        } else {
            return self;
        };
        let read = Parts { afternoon: Some(afternoon), ..self.read };
        Cursor { read, ..self.advanced(3) }
    }

    /// `.123` or `,123` with up to nine digits, where it follows.
    pub(super) fn fraction(self) -> Self {
        let Some(digits) = self.byte(b'.').or_else(|| self.byte(b',')) else { return self };
        if (1..=9).contains(&digits.run()) { digits.advanced(digits.run()) } else { self }
    }

    /// A zone, where one follows: `Z`, `+01:00`, ` +0100`, ` UTC`.
    pub(super) fn zone(self) -> Self {
        let spaced = self.byte(b' ');
        let utc = self.byte(b'Z').map(|cursor| (cursor, Some(0)));
        let zone = self.offset().or(utc).or_else(|| spaced.and_then(Self::offset));
        let named = |zone: &&str| {
            let end = spaced?.advanced(zone.len());
            let ahead = matches!(*zone, "UTC" | "GMT" | "Z").then_some(0);
            (spaced?.rest().starts_with(zone.as_bytes()) && end.is_end()).then_some((end, ahead))
        };
        let found = zone.filter(|(cursor, _)| cursor.is_end()).or_else(|| ZONES.iter().find_map(named));
        found.map_or(self, |(end, ahead)| {
            let read = Parts { zone: Some((self.at, end.at, ahead)), ..self.read };
            Cursor { read, ..end }
        })
    }

    fn offset(self) -> Option<(Self, Option<i64>)> {
        let west = self.byte(b'-');
        let (cursor, hours) = self.byte(b'+').or(west)?.digits(2)?;
        if hours > 14 {
            return None;
        }
        let minutes = cursor.byte(b':').unwrap_or(cursor).digits(2).filter(|(_, minutes)| *minutes < 60);
        let (end, minutes) = minutes.unwrap_or((cursor, 0));
        let ahead = i64::from(hours * 3600 + minutes * 60);
        Some((end, Some(if west.is_some() { -ahead } else { ahead })))
    }

    /// Behind a time with the fraction and the zone, where there are; `None` where a word goes on there.
    pub(super) fn fraction_and_zone(self) -> Option<Self> {
        [self.fraction().zone(), self.fraction(), self.zone(), self].into_iter().find(Self::is_end)
    }
}
