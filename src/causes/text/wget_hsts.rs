//! # What differs
//!
//! In `.wget-hsts` in the home of root or of a user, which wget keeps: when it noted that a host wants HTTPS alone, the
//! fourth field of the host's line, and nothing else of the file.
//!
//! # Why it happens
//!
//! wget notes every host that sends `Strict-Transport-Security`, with the time of the answer.
//!
//! # How to fix the build
//!
//! Call `wget --no-hsts`, or remove the file in the RUN that downloads.
//!
//! # When it is not harmless
//!
//! wget reads the file, and asks for HTTPS where it is told HTTP as long as a note is in force: until so many seconds after
//! its time as the last field says. So a time is claimed only where that comes to the same on both sides on the day on
//! which the comparison is judged: the note is in force and has half of its term before it, or it had lapsed before that
//! day, and wget never heeds it again. Between the two, or with a time after that day, nothing is claimed. Later the notes
//! of the two sides lapse as far apart as the builds are; wget then asks as it is told, and as any wget does that has no
//! such note.
//!
//! Another host, port, flag, term or order, a line more, a host that is named twice (then the time decides which line
//! holds), and what wget does not write are not claimed, nor files with the head that early releases wrote. Nor is a file
//! that the config names, or that is there on one side only.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;

use crate::causes::fixes::installs;
use crate::causes::scope::{Path, Place};
use crate::causes::shape::leftover::is_plain_file;
use crate::causes::{Canonical, Cause, Proof, Severity, View};

/// Times in wget's list of hosts.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "wget-hsts",
    title: "Times in wget's list of HTTPS hosts",
    source: include_str!("wget_hsts.rs"),
    severity: Severity::Cosmetic,
    scope: &[Place { path: Path::Like(&["root/.wget-hsts", "home/*/.wget-hsts"]), ..Place::WHOLE_FILE }],
    proof: Proof::Dated { canonicalize, unread: true },
    witness: None,
    hazard: None,
    remedies: &[&installs::WGET_NO_HSTS, &installs::REMOVE_IN_RUN],
};

/// How the file begins (`hsts_store_dump` in `src/hsts.c` of wget).
const HEAD: &str = "\
# HSTS 1.0 Known Hosts database for GNU Wget.
# Edit at your own risk.
# <hostname>\t<port>\t<incl. subdomains>\t<created>\t<max-age>
";

/// Seconds since 1970 of 2015-11-15, when the first wget that writes the file came out.
const FIRST: i64 = 1_447_545_600;

const DAY: i64 = 86_400;

fn canonicalize(view: &View<'_>, day_ends: i64) -> Option<Canonical> {
    let file = view.file.filter(|_| is_plain_file(view))?;
    without_times(std::str::from_utf8(file).ok()?, day_ends)
}

/// The file with what its times come to on a day in their place.
fn without_times(text: &str, day_ends: i64) -> Option<Canonical> {
    let lines = text.strip_prefix(HEAD)?.strip_suffix('\n')?;
    let (mut canonical, mut hosts) = (Canonical::from(HEAD), BTreeSet::new());
    for line in lines.split('\n') {
        let fields: Vec<&str> = line.split('\t').collect();
        let [host, port, subdomains, created, max_age] = fields[..] else { return None };
        let is_written = is_host(host) && is_port(port) && matches!(subdomains, "0" | "1");
        if !is_written || !hosts.insert((host, port)) {
            return None;
        }
        let state = state(decimal(created)?, decimal(max_age)?, day_ends)?;
        canonical.extend_from_slice(format!("{host}\t{port}\t{subdomains}\t{state}\t{max_age}\n").as_bytes());
    }
    Some(canonical)
}

/// What a note is on the whole of a day; `None` where it is about to lapse, or was not written by its end.
fn state(created: i64, max_age: i64, day_ends: i64) -> Option<&'static str> {
    if !(FIRST..=day_ends).contains(&created) {
        None
    } else if created + max_age / 2 > day_ends {
        Some("in force")
    } else {
        // wget heeds it in the last second, too.
        (created + max_age <= day_ends - DAY).then_some("lapsed")
    }
}

