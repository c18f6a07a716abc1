//! Digests in base 32: as RFC 4648 has them (WARC, `sha1sum` of Gnutella, OSTree's and Git's extensions), in letters of one
//! case, and as Nix does, which has other letters and writes them backwards (`printHash32` in `src/libutil/hash.cc`).

/// Letters of SHA-1, SHA-256 and SHA-512.
const LETTERS: [usize; 3] = [32, 52, 103];
const RFC_4648: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
const NIX: &[u8; 32] = b"0123456789abcdfghijklmnpqrsvwxyz";

/// Stands for what is no letter.
const NONE: u8 = 32;

const fn values(alphabet: &[u8; 32], either_case: bool) -> [u8; 256] {
    let mut values = [NONE; 256];
    let mut value = 0;
    while value < 32 {
        let letter = alphabet[value as usize];
        values[letter as usize] = value;
        if either_case {
            values[letter.to_ascii_uppercase() as usize] = value;
        }
        value += 1;
    }
    values
}

const OF_RFC_4648: [u8; 256] = values(RFC_4648, true);
const OF_NIX: [u8; 256] = values(NIX, false);

/// What the words of a token may be as digests.
pub(super) fn digests(token: &[u8]) -> impl Iterator<Item = Vec<u8>> + '_ {
    let words = token.split(|byte| !byte.is_ascii_alphanumeric()).filter(|word| LETTERS.contains(&word.len()));
    words
        .flat_map(|word| [digest(word.iter(), &OF_RFC_4648, true), digest(word.iter().rev(), &OF_NIX, false)])
        .flatten()
}

/// The bytes of letters: as a number that ends in no more than padding, or, where the least comes first, that begins so.
fn digest<'a>(letters: impl Iterator<Item = &'a u8>, values: &[u8; 256], greatest_first: bool) -> Option<Vec<u8>> {
    let (mut bytes, mut bits, mut count) = (Vec::with_capacity(64), 0u16, 0u32);
    for letter in letters {
        let value = u16::from(*values.get(usize::from(*letter)).filter(|value| **value != NONE)?);
        bits = if greatest_first { bits << 5 | value } else { bits | value << count };
        count += 5;
        if count >= 8 {
            count -= 8;
            let byte = if greatest_first { bits >> count } else { bits };
            bytes.push(byte.to_le_bytes()[0]);
            bits = if greatest_first { bits & ((1 << count) - 1) } else { bits >> 8 };
        }
    }
    (bits == 0).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_read_in_both_alphabets() {
        let of = |token: &str| digests(token.as_bytes()).map(hex::encode).collect::<Vec<_>>();
        // The empty file.
        let sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert!(of("4OYMIQUY7QOBJGX36TEJS35ZEQT24QPEMSNZGTFESWMRW6CSXBKQ").contains(&sha256.to_owned()));
        assert!(of("sha256-4oymiquy7qobjgx36tejs35zeqt24qpemsnzgtfeswmrw6csxbkq").contains(&sha256.to_owned()));
        assert!(of("0mdqa9w1p6cmli6976v4wi0sw9r4p5prkj7lzfd1877wk11c9c73").contains(&sha256.to_owned()));
        assert!(
            of("3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ").contains(&"da39a3ee5e6b4b0d3255bfef95601890afd80709".to_owned())
        );
        assert!(of("0mdqa9w1p6cmli6976v4wi0sw9r4p5prkj7lzfd1877wk11c9c7").is_empty(), "one letter less");
    }
}
