//! Which files and texts hold a secret: no report shows such bytes, nor a digest by which they could be guessed.
//!
//! The one place that knows a secret when it sees one. Recognizing too much costs a look at a difference, recognizing too
//! little a key. A marker alone is not enough all the same: every TLS library holds `-----BEGIN PRIVATE KEY-----` as a
//! constant.

mod armor;
mod der;
mod hashes;
mod mask;
mod names;
mod paths;
mod text;
mod tokens;
mod wide;

use crate::finding::{Range, Secret};

pub(crate) use armor::{armored_line, shows_private_key};
pub(crate) use hashes::is_password;
pub(crate) use mask::masked;
pub use names::is_secret as is_secret_name;
pub(crate) use paths::is_key_name;
pub use text::{Extent, Span, spans};
pub(crate) use wide::narrowed;

/// The kind of secret in the file at `path`, by its path or by what is in its bytes.
pub fn of(path: &[u8], bytes: &[u8]) -> Option<Secret> {
    let by_path = |bytes: &[u8]| paths::secret(path, bytes);
    by_path(bytes).or_else(|| in_bytes(bytes)).or_else(|| wide::whole(bytes).and_then(|text| by_path(text.as_bytes())))
}

/// The kind of secret in bytes, wherever they are from.
pub fn in_bytes(bytes: &[u8]) -> Option<Secret> {
    in_narrow(bytes).or_else(|| wide::find(bytes, in_narrow))
}

/// The kind of secret that a file or its path holds anywhere, be it one value that a line assigns.
pub(crate) fn anywhere(path: &[u8], bytes: &[u8]) -> Option<Secret> {
    let text = super::text::is_text(bytes);
    let counts = |text: &str, span: &Span| !span.named || text.get(span.from..span.to).is_some_and(is_literal);
    let named = |lossy: &str| {
        spans(lossy, Extent::Line)
            .iter()
            .find(|span| (text || !span.named) && counts(lossy, span))
            .map(|span| span.secret)
    };
    let in_name = || spans(&String::from_utf8_lossy(path), Extent::Line).first().map(|span| span.secret);
    of(path, bytes).or_else(in_name).or_else(|| named(&String::from_utf8_lossy(bytes))).or_else(|| {
        wide::whole(bytes)
            .and_then(|text| spans(&text, Extent::Line).iter().find(|span| counts(&text, span)).map(|span| span.secret))
    })
}

/// The longest file that could be guessed as a whole where one value in it is secret.
const GUESSABLE: usize = 512;

/// The kind of secret in a file of which no more than the start is known, by which its digest is withheld.
pub(crate) fn of_start(path: &[u8], start: &[u8]) -> Option<Secret> {
    if start.len() <= GUESSABLE { anywhere(path, start) } else { of(path, start) }
}

fn in_narrow(bytes: &[u8]) -> Option<Secret> {
    if armor::holds_private_key(bytes) || der::is_private_key(bytes) {
        return Some(Secret::PrivateKey);
    }
    hashes::holds(bytes).then_some(Secret::PasswordHash)
}

/// The kind of secret that the value of a variable, label or instruction of a config exposes, whatever else is in it: a
/// credential by its shape, or one that is called so and looks like one. A placeholder, a path or the name of something
/// that holds the secret is none.
pub fn exposed(text: &str, extent: Extent) -> Option<Secret> {
    let shows = |span: &&Span| !span.named || text.get(span.from..span.to).is_some_and(looks_random);
    spans(text, extent).iter().find(shows).map(|span| span.secret)
}

/// Whether a value that is called a secret looks like one: it has a word of some length that mixes letters and digits.
fn looks_random(value: &str) -> bool {
    value.split_whitespace().any(is_random_word)
}

fn is_random_word(value: &str) -> bool {
    let value = value.trim_matches(['"', '\'', ',', ';']);
    let has = |test: fn(&u8) -> bool| value.as_bytes().iter().any(test);
    let is_word = value.bytes().all(|byte| byte.is_ascii_graphic() && !b"(){}<>[]$`".contains(&byte));
    let kinds = [has(u8::is_ascii_lowercase), has(u8::is_ascii_uppercase), has(u8::is_ascii_digit)];
    let mixed = kinds.iter().filter(|has| **has).count() >= 2;
    is_word && mixed && value.len() >= 8 && !value.starts_with(['/', '.', '~']) && !value.contains("://")
}

/// Whether a name or value assigned to it is written out, and not computed or left open: `db_password = hunter2`, not
/// `token = tokens.pop()`.
fn is_literal(value: &str) -> bool {
    let value = value.trim().trim_end_matches([',', ';']);
    let bare = value.trim_matches(['"', '\'']);
    let quoted = bare.len() + 2 == value.len();
    let word = |byte: u8| byte.is_ascii_graphic() && !b"(){}<>[]$`".contains(&byte);
    !bare.is_empty() && if quoted { !bare.starts_with('$') } else { bare.bytes().all(word) }
}

/// Bytes of a text around a range that are looked at for what the range belongs to.
const AROUND: usize = 4096;

/// The secret that a range of bytes is a part of, in a file of which the rest may be shown: the value that a line assigns,
/// or the login in a URL.
pub(crate) fn in_range(bytes: &[u8], (from, to): Range) -> Option<Secret> {
    let (from, to) = (usize::try_from(from).ok()?, usize::try_from(to).ok()?);
    let first = bytes.get(from.saturating_sub(AROUND)..from)?;
    let start = from - first.len() + memchr::memrchr(b'\n', first).map_or(0, |at| at + 1);
    let last = bytes.get(to..bytes.len().min(to.saturating_add(AROUND)))?;
    let end = to + memchr::memchr(b'\n', last).unwrap_or(last.len());
    let lines = bytes.get(start..end)?;
    let text = match std::str::from_utf8(lines) {
        Ok(text) if memchr::memchr(0, lines).is_none() => text,
        // Where a span lies cannot be told any more: any secret there is this one.
        _ => return spans(&narrowed(lines), Extent::Line).first().map(|span| span.secret),
    };
    let (from, to) = (from - start, to - start);
    let meets = |span: &&Span| {
        span.from < to.max(from + 1)
            && from <= span.to
            && (!span.named || text.get(span.from..span.to).is_some_and(is_literal))
    };
    spans(text, Extent::Line).iter().find(meets).map(|span| span.secret)
}

#[cfg(test)]
mod tests;
