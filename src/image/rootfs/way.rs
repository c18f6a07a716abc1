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

/// How many are remembered: more than a path can have directories in it, after several layers.
const MOST: usize = 1 << 16;

/// What stands for a directory: names may be long.
type Identity = [u8; 16];

/// By layer, what directories and those above them are.
#[derive(Default)]
pub(super) struct Known(HashMap<(u32, Identity), Way>);

impl Known {
    pub(super) fn get(&self, layer: u32, directory: &[u8]) -> Option<Way> {
        self.0.get(&(layer, identity(directory))).copied()
    }

    /// What was remembered is forgotten where it gets to be too much.
    pub(super) fn insert(&mut self, layer: u32, directory: &[u8], way: Way) {
        if self.0.len() == MOST {
            self.0.clear();
        }
        self.0.insert((layer, identity(directory)), way);
    }
}

fn identity(directory: &[u8]) -> Identity {
    let mut identity = Identity::default();
    blake3::Hasher::new().update(directory).finalize_xof().fill(&mut identity);
    identity
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_little_is_remembered() {
        let mut known = Known::default();
        for number in 0..2 * u32::try_from(MOST).unwrap() {
            let directory = number.to_le_bytes();
            known.insert(number % 3, &directory, Way::Blocked);
            assert_eq!(known.get(number % 3, &directory), Some(Way::Blocked));
            assert_eq!(known.get(number % 3 + 1, &directory), None);
            assert!(known.0.len() <= MOST);
        }
    }
}
