//! Bytes by their places: of a slice, or of a content that may be in a temporary file, a piece at a time.

use std::borrow::Cow;
use std::cell::RefCell;
use std::ops::Range;

use super::{Content, LONGEST};
use crate::finding;

/// Bytes that are read at once: headers that are looked at one after another are in one piece.
const PIECE: usize = 8 << 10;
/// Bytes to look at in any order.
#[derive(Debug)]
pub struct Window<'a> {
    bytes: Bytes<'a>,
    size: u64,
}

#[derive(Debug)]
enum Bytes<'a> {
    Slice(&'a [u8]),
    /// The piece that was read last, behind the place where it begins.
    File(&'a Content, RefCell<(usize, Vec<u8>)>),
}

impl<'a> Window<'a> {
    /// All bytes of a slice.
    pub const fn of(bytes: &'a [u8]) -> Self {
        Window { bytes: Bytes::Slice(bytes), size: bytes.len() as u64 }
    }

    /// All bytes of a content.
    pub fn over(content: &'a Content) -> Self {
        let bytes = match content.in_memory() {
            Some(bytes) => Bytes::Slice(bytes),
            None => Bytes::File(content, RefCell::default()),
        };
        Window { bytes, size: content.size() }
    }

    /// The number of bytes.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// All bytes, where they are in memory.
    pub const fn in_memory(&self) -> Option<&'a [u8]> {
        match self.bytes {
            Bytes::Slice(bytes) => Some(bytes),
            Bytes::File(..) => None,
        }
    }

    /// The bytes in a range, one piece after the other: as a whole where they are in memory. `None` for a piece that is not
    /// there or cannot be read.
    pub fn pieces(&self, (start, end): finding::Range) -> impl Iterator<Item = Option<Cow<'a, [u8]>>> + '_ {
        let length = if self.in_memory().is_some() { u64::MAX } else { LONGEST as u64 };
        let mut at = start;
        std::iter::from_fn(move || {
            let from = at;
            at = end.min(from.saturating_add(length));
            (from < at).then(|| self.get(usize::try_from(from).ok()?..usize::try_from(at).ok()?))
        })
    }

    /// The bytes in a range; `None` where they are not all there, cannot be read, or are many and in a file.
    pub fn get(&self, range: Range<usize>) -> Option<Cow<'a, [u8]>> {
        match &self.bytes {
            Bytes::Slice(bytes) => bytes.get(range).map(Cow::Borrowed),
            Bytes::File(content, piece) => {
                if range.start > range.end || range.end as u64 > self.size || range.len() > LONGEST {
                    return None;
                }
                let held = |(start, bytes): &(usize, Vec<u8>)| {
                    bytes.get(range.start.checked_sub(*start)?..range.end - start).map(<[u8]>::to_vec)
                };
                let mut piece = piece.borrow_mut();
                if let Some(bytes) = held(&piece) {
                    return Some(Cow::Owned(bytes));
                }
                let (start, end) = (range.start as u64, range.end as u64);
                if range.len() >= PIECE {
                    return content.slice((start, end));
                }
                let end = end.max(start.saturating_add(PIECE as u64).min(self.size));
                *piece = (range.start, content.slice((start, end))?.into_owned());
                held(&piece).map(Cow::Owned)
            }
        }
    }

    /// So many bytes from a place on.
    pub fn array<const N: usize>(&self, at: usize) -> Option<[u8; N]> {
        self.get(at..at.checked_add(N)?)?.as_ref().try_into().ok()
    }

    /// Whether these bytes are at a place.
    pub fn has(&self, at: usize, bytes: &[u8]) -> bool {
        let end = at.checked_add(bytes.len());
        end.and_then(|end| self.get(at..end)).is_some_and(|found| *found == *bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spill::Spill;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_file_looks_like_its_bytes(ranges in prop::collection::vec((0usize..40_100, 0usize..20_000), 1..20)) {
            let bytes: Vec<u8> = (0..40_000u32).flat_map(|number| number.to_le_bytes()).step_by(4).collect();
            let mut spill = Spill::new(0);
            spill.push(&bytes).unwrap();
            let content = spill.finish();
            let (file, slice) = (Window::over(&content), Window::of(&bytes));
            prop_assert!(content.in_memory().is_none());
            prop_assert_eq!(file.size(), slice.size());
            for (start, length) in ranges {
                prop_assert_eq!(file.get(start..start + length), slice.get(start..start + length));
                prop_assert_eq!(file.array::<4>(start), slice.array::<4>(start));
                prop_assert_eq!(file.has(start, &[7]), slice.has(start, &[7]));
                let [file, slice] = [&file, &slice].map(|window| {
                    let pieces = window.pieces((start as u64, (start + length) as u64)).collect::<Option<Vec<_>>>();
                    pieces.map(|pieces| pieces.concat())
                });
                prop_assert_eq!(file, slice);
            }
        }
    }

    #[test]
    fn long_ranges_of_files_are_not_read_as_a_whole() {
        let mut spill = Spill::new(0);
        spill.push(&vec![1; LONGEST + 1]).unwrap();
        let content = spill.finish();
        let file = Window::over(&content);
        assert!(file.get(0..LONGEST + 1).is_none());
        assert_eq!(file.get(1..LONGEST + 1).unwrap().len(), LONGEST);
    }
}
