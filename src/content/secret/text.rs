//! Secrets inside longer texts: by shape, and by the name they are assigned to.

use super::{armor, hashes, names, tokens};
use crate::finding::Secret;

/// Bytes before a sign that a name is looked for in: walking over a line stays linear in its length.
const LONGEST_NAME: usize = 256;

/// How far the value of an assignment reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// To the end of the line: an assignment in a file, a variable as `NAME=value`.
    Line,
    /// To the end of the word, quotes respected: an argument of a shell command.
    Word,
    /// To the next ` NAME=`: the instructions ENV, ARG and LABEL as builders record them, unquoted.
    Instruction,
}

/// A secret in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Its first byte.
    pub from: usize,
    /// The byte behind its last.
    pub to: usize,
    /// What it is.
    pub secret: Secret,
    /// Whether it is one for the name that it is assigned to, and not by its shape.
    pub named: bool,
}

/// The secrets in a text, in order; none of them meet.
pub fn spans(text: &str, extent: Extent) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut at = 0;
    if armor::shows_private_key(text) {
        let mut keys = armor::Keys::of(text);
        while let Some((from, to)) = keys.next_from(at) {
            in_lines(text, (at, from), extent, &mut spans);
            spans.push(Span { from, to, secret: Secret::PrivateKey, named: false });
            at = to;
        }
        // A key that does not end, or of which this is a part: where it is cannot be told from what is around it.
        if without(text, &spans).any(armor::shows_private_key) {
            return vec![Span { from: 0, to: text.len(), secret: Secret::PrivateKey, named: false }];
        }
    }
    in_lines(text, (at, text.len()), extent, &mut spans);
    spans
}

/// What is left of a text between its secrets.
fn without<'a>(text: &'a str, spans: &'a [Span]) -> impl Iterator<Item = &'a str> {
    let starts = std::iter::once(0).chain(spans.iter().map(|span| span.to));
    let ends = spans.iter().map(|span| span.from).chain([text.len()]);
    starts.zip(ends).filter_map(|(from, to)| text.get(from..to))
}

fn in_lines(text: &str, (start, end): (usize, usize), extent: Extent, spans: &mut Vec<Span>) {
    let mut at = start;
    for line in text.get(start..end).unwrap_or_default().split_inclusive('\n') {
        let body = line.trim_end_matches('\n');
        match hashes::password_field(body) {
            Some((from, to)) => {
                spans.push(Span { from: at + from, to: at + to, secret: Secret::PasswordHash, named: false });
            }
            None => in_line(body, at, extent, spans),
        }
        at += line.len();
    }
}

/// Walks over a line once. All that opens or announces a secret is ASCII, so bytes will do.
fn in_line(line: &str, start: usize, extent: Extent, spans: &mut Vec<Span>) {
    let mut at = 0;
    let mut before = b' ';
    while let Some(byte) = line.as_bytes().get(at).copied() {
        let starts_word = byte.is_ascii_alphanumeric() && !before.is_ascii_alphanumeric();
        before = byte;
        let found = match byte {
            b'$' | b'{' | b'=' | b':' => at_sign(line, at, extent),
            b' ' if extent == Extent::Word => {
                option_value(line, at).map(|(from, to)| (from, to, Secret::NamedSecret, true))
            }
            _ if starts_word => line.get(at..).and_then(at_word),
            _ => None,
        };
        match found {
            Some((from, to, secret, named)) => {
                spans.push(Span { from: start + at + from, to: start + at + to, secret, named });
                at += to;
                before = line.as_bytes().get(at - 1).copied().unwrap_or(b' ');
            }
            None => at += 1,
        }
    }
}

/// From where to where, counted from where it was looked at; what it is, and whether by name.
type Found = (usize, usize, Secret, bool);

fn at_sign(line: &str, at: usize, extent: Extent) -> Option<Found> {
    let rest = line.get(at..)?;
    match rest.strip_prefix("://") {
        Some(after) => tokens::userinfo(after).map(|end| (3, 3 + end, Secret::NamedSecret, false)),
        None if rest.starts_with(['$', '{']) => hash(rest),
        None => assigned(line, at, extent).map(|(from, to)| (from, to, Secret::NamedSecret, true)),
    }
}

