//! Secrets inside longer texts: by shape, and by the name they are assigned to.

use super::{MARK, names, shapes};
use crate::finding::Secret;

/// Bytes before a sign that a name is looked for in: walking over a line stays linear in its length.
const LONGEST_NAME: usize = 256;

/// How far the value of an assignment reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// To the end of the line: an assignment in a file, a variable as `NAME=value`.
    Line,
    /// To the end of the word, quotes respected: an argument of a shell command.
    Word,
    /// To the next ` NAME=`: the instructions ENV, ARG and LABEL as builders record them, unquoted.
    Instruction,
}

/// A text with its secrets withheld.
pub(crate) fn text(text: &str) -> String {
    if shapes::has_private_key(text) {
        return MARK.to_owned();
    }
    redact(text, Extent::Line).0
}

/// The text with `[redacted]` in place of secrets, and the kind of the first of them.
pub(super) fn redact(text: &str, extent: Extent) -> (String, Option<Secret>) {
    let mut shown = String::with_capacity(text.len());
    let mut kind = None;
    for line in text.split_inclusive('\n') {
        let body = line.trim_end_matches('\n');
        if let Some((from, to)) = shapes::shadow_field(body) {
            shown.push_str(&body[..from]);
            shown.push_str(MARK);
            shown.push_str(&body[to..]);
            kind.get_or_insert(Secret::PasswordHash);
        } else {
            redact_line(body, extent, &mut shown, &mut kind);
        }
        shown.push_str(&line[body.len()..]);
    }
    (shown, kind)
}

/// Walks over a line once, copying what may be shown.
fn redact_line(line: &str, extent: Extent, shown: &mut String, kind: &mut Option<Secret>) {
    let mut at = 0;
    while let Some(character) = line[at..].chars().next() {
        let rest = &line[at..];
        let starts_word = !line[..at].chars().next_back().is_some_and(|before| before.is_ascii_alphanumeric());
        let secret = match character {
            '$' => shapes::crypt_hash(rest).map(|end| (0, end, Secret::PasswordHash)),
            ':' if rest.starts_with("://") => shapes::userinfo(&rest[3..]).map(|end| (3, 3 + end, Secret::NamedSecret)),
            '=' | ':' => assigned(line, at, extent).map(|(from, to)| (from, to, Secret::NamedSecret)),
            ' ' if extent == Extent::Word => option_value(line, at).map(|(from, to)| (from, to, Secret::NamedSecret)),
            _ if starts_word => shapes::token(rest).map(|end| (0, end, Secret::NamedSecret)),
            _ => None,
        };
        match secret {
            Some((from, to, secret)) => {
                shown.push_str(&rest[..from]);
                shown.push_str(MARK);
                kind.get_or_insert(secret);
                at += to;
            }
            None => {
                shown.push(character);
                at += character.len_utf8();
            }
        }
    }
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
    let before = last(before, LONGEST_NAME).trim_end_matches([' ', '\t', ':', '+', '?']).trim_end_matches(['"', '\'']);
    let start = before
        .rfind(|c: char| !(c.is_ascii_alphanumeric() || "_.-/:".contains(c)))
        .map_or(0, |end| end + before[end..].chars().next().map_or(0, char::len_utf8));
    if !opens || !names::is_secret(&before[start..]) {
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
