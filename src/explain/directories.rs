//! The directories that layers have entries for: hashes of their paths, 8 bytes each.

use crate::image::name_hash::name_hash;
use crate::image::path::ancestors;

/// Directories that are remembered: 8 MiB of them.
const MOST: usize = 1 << 20;

/// The directories of the layers that were read.
#[derive(Debug, Default)]
pub(super) struct Directories {
    paths: Vec<u64>,
}

impl Directories {
    /// Takes in a directory; of too many, the last ones are as if they had no entry.
    pub(super) fn add(&mut self, path: &[u8]) {
        if self.paths.len() < MOST {
            self.paths.push(name_hash(path));
        }
    }

    pub(super) fn extend(&mut self, other: Directories) {
        let room = MOST.saturating_sub(self.paths.len());
        self.paths.extend(other.paths.into_iter().take(room));
    }

    /// Makes them ready to be looked up.
    pub(super) fn sort(&mut self) {
        self.paths.sort_unstable();
        self.paths.dedup();
    }

    /// Whether every directory that a path is in is among them.
    pub(super) fn lead_to(&self, path: &[u8]) -> bool {
        let mut above = ancestors(path).filter(|directory| !directory.is_empty());
        above.all(|directory| self.paths.binary_search(&name_hash(directory)).is_ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_to_a_path_is_known_once_all_of_it_is() {
        let mut directories = Directories::default();
        directories.add(b"var/log");
        directories.sort();
        assert!(!directories.lead_to(b"var/log/dpkg.log"));
        assert!(directories.lead_to(b"dpkg.log"));
        let mut more = Directories::default();
        more.add(b"var");
        directories.extend(more);
        directories.sort();
        assert!(directories.lead_to(b"var/log/dpkg.log") && !directories.lead_to(b"var/log/apt/history.log"));
    }
}
