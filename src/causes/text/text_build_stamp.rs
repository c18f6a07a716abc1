//! # What differs
//!
//! The time of the build in a text file, where only people read it, and nothing else of the file: a line of a file such as
//! `build-date` or `BUILD_TIME` that is a time, with at most a word like `Built` before it; the comment that Java's
//! `Properties.store` writes at the head of `pom.properties`, `git.properties` and `build-info.properties`; the comment and
//! the date in the head of a page that javadoc wrote; the time that a line of a log opens with.
//!
//! The time must be one of this build, on each side alone: from a day before the modification time of the file until an
//! hour after the time that the history gives its layer, and not after the day on which the comparison is judged. Where the
//! history has no time for the layer, or one that is before the file's, the file's own bounds it from both sides.
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
//! A program may read even these. A time at any other place, in a file that can be executed, or in another zone than on
//! the other side is not claimed here.

use crate::causes::fixes;
use crate::causes::scope::Place;
use crate::causes::{Canonical, Cause, Proof, Severity, View, Witness};
use crate::content::text::{self, Stamp, Zone};
use crate::finding::Finding;
use crate::image::entry::EntryType;

/// Times of the build where only people read them.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "text-build-stamp",
    title: "Times of the build in stamps",
    source: include_str!("text_build_stamp.rs"),
    severity: Severity::Cosmetic,
    scope: &[
        // Names are taken without regard to case and in several spellings, and not in all directories.
        Place { when: Some(has_position), ..Place::WHOLE_FILE },
    ],
    proof: Proof::Dated { canonicalize, unread: true },
    witness: Some(|_| Some(Witness::Holds("is between the file's own time and that of its layer"))),
    hazard: None,
    remedies: fixes::STAMPS,
};

const HOUR: i64 = 3600;

const DAY: i64 = 24 * HOUR;

/// Seconds since 1970 of 1980-01-02: a time before is one that somebody set.
const ANY_TIME: i64 = 315_619_200;

/// What a file is named in which every line may be a stamp, without regard to case, a dot before, `.txt` behind and `_`
/// for `-`.
const STAMP_FILES: &[&str] = &[
    "build-date",
    "build-time",
    "build-timestamp",
    "build-stamp",
    "builddate",
    "buildtime",
    "buildtimestamp",
    "built-at",
    "built-on",
    "image-build-date",
    "image-build-time",
];

/// What may stand before the stamp in such a line, without regard to case, a colon and blanks behind it left out.
const LABELS: &[&str] = &[
    "",
    "built",
    "built on",
    "built at",
    "build",
    "build date",
    "build time",
    "build timestamp",
    "date",
    "generated",
    "generated on",
    "generated at",
    "created",
    "created on",
    "created at",
];

/// Files that hold what a generator tells of a build; Java's `Properties.store` writes them, with the time as a comment.
const PROPERTIES: &[&[u8]] = &[b"pom.properties", b"git.properties", b"build-info.properties"];

fn has_position(finding: &Finding) -> bool {
    position(finding.location.path_bytes()).is_some()
}

/// Where a file may have stamps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Position {
    /// A line of it.
    Line,
    /// A comment before anything else.
    Comment,
    /// The head of a page of javadoc.
    Javadoc,
    /// What a line opens with.
    Log,
}

fn position(path: &[u8]) -> Option<Position> {
    let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or(path);
    let name = std::str::from_utf8(name).ok()?;
    // Whatever reads a folder of fragments reads them by another name.
    let fragment = path.split(|byte| *byte == b'/').rev().skip(1).any(|folder| folder.ends_with(b".d"));
    if fragment {
        return None;
    }
    let plain = name.to_ascii_lowercase().replace('_', "-");
    let plain = plain.strip_prefix('.').unwrap_or(&plain);
    let plain = plain.strip_suffix(".txt").unwrap_or(plain);
    if STAMP_FILES.contains(&plain) {
        Some(Position::Line)
    } else if PROPERTIES.contains(&name.as_bytes()) {
        Some(Position::Comment)
    } else if name.ends_with(".html") {
        Some(Position::Javadoc)
    } else if name.ends_with(".log") || path.starts_with(b"var/log/") {
        Some(Position::Log)
    } else {
        None
    }
}

fn canonicalize(view: &View<'_>, day_ends: i64) -> Option<Canonical> {
    let entry = view.entry.filter(|entry| entry.entry_type == EntryType::File && entry.mode & 0o7111 == 0)?;
    let file = view.file.filter(|file| text::is_text(file) && !file.starts_with(b"#!"))?;
    let position = position(view.location.path_bytes())?;
    let bounds = Bounds::of(view, entry.mtime.seconds, day_ends)?;
    let mut page = Page { position, bounds, in_head: true, is_javadoc: false };
    let (mut canonical, mut count) = (Canonical::with_capacity(file.len()), 0);
    for line in file.split_inclusive(|byte| *byte == b'\n') {
        let Some((start, stamp)) = page.stamp(line) else {
            canonical.extend_from_slice(line);
            continue;
        };
        canonical.extend_from_slice(line.get(..start)?);
        canonical.extend_from_slice(&stamp.form);
        canonical.extend_from_slice(line.get(stamp.end..)?);
        count += 1;
    }
    (count > 0).then_some(canonical)
}

/// From when until when a time is one of the build.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    first: i64,
    last: i64,
    /// Whether the image sets a zone, in which a time that names none is.
    zone_is_set: bool,
}

