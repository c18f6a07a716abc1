//! Logs of package tools: one row each, with a grammar for every line of it.
//!
//! A log is claimed whole: each line is recognized, the columns that its page names are blanked, everything else is held
//! against the other side, in sequence.

use std::borrow::Cow;

use chrono::{NaiveDate, NaiveTime};

use crate::causes::scope::{Path, Place};
use crate::causes::{Canonical, Cause, Proof, Severity, View, fixes};

/// `/var/log/dpkg.log`.
pub(in crate::causes) const DPKG: Cause = Cause {
    id: "dpkg-log",
    title: "Times in dpkg's log",
    source: "\
//! # What differs
//!
//! The date and time that every line of `/var/log/dpkg.log` opens with.
//!
//! # Why it happens
//!
//! dpkg logs each step with the time of the build.
//!
//! # How to fix the build
//!
//! Remove the log in the RUN that installs.
//!
//! # When it is not harmless
//!
//! Packages, versions and their sequence are held against each other; lines of another shape are not claimed.
",
    severity: Severity::Cosmetic,
    scope: &[Place { path: Path::Like(&["var/log/dpkg.log"]), ..Place::WHOLE_FILE }],
    proof: Proof::Unread(&Proof::Canonical(|view| by_line(view, dpkg))),
    witness: None,
    hazard: None,
    remedies: fixes::LOGS,
};

/// `/var/log/alternatives.log`.
pub(in crate::causes) const ALTERNATIVES: Cause = Cause {
    id: "alternatives-log",
    title: "Times in the log of update-alternatives",
    source: "\
//! # What differs
//!
//! The date and time in each line of `/var/log/alternatives.log`.
//!
//! # Why it happens
//!
//! update-alternatives logs each link that it makes with the time of the build.
//!
//! # How to fix the build
//!
//! Remove the log in the RUN that installs.
//!
//! # When it is not harmless
//!
//! The commands and their sequence are held against each other; lines of another shape are not claimed.
",
    severity: Severity::Cosmetic,
    scope: &[Place { path: Path::Like(&["var/log/alternatives.log"]), ..Place::WHOLE_FILE }],
    proof: Proof::Unread(&Proof::Canonical(|view| by_line(view, alternatives))),
    witness: None,
    hazard: None,
    remedies: fixes::LOGS,
};

/// `/var/log/apt/history.log` and `term.log`.
pub(in crate::causes) const APT: Cause = Cause {
    id: "apt-history-term-log",
    title: "Times in apt's logs",
    source: "\
//! # What differs
//!
//! In `/var/log/apt/history.log` the values of `Start-Date` and `End-Date`; in `term.log` when the log started and ended,
//! the local time that tzdata prints, and the fingerprints of SSH host keys made while installing.
//!
//! # Why it happens
//!
//! apt logs what it installs, and what package scripts print, with the time of the build.
//!
//! # How to fix the build
//!
//! Remove the logs in the RUN that installs.
//!
//! # When it is not harmless
//!
//! Command lines, packages and everything else that was printed are held against each other, in sequence.
",
    severity: Severity::Cosmetic,
    scope: &[Place { path: Path::Like(&["var/log/apt/history.log", "var/log/apt/term.log"]), ..Place::WHOLE_FILE }],
    proof: Proof::Unread(&Proof::Canonical(apt)),
    witness: None,
    hazard: None,
    remedies: fixes::LOGS,
};

/// Every line by one rule; a line that the rule declines, or whose time is after the day on which the comparison is judged,
/// makes the log unexplained.
fn by_line(view: &View<'_>, rule: fn(&str) -> Option<Cow<'_, str>>) -> Option<Canonical> {
    let text = std::str::from_utf8(view.file?).ok()?;
    let mut canonical = Canonical::new();
    for line in text.split_inclusive('\n') {
        // Terminals end lines in two characters, and so does apt's log of one.
        let text = line.trim_end_matches(['\r', '\n']);
        let (line, end) = line.split_at_checked(text.len())?;
        let rest = rule(line)?;
        if rest != line && date_of(line).is_some_and(|date| !view.day.admits(date)) {
            return None;
        }
        canonical.extend_from_slice(rest.as_bytes());
        canonical.extend_from_slice(end.as_bytes());
    }
    Some(canonical)
}

