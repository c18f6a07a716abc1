//! What the directories on the way to a path are, as far as it was found out.

use std::collections::HashMap;

/// What the directories on the way to a path are; of several the last one counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Way {
    /// Directories, or nothing.
    Directories,
    /// Something that nothing can be below.
    Blocked,
    /// A symlink, or what runtimes do not agree on.
    Unclear,
}

/// Bytes of names that are remembered.
const MOST: usize = 1 << 20;

/// By layer, what directories and those above them are.
#[derive(Default)]
pub(super) struct Known {
    ways: HashMap<u32, HashMap<Box<[u8]>, Way>>,
    bytes: usize,
}

impl Known {
    pub(super) fn get(&self, layer: u32, directory: &[u8]) -> Option<Way> {
        self.ways.get(&layer)?.get(directory).copied()
    }

    /// What was remembered is forgotten where it gets to be too much.
    pub(super) fn insert(&mut self, layer: u32, directory: &[u8], way: Way) {
        if self.bytes > MOST {
            *self = Known::default();
        }
        self.bytes += directory.len() + 64;
        self.ways.entry(layer).or_default().insert(directory.into(), way);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_little_is_remembered() {
        let mut known = Known::default();
        for number in 0..1_000_u32 {
            let directory = [&b"x".repeat(4_000)[..], &number.to_le_bytes()].concat();
            known.insert(number % 3, &directory, Way::Blocked);
            assert_eq!(known.get(number % 3, &directory), Some(Way::Blocked));
            assert_eq!(known.get(number % 3 + 1, &directory), None);
            assert!(known.bytes <= MOST + directory.len() + 64);
        }
    }
}
