//! Two files, and the ranges that findings are of.

use std::borrow::Cow;

use sha2::{Digest as _, Sha256};

use super::intervals::Intervals;
use crate::finding::{Range, Side, Sides};
use crate::spill::{Content, Window};

/// What of two files the findings so far are of.
pub struct Cover<'a> {
    files: Sides<Window<'a>>,
    taken: Sides<Intervals>,
}

impl<'a> Cover<'a> {
    /// Nothing yet.
    pub fn new(files: Sides<&'a [u8]>) -> Self {
        Cover { files: files.map(Window::of), taken: Sides::default() }
    }

    /// Nothing yet of two contents.
    pub fn over(contents: Sides<&'a Content>) -> Self {
        Cover { files: contents.map(Window::over), taken: Sides::default() }
    }

    /// Takes in the ranges of a finding; most have one a side, what is in a member all that encode it.
    pub fn add(&mut self, ranges: Sides<&[Range]>) {
        for side in Side::BOTH {
            ranges.get(side).iter().for_each(|range| self.taken.get_mut(side).add(*range));
        }
    }

    /// Whether nothing of a range is of a finding.
    pub fn is_free(&self, side: Side, range: Range) -> bool {
        self.taken.get(side).free(range) == [range]
    }

    /// Takes in what is the same on both sides among parts whose order differs: it has moved, and is of no finding.
    pub fn set_aside(&mut self, parts: Sides<Vec<Range>>) {
        let is_long = Side::BOTH.into_iter().any(|side| self.files.get(side).in_memory().is_none());
        let free = Sides::from_fn(|side| {
            let (file, taken) = (self.files.get(side), self.taken.get(side));
            let is_free = |range: &Range| range.0 < range.1 && taken.free(*range) == [*range];
            let free = parts.get(side).iter().copied().filter(is_free);
            let free = free.filter_map(|range| Some((sorted_by(file, range, is_long)?, range)));
            let mut free: Vec<(Cow<'_, [u8]>, Range)> = free.collect();
            // What is equal meets in order of place.
            free.sort_unstable();
            free
        });
        let mut rests = free.map(|free| free.into_iter().peekable());
        let mut same = Vec::new();
        while let Some(next) = rests.as_mut().map(|rest| rest.peek()).both() {
            let order = next.original.0.cmp(&next.rebuild.0);
            if order.is_eq() {
                same.push(next.map(|(_, range)| *range));
            }
            rests.original.next_if(|_| order.is_le());
            rests.rebuild.next_if(|_| order.is_ge());
        }
        same.iter().for_each(|ranges| self.add(ranges.as_ref().map(std::slice::from_ref)));
    }

    /// Takes in the ranges of a finding and tells how many bytes differ in them, those of earlier findings aside.
    pub fn measure(&mut self, ranges: Sides<&[Range]>) -> u64 {
        let free = self.taken.as_ref().zip(ranges).map(|(taken, ranges)| {
            let free = ranges.iter().flat_map(|range| taken.free(*range));
            free.collect::<Vec<Range>>()
        });
        self.add(ranges);
        let offsets = free.as_ref().zip(ranges).map(|(free, ranges)| {
            let start = ranges.first().map_or(0, |range| range.0);
            free.iter().map(move |(from, to)| (from - start, to - start)).collect::<Vec<_>>()
        });
        if offsets.same() {
            let pairs = free.original.iter().zip(&free.rebuild);
            let files = self.files.as_ref();
            return pairs.map(|(one, other)| differing(files, Sides::new(*one, *other))).sum();
        }
        let lengths = free.map(|free| free.iter().map(|(from, to)| to - from).sum::<u64>());
        lengths.original.max(lengths.rebuild)
    }

    /// From the first to the last byte that differs and is in no finding; `None` where there is none.
    pub fn uncovered(&self) -> Option<Sides<Range>> {
        let rests = Sides::from_fn(|side| Rest::of(self.files.get(side), self.taken.get(side)));
        let lengths = rests.as_ref().map(Rest::length);
        let start = common_start(rests.as_ref());
        let shorter = lengths.original.min(lengths.rebuild);
        if lengths.same() && start == shorter {
            return None;
        }
        // Of long files nobody reads what is behind from its end.
        let bytes = rests.as_ref().map(Rest::bytes).both();
        let end = bytes.map_or(0, |bytes| common_end(&bytes.original, &bytes.rebuild)).min(shorter - start);
        Some(rests.zip(lengths).map(|(rest, length)| rest.range(start, length - end)))
    }
}

/// What equal ranges have in common: their bytes or, of long files, the digest of these.
fn sorted_by<'a>(file: &Window<'a>, range: Range, is_long: bool) -> Option<Cow<'a, [u8]>> {
    if !is_long {
        return file.pieces(range).next()?;
    }
    let mut sum = Sha256::new();
    for piece in file.pieces(range) {
        sum.update(piece?);
    }
    Some(Cow::Owned(sum.finalize().to_vec()))
}

