//! A place in a text, and the parts of dates and times that can be read from there.

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

/// A place in a text. Reading gives the place behind what was read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'a> {
    pub(super) text: &'a [u8],
    pub(super) at: usize,
}

impl Cursor<'_> {
    const fn advanced(self, count: usize) -> Self {
        Cursor { text: self.text, at: self.at + count }
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

    /// The cursor itself, where there is such a day.
    pub(super) fn valid_date(self, year: u32, month: u32, day: u32) -> Option<Self> {
        let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let days = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => 0,
        };
        if day >= 1 && day <= days { Some(self) } else { None }
    }

    /// A name of a month, in full or its first three letters, as a number from 1.
    pub(super) fn month(self) -> Option<(Self, u32)> {
        let (cursor, index) = self.name(&MONTHS)?;
        Some((cursor, u32::try_from(index).ok()? + 1))
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
        (second <= 60).then_some(cursor)
    }

    /// `15:39:58` or `15:39`.
    pub(super) fn time_or_minutes(self) -> Option<Self> {
        self.time().or_else(|| self.minutes().filter(|cursor| cursor.byte(b':').is_none()))
    }

    fn minutes(self) -> Option<Self> {
        let (cursor, hour) = self.one_or_two()?;
        let (cursor, minute) = cursor.byte(b':')?.digits(2)?;
        (hour <= 23 && minute <= 59).then_some(cursor)
    }

    /// ` AM` or ` PM`, where it follows.
    pub(super) fn half_of_day(self) -> Self {
        let half = |half: &&[u8]| self.rest().starts_with(half) && self.advanced(3).is_end();
        if [&b" AM"[..], b" PM"].iter().any(half) { self.advanced(3) } else { self }
    }

    /// `.123` or `,123` with up to nine digits, where it follows.
    pub(super) fn fraction(self) -> Self {
        let Some(digits) = self.byte(b'.').or_else(|| self.byte(b',')) else { return self };
        if (1..=9).contains(&digits.run()) { digits.advanced(digits.run()) } else { self }
    }

    /// A zone, where one follows: `Z`, `+01:00`, ` +0100`, ` UTC`.
    pub(super) fn zone(self) -> Self {
        let spaced = self.byte(b' ');
        let zone = self.offset().or_else(|| self.byte(b'Z')).or_else(|| spaced.and_then(Self::offset));
        let named = |zone: &&str| {
            let end = spaced?.advanced(zone.len());
            (spaced?.rest().starts_with(zone.as_bytes()) && end.is_end()).then_some(end)
        };
        zone.filter(Self::is_end).or_else(|| ZONES.iter().find_map(named)).unwrap_or(self)
    }

    fn offset(self) -> Option<Self> {
        let (cursor, hours) = self.byte(b'+').or_else(|| self.byte(b'-'))?.digits(2)?;
        if hours > 14 {
            return None;
        }
        let minutes = cursor.byte(b':').unwrap_or(cursor).digits(2).filter(|(_, minutes)| *minutes < 60);
        Some(minutes.map_or(cursor, |(cursor, _)| cursor))
    }

    /// The end of a time with the fraction and the zone behind it, where there are; `None` where a word goes on there.
    pub(super) fn fraction_and_zone(self) -> Option<usize> {
        [self.fraction().zone(), self.fraction(), self.zone(), self]
            .iter()
            .find(|cursor| cursor.is_end())
            .map(|cursor| cursor.at)
    }
}
