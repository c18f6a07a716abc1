//! Texts in UTF-16, as tools of Windows write them: what is known of secrets is known of them in ASCII.

use std::sync::LazyLock;

use memchr::memmem::Finder;

/// Bytes at the start of a file by which it is told to be UTF-16 where it does not say so.
const LOOKED_AT: usize = 512;

/// The text of a file that is UTF-16 as a whole: by its mark, or because every other byte at its start is zero.
pub(super) fn whole(bytes: &[u8]) -> Option<String> {
    let (big, rest) = match bytes {
        [0xff, 0xfe, rest @ ..] => (false, rest),
        [0xfe, 0xff, rest @ ..] => (true, rest),
        _ => {
            let start = bytes.get(..bytes.len().min(LOOKED_AT))?;
            let zeros = |bytes: &[u8], odd: usize| bytes.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
            // Most files are told by their first bytes.
            let opening = start.get(..start.len().min(16))?;
            if zeros(opening, 0).max(zeros(opening, 1)) < opening.len() / 4 {
                return None;
            }
            let (first, second) = (zeros(start, 0), zeros(start, 1));
            let most = start.len() / 2;
            if most < 2 || first.max(second) * 10 < most * 9 || first.min(second) * 10 > most {
                return None;
            }
            (first > second, bytes)
        }
    };
    let unit = |pair: &[u8]| match pair {
        [one, two] if big => u16::from_be_bytes([*one, *two]),
        [one, two] => u16::from_le_bytes([*one, *two]),
        _ => 0xfffd,
    };
    let units = rest.chunks(2).map(unit);
    Some(char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
}

/// Words of a key's opening, whose ASCII characters stand between zeros in either order of bytes: `PRIVATE KEY`, and
/// `-----BEGIN` in base64.
const MARKS: [&[u8]; 2] = [b"P\0R\0I\0V\0A\0T\0E\0 \0K\0E\0Y", b"L\0S\x000\0t\0L\0S\x001\0C\0R\0U\0d\0J"];
static FINDERS: LazyLock<[Finder<'static>; 2]> = LazyLock::new(|| MARKS.map(Finder::new));
/// Bytes before and after a mark that are read as UTF-16.
const BEFORE: usize = 64;
const AFTER: usize = 4096;
/// The fewest characters in a row that are looked at for a hash.
const LEAST: usize = 16;

/// What can be read as UTF-16: the whole file, or inside of something else what is around the first mark of a key, and
/// the words that may be hashes.
pub(super) fn parts(bytes: &[u8]) -> Vec<String> {
    if let Some(text) = whole(bytes) {
        return vec![text];
    }
    if memchr::memchr(0, bytes).is_none() {
        return Vec::new();
    }
    let around = |at: usize| bytes.get(at.saturating_sub(BEFORE)..bytes.len().min(at + AFTER)).map(narrowed);
    let mut parts: Vec<String> = FINDERS.iter().filter_map(|mark| around(mark.find(bytes)?)).collect();
    let mut end = 0;
    for at in memchr::memchr2_iter(b'$', b'{', bytes) {
        // What was in one stretch is looked for in it.
        if at < end {
            continue;
        }
        let (units, _) = bytes.get(at..).unwrap_or(&[]).as_chunks::<2>();
        let length = units.iter().take_while(|[one, two]| one.is_ascii_graphic() && *two == 0).count();
        end = at + 2 * length;
        if length >= LEAST {
            // Where the zero comes first the last character is without the next one's.
            parts.extend(bytes.get(at..bytes.len().min(end + 1)).map(narrowed));
        }
    }
    parts
}

/// Bytes as text, without the zeros that UTF-16 has between ASCII characters.
pub(crate) fn narrowed(bytes: &[u8]) -> String {
    let narrow: Vec<u8> = bytes.iter().copied().filter(|byte| *byte != 0).collect();
    String::from_utf8_lossy(&narrow).into_owned()
}