/// Bytes that are compared at once.
const CHUNK: u64 = 64 << 10;

/// How many of the bytes at the same places of two ranges differ; what cannot be read does.
fn differing(files: Sides<&Window<'_>>, ranges: Sides<Range>) -> u64 {
    let lengths = ranges.map(|(start, end)| end - start);
    let length = lengths.original.min(lengths.rebuild);
    let chunks = (0..length).step_by(usize::try_from(CHUNK).unwrap_or(usize::MAX));
    let count = |at: u64| {
        let size = CHUNK.min(length - at);
        let pieces = files.zip(ranges).map(|(file, (start, _))| file.pieces((start + at, start + at + size)).next());
        let pieces = pieces.map(Option::flatten).both();
        pieces.map_or(size, |pieces| unequal(&pieces.original, &pieces.rebuild))
    };
    chunks.map(count).sum()
}

fn unequal(original: &[u8], rebuild: &[u8]) -> u64 {
    original.iter().zip(rebuild).filter(|(original, rebuild)| original != rebuild).count() as u64
}

fn common_end(original: &[u8], rebuild: &[u8]) -> u64 {
    let pairs = original.iter().rev().zip(rebuild.iter().rev());
    pairs.take_while(|(original, rebuild)| original == rebuild).count() as u64
}

/// What of a file is in no finding, in order.
struct Rest<'a, 'w> {
    file: &'w Window<'a>,
    ranges: Vec<Range>,
}

impl<'a, 'w> Rest<'a, 'w> {
    fn of(file: &'w Window<'a>, taken: &Intervals) -> Self {
        Rest { file, ranges: taken.free((0, file.size())) }
    }

    fn length(&self) -> u64 {
        self.ranges.iter().map(|(start, end)| end - start).sum()
    }

    fn pieces(&self) -> impl Iterator<Item = Option<Cow<'a, [u8]>>> + '_ {
        self.ranges.iter().flat_map(|range| self.file.pieces(*range))
    }

    /// All of its bytes, where they are in memory.
    fn bytes(&self) -> Option<Vec<u8>> {
        self.file.in_memory()?;
        self.pieces().collect::<Option<Vec<_>>>().map(|pieces| pieces.concat())
    }

    /// Where in the file those bytes are that begin and end at these places of the rest.
    fn range(&self, start: u64, end: u64) -> Range {
        let (from, to) = (self.place(start), self.place(end.max(start + 1) - 1));
        (from, if start < end { to + 1 } else { from })
    }

    /// Where in the file the byte at a place of the rest is; the end of the file where there is none.
    fn place(&self, mut at: u64) -> u64 {
        for (start, end) in &self.ranges {
            if at < end - start {
                return start + at;
            }
            at -= end - start;
        }
        self.file.size()
    }
}

