//! What is text, and what in a text is a date or time.

mod timestamp;

use std::ops::Range;

use timestamp::Scanner;

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

/// Replaces every date and time in a text by a placeholder of its class (which form it is written in), and counts them.
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
        let Some((class, end)) = scanner.token(at).filter(|(_, end)| accept(at..*end)) else {
            at += 1;
            continue;
        };
        blanked.extend_from_slice(text.get(copied..at).unwrap_or(&[]));
        blanked.push(0);
        blanked.extend_from_slice(class.name().as_bytes());
        blanked.push(0);
        count += 1;
        (at, copied) = (end, end);
    }
    blanked.extend_from_slice(text.get(copied..).unwrap_or(&[]));
    (blanked, count)
}

#[cfg(test)]
mod tests;
