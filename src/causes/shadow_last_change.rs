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
//! 0 forces a change at the next login and an empty column switches ageing off: neither is claimed. The password itself is
//! another column.

use super::{Canonical, Cause, Proof, Remedy, Severity, View, Witness};
use crate::finding::{Aspect, Finding};

/// The day of the last password change.
pub(super) const CAUSE: Cause = Cause {
    id: "shadow-last-change",
    title: "Days of the last password change",
    source: include_str!("shadow_last_change.rs"),
    severity: Severity::Cosmetic,
    scope,
    proof: Proof::Canonical(canonicalize),
    witness: Some(witness),
    hazard: None,
    remedies: &[
        Remedy {
            builder: "any",
            text: "Set ARG SOURCE_DATE_EPOCH before the RUN that calls useradd or adduser (shadow 4.5).",
        },
        Remedy {
            builder: "any",
            text: "Set the day in the same RUN: chage -d 2024-01-01 USER; and rm -f /etc/shadow-",
        },
    ],
};

fn scope(finding: &Finding) -> bool {
    let location = &finding.location;
    let at = matches!(location.path_bytes(), b"etc/shadow" | b"etc/shadow-") && location.inside.is_empty();
    at && finding.aspect == Aspect::Content && location.field_name().ends_with(".lastChange")
}

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    day(view).map(|_| Canonical::new())
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
