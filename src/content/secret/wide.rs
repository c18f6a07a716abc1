//! Texts in UTF-16, as tools of Windows write them: what is known of secrets is known of them in ASCII.

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

/// The fewest characters in a row that are looked at: no key and no hash is shorter. So many have a whole block among them,
/// wherever they begin.
const LEAST: usize = 16;
const BLOCK: usize = 16;
/// The first, third, … byte of a block.
const ODD: u128 = u128::from_le_bytes([0xff, 0, 0xff, 0, 0xff, 0, 0xff, 0, 0xff, 0, 0xff, 0, 0xff, 0, 0xff, 0]);

/// What `test` finds in what can be read as UTF-16: the whole file, or inside of something else each stretch of ASCII
/// characters that have zeros between them, in either order of bytes.
pub(super) fn find<T>(bytes: &[u8], test: impl Fn(&[u8]) -> Option<T>) -> Option<T> {
    if let Some(found) = whole(bytes).and_then(|text| test(text.as_bytes())) {
        return Some(found);
    }
    let mut end = 0;
    let (blocks, _) = bytes.as_chunks::<BLOCK>();
    blocks.iter().enumerate().find_map(|(number, block)| {
        // What was in one stretch is not looked at again.
        let at = Some(number * BLOCK).filter(|at| *at >= end)? + first_character(block)?;
        let is_character = |at: usize| bytes.get(at).is_some_and(|byte| is_text(*byte));
        let mut start = at;
        while start >= 2 && is_character(start - 2) && bytes.get(start - 1) == Some(&0) {
            start -= 2;
        }
        let rest = bytes.get(start..)?;
        let length = rest.chunks(2).take_while(|unit| is_text(unit[0]) && matches!(unit[1..], [] | [0])).count();
        end = start + 2 * length;
        // Where the zero comes first the last character is without the next one's.
        let stretch = bytes.get(start..bytes.len().min(end + 1))?;
        let text: Vec<u8> = stretch.iter().copied().filter(|byte| *byte != 0).collect();
        if length >= LEAST { test(&text) } else { None }
    })
}

/// Where in a block the first character is, if all of it can be UTF-16.
fn first_character(block: &[u8; BLOCK]) -> Option<usize> {
    let all = u128::from_le_bytes(*block);
    let first = match (all & ODD, all & !ODD) {
        (_, 0) => 0,
        (0, _) => 1,
        _ => return None,
    };
    block.iter().skip(first).step_by(2).all(|byte| is_text(*byte)).then_some(first)
}

const fn is_text(byte: u8) -> bool {
    byte.is_ascii_graphic() || matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// Bytes as text, without the zeros that UTF-16 has between ASCII characters.
pub(crate) fn narrowed(bytes: &[u8]) -> String {
    let narrow: Vec<u8> = bytes.iter().copied().filter(|byte| *byte != 0).collect();
    String::from_utf8_lossy(&narrow).into_owned()
}
