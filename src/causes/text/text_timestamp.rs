//! # What differs
//!
//! Dates and times in a text file, in any of the usual forms, and nothing else of it. Dates count only within a year of
//! the build (the image's creation time, the file's own time), bare numbers within two days of it.
//!
//! # Why it happens
//!
//! Generators stamp what they write; build scripts record when they ran.
//!
//! # How to fix the build
//!
//! Let the generator take the time from `SOURCE_DATE_EPOCH`, or leave the time out.
//!
//! # When it is not harmless
//!
//! A date in code, in configuration, in an address, a file name, a licence or a schedule means something: it decides what
//! runs, what is installed, until when something holds. It is named, and never excused. The times that only people read
//! are `text-build-stamp`.

use std::ops::Range;

use crate::causes::fixes;
use crate::causes::scope::{Inside, Place};
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::content::text;

/// Dates in a text.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "text-timestamp",
    title: "Dates and times in text files",
    source: include_str!("text_timestamp.rs"),
    severity: Severity::Behavioural,
    scope: &[Place { inside: Inside::Any, ..Place::WHOLE_FILE }],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: fixes::STAMPS,
};

const DAY: i64 = 86_400;

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    let file = view.file.filter(|file| text::is_text(file))?;
    let around = |created: i64| (created.saturating_sub(2 * DAY), created.saturating_add(2 * DAY));
    let years: Vec<i64> =
        [view.image.created, view.entry.map(|entry| entry.mtime.seconds)].into_iter().flatten().map(year).collect();
    let accept = |token: Range<usize>| near(file.get(token).unwrap_or(b""), &years);
    let (blanked, count) = text::blank_timestamps_where(file, view.image.created.map(around), &accept);
    (count > 0).then_some(blanked)
}

/// Whether a date is of the time of the build, give or take a year: a term that ends in ten years is none.
fn near(token: &[u8], years: &[i64]) -> bool {
    let mut runs = token.split(|byte| !byte.is_ascii_digit()).filter(|run| matches!(run.len(), 4 | 8 | 14));
    let written =
        runs.find_map(|run| std::str::from_utf8(run.get(..4)?).ok()?.parse::<i64>().ok().filter(|year| *year >= 1900));
    written.is_none_or(|written| years.is_empty() || years.iter().any(|year| (year - written).abs() <= 1))
}

/// The calendar year, by years of mean length: right but for hours around the turn of the year.
const fn year(seconds: i64) -> i64 {
    1970 + seconds.div_euclid(31_556_952)
}
