//! Digests in hexadecimal whose bytes stand apart: `AA:BB:…` (openssl), `aa bb …` (certutil), `AA-BB-…` (.NET).

use super::tokens::runs_of;

/// Characters of the shortest (MD5), and the bytes of all.
const SHORTEST: usize = 16 * 3 - 1;
const LENGTHS: [usize; 6] = [64, 48, 32, 28, 20, 16];

/// The digests in a text.
pub(super) fn digests(text: &[u8]) -> impl Iterator<Item = Vec<u8>> + '_ {
    let is_of_pairs = |byte: u8| byte.is_ascii_hexdigit() || separates(byte);
    let runs = runs_of(text, SHORTEST, is_of_pairs).filter_map(|(start, end)| text.get(start..end));
    runs.flat_map(digests_of)
}

const fn separates(byte: u8) -> bool {
    matches!(byte, b':' | b' ' | b'-')
}

/// Those in a run of pairs: all pairs that follow each other, or the last ones of them (`md5:` ends in a pair, too).
fn digests_of(run: &[u8]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    let mut bytes: Vec<u8> = Vec::new();
    let mut end = |bytes: &mut Vec<u8>| {
        let of_length = |length: &&usize| (**length..=**length + 2).contains(&bytes.len());
        if let Some(length) = LENGTHS.iter().find(of_length) {
            found.extend(bytes.get(bytes.len() - length..).map(<[u8]>::to_vec));
        }
        bytes.clear();
    };
    for word in run.split(|byte| separates(*byte)).filter(|word| !word.is_empty()) {
        let mut byte = [0];
        match word.len() == 2 && hex::decode_to_slice(word, &mut byte).is_ok() {
            true => bytes.push(byte[0]),
            false => end(&mut bytes),
        }
    }
    end(&mut bytes);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_digests_where_there_are_enough_of_them() {
        let digest: Vec<u8> = (0..32).map(|byte| byte * 7).collect();
        for separator in [":", " ", "-"] {
            let pairs = digest.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(separator);
            for text in [pairs.clone(), format!("x = {pairs}\n"), format!("SHA256:{pairs}, "), format!("md5:{pairs}|")]
            {
                assert!(digests(text.as_bytes()).any(|found| found == digest), "{text}");
            }
        }
        for text in
            ["00:11:22:33:44:55", "a bed, a bee and a dead bee - a bad deed - a faded facade, added", &" ".repeat(99)]
        {
            assert_eq!(digests(text.as_bytes()).count(), 0, "{text}");
        }
    }
}
