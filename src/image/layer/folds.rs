//! Names of layers that are one where case does not count: what is there then depends on who unpacks it, and in which
//! order.

use std::collections::HashMap;

use crate::image::entry::{Entry, EntryType};
use crate::image::name_hash::name_hash;
use crate::image::path::{self, Whiteout};

/// The names of a layer as far as it went by, as hashes of what they fold to.
#[derive(Debug, Clone, Default)]
pub struct Folds {
    /// Of entries and what whiteouts hide: the name, and whether it is a directory's.
    entries: HashMap<u64, (u64, bool)>,
    /// Of the directories that these are in: the name that came first.
    parents: HashMap<u64, u64>,
}

impl Folds {
    /// Takes notice of the next entry; whether what it is, or is in, came before under another name. Two names of a
    /// directory of which one has no entry say nothing of it in two ways.
    pub(super) fn notice(&mut self, entry: &Entry) -> bool {
        let place = entry.place();
        let path = path::acts_on(&place);
        if path.len() > path::PATH_MAX {
            return true;
        }
        let marker = entry.whiteout() == Some(Whiteout::Opaque);
        let mut meets = marker && self.is_in(&path);
        if !marker {
            let directory = entry.entry_type == EntryType::Directory && entry.whiteout().is_none();
            let (folded, name) = hashes(&path);
            meets |= self.entries.entry(folded).or_insert((name, directory)).0 != name;
            meets |= !directory && self.parents.get(&folded).is_some_and(|known| *known != name);
        }
        for directory in path::ancestors(&path) {
            meets |= self.is_in(directory);
        }
        meets
    }

    /// Takes in the names of the next layer above; whether what one of them is, or is in, is below under another name.
    #[expect(clippy::iter_over_hash_type, reason = "whether any of them meets another does not hang on their order")]
    pub fn take_in(&mut self, above: Folds) -> bool {
        let mut meets = false;
        for (folded, (name, directory)) in above.entries {
            meets |= !directory && self.parents.get(&folded).is_some_and(|known| *known != name);
            meets |= self.entries.entry(folded).or_insert((name, directory)).0 != name;
        }
        for (folded, name) in above.parents {
            meets |= self.entries.get(&folded).is_some_and(|(known, is_directory)| !is_directory && *known != name);
            self.parents.entry(folded).or_insert(name);
        }
        meets
    }

    /// Something is in this directory: whether another name of it came before for something else.
    fn is_in(&mut self, directory: &[u8]) -> bool {
        let (folded, name) = hashes(directory);
        self.parents.entry(folded).or_insert(name);
        self.entries.get(&folded).is_some_and(|(known, is_directory)| !is_directory && *known != name)
    }
}

fn hashes(path: &[u8]) -> (u64, u64) {
    (name_hash(&path::folded(path)), name_hash(path))
}
