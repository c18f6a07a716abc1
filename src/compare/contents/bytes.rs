//! Byte ranges: what two files do not have in common, and what a report may say of it.

use crate::digest::sha256;
use crate::finding::{Range, Secret, Sides, Value};

/// Bytes of a value that is given as it is; a longer one is given by digest.
pub(super) const SHOWN: usize = 64;

/// What is left of both sides between their common start and their common end.
pub(super) fn trim(files: Sides<&[u8]>) -> Sides<Range> {
    let shorter = files.original.len().min(files.rebuild.len());
    let start = common_start(files.original, files.rebuild);
    let rests = files.map(|file| file.get(start..).unwrap_or(&[]));
    let end = common_end(rests.original, rests.rebuild).min(shorter - start);
    files.map(|file| (start as u64, (file.len() - end) as u64))
}

/// Blocks are compared whole first: that is a `memcmp`.
const BLOCK: usize = 4096;

fn common_start(original: &[u8], rebuild: &[u8]) -> usize {
    let blocks = original.chunks_exact(BLOCK).zip(rebuild.chunks_exact(BLOCK));
    let equal = blocks.take_while(|(original, rebuild)| original == rebuild).count() * BLOCK;
    let rest = original.iter().zip(rebuild).skip(equal);
    equal + rest.take_while(|(original, rebuild)| original == rebuild).count()
}

fn common_end(original: &[u8], rebuild: &[u8]) -> usize {
    let blocks = original.rchunks_exact(BLOCK).zip(rebuild.rchunks_exact(BLOCK));
    let equal = blocks.take_while(|(original, rebuild)| original == rebuild).count() * BLOCK;
    let rest = original.iter().rev().zip(rebuild.iter().rev()).skip(equal);
    equal + rest.take_while(|(original, rebuild)| original == rebuild).count()
}

/// The length of the longer range.
pub(super) fn longer(ranges: Sides<Range>) -> u64 {
    let lengths = ranges.map(|(start, end)| end - start);
    lengths.original.max(lengths.rebuild)
}

/// What a side holds in a range: the bytes where they are few and no secret, else their digest.
pub(super) fn value(bytes: &[u8], secret: Option<Secret>) -> Value {
    if bytes.len() <= SHOWN && secret.is_none() {
        return Value::from_bytes(bytes);
    }
    Value::Content { sha256: sha256(bytes), size: bytes.len() as u64, secret }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn values_are_text_bytes_or_digests() {
        assert_eq!(value(b"abc", None), Value::text("abc"));
        assert_eq!(value(b"a\0c", None), Value::Bytes((&b"a\0c"[..]).into()));
        assert!(matches!(value(&[b'x'; 65], None), Value::Content { size: 65, secret: None, .. }));
        let secret = Some(Secret::PrivateKey);
        assert!(matches!(value(b"abc", secret), Value::Content { size: 3, secret: Some(Secret::PrivateKey), .. }));
    }

    #[test]
    fn repeats_do_not_make_ranges_overlap() {
        let ranges = trim(Sides::new(&b"aaa"[..], &b"aaaaa"[..]));
        assert_eq!(ranges, Sides::new((3, 3), (3, 5)));
    }

    proptest! {
        #[test]
        fn what_is_outside_the_ranges_is_common(
            start in prop::collection::vec(0u8..2, 0..5000), middles in any::<(Vec<u8>, Vec<u8>)>(),
            end in prop::collection::vec(0u8..2, 0..5000),
        ) {
            let files = Sides::new(middles.0, middles.1).map(|middle| [&start[..], &middle, &end].concat());
            let files = files.as_ref().map(|file| &file[..]);
            let ranges = trim(files);
            let outside = |file: &[u8], range: Range| {
                (file[..range.0 as usize].to_vec(), file[range.1 as usize..].to_vec())
            };
            prop_assert!(files.zip(ranges).map(|(file, range)| outside(file, range)).same());
            prop_assert_eq!(trim(files.swapped()), ranges.swapped());
            let lengths = ranges.map(|(start, end)| end - start);
            if lengths.original > 0 && lengths.rebuild > 0 {
                let first = files.zip(ranges).map(|(file, range)| file[range.0 as usize]);
                prop_assert!(!first.same());
            }
        }
    }
}