impl Bounds {
    /// The file's own time and that of its layer; `None` where neither was left as it was.
    fn of(view: &View<'_>, mtime: i64, day_ends: i64) -> Option<Self> {
        // A time that was written down when the layer was made is after those of its files, and builders write fractions.
        let made = view.layer_time().filter(|made| made.seconds >= ANY_TIME && mtime <= made.seconds + HOUR);
        let set = mtime < ANY_TIME || made.is_some_and(|made| made.nanoseconds == 0 && made.seconds == mtime);
        let last = match made {
            Some(made) if made.nanoseconds > 0 || made.seconds != mtime => made.seconds.saturating_add(HOUR),
            _ if set => return None,
            _ => mtime.saturating_add(HOUR),
        };
        let environment = view.image.config.pointer("/config/Env").and_then(|list| list.as_array());
        let sets_zone = |entry: &serde_json::Value| entry.as_str().is_some_and(|text| text.starts_with("TZ="));
        let zone_is_set = environment.is_some_and(|list| list.iter().any(sets_zone));
        Some(Bounds { first: mtime.saturating_sub(DAY), last: last.min(day_ends), zone_is_set })
    }

    fn admit(self, stamp: &Stamp) -> bool {
        let Some((first, last)) = stamp.seconds else { return false };
        let (west, east) = match stamp.zone {
            Zone::Ahead(ahead) => (ahead, ahead),
            Zone::Unsaid if !self.zone_is_set => (0, 0),
            // From Baker Island to the Line Islands.
            Zone::Unsaid | Zone::Named => (-12 * HOUR, 14 * HOUR),
        };
        first - east <= self.last && last - west >= self.first
    }
}

/// What may stand behind a stamp in its line.
type Behind = fn(&[u8]) -> bool;

/// A file, as far as its lines were read.
struct Page {
    position: Position,
    bounds: Bounds,
    /// Only what opens such a file was read so far.
    in_head: bool,
    is_javadoc: bool,
}

impl Page {
    /// Where in a line the stamp is, and what it is.
    fn stamp(&mut self, line: &[u8]) -> Option<(usize, Stamp)> {
        let text = line.trim_ascii_end();
        let window = Some((self.bounds.first, self.bounds.last));
        let (start, behind): (usize, Behind) = match self.position {
            Position::Line => (label(text, window)?, <[u8]>::is_empty),
            Position::Comment => (self.comment(text)?, <[u8]>::is_empty),
            Position::Javadoc => self.javadoc(text)?,
            Position::Log => (usize::from(text.starts_with(b"[")), |rest| {
                rest.first().is_some_and(|byte| b" \t]:,;|".contains(byte))
            }),
        };
        let stamp = text::stamp_at(text, start, window).filter(|stamp| self.bounds.admit(stamp))?;
        behind(text.get(stamp.end..)?).then_some((start, stamp))
    }

    /// A comment ends with its line; only behind a property it could go on as a value.
    fn comment(&mut self, text: &[u8]) -> Option<usize> {
        self.in_head &= text.starts_with(b"#");
        self.in_head.then_some(1)
    }

    /// `<!-- Generated by javadoc (17) on Sun Nov 22 16:03:03 UTC 2026 -->`, and `<meta name="dc.created"
    /// content="2026-11-22">` in a page that has the former.
    fn javadoc(&mut self, text: &[u8]) -> Option<(usize, Behind)> {
        const BEFORE: [&[u8]; 5] = [b"<!DOCTYPE ", b"<!doctype ", b"<!-- NewPage -->", b"<html", b"<head>"];
        const CREATED: [&[u8]; 2] = [b"<meta name=\"dc.created\" content=\"", b"<meta name=\"date\" content=\""];
        if !self.in_head {
            return None;
        }
        if text.starts_with(b"<!-- Generated by javadoc ") {
            self.is_javadoc = true;
            let start = memchr::memmem::find(text, b" on ")? + 4;
            return is_version(text.get(26..start - 4)?).then_some((start, |rest| rest == b" -->"));
        }
        if self.is_javadoc {
            if let Some(created) = CREATED.iter().find(|created| text.starts_with(created)) {
                return Some((created.len(), |rest| rest == b"\">"));
            }
            // The time is one of the lines behind the title, each of them an element.
            self.in_head = (text.starts_with(b"<title>") && text.ends_with(b"</title>") && is_markup(text, 2))
                || (text.starts_with(b"<meta ") && is_markup(text, 1));
        } else {
            self.in_head = BEFORE.iter().any(|before| text.starts_with(before)) && is_markup(text, 1);
        }
        None
    }
}

/// Whether a line opens so many tags and leaves none of them open, nor a value in it.
fn is_markup(text: &[u8], tags: usize) -> bool {
    let count = |wanted: u8| text.iter().filter(|byte| **byte == wanted).count();
    text.ends_with(b">") && count(b'<') == tags && count(b'>') == tags && count(b'"') % 2 == 0 && count(b'\'') == 0
}

/// Where the stamp begins in a line that has nothing else but a label.
fn label(text: &[u8], window: Option<(i64, i64)>) -> Option<usize> {
    let letter = |byte: &u8| byte.is_ascii_alphabetic() || b" :".contains(byte);
    let is_label = |text: &[u8]| {
        let words = text.trim_ascii_end();
        let words = words.strip_suffix(b":").unwrap_or(words);
        LABELS.iter().any(|label| label.as_bytes().eq_ignore_ascii_case(words))
    };
    let most = text.iter().take(32).take_while(|byte| letter(byte)).count();
    // Names of days and months are letters, too.
    (0..=most).find(|end| text.get(..*end).is_some_and(is_label) && text::stamp_at(text, *end, window).is_some())
}

/// `(17)`, `(version 1.8.0_392)`.
fn is_version(text: &[u8]) -> bool {
    let inner = text.strip_prefix(b"(").and_then(|text| text.strip_suffix(b")"));
    inner.is_some_and(|text| text.iter().all(|byte| byte.is_ascii_alphanumeric() || b" ._+-".contains(byte)))
}
