//! The smallest set of fixes, nearly: each time the one that covers most of what is not covered yet.

use std::collections::BTreeMap;

use crate::causes::Fix;

/// Findings that any one of some fixes covers.
pub(super) struct Element {
    /// Which findings they are: two elements of the same ask for one fix for each of two builders.
    pub(super) class: usize,
    /// The id of their cause.
    pub(super) cause: &'static str,
    /// How many they are.
    pub(super) findings: u64,
    /// The fixes, the best first; at least one.
    pub(super) fixes: Vec<&'static Fix>,
}

/// Fixes that cover all elements, in the order in which they were chosen; none of them could go. Of two that cover as
/// much it is the one that is better for one of the elements, then the one with the lesser id.
pub(super) fn cover(elements: &[Element]) -> Vec<&'static Fix> {
    let mut open: Vec<&Element> = elements.iter().collect();
    let mut chosen: Vec<&'static Fix> = Vec::new();
    while let Some(fix) = best(&open) {
        open.retain(|element| !element.fixes.contains(&fix));
        chosen.push(fix);
    }
    for fix in chosen.clone().into_iter().rev() {
        let without = |element: &Element| element.fixes.iter().any(|other| *other != fix && chosen.contains(other));
        if elements.iter().all(without) {
            chosen.retain(|other| *other != fix);
        }
    }
    chosen
}

/// The fix that covers most findings of these.
fn best(open: &[&Element]) -> Option<&'static Fix> {
    // By id: the findings that it is for, each class once, and its best place among the fixes of an element.
    let mut candidates: BTreeMap<&str, (&'static Fix, BTreeMap<usize, u64>, usize)> = BTreeMap::new();
    for element in open {
        for (place, fix) in element.fixes.iter().enumerate() {
            let (_, classes, best) = candidates.entry(fix.id).or_insert((fix, BTreeMap::new(), place));
            classes.insert(element.class, element.findings);
            *best = place.min(*best);
        }
    }
    let rank = |(fix, classes, place): &(&'static Fix, BTreeMap<usize, u64>, usize)| {
        (u64::MAX - classes.values().sum::<u64>(), *place, fix.id)
    };
    candidates.into_values().min_by_key(rank).map(|(fix, ..)| fix)
}
