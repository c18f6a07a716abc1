//! Two files in memory, and the ranges that findings are of.

use super::intervals::Intervals;
use crate::content::slice;
use crate::finding::{Range, Side, Sides};

/// What of two files the findings so far are of.
pub struct Cover<'a> {
    files: Sides<&'a [u8]>,
    taken: Sides<Intervals>,
}

impl<'a> Cover<'a> {
    /// Nothing yet.
    pub fn new(files: Sides<&'a [u8]>) -> Self {
        Cover { files, taken: Sides::default() }
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
        let free = Sides::from_fn(|side| {
            let (file, taken) = (*self.files.get(side), self.taken.get(side));
            let is_free = |range: &Range| range.0 < range.1 && taken.free(*range) == [*range];
            let free = parts.get(side).iter().copied().filter(is_free);
            let mut free: Vec<(&[u8], Range)> = free.map(|range| (slice(file, range), range)).collect();
            // What is equal meets in order of place.
            free.sort_unstable();
            free
        });
        let mut rests = free.map(|free| free.into_iter().peekable());
        while let Some(next) = rests.as_mut().map(|rest| rest.peek().copied()).both() {
            let order = next.original.0.cmp(next.rebuild.0);
            if order.is_eq() {
                self.add(next.as_ref().map(|(_, range)| std::slice::from_ref(range)));
            }
            rests.original.next_if(|_| order.is_le());
            rests.rebuild.next_if(|_| order.is_ge());
        }
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
            let pieces =
                pairs.map(|(one, other)| (slice(self.files.original, *one), slice(self.files.rebuild, *other)));
            return pieces.map(|(one, other)| differing(one, other)).sum();
        }
        let lengths = free.map(|free| free.iter().map(|(from, to)| to - from).sum::<u64>());
        lengths.original.max(lengths.rebuild)
    }

    /// From the first to the last byte that differs and is in no finding; `None` where there is none.
    pub fn uncovered(&self) -> Option<Sides<Range>> {
        let rests = Sides::from_fn(|side| Rest::of(self.files.get(side), self.taken.get(side)));
        if is_same(rests.as_ref()) {
            return None;
        }
        let bytes = rests.as_ref().map(Rest::bytes);
        let shorter = bytes.original.len().min(bytes.rebuild.len());
        let start = common(bytes.original.iter(), bytes.rebuild.iter());
        let end = common(bytes.original.iter().rev(), bytes.rebuild.iter().rev()).min(shorter - start);
        Some(rests.zip(bytes).map(|(rest, bytes)| rest.range(start, bytes.len() - end)))
    }
}

/// How many of the bytes at the same places differ.
fn differing(original: &[u8], rebuild: &[u8]) -> u64 {
    original.iter().zip(rebuild).filter(|(original, rebuild)| original != rebuild).count() as u64
}

fn common<'a>(original: impl Iterator<Item = &'a u8>, rebuild: impl Iterator<Item = &'a u8>) -> usize {
    original.zip(rebuild).take_while(|(original, rebuild)| original == rebuild).count()
}

/// What of a file is in no finding, in order.
struct Rest<'a> {
    file: &'a [u8],
    ranges: Vec<Range>,
}

impl<'a> Rest<'a> {
    fn of(file: &'a [u8], taken: &Intervals) -> Self {
        Rest { file, ranges: taken.free((0, file.len() as u64)) }
    }

    fn pieces(&self) -> impl Iterator<Item = &'a [u8]> + '_ {
        self.ranges.iter().map(|range| slice(self.file, *range))
    }

    fn bytes(&self) -> Vec<u8> {
        self.pieces().collect::<Vec<_>>().concat()
    }

    /// Where in the file those bytes are that begin and end at these places of the rest.
    fn range(&self, start: usize, end: usize) -> Range {
        let (from, to) = (self.place(start as u64), self.place((end.max(start + 1) - 1) as u64));
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
        self.file.len() as u64
    }
}

/// Whether two rests are the same bytes, whatever pieces they are in.
fn is_same(rests: Sides<&Rest<'_>>) -> bool {
    let mut pieces = rests.map(Rest::pieces);
    let (mut original, mut rebuild) = (&[][..], &[][..]);
    loop {
        if original.is_empty() {
            original = pieces.original.next().unwrap_or_default();
        }
        if rebuild.is_empty() {
            rebuild = pieces.rebuild.next().unwrap_or_default();
        }
        let count = original.len().min(rebuild.len());
        if count == 0 {
            return original.len() == rebuild.len();
        }
        let (one, other) = (original.split_at(count), rebuild.split_at(count));
        if one.0 != other.0 {
            return false;
        }
        (original, rebuild) = (one.1, other.1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn covered(files: [&[u8]; 2], ranges: &[Sides<Option<Range>>]) -> (Vec<u64>, Option<Sides<Range>>) {
        let mut cover = Cover::new(Sides::new(files[0], files[1]));
        let counts = ranges.iter().map(|ranges| cover.measure(ranges.as_ref().map(Option::as_slice))).collect();
        (counts, cover.uncovered())
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
