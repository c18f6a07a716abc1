//! How many bytes differ, and how many of them a claim covers.
//!
//! What differs counts as it was measured on what is stored: documents, header blocks and contents of entries. What is on
//! one side only counts whole. A byte in the content of an entry that a claimed finding and an unexplained one are both of
//! counts as unexplained.

use std::sync::Arc;

use super::model::Ledger;
use crate::explain::{Claim, Store};
use crate::finding::{Location, Range, Side, Sides};

/// The ledger of one platform.
pub(super) fn of(findings: &Store) -> Ledger {
    let mut ledger = Ledger::default();
    let mut file = File::default();
    for (head, (location, bytes)) in findings.heads().zip(findings.extents()) {
        let claimed = head.claim != Claim::Unexplained;
        if location.outer == Sides::new(None, None) {
            add(&mut ledger, claimed, location.measured.unwrap_or(bytes));
            continue;
        }
        if !file.is_at(&location) {
            std::mem::replace(&mut file, File::at(&location)).close(&mut ledger);
        }
        file.stretches.push(Stretch { ranges: location.outer, measured: location.measured.unwrap_or(bytes), claimed });
    }
    file.close(&mut ledger);
    ledger.differing_bytes = ledger.claimed_bytes.saturating_add(ledger.unexplained_bytes);
    ledger
}

const fn add(ledger: &mut Ledger, claimed: bool, bytes: u64) {
    let sum = if claimed { &mut ledger.claimed_bytes } else { &mut ledger.unexplained_bytes };
    *sum = sum.saturating_add(bytes);
}

/// What a finding adds to what findings before it cover of a file.
struct Stretch {
    ranges: Sides<Option<Range>>,
    measured: u64,
    claimed: bool,
}

/// Layers and path.
type Place = (Sides<Option<u32>>, Option<Arc<[u8]>>);

/// The file that findings are in, one after the other.
#[derive(Default)]
struct File {
    place: Option<Place>,
    stretches: Vec<Stretch>,
}

impl File {
    fn at(location: &Location) -> Self {
        File { place: Some((location.layer, location.path.clone())), stretches: Vec::new() }
    }

    fn is_at(&self, location: &Location) -> bool {
        self.place.as_ref().is_some_and(|(layer, path)| *layer == location.layer && *path == location.path)
    }

    fn close(self, ledger: &mut Ledger) {
        let unexplained = Sides::from_fn(|side| {
            let ranges = self.stretches.iter().filter(|stretch| !stretch.claimed);
            merged(ranges.filter_map(|stretch| *stretch.ranges.get(side)).collect())
        });
        for stretch in self.stretches {
            let meets = |side| stretch.ranges.get(side).is_some_and(|range| meets(unexplained.get(side), range));
            add(ledger, stretch.claimed && !Side::BOTH.into_iter().any(meets), stretch.measured);
        }
    }
}

/// The same positions as ranges in order, no two of which overlap.
fn merged(mut ranges: Vec<Range>) -> Vec<Range> {
    ranges.sort_unstable();
    let mut merged: Vec<Range> = Vec::new();
    for (start, end) in ranges {
        match merged.last_mut() {
            Some(last) if start < last.1 => last.1 = last.1.max(end),
            _ => merged.push((start, end)),
        }
    }
    merged
}

/// Whether a range has a position in common with one of these.
fn meets(ranges: &[Range], (start, end): Range) -> bool {
    let after = ranges.partition_point(|range| range.1 <= start);
    ranges.get(after..).unwrap_or_default().iter().take_while(|range| range.0 < end).any(|range| range.0 < range.1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::sample;
    use crate::finding::Kind;

    fn ledger(findings: &[(Range, u64, bool)]) -> (u64, u64, u64) {
        let explained = findings.iter().map(|(range, measured, claimed)| {
            let mut finding = sample::mtime(0, "a.gz");
            finding.location = Location::new(Kind::Entry).at_path(b"a.gz"[..].into());
            finding.location.outer = Sides::new(Some(*range), Some(*range));
            finding.location.measured = Some(*measured);
            let claim = if *claimed { Claim::Proven } else { Claim::Unexplained };
            sample::explained(finding, claim, claimed.then_some(&sample::DIGEST))
        });
        let ledger = of(&Store::of(explained.collect()).unwrap());
        (ledger.differing_bytes, ledger.claimed_bytes, ledger.unexplained_bytes)
    }

    #[test]
    fn what_is_in_a_claimed_and_an_unexplained_finding_is_unexplained() {
        let member = (10, 101_559);
        assert_eq!(ledger(&[((4, 8), 1, true), (member, 101_152, true)]), (101_153, 101_153, 0));
        assert_eq!(ledger(&[((4, 8), 1, true), (member, 101_152, true), (member, 0, false)]), (101_153, 1, 101_152));
        assert_eq!(ledger(&[((0, 9), 9, true), ((9, 9), 0, false), ((9, 12), 3, true)]), (12, 12, 0));
    }
}
