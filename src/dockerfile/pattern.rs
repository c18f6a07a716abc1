//! The patterns of `${name#pattern}`, `${name%pattern}` and `${name/pattern/text}`: `*`, `?`, and letters.

use super::word::Unexpanded;

/// Letters that a pattern has at most.
const LONGEST: usize = 256;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Letter(char),
    /// Any letter but a line end.
    One,
    /// Any number of them.
    Many,
}

/// A pattern.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Pattern(Vec<Part>);

impl Pattern {
    pub(super) fn read(text: &str) -> Result<Self, Unexpanded> {
        let mut parts = Vec::new();
        let mut letters = text.chars();
        while let Some(letter) = letters.next() {
            parts.push(match letter {
                '*' => Part::Many,
                '?' => Part::One,
                '\\' => match letters.next() {
                    Some(escaped @ ('*' | '?' | '\\' | '}' | '/')) => Part::Letter(escaped),
                    _ => return Err(Unexpanded::Malformed),
                },
                letter => Part::Letter(letter),
            });
        }
        if parts.len() > LONGEST { Err(Unexpanded::Limit) } else { Ok(Pattern(parts)) }
    }

    pub(super) fn without_prefix<'a>(&self, value: &'a str, longest: bool) -> &'a str {
        &value[end(self.0.iter(), value.chars(), longest).unwrap_or(0)..]
    }

    pub(super) fn without_suffix<'a>(&self, value: &'a str, longest: bool) -> &'a str {
        &value[..value.len() - end(self.0.iter().rev(), value.chars().rev(), longest).unwrap_or(0)]
    }

    /// The value with its first match, or each, replaced.
    pub(super) fn replaced(&self, value: &str, by: &str, all: bool) -> Result<String, Unexpanded> {
        // Builders take `$1` there for a group, and go their own ways with matches of nothing.
        if by.contains(['$', '\\']) || self.0.iter().all(|part| *part == Part::Many) {
            return Err(Unexpanded::Unknown);
        }
        let (mut text, mut at) = (String::new(), 0);
        while at < value.len() {
            if let Some(length) = end(self.0.iter(), value[at..].chars(), true) {
                text.push_str(by);
                at += length;
                if !all {
                    break;
                }
            } else {
                let letter = value[at..].chars().next().map_or(1, char::len_utf8);
                text.push_str(&value[at..at + letter]);
                at += letter;
            }
        }
        text.push_str(&value[at..]);
        Ok(text)
    }
}

/// Bytes of the shortest or longest beginning of `letters` that the parts match.
fn end<'a>(parts: impl Iterator<Item = &'a Part>, letters: impl Iterator<Item = char>, longest: bool) -> Option<usize> {
    let parts: Vec<Part> = parts.copied().collect();
    // Which numbers of parts are matched by what was read so far.
    let mut matched = vec![false; parts.len() + 1];
    matched[0] = true;
    skip_many(&parts, &mut matched);
    let mut found = matched[parts.len()].then_some(0);
    let mut read = 0;
    for letter in letters {
        if (found.is_some() && !longest) || !matched.contains(&true) {
            break;
        }
        read += letter.len_utf8();
        let mut next = vec![false; parts.len() + 1];
        for (at, part) in parts.iter().enumerate().filter(|(at, _)| matched[*at]) {
            match part {
                Part::Letter(wanted) => next[at + 1] |= *wanted == letter,
                Part::One => next[at + 1] |= letter != '\n',
                Part::Many => next[at] |= letter != '\n',
            }
        }
        skip_many(&parts, &mut next);
        matched = next;
        if matched[parts.len()] {
            found = Some(read);
        }
    }
    found
}

/// Any number of letters can be none.
fn skip_many(parts: &[Part], matched: &mut [bool]) {
    for (at, part) in parts.iter().enumerate() {
        if matched[at] && *part == Part::Many {
            matched[at + 1] = true;
        }
    }
}
