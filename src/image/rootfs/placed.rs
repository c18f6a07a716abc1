//! Where in a layer's records paths are, so that the last of a kind is found without looking at the others: a layer may
//! name one path a million times.

use std::collections::BTreeSet;

use super::record::{Kind, Mark};

/// The place after all of a layer's.
pub(super) const END: u64 = (1 << 59) - 1;
/// Where the kind is, above the place.
const KIND: u32 = 62;

/// Hashes of paths with the places of their records, 16 bytes each. What is after a hash is sorted by kind, then place.
#[derive(Default)]
pub(super) struct Placed {
    /// Whether it is asked while it grows: then what comes is in `recent`, and in `settled` once that is over.
    grows: bool,
    recent: BTreeSet<(u64, u64)>,
    settled: Vec<(u64, u64)>,
    /// Which kinds there are: of most, a layer has none.
    kinds: [bool; Kind::COUNT],
}

impl Placed {
    /// None yet, to be asked while it grows.
    pub(super) fn growing() -> Self {
        Placed { grows: true, ..Placed::default() }
    }

    pub(super) fn push(&mut self, hash: u64, place: u64, mark: Mark) {
        if let Some(kind) = self.kinds.get_mut(mark.kind() as usize) {
            *kind = true;
        }
        let at = (hash, put(place, mark));
        if self.grows {
            let _ = self.recent.insert(at);
        } else {
            self.settled.push(at);
        }
    }

    /// Ends the growing. Of the records of one path, as they come in the layer, `dropped` says which need not be kept.
    pub(super) fn settle<E>(
        &mut self,
        dropped: impl Fn(&[(u64, Mark)]) -> Result<std::ops::Range<usize>, E>,
    ) -> Result<(), E> {
        self.grows = false;
        let mut all = std::mem::take(&mut self.settled);
        all.extend(std::mem::take(&mut self.recent));
        all.sort_unstable_by_key(|(hash, at)| (*hash, place(*at)));
        let (mut kept, mut start) = (0, 0);
        while let Some((hash, at)) = all.get(start).copied() {
            let same = |(other, next): &&(u64, u64)| *other == hash && mark(*next) == mark(at);
            let run: Vec<_> = all.iter().skip(start).take_while(same).map(|(_, at)| (place(*at), mark(*at))).collect();
            let dropped = if run.len() > 2 { dropped(&run)? } else { 0..0 };
            for position in (0..run.len()).filter(|position| !dropped.contains(position)) {
                all.copy_within(start + position..=start + position, kept);
                kept += 1;
            }
            start += run.len();
        }
        all.truncate(kept);
        all.sort_unstable();
        self.settled = all;
        Ok(())
    }

    /// Whether there is anything of a kind.
    pub(super) fn has(&self, kind: Kind) -> bool {
        self.kinds.get(kind as usize).is_some_and(|has| *has)
    }

    /// The records of a kind that come before a place, the last first: nearly always the first is of the path asked for.
    pub(super) fn last(&self, hash: u64, kind: Kind, before: u64) -> impl Iterator<Item = (u64, Mark)> + '_ {
        let (from, to) = ((hash, (kind as u64) << KIND), (hash, (kind as u64) << KIND | before << 3));
        let end = self.settled.partition_point(|at| *at < to);
        let settled = self.settled.get(..end).unwrap_or_default().iter().rev().take_while(move |at| **at >= from);
        let recent = self.recent.range(from..to).rev();
        recent.chain(settled).map(|(_, at)| (place(*at), mark(*at)))
    }

    /// The places of all of a kind.
    pub(super) fn of_kind(&self, kind: Kind) -> impl Iterator<Item = u64> + '_ {
        self.settled.iter().filter(move |(_, at)| mark(*at).kind() == kind).map(|(_, at)| place(*at))
    }

    /// Everything, in the order of the layer.
    pub(super) fn in_order(&self) -> Vec<(u64, Mark)> {
        let mut places: Vec<_> = self.settled.iter().map(|(_, at)| (place(*at), mark(*at))).collect();
        places.sort_unstable();
        places
    }
}

fn put(place: u64, mark: Mark) -> u64 {
    (mark.kind() as u64) << KIND | place << 3 | mark as u64
}

const fn place(at: u64) -> u64 {
    (at & ((1 << KIND) - 1)) >> 3
}

fn mark(at: u64) -> Mark {
    Mark::of(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_of_a_kind_before_a_place() {
        for grows in [false, true] {
            let mut placed = Placed { grows, ..Placed::default() };
            let marks = [Mark::Other, Mark::Directory, Mark::Unclear, Mark::Removed, Mark::Opaque, Mark::Directory];
            for (place, mark) in (0..).zip(marks) {
                placed.push(7, place * 10, mark);
                placed.push(8, place * 10 + 5, Mark::Symlink);
            }
            let check = |placed: &Placed| {
                let last = |kind, before| placed.last(7, kind, before).collect::<Vec<_>>();
                assert_eq!(last(Kind::Directory, END), [(50, Mark::Directory), (10, Mark::Directory)]);
                assert_eq!(last(Kind::Directory, 50), [(10, Mark::Directory)]);
                assert_eq!(last(Kind::Clears, END), [(30, Mark::Removed), (0, Mark::Other)]);
                assert_eq!(last(Kind::Clears, 30), [(0, Mark::Other)]);
                assert_eq!(last(Kind::Clears, 0), []);
                assert_eq!(last(Kind::Opaque, END), [(40, Mark::Opaque)]);
                assert_eq!(last(Kind::Unclear, END), [(20, Mark::Unclear)]);
            };
            if grows {
                check(&placed);
            }
            placed.settle(|_| Ok::<_, ()>(0..0)).unwrap();
            check(&placed);
            assert_eq!(placed.of_kind(Kind::Unclear).collect::<Vec<_>>(), [20]);
            assert_eq!(placed.in_order().len(), 12);
            assert!(placed.in_order().is_sorted());
        }
    }

    #[test]
    fn of_what_says_the_same_the_first_and_the_last_are_kept() {
        let mut placed = Placed::default();
        for place in 0..100 {
            placed.push(1, place, if place == 50 { Mark::Removed } else { Mark::Directory });
        }
        placed.settle(|run| Ok::<_, ()>(1..run.len() - 1)).unwrap();
        let places: Vec<u64> = placed.in_order().into_iter().map(|(place, _)| place).collect();
        assert_eq!(places, [0, 49, 50, 51, 99]);
    }
}
