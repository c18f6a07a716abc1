//! The directories on the way to anything in a layer, whether it was asked about or not.

use std::collections::HashMap;

use super::wanted::Hashed;

/// By hash: a collision can only make something be looked at more closely.
#[derive(Default)]
pub(super) struct Ways {
    /// The place after which a directory was gone through last, and in the lowest bit whether any entry is below.
    passed: HashMap<u64, u64>,
    /// The directory of the last path: most have that of the one before.
    last: Option<(u64, bool)>,
}

impl Ways {
    /// Notes the directories that a path is in. `place` is where the next record of the layer will be.
    pub(super) fn note(&mut self, path: &Hashed<'_>, place: u64, is_entry: bool) {
        let Some((_, parent)) = path.ancestors().next() else { return };
        if self.last == Some((parent, is_entry)) {
            return;
        }
        self.last = Some((parent, is_entry));
        for (_, hash) in path.ancestors() {
            self.pass(hash, place, is_entry);
        }
    }

    /// Notes one directory.
    pub(super) fn pass(&mut self, directory: u64, place: u64, is_entry: bool) {
        let passed = self.passed.entry(directory).or_insert(0);
        *passed = place << 1 | (*passed & 1) | u64::from(is_entry);
    }

    pub(super) fn contains(&self, directory: u64) -> bool {
        self.passed.contains_key(&directory)
    }

    /// Whether an entry, not only a whiteout, is below a directory.
    pub(super) fn leads_to_entry(&self, directory: u64) -> bool {
        self.passed.get(&directory).is_some_and(|passed| passed & 1 == 1)
    }

    /// Whether a directory was gone through after what is at a place.
    pub(super) fn after(&self, directory: u64, place: u64) -> bool {
        self.passed.get(&directory).is_some_and(|passed| passed >> 1 > place)
    }
}
