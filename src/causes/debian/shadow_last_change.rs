//! # What differs
//!
//! The third column of a line of `/etc/shadow` or `/etc/shadow-`: the day of the last password change.
//!
//! # Why it happens
//!
//! `useradd` and `chpasswd` write the day of the build, also for accounts without a password.
//!
//! # How to fix the build
//!
//! Let shadow take the day from `SOURCE_DATE_EPOCH`, or set it.
//!
//! # When it is not harmless
//!
//! Where an account ages, the day decides until when it can log in, with a key as well as with a password (PAM asks on
//! every login): it is claimed only of accounts of which the other columns set no minimum, maximum, grace or expiry, or
//! those of Debian that mean never (`0:99999:7:::`). 0 forces a change at the next login, an empty column switches ageing
//! off, and a day after that on which the comparison is judged is none of a build: none of these is claimed. The password
//! itself is another column.

use crate::causes::fixes::{installs, times};
use crate::causes::scope::{Field, Inside, Path, Place};
use crate::causes::{Canonical, Cause, Proof, Severity, View, Witness};
use crate::finding::Aspect;

/// The day of the last password change.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "shadow-last-change",
    title: "Days of the last password change",
    source: include_str!("shadow_last_change.rs"),
    severity: Severity::Cosmetic,
    scope: &[Place {
        aspects: &[Aspect::Content],
        field: Field::Like(&["**.lastChange"]),
        path: Path::Like(&["etc/shadow", "etc/shadow-"]),
        inside: Inside::No,
        ..Place::ENTRY
    }],
    proof: Proof::Dated { canonicalize, unread: false },
    witness: Some(witness),
    hazard: None,
    remedies: &[&times::ARG_EPOCH, &installs::PASSWORD_DAY],
};

fn canonicalize(view: &View<'_>, day_ends: i64) -> Option<Canonical> {
    let start = day(view)?.saturating_mul(86_400);
    (start <= day_ends && never_ages(line(view)?)).then(Canonical::new)
}

/// The line that the column is in, without what ends it.
fn line<'a>(view: &View<'a>) -> Option<&'a [u8]> {
    let (file, (start, _)) = (view.file?, view.range?);
    let (before, behind) = file.split_at_checked(usize::try_from(start).ok()?)?;
    let start = memchr::memrchr(b'\n', before).map_or(0, |end| end + 1);
    let end = before.len() + memchr::memchr(b'\n', behind).unwrap_or(behind.len());
    file.get(start..end)
}

/// Whether nothing follows from the day of the last change: the password may be changed at any time and never has to be
/// (shadow(5)). From a maximum of 99999 days on nobody ages; the days of warning count only down to it.
fn never_ages(line: &[u8]) -> bool {
    let columns: Vec<&[u8]> = line.split(|byte| *byte == b':').collect();
    let [_, _, _, min, max, warn, inactive, expire, reserved] = columns[..] else { return false };
    let digits = |text: &[u8]| text.len() <= 6 && text.iter().all(u8::is_ascii_digit);
    let unset = |text: &[u8]| matches!(text, b"" | b"-1");
    let long = digits(max) && max.first() != Some(&b'0') && (max.len() == 6 || max == b"99999");
    (unset(min) || min == b"0")
        && (unset(max) || long)
        && (unset(warn) || (digits(warn) && warn.len() <= 4))
        && unset(inactive)
        && unset(expire)
        && reserved.is_empty()
}

/// A day since 1970, before the year 4707.
fn day(view: &View<'_>) -> Option<i64> {
    let text = view.text()?;
    let digits = (1..=6).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|day| digits && *day > 0)
}

fn witness(view: &View<'_>) -> Option<Witness> {
    let created = view.image.created?.div_euclid(86_400);
    (day(view)? == created).then_some(Witness::Holds("the day of the config's created time"))
}

#[cfg(test)]
mod tests {
    use super::never_ages;

    #[test]
    fn only_accounts_that_never_age_have_a_day_of_no_meaning() {
        for line in ["a:!:1:0:99999:7:::", "a:!:1::::::", "a:$6$x:1:0:99999:14:::", "a:*:1:-1:-1:-1:-1:-1:"] {
            assert!(never_ages(line.as_bytes()), "{line}");
        }
        for line in [
            "a:!:1:0:90:7:::",
            "a:!:1:1:99999:7:::",
            "a:!:1:0:99999:7:30::",
            "a:!:1:0:99999:7::20500:",
            "a:!:1:0:99999:7:::x",
            "a:!:1:0:099999:7:::",
            "a:!:1:0:99998:7:::",
            "a:!:1:0:99999:7::",
        ] {
            assert!(!never_ages(line.as_bytes()), "{line}");
        }
    }
}
