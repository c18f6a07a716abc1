//! The directories that layers have entries for: hashes of layer and path, 8 bytes each.

use crate::image::name_hash::name_hash;
use crate::image::path::ancestors;

/// Directories that are remembered: 8 MiB of them.
const MOST: usize = 1 << 20;

/// The directories of the layers that were read.
#[derive(Debug, Default)]
pub(super) struct Directories {
    entries: Vec<u64>,
}

/// What stands for the entry of a directory in a layer.
fn entry(layer: u32, path: &[u8]) -> u64 {
    name_hash(&[&layer.to_le_bytes(), path].concat())
}

impl Directories {
    /// Takes in a directory; of too many, the last ones are as if they had no entry.
    pub(super) fn add(&mut self, layer: u32, path: &[u8]) {
        if self.entries.len() < MOST {
            self.entries.push(entry(layer, path));
        }
    }

    pub(super) fn extend(&mut self, other: Directories) {
        let room = MOST.saturating_sub(self.entries.len());
        self.entries.extend(other.entries.into_iter().take(room));
    }

    /// Makes them ready to be looked up.
    pub(super) fn sort(&mut self) {
        self.entries.sort_unstable();
        self.entries.dedup();
    }

    /// Whether a layer has an entry for every directory that a path is in. Those of another layer tell nothing: one in
    /// between may have put a symbolic link in their place.
    pub(super) fn lead_to(&self, layer: u32, path: &[u8]) -> bool {
        let mut above = ancestors(path).filter(|directory| !directory.is_empty());
        above.all(|directory| self.entries.binary_search(&entry(layer, directory)).is_ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_to_a_path_is_known_once_all_of_it_is() {
        let mut directories = Directories::default();
        directories.add(2, b"var/log");
        directories.sort();
        assert!(!directories.lead_to(2, b"var/log/dpkg.log"));
        assert!(directories.lead_to(2, b"dpkg.log"));
        let mut more = Directories::default();
        more.add(2, b"var");
        more.add(1, b"var/log/apt");
        directories.extend(more);
        directories.sort();
        assert!(directories.lead_to(2, b"var/log/dpkg.log"));
        assert!(!directories.lead_to(1, b"var/log/dpkg.log") && !directories.lead_to(2, b"var/log/apt/history.log"));
    }
}
