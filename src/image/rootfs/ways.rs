//! The directories on the way to anything in a layer, whether it was asked about or not.

use std::collections::HashMap;

use super::wanted::Hashed;

/// By hash: a collision can only make something be looked at more closely.
#[derive(Default)]
pub(super) struct Ways {
    /// The place after which a directory was gone through last, and in the lowest bits whether any entry is below, and
    /// whether anything that runtimes may disagree on.
    passed: HashMap<u64, u64>,
    /// The directory of the last path: most have that of the one before.
    last: Option<(u64, bool)>,
    /// How often a directory was noted.
    noted: usize,
}

/// Directories that are remembered, and how often one is noted; no layer that a builder makes comes near.
const MOST: usize = 1 << 20;
const MOST_NOTED: usize = 1 << 25;

impl Ways {
    /// Notes the directories that a path is in. `place` is where the next record of the layer will be.
    pub(super) fn note(&mut self, path: &Hashed<'_>, place: u64, is_entry: bool) {
        let Some((_, parent)) = path.ancestors().next() else { return };
        if self.last == Some((parent, is_entry)) {
            return;
        }
        self.last = Some((parent, is_entry));
        for (_, hash) in path.ancestors() {
            let known = self.passed.get(&hash).is_some_and(|passed| passed & !2 == place << 2 | u64::from(is_entry));
            if known || self.is_too_much() {
                // So are those above it.
                return;
            }
            self.pass(hash, place, is_entry);
        }
    }

    /// Whether there were more directories than are remembered: then no answer counts.
    pub(super) fn is_too_much(&self) -> bool {
        self.noted > MOST_NOTED || self.passed.len() > MOST
    }

    /// Notes one directory.
    pub(super) fn pass(&mut self, directory: u64, place: u64, is_entry: bool) {
        self.noted += 1;
        let passed = self.passed.entry(directory).or_insert(0);
        *passed = place << 2 | (*passed & 3) | u64::from(is_entry);
    }

    /// Notes that runtimes may disagree on a path.
    pub(super) fn lead_to_unclear(&mut self, path: &Hashed<'_>) {
        for (_, hash) in path.ancestors() {
            self.noted += 1;
            let passed = self.passed.entry(hash).or_insert(0);
            if *passed & 2 != 0 || self.noted > MOST_NOTED {
                return;
            }
            *passed |= 2;
        }
    }

    pub(super) fn contains(&self, directory: u64) -> bool {
        self.passed.contains_key(&directory)
    }

    pub(super) fn leads_to_unclear(&self, directory: u64) -> bool {
        self.passed.get(&directory).is_some_and(|passed| passed & 2 != 0)
    }

    /// Whether an entry, not only a whiteout, is below a directory.
    pub(super) fn leads_to_entry(&self, directory: u64) -> bool {
        self.passed.get(&directory).is_some_and(|passed| passed & 1 == 1)
    }

    /// Whether a directory was gone through after what is at a place.
    pub(super) fn after(&self, directory: u64, place: u64) -> bool {
        self.passed.get(&directory).is_some_and(|passed| passed >> 2 > place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deep_paths_cost_no_more_than_is_remembered() {
        let deep = |number: u64| format!("{number}/{}x", "a/".repeat(2_000));
        let mut distinct = Ways::default();
        for number in 0..1_000 {
            distinct.note(&Hashed::new(deep(number).as_bytes()), number, true);
        }
        assert!(distinct.is_too_much() && distinct.passed.len() <= MOST + 1);
        let mut by_turns = Ways::default();
        for number in 0..20_000 {
            by_turns.note(&Hashed::new(deep(number % 2).as_bytes()), number, true);
        }
        assert!(by_turns.is_too_much() && by_turns.noted <= MOST_NOTED + 1);
        let mut untold = Ways::default();
        for number in 0..20_000 {
            untold.note(&Hashed::new(deep(number % 2).as_bytes()), 7, true);
        }
        assert!(!untold.is_too_much() && untold.noted < 5_000, "nothing new is said of them");
    }
}