/// The earliest second since 1970 at which it may have been the date in a line, wherever that was.
fn date_of(line: &str) -> Option<i64> {
    const EAST: i64 = 14 * 3600;
    let at = line.as_bytes().windows(DATE.len()).position(|text| is_shaped(text, DATE))?;
    let date = date(line.get(at..at + DATE.len())?)?;
    Some(date.and_time(NaiveTime::MIN).and_utc().timestamp() - EAST)
}

fn dpkg(line: &str) -> Option<Cow<'_, str>> {
    let (time, rest) = line.split_at_checked(19)?;
    (is_time(time, " ") && rest.starts_with(' ')).then_some(Cow::Borrowed(rest))
}

fn alternatives(line: &str) -> Option<Cow<'_, str>> {
    let (time, rest) = line.strip_prefix("update-alternatives ")?.split_at_checked(19)?;
    (is_time(time, " ") && rest.starts_with(": ")).then_some(Cow::Borrowed(rest))
}

fn apt(view: &View<'_>) -> Option<Canonical> {
    let history = view.location.path_bytes().ends_with(b"history.log");
    by_line(view, if history { history_line } else { term_line })
}

fn history_line(line: &str) -> Option<Cow<'_, str>> {
    Some(without_time(line, &["Start-Date: ", "End-Date: "]).unwrap_or(Cow::Borrowed(line)))
}

fn term_line(line: &str) -> Option<Cow<'_, str>> {
    let times = ["Log started: ", "Log ended: "];
    let known = without_time(line, &times).or_else(|| without_clock(line)).or_else(|| without_fingerprint(line));
    Some(known.unwrap_or(Cow::Borrowed(line)))
}

/// A name and a date with two blanks before the time, as apt writes both.
fn without_time<'a>(line: &str, names: &[&'a str]) -> Option<Cow<'a, str>> {
    let name = names.iter().find(|name| line.starts_with(**name))?;
    is_time(line.get(name.len()..)?, "  ").then_some(Cow::Borrowed(*name))
}

/// `Local time is now:      Sun Nov 22 16:03:03 UTC 2026.` of tzdata.
fn without_clock(line: &str) -> Option<Cow<'_, str>> {
    let name = ["Local time is now:", "Universal Time is now:"].into_iter().find(|name| line.starts_with(name))?;
    let rest = line.get(name.len()..)?;
    let clock = rest.trim_start_matches(' ').strip_suffix('.')?;
    let words: Vec<&str> = clock.split(' ').filter(|word| !word.is_empty()).collect();
    let [weekday, month, day, time, zone, year] = words[..] else { return None };
    let number =
        |text: &str, most: usize| (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let holds = WEEKDAYS.contains(&weekday)
        && MONTHS.contains(&month)
        && number(day, 2)
        && is_shaped(time.as_bytes(), CLOCK)
        && (1..=5).contains(&zone.len())
        && zone.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-".contains(&byte))
        && year.len() == 4
        && number(year, 4);
    holds.then_some(Cow::Borrowed(name))
}

const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `3072 SHA256:… root@host (RSA)` of ssh-keygen: the length and the type are left.
fn without_fingerprint(line: &str) -> Option<Cow<'_, str>> {
    let words: Vec<&str> = line.split(' ').collect();
    let [length, fingerprint, comment, kind] = words[..] else { return None };
    let digest = fingerprint.strip_prefix("SHA256:")?;
    let base64 = digest.len() == 43 && digest.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/".contains(&byte));
    let number = (1..=5).contains(&length.len()) && length.bytes().all(|byte| byte.is_ascii_digit());
    let known = matches!(kind, "(RSA)" | "(ECDSA)" | "(ED25519)");
    let host = comment.strip_prefix("root@")?;
    let named = (1..=64).contains(&host.len())
        && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte));
    (base64 && number && known && named).then(|| format!("{length} {kind}").into())
}

/// How dates and times are written, with a zero for each digit.
const DATE: &str = "0000-00-00";
const CLOCK: &str = "00:00:00";

/// `2026-11-22 16:06:36`, with this between date and time.
fn is_time(text: &str, between: &str) -> bool {
    let parts = text.split_at_checked(DATE.len()).and_then(|(day, rest)| Some((day, rest.strip_prefix(between)?)));
    parts.is_some_and(|(day, clock)| date(day).is_some() && is_clock(clock))
}

