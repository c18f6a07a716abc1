//! Lines of text that name a file beside a digest.

use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::DecodePaddingMode::Indifferent;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use memchr::{memchr2, memrchr2};

use super::LINE;

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new().with_decode_padding_mode(Indifferent);
const ALPHABETS: [GeneralPurpose; 2] =
    [GeneralPurpose::new(&STANDARD, LENIENT), GeneralPurpose::new(&URL_SAFE, LENIENT)];

/// What is in front of and behind a part of a text in its line, which a NUL ends too (`sha256sum --zero`).
pub(super) fn around(text: &[u8], (start, end): (usize, usize)) -> (&[u8], &[u8]) {
    let (before, after) = (text.get(..start).unwrap_or_default(), text.get(end..).unwrap_or_default());
    let before = before.get(before.len().saturating_sub(LINE)..).unwrap_or_default();
    let before = memrchr2(b'\n', 0, before).and_then(|line_break| before.get(line_break + 1..)).unwrap_or(before);
    let after = after.get(..LINE).unwrap_or(after);
    let after = memchr2(b'\n', 0, after).and_then(|line_break| after.get(..line_break)).unwrap_or(after);
    (before, after.strip_suffix(b"\r").unwrap_or(after))
}

/// The names that the line of a digest may mean: as the tools of coreutils and busybox write it (digest, name), as those of
/// BSD do (`SHA256 (name) = digest`), behind a size (`Release`), or in front of it.
pub(super) fn names<'a>(before: &'a [u8], after: &'a [u8]) -> Vec<&'a [u8]> {
    let mut names = Vec::new();
    if matches!(before, b"" | b"\\") {
        let name = after.trim_ascii_start();
        names.push(name.strip_prefix(b"*").unwrap_or(name));
    }
    let parenthesis = |byte: u8| move |other: &u8| *other == byte;
    let open = before.iter().position(parenthesis(b'('));
    let close = before.iter().rposition(parenthesis(b')'));
    names.extend(open.zip(close).and_then(|(open, close)| before.get(open + 1..close)));
    let words = |text: &'a [u8]| text.split(|byte| matches!(byte, b' ' | b'\t')).filter(|word| !word.is_empty());
    let last = words(after).next_back();
    names.extend(last.map(|word| word.strip_prefix(b"*").unwrap_or(word)));
    if last.is_none() {
        names.extend(words(before).next().map(|word| word.strip_suffix(b":").unwrap_or(word)));
    }
    names.retain(|name| !name.is_empty());
    names.dedup();
    names
}

/// Whether a digest is all that there is in its line: then it is that of the file that the name begins with.
pub(super) fn is_alone(before: &[u8], after: &[u8]) -> bool {
    before.trim_ascii().is_empty() && after.trim_ascii().is_empty()
}

/// Path and digest of a row of `RECORD` (`PATH,sha256=DIGEST,SIZE`), where it has one.
pub(super) fn record(line: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let mut columns = line.rsplitn(3, |byte| *byte == b',');
    let (_, digest, path) = (columns.next()?, columns.next()?, columns.next()?);
    let algorithm = digest.iter().position(|byte| *byte == b'=')?;
    let quoted = path.strip_prefix(b"\"").and_then(|path| path.strip_suffix(b"\""));
    let path = match quoted {
        // Two quotes are one.
        Some(quoted) => String::from_utf8_lossy(quoted).replace("\"\"", "\"").into_bytes(),
        None => path.to_vec(),
    };
    Some((path, base64(digest.get(algorithm + 1..)?)?))
}

/// Bytes in either of the alphabets, with or without padding.
pub(super) fn base64(text: &[u8]) -> Option<Vec<u8>> {
    ALPHABETS.iter().find_map(|alphabet| alphabet.decode(text).ok()).filter(|bytes| !bytes.is_empty())
}

/// How many bytes a digest has.
pub(super) fn length(digest: &[u8]) -> u8 {
    u8::try_from(digest.len()).unwrap_or(u8::MAX)
}
