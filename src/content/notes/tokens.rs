//! Where in a text digests may be: runs of the digits of hexadecimal and Base64.

use super::lines::base64;

/// Hexadecimal digits of the shortest digest that anybody records (MD5, CRCs aside).
const SHORTEST: usize = 32;
/// Hexadecimal digits of MD5, SHA-1, SHA-224, SHA-256, SHA-384 and SHA-512.
const DIGITS: [usize; 6] = [SHORTEST, 40, 56, 64, 96, 128];
/// The same in Base64, without padding.
const BASE64: [usize; 6] = [SHORTEST_BASE64, 27, 38, 43, 64, 86];
const SHORTEST_BASE64: usize = 22;
/// The longest name of an algorithm that stands before a digest in Base64 (`sha512-…`, `sha256/…`).
const ALGORITHM: usize = 8;

/// Bytes that digests in Base64 are written with, in either alphabet; those of hexadecimal are among them.
const IS_DIGIT: [bool; 256] = {
    let mut is_digit = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        let character = byte as u8;
        is_digit[byte] = character.is_ascii_alphanumeric() || matches!(character, b'+' | b'/' | b'-' | b'_');
        byte += 1;
    }
    is_digit
};

/// Whether a name is as long as a digest in hexadecimal, and consists of its digits; MD5 is too short to tell.
pub(super) fn is_digest(name: &[u8]) -> bool {
    name.len() > SHORTEST && DIGITS.contains(&name.len()) && name.iter().all(u8::is_ascii_hexdigit)
}

/// The runs of digits that may hold a digest. All that is compared is looked through for them, so few bytes are looked at:
/// a run that is long enough has all of a few bytes at one of the places where some are.
pub(super) fn tokens(text: &[u8]) -> impl Iterator<Item = (usize, usize)> {
    const STEP: usize = SHORTEST_BASE64 - size_of::<u64>() + 1;
    let is_digit = |at: &usize| text.get(*at).is_some_and(|byte| IS_DIGIT[usize::from(*byte)]);
    let mut at = 0;
    std::iter::from_fn(move || {
        while let Some(bytes) = text.get(at..).and_then(<[u8]>::first_chunk) {
            if !may_be_digits(*bytes) {
                at += STEP;
                continue;
            }
            let start = (0..at).rev().take_while(is_digit).last().unwrap_or(at);
            let end = (at..text.len()).find(|at| !is_digit(at)).unwrap_or(text.len());
            // At worst the first of them was none.
            at = end + 1;
            if end - start >= SHORTEST_BASE64 {
                return Some((start, end));
            }
        }
        None
    })
}

/// Whether none of the bytes is something else than a digit of Base64: all at once, each in the lower seven bits of its
/// place. Some others pass (`,` and `.`, and what is above `z`).
const fn may_be_digits(bytes: [u8; 8]) -> bool {
    const EACH: u64 = u64::from_le_bytes([1; 8]);
    const TOP: u64 = EACH << 7;
    let bytes = u64::from_le_bytes(bytes);
    if bytes & TOP != 0 {
        return false;
    }
    // The top bit of a place is set where its byte is not less.
    let letters = (bytes | (EACH * 0x20)) + EACH * (0x80 - b'a' as u64);
    let numbers = (bytes + EACH * (0x80 - b'+' as u64)) & !(bytes + EACH * (0x80 - b':' as u64));
    (letters | numbers) & TOP == TOP
}

/// The runs of hexadecimal digits that are as long as a digest, or end in one: two or four digits may stand before it that
/// are not of it (`sha256%3A…`, the multihash `1220…`).
pub(super) fn hexadecimal(text: &[u8]) -> impl Iterator<Item = (usize, usize)> {
    runs_of(text, SHORTEST, |byte| byte.is_ascii_hexdigit()).filter_map(|(start, end)| {
        let digest = [0, 2, 4].map(|more| start + more).into_iter().find(|from| DIGITS.contains(&(end - from)))?;
        Some((digest, end))
    })
}

/// The digest in Base64 that a token is, or that follows the name of an algorithm in it.
pub(super) fn in_base64(token: &[u8]) -> Option<Vec<u8>> {
    let is_of_length = |digits: &&[u8]| BASE64.contains(&digits.len());
    let behind = || {
        let separator = token.iter().take(ALGORITHM).position(|byte| matches!(byte, b'-' | b'/'))?;
        token.get(separator + 1..)
    };
    let digits = Some(token).filter(is_of_length).or_else(|| behind().filter(is_of_length))?;
    // Most tokens of such a length are words.
    if digits.iter().all(u8::is_ascii_hexdigit) { None } else { base64(digits) }
}

/// The runs of such bytes that have at least `shortest` of them.
pub(super) fn runs_of(
    text: &[u8],
    shortest: usize,
    is_digit: impl Fn(u8) -> bool,
) -> impl Iterator<Item = (usize, usize)> {
    // Always behind the end of a run.
    let mut start = 0;
    std::iter::from_fn(move || {
        while let Some(window) = text.get(start..start + shortest) {
            // Looked for from the end, as most windows are left behind by their last few bytes.
            if let Some(at) = window.iter().rposition(|byte| !is_digit(*byte)) {
                start += at + 1;
                continue;
            }
            let begin = start;
            let length = text[begin..].iter().position(|byte| !is_digit(*byte)).unwrap_or(text.len() - begin);
            start = begin + length;
            return Some((begin, start));
        }
        None
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn digests_in_base64_are_told_by_their_length() {
        let digest = "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";
        for token in [digest.to_owned(), format!("sha256-{digest}"), format!("sha256/{digest}")] {
            assert_eq!(in_base64(token.as_bytes()).map(|bytes| bytes.len()), Some(32), "{token}");
        }
        assert_eq!(in_base64(b"1B2M2Y8AsgTpgAmY7PhCfg").map(|bytes| bytes.len()), Some(16));
        let sha384 = "OLBgp1GsljhM2TJ+sbHjaiH9txEUvgdDTAzHv2P24donTt6/529l+9Ua0vFImLlb";
        assert_eq!(in_base64(format!("sha384-{sha384}").as_bytes()).map(|bytes| bytes.len()), Some(48));
        assert_eq!(in_base64(&digest.as_bytes()[1..]), None);
        assert_eq!(in_base64(&[b'a'; 64]), None);
    }

    proptest! {
        #[test]
        fn tokens_are_all_long_runs(text in prop_oneof!["[a-zA-Z0-9+/_-]{0,70}[ .,:=~\\[]?[a-z0-9]{0,40}[ .\"]?[A-Z0-9_]{0,60}", "\\PC{0,100}"]) {
            let all = runs_of(text.as_bytes(), SHORTEST_BASE64, |byte| IS_DIGIT[usize::from(byte)]);
            prop_assert_eq!(tokens(text.as_bytes()).collect::<Vec<_>>(), all.collect::<Vec<_>>());
        }

        #[test]
        fn every_digest_is_found(before in "[a-g =]{0,80}", digits in "[0-9a-f]{64}", after in "[g =][a-g ]{0,80}") {
            let text = format!("{before}|{digits}{after}");
            prop_assert!(hexadecimal(text.as_bytes()).any(|(start, end)| text[start..end] == digits));
            let holds = |(start, end): (usize, usize)| text[start..end].contains(&digits);
            prop_assert!(tokens(text.as_bytes()).any(holds));
        }
    }
}