/// How many bytes two rests begin with alike, whatever pieces they are in; none are alike that cannot be read.
fn common_start(rests: Sides<&Rest<'_, '_>>) -> u64 {
    let mut pieces = rests.map(Rest::pieces);
    let mut at = Sides::new((Cow::Borrowed(&[][..]), 0), (Cow::Borrowed(&[][..]), 0));
    let mut common = 0;
    loop {
        for side in Side::BOTH {
            let (piece, read) = at.get_mut(side);
            while *read == piece.len() {
                let Some(Some(next)) = pieces.get_mut(side).next() else { return common };
                (*piece, *read) = (next, 0);
            }
        }
        let lefts = at.as_ref().map(|(piece, read)| piece.get(*read..).unwrap_or_default());
        let count = lefts.original.len().min(lefts.rebuild.len());
        let (one, other) = (lefts.original.split_at(count).0, lefts.rebuild.split_at(count).0);
        if one != other {
            let equal = one.iter().zip(other).take_while(|(one, other)| one == other).count();
            return common + equal as u64;
        }
        common += count as u64;
        Side::BOTH.into_iter().for_each(|side| at.get_mut(side).1 += count);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spill::Spill;
    use proptest::prelude::*;

    fn covered(files: [&[u8]; 2], ranges: &[Sides<Option<Range>>]) -> (Vec<u64>, Option<Sides<Range>>) {
        let files = Sides::new(files[0], files[1]);
        let long = files.map(|file| {
            let mut spill = Spill::new(0);
            spill.push(file).unwrap();
            spill.finish()
        });
        let [near, far] = [Cover::new(files), Cover::over(long.as_ref())].map(|mut cover| {
            let count = |ranges: &Sides<Option<Range>>| cover.measure(ranges.as_ref().map(Option::as_slice));
            let counts: Vec<u64> = ranges.iter().map(count).collect();
            (counts, cover.uncovered())
        });
        assert_eq!(near.0, far.0);
        // The same, but that the equal bytes behind it are in there.
        let starts = |ranges: Option<Sides<Range>>| ranges.map(|ranges| ranges.map(|range| range.0));
        assert_eq!(starts(near.1), starts(far.1));
        near
    }

    const fn both(original: Range, rebuild: Range) -> Sides<Option<Range>> {
        Sides::new(Some(original), Some(rebuild))
    }

    #[test]
    fn aligned_bytes_are_counted_one_by_one() {
        assert_eq!(covered([b"abcdef", b"abXdeY"], &[both((1, 6), (1, 6))]), (vec![2], None));
        let outside = Some(Sides::new((2, 6), (2, 6)));
        assert_eq!(covered([b"abcdef", b"abXdeY"], &[]), (vec![], outside));
        assert_eq!(covered([b"abcdef", b"abXdeY"], &[both((2, 3), (2, 3))]).1, Some(Sides::new((5, 6), (5, 6))));
    }

    #[test]
    fn what_was_resized_counts_by_the_longer_side_and_moves_what_follows() {
        assert_eq!(covered([b"a12bc", b"a3bc"], &[both((1, 3), (1, 2))]), (vec![2], None));
        assert_eq!(covered([b"abc", b"aXXbc"], &[Sides::new(None, Some((1, 3)))]), (vec![2], None));
        assert_eq!(covered([b"abc", b"aXXbc"], &[]), (vec![], Some(Sides::new((1, 1), (1, 3)))));
        assert_eq!(covered([b"abc", b"abcXX"], &[]), (vec![], Some(Sides::new((3, 3), (3, 5)))));
    }

    #[test]
    fn what_is_in_two_findings_counts_once() {
        let whole = both((0, 4), (0, 4));
        assert_eq!(covered([b"abcd", b"wxyz"], &[both((1, 2), (1, 2)), whole, whole]), (vec![1, 3, 0], None));
    }

    proptest! {
        #[test]
        fn bytes_outside_of_all_ranges_are_never_missed(
            file in prop::collection::vec(0u8..3, 1..40), changes in prop::collection::vec((0usize..40, 0u8..3), 0..6),
        ) {
            let mut rebuild = file.clone();
            for (at, byte) in &changes {
                let at = at % rebuild.len();
                rebuild[at] = *byte;
            }
            let differing: Vec<u64> =
                (0..file.len()).filter(|at| file[*at] != rebuild[*at]).map(|at| at as u64).collect();
            let ranges: Vec<_> = differing.iter().map(|at| both((*at, at + 1), (*at, at + 1))).collect();
            let (counts, uncovered) = covered([&file, &rebuild], &ranges);
            prop_assert_eq!((counts.iter().sum::<u64>(), uncovered), (differing.len() as u64, None));
            if let Some((lost, kept)) = ranges.split_first() {
                let (_, uncovered) = covered([&file, &rebuild], kept);
                prop_assert_eq!(uncovered.map(|ranges| ranges.map(Some)), Some(*lost));
            }
        }
    }
}
