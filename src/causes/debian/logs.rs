//! Logs of package tools: one row each, with a grammar for every line of it.
//!
//! A log is claimed whole: each line is recognized, the columns that its page names are blanked, everything else is held
//! against the other side, in sequence.

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
fn by_line(view: &View<'_>, rule: fn(&str) -> Option<String>) -> Option<Canonical> {
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
    let at = (0..line.len()).find(|at| line.get(*at..at + 10).is_some_and(|text| is_shaped(text, "0000-00-00")))?;
    let date = chrono::NaiveDate::parse_from_str(line.get(at..at + 10)?, "%Y-%m-%d").ok()?;
    Some(date.and_time(chrono::NaiveTime::MIN).and_utc().timestamp() - EAST)
}

fn dpkg(line: &str) -> Option<String> {
    let (time, rest) = line.split_at_checked(19)?;
    (is_time(time, " ") && rest.starts_with(' ')).then(|| rest.to_owned())
}

fn alternatives(line: &str) -> Option<String> {
    let (time, rest) = line.strip_prefix("update-alternatives ")?.split_at_checked(19)?;
    (is_time(time, " ") && rest.starts_with(": ")).then(|| rest.to_owned())
}

fn apt(view: &View<'_>) -> Option<Canonical> {
    let history = view.location.path_bytes().ends_with(b"history.log");
    by_line(view, if history { history_line } else { term_line })
}

fn history_line(line: &str) -> Option<String> {
    Some(without_time(line, &["Start-Date: ", "End-Date: "]).unwrap_or_else(|| line.to_owned()))
}

fn term_line(line: &str) -> Option<String> {
    let times = ["Log started: ", "Log ended: "];
    let known = without_time(line, &times).or_else(|| without_clock(line)).or_else(|| without_fingerprint(line));
    Some(known.unwrap_or_else(|| line.to_owned()))
}

/// A name and a date with two blanks before the time, as apt writes both.
fn without_time(line: &str, names: &[&str]) -> Option<String> {
    let name = names.iter().find(|name| line.starts_with(**name))?;
    is_time(line.get(name.len()..)?, "  ").then(|| (*name).to_owned())
}

/// `Local time is now:      Sun Nov 22 16:03:03 UTC 2026.` of tzdata.
fn without_clock(line: &str) -> Option<String> {
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
        && is_shaped(time, "00:00:00")
        && (1..=5).contains(&zone.len())
        && zone.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-".contains(&byte))
        && year.len() == 4
        && number(year, 4);
    holds.then(|| name.to_owned())
}

const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `3072 SHA256:… root@host (RSA)` of ssh-keygen: the length and the type are left.
fn without_fingerprint(line: &str) -> Option<String> {
    let words: Vec<&str> = line.split(' ').collect();
    let [length, fingerprint, comment, kind] = words[..] else { return None };
    let digest = fingerprint.strip_prefix("SHA256:")?;
    let base64 = digest.len() == 43 && digest.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/".contains(&byte));
    let number = (1..=5).contains(&length.len()) && length.bytes().all(|byte| byte.is_ascii_digit());
    let known = matches!(kind, "(RSA)" | "(ECDSA)" | "(ED25519)");
    let host = comment.strip_prefix("root@")?;
    let named = (1..=64).contains(&host.len())
        && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte));
    (base64 && number && known && named).then(|| format!("{length} {kind}"))
}

/// `2026-11-22 16:06:36`, with this between date and time.
fn is_time(text: &str, between: &str) -> bool {
    let parsed = || chrono::NaiveDateTime::parse_from_str(text, &format!("%Y-%m-%d{between}%H:%M:%S"));
    is_shaped(text, &format!("0000-00-00{between}00:00:00")) && parsed().is_ok()
}

/// Whether a text has digits where the form has zeros, and is like it everywhere else.
fn is_shaped(text: &str, form: &str) -> bool {
    let digits: String = text.chars().map(|char| if char.is_ascii_digit() { '0' } else { char }).collect();
    digits == form
}

#[cfg(test)]
mod tests {
    use super::*;

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
