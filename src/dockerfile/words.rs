//! How lines fall into words: every instruction has its own way.

use std::ops::Range;

use super::fault::Wrong;
use super::word::{Flag, Word};

/// What parts words where no quotes count.
const BLANKS: [char; 5] = ['\t', '\u{b}', '\u{c}', '\r', ' '];

/// The range without the whitespace at its ends.
pub(super) fn trimmed(line: &str, range: Range<usize>) -> Range<usize> {
    let text = &line[range.clone()];
    let start = range.start + (text.len() - text.trim_start().len());
    start..(start + text.trim().len())
}

/// The first run of blanks.
pub(super) fn blank(line: &str, range: Range<usize>) -> Option<Range<usize>> {
    let text = &line[range.clone()];
    let start = text.find(BLANKS)?;
    let rest = &text[start..];
    let length = rest.len() - rest.trim_start_matches(BLANKS).len();
    Some(range.start + start..range.start + start + length)
}

/// Words between blanks.
pub(super) fn by_blanks(line: &str, range: Range<usize>) -> Vec<Word> {
    let mut words = Vec::new();
    let mut start = range.start;
    while start < range.end {
        let blank = blank(line, start..range.end).unwrap_or(range.end..range.end);
        if blank.start > start {
            words.push(word(line, start..blank.start));
        }
        start = blank.end;
    }
    words
}

/// Words between whitespace that is neither quoted nor escaped.
pub(super) fn quoted(line: &str, range: Range<usize>, escape: char) -> Vec<Word> {
    let mut words = Vec::new();
    let mut start = None;
    let mut quote = None;
    let mut letters = line[range.clone()].char_indices();
    while let Some((at, letter)) = letters.next() {
        let at = range.start + at;
        if start.is_none() && letter.is_whitespace() {
            continue;
        }
        match quote {
            None if letter.is_whitespace() => words.extend(start.take().map(|start| word(line, start..at))),
            None if matches!(letter, '\'' | '"') => quote = Some(letter),
            Some(mark) if mark == letter => quote = None,
            // What would escape nothing is dropped, and nothing is escaped between single quotes.
            _ if letter == escape && quote != Some('\'') && letters.next().is_none() => {
                words.extend(start.map(|start| word(line, start..at)));
                return words;
            }
            _ => {}
        }
        if !letter.is_whitespace() || quote.is_some() {
            start.get_or_insert(at);
        }
    }
    words.extend(start.map(|start| word(line, start..range.end)));
    words
}

/// The flags at the beginning, and what follows them.
pub(super) fn flags(line: &str, range: Range<usize>, escape: char) -> (Vec<Flag>, Range<usize>) {
    let mut flags = Vec::new();
    let mut start = range.start;
    loop {
        let rest = &line[start..range.end];
        start += rest.len() - rest.trim_start().len();
        if !line[start..range.end].starts_with("--") {
            return (flags, start..range.end);
        }
        let (text, end) = flag(line, start..range.end, escape);
        if text == "--" {
            return (flags, end..range.end);
        }
        let (name, value) = text.split_once('=').map_or((text.as_str(), None), |(name, value)| (name, Some(value)));
        let name = name.trim_start_matches('-').to_owned();
        flags.push(Flag { name, value: value.map(str::to_owned), range: start..end });
        start = end;
    }
}

/// One flag without quotes and escape characters, and where it ends.
fn flag(line: &str, range: Range<usize>, escape: char) -> (String, usize) {
    let mut text = String::new();
    let mut quote = None;
    let mut letters = line[range.clone()].char_indices();
    while let Some((at, letter)) = letters.next() {
        match quote {
            None if letter.is_whitespace() => return (text, range.start + at),
            None if matches!(letter, '\'' | '"') => quote = Some(letter),
            Some(mark) if mark == letter => quote = None,
            _ if letter == escape => text.extend(letters.next().map(|(_, escaped)| escaped)),
            _ => text.push(letter),
        }
    }
    (text, range.end)
}

/// The strings of a JSON array; `None` where the text is none.
pub(super) fn json(text: &str) -> Result<Option<Vec<String>>, Wrong> {
    if !text.trim_start().starts_with('[') {
        return Ok(None);
    }
    let Ok(values) = serde_json::from_str::<Vec<serde_json::Value>>(text) else { return Ok(None) };
    let strings = values.into_iter().map(|value| match value {
        serde_json::Value::String(text) => Ok(text),
        _ => Err(Wrong::NotStrings),
    });
    strings.collect::<Result<_, _>>().map(Some)
}

fn word(line: &str, range: Range<usize>) -> Word {
    Word { text: line[range.clone()].to_owned(), range }
}
