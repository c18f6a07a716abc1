//! Sets of positions, as ranges.

use std::collections::BTreeMap;

use crate::finding::Range;

/// Ranges in order, no two of which meet: end by start.
#[derive(Debug, Default)]
pub(super) struct Intervals(BTreeMap<u64, u64>);

impl Intervals {
    /// Takes in a range, which may meet others.
    pub(super) fn add(&mut self, (mut start, mut end): Range) {
        if start >= end {
            return;
        }
        while let Some((first, last)) = self.last_up_to(end).filter(|(_, last)| *last >= start) {
            self.0.remove(&first);
            (start, end) = (start.min(first), end.max(last));
        }
        self.0.insert(start, end);
    }

    /// What of a range is in none of them, in order.
    pub(super) fn free(&self, (start, end): Range) -> Vec<Range> {
        let before = self.last_up_to(start).map_or(start, |(_, last)| last.max(start));
        let mut free = Vec::new();
        let mut from = before;
        for (first, last) in self.0.range(before.min(end)..end) {
            if from < *first {
                free.push((from, *first));
            }
            from = from.max(*last);
        }
        if from < end {
            free.push((from, end));
        }
        free
    }

    fn last_up_to(&self, position: u64) -> Option<Range> {
        self.0.range(..=position).next_back().map(|(start, end)| (*start, *end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn ranges_are_sets_of_positions(added in prop::collection::vec((0u64..20, 0u64..20), 0..8), asked in (0u64..20, 0u64..20)) {
            let mut intervals = Intervals::default();
            let mut known = [false; 20];
            for (start, end) in added {
                intervals.add((start, end));
                known.iter_mut().take(end as usize).skip(start as usize).for_each(|known| *known = true);
            }
            let free: Vec<u64> = intervals.free(asked).into_iter().flat_map(|(start, end)| start..end).collect();
            let expected: Vec<u64> = (asked.0..asked.1).filter(|at| !known[*at as usize]).collect();
            prop_assert_eq!(free, expected);
            let ranges: Vec<_> = intervals.0.iter().collect();
            prop_assert!(ranges.windows(2).all(|pair| pair[0].1 < pair[1].0), "{:?}", ranges);
        }
    }
}
