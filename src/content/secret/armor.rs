//! Private keys as text: PEM (RFC 7468), armor of OpenSSH and OpenPGP, PuTTY's and gpg-agent's files, and base64 of any of
//! these or of DER.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use memchr::memmem::{self, Finder};

use super::der;

const BEGIN: &[u8] = b"-----BEGIN ";
/// The longest label before the dashes that is looked at: `ENCRYPTED PRIVATE KEY`, `PGP PRIVATE KEY BLOCK`.
const LABEL: usize = 64;
/// `-----BEGIN` once more in base64, and the `CERTIFICATE` that may follow.
const BEGIN_ENCODED: &str = "LS0tLS1CRUdJTi";
const CERTIFICATE_ENCODED: &str = "BDRVJUSUZJQ0FUR";
/// `openssh-key-v1` in base64, with which OpenSSH's own form opens below its marker.
const OPENSSH_ENCODED: &str = "b3BlbnNzaC1rZXktdjE";

static PRIVATE: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("PRIVATE KEY"));
static KEYS: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("ey"));
static BEGINS: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(BEGIN));
static ENCODED: LazyLock<[Finder<'static>; 2]> = LazyLock::new(|| [BEGIN_ENCODED, OPENSSH_ENCODED].map(Finder::new));

/// What files of keys open with that are not armored.
const OPENINGS: &[&[u8]] = &[
    b"PuTTY-User-Key-File-",
    b"openssh-key-v1\0",
    b"(private-key",
    b"(protected-private-key",
    b"(shadowed-private-key",
    b"(11:private-key",
    b"(21:protected-private-key",
    b"Key: (private-key",
    b"Key: (protected-private-key",
];

/// Whether bytes hold a private key: a marker and what follows it, for the marker alone stands in every TLS library.
pub(super) fn holds_private_key(bytes: &[u8]) -> bool {
    OPENINGS.iter().any(|opening| bytes.starts_with(opening))
        || BEGINS.find_iter(bytes).any(|at| {
            let rest = bytes.get(at + BEGIN.len()..).unwrap_or(&[]);
            let label = rest.get(..rest.len().min(LABEL)).unwrap_or(&[]);
            let Some(end) = memmem::find(label, b"-----") else { return false };
            let is_private = label.get(..end).is_some_and(|label| memmem::find(label, b"PRIVATE KEY").is_some());
            is_private && opens_with_body(rest.get(end + 5..).unwrap_or(&[]))
        })
        || ENCODED[0].find_iter(bytes).any(|at| is_encoded_armor(bytes.get(at..).unwrap_or(&[])))
        || ENCODED[1].find(bytes).is_some()
        || holds_encoded_der(bytes)
}

/// Lines of headers (`Proc-Type: 4,ENCRYPTED`, `Version: …`) between the marker and the key that are passed over.
const HEADERS: usize = 8;
/// Characters of base64 in a row that make a key's line.
const BODY: usize = 16;

/// Whether base64 follows, in lines, or with the line feeds written as `\n` or `\r\n` in a string of JSON or a script.
fn opens_with_body(mut bytes: &[u8]) -> bool {
    for _ in 0..HEADERS {
        bytes = skip_breaks(bytes);
        if bytes.iter().take(BODY).take_while(|byte| is_base64(**byte)).count() >= BODY {
            return true;
        }
        let line = bytes.get(..bytes.len().min(200)).unwrap_or(&[]);
        let Some(end) = memchr::memchr2(b'\n', b'\\', line) else { return false };
        if !line.get(..end).is_some_and(|line| line.contains(&b':')) {
            return false;
        }
        bytes = bytes.get(end..).unwrap_or(&[]);
    }
    false
}

fn skip_breaks(mut bytes: &[u8]) -> &[u8] {
    loop {
        bytes = match bytes {
            [b'\\', b'n' | b'r', rest @ ..] => rest,
            [b'\r' | b'\n' | b' ' | b'\t' | b'"' | b'\'' | b',' | b'|' | b'+', rest @ ..] => rest,
            _ => return bytes,
        };
    }
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}

/// Whether a text in base64 opens with `-----BEGIN`, and says further on that it is private.
fn is_encoded_armor(bytes: &[u8]) -> bool {
    let opening = decoded_start(bytes, 4 * LABEL / 3 + BEGIN_ENCODED.len());
    memmem::find(&opening, b"PRIVATE KEY").is_some()
}

/// Characters of base64 that show the structure of a key.
const STRUCTURE: usize = 64;
/// The fewest of them: a key of Ed25519 has 64.
const LEAST: usize = 40;

/// Whether a key in DER stands there in base64, without armor. A SEQUENCE opens with `M` and one of the letters that the
/// first bits of its length make.
fn holds_encoded_der(bytes: &[u8]) -> bool {
    encoded_der_at(bytes).is_some()
}

fn encoded_der_at(bytes: &[u8]) -> Option<usize> {
    memchr::memchr_iter(b'M', bytes).find(|at| {
        let at = *at;
        matches!(bytes.get(at + 1), Some(b'C'..=b'I'))
            && !at
                .checked_sub(1)
                .and_then(|before| bytes.get(before))
                .is_some_and(|before| is_base64(*before) && *before != b'=')
            && encoded_der(bytes.get(at..).unwrap_or(&[]))
    })
}

fn encoded_der(bytes: &[u8]) -> bool {
    let start = decoded_start(bytes, STRUCTURE);
    start.len() >= LEAST * 3 / 4 && der::is_private_key(&start)
}

/// What up to `length` characters of base64 at the start decode to.
fn decoded_start(bytes: &[u8], length: usize) -> Vec<u8> {
    const LENIENT: GeneralPurpose = GeneralPurpose::new(
        &STANDARD,
        GeneralPurposeConfig::new()
            .with_decode_allow_trailing_bits(true)
            .with_decode_padding_mode(DecodePaddingMode::Indifferent),
    );
    let length = bytes.iter().take(length).take_while(|byte| is_base64(**byte) && **byte != b'=').count();
    LENIENT.decode(bytes.get(..length - length % 4).unwrap_or(&[])).unwrap_or_default()
}

/// Whether a text holds a private key, or a part of its armor: what is shown of a text in an excerpt.
pub(crate) fn shows_private_key(text: &str) -> bool {
    let armor = |line: &str| line.contains("PRIVATE KEY") && (line.contains("BEGIN ") || line.contains("END "));
    // All openings speak of a key.
    KEYS.find(text.as_bytes()).is_some()
        && OPENINGS.iter().any(|opening| memmem::find(text.as_bytes(), opening).is_some())
        || ENCODED[0]
            .find_iter(text.as_bytes())
            .any(|at| !text.get(at + BEGIN_ENCODED.len()..).is_some_and(|rest| rest.starts_with(CERTIFICATE_ENCODED)))
        || PRIVATE.find(text.as_bytes()).is_some() && text.lines().any(armor)
        || ENCODED[1].find(text.as_bytes()).is_some()
        || holds_encoded_der(text.as_bytes())
}

/// Whether a line is nothing but base64 of the length that armored data has: the middle of a key looks like this.
pub(crate) fn armored_line(line: &str) -> bool {
    let line = line.trim();
    let has = |test: fn(&u8) -> bool| line.as_bytes().iter().any(test);
    line.bytes().all(is_base64) && line.len() >= 60 && has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase)
}

