//! What is text, and what in a text is a date or time.

mod timestamp;

use std::ops::Range;

use timestamp::{Scanner, Token};

/// Whether bytes are text: UTF-8 or an 8-bit encoding in the manner of ISO 8859-1, without NUL and with hardly any
/// control characters but those of terminals (backspace, escape). No bytes at all are text.
pub fn is_text(bytes: &[u8]) -> bool {
    let is_control = |byte: &&u8| matches!(byte, 0..=0x07 | 0x0b | 0x0e..=0x1a | 0x1c..=0x1f | 0x7f);
    if memchr::memchr(0, bytes).is_some() || bytes.iter().filter(is_control).count() > bytes.len() / 20 {
        return false;
    }
    std::str::from_utf8(bytes).is_ok() || is_latin(bytes)
}

/// Mostly ASCII, and nothing where ISO 8859 has control characters.
fn is_latin(bytes: &[u8]) -> bool {
    let high = bytes.iter().filter(|byte| **byte >= 0x80).count();
    high <= bytes.len() / 4 && !bytes.iter().any(|byte| (0x80..0xa0).contains(byte))
}

/// A date or time in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// Where it ends.
    pub end: usize,
    /// How it is written, the zone included: what two builds of one generator have in common.
    pub form: Vec<u8>,
    /// The first and the last second since 1970 that it can mean, read as UTC; `None` where the year is missing.
    pub seconds: Option<(i64, i64)>,
    /// How its time relates to UTC.
    pub zone: Zone,
}

/// The zone that a time is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zone {
    /// It says none.
    Unsaid,
    /// It says a name that more than one zone goes by.
    Named,
    /// So many seconds ahead of UTC.
    Ahead(i64),
}

/// The date or time that starts at a place of a text without NUL.
pub fn stamp_at(text: &[u8], at: usize, epochs: Option<(i64, i64)>) -> Option<Stamp> {
    let token = Scanner { text, epochs }.token(at)?;
    Some(Stamp { end: token.end, form: placeholder(text, &token), seconds: token.seconds(), zone: token.zone() })
}

/// What stands for a date or time: how it is written, between two NUL.
fn placeholder(text: &[u8], token: &Token) -> Vec<u8> {
    [&b"\0"[..], &token.form(text), b"\0"].concat()
}

/// Replaces every date and time in a text by a placeholder that says how it is written (the class of its form, and the
/// zone), and counts them.
///
/// A placeholder opens and closes with NUL, so no text without NUL can be taken for one; bytes with a NUL are returned
/// as they are. Bare numbers of 10 digits (seconds since 1970) and 13 digits (milliseconds) count as times only in
/// `epochs`, first and last second included. Takes time in proportion to the length.
pub fn blank_timestamps(text: &[u8], epochs: Option<(i64, i64)>) -> (Vec<u8>, usize) {
    blank_timestamps_where(text, epochs, &|_| true)
}

/// Like [`blank_timestamps`], of those dates and times that `accept` accepts by their range in the text.
pub fn blank_timestamps_where(
    text: &[u8],
    epochs: Option<(i64, i64)>,
    accept: &dyn Fn(Range<usize>) -> bool,
) -> (Vec<u8>, usize) {
    if memchr::memchr(0, text).is_some() {
        return (text.to_vec(), 0);
    }
    let scanner = Scanner { text, epochs };
    let mut blanked = Vec::with_capacity(text.len());
    let (mut at, mut copied, mut count) = (0, 0, 0);
    while at < text.len() {
        let Some(token) = scanner.token(at).filter(|token| accept(at..token.end)) else {
            at += 1;
            continue;
        };
        blanked.extend_from_slice(text.get(copied..at).unwrap_or(&[]));
        blanked.extend_from_slice(&placeholder(text, &token));
        count += 1;
        (at, copied) = (token.end, token.end);
    }
    blanked.extend_from_slice(text.get(copied..).unwrap_or(&[]));
    (blanked, count)
}

#[cfg(test)]
mod tests;
