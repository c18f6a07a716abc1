//! A set of small numbers that is asked for the first one in a range, in a few steps however long the range is.

use std::ops::Range;

const BITS: usize = 64;

/// The numbers, a bit each; a bit of every level above says whether the word below has any.
#[derive(Debug)]
pub(super) struct Marks(Vec<Vec<u64>>);

impl Marks {
    /// An empty set for numbers below `count`.
    pub(super) fn none(count: usize) -> Self {
        let mut levels = Vec::new();
        let mut words = count;
        while levels.is_empty() || words > 1 {
            words = words.div_ceil(BITS).max(1);
            levels.push(vec![0; words]);
        }
        Marks(levels)
    }

    /// All numbers below `count`.
    pub(super) fn all(count: usize) -> Self {
        let mut marks = Marks::none(count);
        (0..count).for_each(|number| marks.set(number, true));
        marks
    }

    pub(super) fn has(&self, number: usize) -> bool {
        self.0.first().and_then(|words| words.get(number / BITS)).is_some_and(|word| word >> (number % BITS) & 1 == 1)
    }

    pub(super) fn set(&mut self, number: usize, on: bool) {
        let (mut number, mut on) = (number, on);
        for words in &mut self.0 {
            let Some(word) = words.get_mut(number / BITS) else { return };
            let bit = 1 << (number % BITS);
            *word = if on { *word | bit } else { *word & !bit };
            (number, on) = (number / BITS, *word != 0);
        }
    }

    /// The first number in a range.
    pub(super) fn first_in(&self, range: &Range<usize>) -> Option<usize> {
        self.first_from(range.start).filter(|number| *number < range.end)
    }

    fn first_from(&self, from: usize) -> Option<usize> {
        let mut at = from;
        for (level, words) in self.0.iter().enumerate() {
            let rest = words.get(at / BITS)? & (u64::MAX << (at % BITS));
            if rest != 0 {
                let found = at / BITS * BITS + rest.trailing_zeros() as usize;
                let down =
                    |found: usize, words: &Vec<u64>| Some(found * BITS + words.get(found)?.trailing_zeros() as usize);
                return self.0.get(..level)?.iter().rev().try_fold(found, down);
            }
            at = at / BITS + 1;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_is_a_set(
            count in prop_oneof![0..70_usize, 4000..4200_usize, 262_100..262_200_usize],
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<bool>()), 0..40),
            ranges in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 0..20),
        ) {
            let (mut marks, mut set) = (Marks::none(count), BTreeSet::new());
            for (number, on) in changes.iter().filter(|_| count > 0) {
                let number = number.index(count);
                marks.set(number, *on);
                if *on { set.insert(number); } else { set.remove(&number); }
                prop_assert_eq!(marks.has(number), *on);
            }
            for (start, end) in ranges {
                let (start, end) = (start.index(count + 2), end.index(count + 2));
                let expected = (start <= end).then(|| set.range(start..end).next().copied()).flatten();
                prop_assert_eq!(marks.first_in(&(start..end)), expected);
            }
            prop_assert_eq!(Marks::all(count).first_in(&(0..count)), (count > 0).then_some(0));
        }
    }
}