/// The whole keys of a text, in order. Each way to find one goes over the text once, whatever the others find.
pub(super) struct Keys<'a> {
    text: &'a str,
    block: Next<(usize, usize)>,
    marks: [Next<usize>; 2],
    der: Next<usize>,
}

/// What is found next in a text.
#[derive(Clone, Copy)]
enum Next<T> {
    /// It was not looked for yet.
    Unknown,
    /// It is this; none where there is no other.
    Known(Option<T>),
}

impl<T: Copy> Next<T> {
    fn get(&mut self, is_ahead: impl Fn(T) -> bool, find: impl FnOnce() -> Option<T>) -> Option<T> {
        let found = match *self {
            Next::Known(None) => None,
            Next::Known(Some(found)) if is_ahead(found) => Some(found),
            _ => find(),
        };
        *self = Next::Known(found);
        found
    }
}

impl<'a> Keys<'a> {
    pub(super) const fn of(text: &'a str) -> Self {
        Keys { text, block: Next::Unknown, marks: [Next::Unknown; 2], der: Next::Unknown }
    }

    /// The first whole key from `at` on: where it begins and ends. Every call is from further on.
    pub(super) fn next_from(&mut self, at: usize) -> Option<(usize, usize)> {
        let text = self.text;
        let block = self.block.get(|(start, _)| start >= at, || block(text, at));
        let word = self.word(at);
        block.into_iter().chain(word).min()
    }

    /// The first word of base64 that holds a key, be it armored inside or DER, where nothing of it can go on in another
    /// line.
    fn word(&mut self, from: usize) -> Option<(usize, usize)> {
        let text = self.text;
        let rest = text.as_bytes().get(from..)?;
        let marks = self.marks.iter_mut().zip(&*ENCODED);
        let marks = marks.filter_map(|(next, mark)| next.get(|at| at >= from, || Some(from + mark.find(rest)?)));
        let first = marks.min();
        let der = self.der.get(|at| at >= from, || Some(from + encoded_der_at(rest)?));
        let at = first.into_iter().chain(der).min()?;
        let before = text.get(from..at)?.bytes().rev();
        let start = at - before.take_while(|byte| is_base64(*byte) && *byte != b'=').count();
        let end = at + text.get(at..)?.bytes().take_while(|byte| is_base64(*byte)).count();
        let next = text.get(end..)?.trim_start_matches(['\r', '\n', '\\', 'n', ' ', '\t']);
        let goes_on = next.bytes().take(BODY).take_while(|byte| is_base64(*byte)).count() >= BODY;
        (!goes_on).then_some((start, end))
    }
}

/// The first whole armored key of a text from `from` on: where it begins and ends, with the line break behind it. `None`
/// where there is none, or none that ends.
fn block(text: &str, mut from: usize) -> Option<(usize, usize)> {
    while let Some(at) = text.get(from..)?.find("-----BEGIN ") {
        let begin = from + at;
        let rest = text.get(begin + BEGIN.len()..)?;
        let (label, body) = rest.split_once("-----")?;
        if label.len() <= LABEL && label.contains("PRIVATE KEY") {
            let end = format!("-----END {label}-----");
            let end = text.len() - body.len() + body.find(&end)? + end.len();
            let after = text.get(end..)?;
            let line_break = ["\r\n", "\n"].iter().find(|line_break| after.starts_with(**line_break));
            return Some((begin, end + line_break.map_or(0, |line_break| line_break.len())));
        }
        from = begin + BEGIN.len();
    }
    None
}