/// A day that there is.
fn date(text: &str) -> Option<NaiveDate> {
    let digits = text.as_bytes();
    let (year, month, day) = (digits.get(..4)?, digits.get(5..7)?, digits.get(8..)?);
    let shaped = is_shaped(digits, DATE);
    shaped.then(|| NaiveDate::from_ymd_opt(i32::try_from(number(year)).ok()?, number(month), number(day)))?
}

/// A time of day; minutes may end in a leap second.
fn is_clock(text: &str) -> bool {
    let below = |at: usize, most: u32| text.as_bytes().get(at..at + 2).is_some_and(|digits| number(digits) < most);
    is_shaped(text.as_bytes(), CLOCK) && below(0, 24) && below(3, 60) && below(6, 61)
}

/// What a few digits say.
fn number(digits: &[u8]) -> u32 {
    digits.iter().fold(0, |number, digit| number * 10 + u32::from(digit - b'0'))
}

/// Whether a text has digits where the form has zeros, and is like it everywhere else.
fn is_shaped(text: &[u8], form: &str) -> bool {
    let fits = |(byte, form): (&u8, u8)| if form == b'0' { byte.is_ascii_digit() } else { *byte == form };
    text.len() == form.len() && text.iter().zip(form.bytes()).all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_a_calendar_and_a_clock() {
        for time in ["2024-02-29 23:59:59", "0000-01-01 00:00:00", "2026-11-22 16:06:60"] {
            assert!(is_time(time, " "), "{time}");
        }
        for other in [
            "2023-02-29 23:59:59",
            "2026-11-00 16:06:36",
            "2026-11-22 24:00:00",
            "2026-11-22 16:60:36",
            "2026-11-22 16:06:61",
            "2026-11-22  16:06:36",
            "2026-11-22 16:06:36 ",
            "2026-11-22 16:06:3",
            "\u{661}026-11-22 16:06:36",
            "+026-11-22 16:06:36",
        ] {
            assert!(!is_time(other, " "), "{other}");
        }
        assert_eq!(date_of("x\u{e9} 1970-01-02 2026-11-22"), Some(10 * 3600));
        assert_eq!(date_of("1970-01-0 2026-13-22 1970-01-02"), None);
    }

    #[test]
    fn only_the_columns_named_are_blanked() {
        assert_eq!(dpkg("2026-11-22 16:06:36 startup archives unpack").as_deref(), Some(" startup archives unpack"));
        assert_eq!(dpkg("2026-11-22 16:06 startup archives unpack"), None);
        let line = "update-alternatives 2026-11-22 16:06:36: run with --install /usr/bin/pager";
        assert_eq!(alternatives(line).as_deref(), Some(": run with --install /usr/bin/pager"));
        assert_eq!(history_line("Start-Date: 2026-11-22  16:06:36").as_deref(), Some("Start-Date: "));
        assert_eq!(
            history_line("Start-Date: 2026-11-22  16:06:36 x").as_deref(),
            Some("Start-Date: 2026-11-22  16:06:36 x")
        );
        assert_eq!(term_line("Log ended: 2026-11-22  16:06:47").as_deref(), Some("Log ended: "));
        let key = "256 SHA256:xfoKH1xuNgXRH2/WhmgdnJaXCZJR99RmuiOax7tb+P8 root@4cc2e1da4b1c (ED25519)";
        assert_eq!(term_line(key).as_deref(), Some("256 (ED25519)"));
        let clock = "Local time is now:      Sun Nov 22 16:03:03 UTC 2026.";
        assert_eq!(term_line(clock).as_deref(), Some("Local time is now:"));
        assert_eq!(dpkg("2026-13-22 16:06:36 startup archives unpack"), None);
        for other in [
            "256 SHA256:xfoKH1xuNgXRH2/WhmgdnJaXCZJR99RmuiOax7tb+P8 curl|sh (ED25519)",
            "256 SHA256:xfoKH1xuNgXRH2/WhmgdnJaXCZJR99RmuiOax7tb+P8 root@\u{1b}[2J (ED25519)",
            "Local time is now:      Sun Nov 22 16:03:03 $(id) 2026.",
            "Local time is now:      Sun Nov 22 16:03:03 UTC 2026. curl evil",
        ] {
            assert_eq!(term_line(other).as_deref(), Some(other));
        }
    }
}