/// A name in small letters, which is no address: of those wget keeps none.
fn is_host(text: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-_".contains(&byte);
    (1..=255).contains(&text.len()) && text.bytes().all(letter) && text.parse::<Ipv4Addr>().is_err()
}

/// wget writes 0 for that of HTTPS.
fn is_port(text: &str) -> bool {
    decimal(text).is_some_and(|port| port <= 65_535 && port != 443)
}

/// Digits as `printf` writes them, few enough for any sum of two.
fn decimal(text: &str) -> Option<i64> {
    let is_plain = text == "0" || !text.starts_with('0');
    let digits = (1..=12).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_plain && digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The last second of 2027-01-31.
    const DAY_ENDS: i64 = 1_801_439_999;

    fn canonical(lines: &str) -> Option<Canonical> {
        without_times(&format!("{HEAD}{lines}"), DAY_ENDS)
    }

    #[test]
    fn only_what_a_time_comes_to_is_kept() {
        let of = canonical("a.example\t0\t1\t1795990534\t31536000\nb.example\t8443\t0\t1795990535\t0\n");
        assert!(of.is_some());
        assert_eq!(of, canonical("a.example\t0\t1\t1795990999\t31536000\nb.example\t8443\t0\t1795991000\t0\n"));
        assert_ne!(of, canonical("a.example\t0\t0\t1795990534\t31536000\nb.example\t8443\t0\t1795990535\t0\n"));
        assert_ne!(of, canonical("b.example\t8443\t0\t1795990535\t0\na.example\t0\t1\t1795990534\t31536000\n"));
    }

    #[test]
    fn a_note_has_half_of_its_term_before_it_or_has_lapsed_before_the_day() {
        let at = |age: i64, term| state(DAY_ENDS - age, term, DAY_ENDS);
        assert_eq!(at(0, 2), Some("in force"));
        assert_eq!(at(99, 200), Some("in force"));
        assert_eq!(at(100, 200), None);
        assert_eq!(at(DAY + 199, 200), None);
        assert_eq!(at(DAY + 200, 200), Some("lapsed"));
        assert_eq!(at(-1, 31_536_000), None);
        assert_eq!(state(FIRST - 1, 1, DAY_ENDS), None);
        // As asked where no day is given.
        assert_eq!(state(999_999_999_999, 999_999_999_999, i64::MAX), Some("lapsed"));
    }

    #[test]
    fn what_wget_does_not_write_is_declined() {
        for lines in [
            "",
            "\n",
            "a.example\t0\t1\t1795990534\t31536000",
            "a.example\t0\t1\t1795990534\t31536000\n\n",
            "a.example\t0\t1\t1795990534\t31536000\r\n",
            "a.example\t0\t1\t1795990534\t31536000\tx\n",
            "a.example 0 1 1795990534 31536000\n",
            "A.example\t0\t1\t1795990534\t31536000\n",
            "192.0.2.1\t0\t1\t1795990534\t31536000\n",
            "\t0\t1\t1795990534\t31536000\n",
            "# a\t0\t1\t1795990534\t31536000\n",
            "a.example\t443\t1\t1795990534\t31536000\n",
            "a.example\t65536\t1\t1795990534\t31536000\n",
            "a.example\t0\t2\t1795990534\t31536000\n",
            "a.example\t0\t1\t01795990534\t31536000\n",
            "a.example\t0\t1\t+1795990534\t31536000\n",
            "a.example\t0\t1\t1795990534\t18446744073709551615\n",
            "a.example\t0\t1\t1795990534\t31536000\na.example\t0\t1\t1795990535\t31536000\n",
        ] {
            assert_eq!(canonical(lines), None, "{lines:?}");
        }
        let head = HEAD.replace("1.0", "1.1");
        assert_eq!(without_times(&format!("{head}a.example\t0\t1\t1795990534\t31536000\n"), DAY_ENDS), None);
    }
}