fn at_word(rest: &str) -> Option<Found> {
    if rest.starts_with('S') {
        return hash(rest);
    }
    tokens::token(rest).map(|end| (0, end, Secret::NamedSecret, false))
}

fn hash(rest: &str) -> Option<Found> {
    hashes::crypt_hash(rest).map(|end| (0, end, Secret::PasswordHash, false))
}

/// Where the value lies, counted from the `=` or `:` at `at`, if the name before it is that of a secret.
fn assigned(line: &str, at: usize, extent: Extent) -> Option<(usize, usize)> {
    let (before, rest) = (&line[..at], &line[at..]);
    let colon = rest.starts_with(':');
    let after = &rest[1..];
    let opens = match after.chars().next()? {
        '=' => return None,
        ' ' | '\t' | '"' | '\'' => true,
        _ => !colon,
    };
    if !opens {
        return None;
    }
    let before = last(before, LONGEST_NAME).trim_end_matches([' ', '\t', ':', '+', '?']).trim_end_matches(['"', '\'']);
    let start = before
        .rfind(|c: char| !(c.is_ascii_alphanumeric() || "_.-/:".contains(c)))
        .map_or(0, |end| end + before[end..].chars().next().map_or(0, char::len_utf8));
    if !names::is_secret(&before[start..]) {
        return None;
    }
    let spaces = after.len() - after.trim_start_matches([' ', '\t']).len();
    // In a shell command a space after the sign ends an assignment, but not a header or a JSON member.
    if extent == Extent::Word && !colon && spaces > 0 {
        return None;
    }
    let value = &after[spaces..];
    let length = match extent {
        Extent::Line => value.len(),
        Extent::Word if colon && value.starts_with(['"', '\'']) => quoted(value),
        Extent::Word if colon => value.find(['"', '\'']).unwrap_or(value.len()),
        Extent::Word => word(value),
        Extent::Instruction => instruction_value(value),
    };
    (length > 0).then_some((1 + spaces, 1 + spaces + length))
}

/// The last `bytes` bytes of a text, or a few less.
fn last(text: &str, bytes: usize) -> &str {
    let start = (text.len().saturating_sub(bytes)..=text.len()).find(|at| text.is_char_boundary(*at));
    &text[start.unwrap_or(text.len())..]
}

/// Where the next word lies, counted from the space at `at`, if the word before it is an option like `--password`.
fn option_value(line: &str, at: usize) -> Option<(usize, usize)> {
    let option = line[..at].rsplit([' ', '\t']).next()?;
    if !option.starts_with("--") || option.contains('=') || !names::is_secret(option) {
        return None;
    }
    let value = line[at..].trim_start();
    if value.starts_with('-') || value.is_empty() {
        return None;
    }
    let from = line.len() - at - value.len();
    Some((from, from + word(value)))
}

/// The length of the quoted text that `text` opens with, its quotes included; of all of it where the quote stays open.
fn quoted(text: &str) -> usize {
    let open = text.chars().next();
    let mut escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if Some(character) == open => return at + character.len_utf8(),
            _ => {}
        }
    }
    text.len()
}

/// The length of the shell word that `text` opens with.
fn word(text: &str) -> usize {
    let mut quote = None;
    let mut escaped = false;
    for (at, character) in text.char_indices() {
        match (character, quote) {
            _ if escaped => escaped = false,
            ('\\', None | Some('"')) => escaped = true,
            ('"' | '\'', None) => quote = Some(character),
            (_, Some(open)) if open == character => quote = None,
            (_, None) if character.is_whitespace() => return at,
            _ => {}
        }
    }
    text.len()
}

/// The length of a value that ends where the next ` NAME=` begins.
fn instruction_value(text: &str) -> usize {
    let mut at = 0;
    for part in text.split_inclusive(' ') {
        if at > 0 && command_name(part) {
            return at - 1;
        }
        at += part.len();
    }
    text.len()
}

/// Whether a word opens with `NAME=`.
fn command_name(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c))
    })
}
