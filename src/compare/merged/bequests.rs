//! What is made in a directory takes something of it at that moment: of one with a default access list all that is made in
//! it, of a set-id one each directory that no entry makes. Which entry came first shows in no tree of names.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::image::entry::{DEFAULT_ACCESS_LIST, Entry, EntryType};
use crate::image::path;

use super::place::{Place, Stands};

/// The field of a finding of an entry that takes something of a directory that it is in.
pub(super) const INHERITED: &str = "inherited";

/// The directories of a run that bequeath something, by path: the layer of the entry that says so, and whether all that is
/// made in them takes it.
#[derive(Default)]
pub(super) struct Bequests(BTreeMap<Arc<[u8]>, (u32, bool)>);

impl Bequests {
    /// Takes notice of an entry, before it is put at its path. Where it takes something: the directory's path, whether that is
    /// of an access list, and whether the directory's entry is of the same layer.
    pub(super) fn lands(
        &mut self,
        layer: u32,
        path: &Arc<[u8]>,
        entry: &Entry,
        places: &BTreeMap<Arc<[u8]>, Place>,
    ) -> Option<(Arc<[u8]>, [u8; 2])> {
        let taken = self.taken(layer, path, entry, places);
        let lists = entry.xattrs.contains_key(DEFAULT_ACCESS_LIST);
        if entry.entry_type == EntryType::Directory && (lists || entry.mode & 0o2000 != 0) {
            self.0.insert(path.clone(), (layer, lists));
        } else {
            self.0.remove(path);
        }
        taken
    }

    fn taken(
        &self,
        layer: u32,
        path: &[u8],
        entry: &Entry,
        places: &BTreeMap<Arc<[u8]>, Place>,
    ) -> Option<(Arc<[u8]>, [u8; 2])> {
        // Links take nothing, nor does what makes nothing.
        let makes_nothing = matches!(entry.entry_type, EntryType::Hardlink) || path::whiteout(path).is_some();
        if self.0.is_empty() || makes_nothing {
            return None;
        }
        let is_directory = |path: &[u8]| places.get(path).is_some_and(|place| place.stands == Stands::Directory);
        let (missing, above) = path::ancestors(path).enumerate().find(|(_, above)| is_directory(above))?;
        let (directory, (of, lists)) = self.0.get_key_value(above)?;
        let is_made = missing > 0 || (*lists && entry.entry_type != EntryType::Symlink);
        is_made.then(|| (directory.clone(), [u8::from(*lists), u8::from(*of == layer)]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(path: &str, entry_type: EntryType, mode: u32, lists: bool) -> Entry {
        let list = lists.then(|| (DEFAULT_ACCESS_LIST.to_vec(), Vec::new()));
        Entry { mode, xattrs: list.into_iter().collect(), ..Entry::empty(path, entry_type) }
    }

    /// What an entry of layer 2 takes of `d`, an entry of layer 1.
    fn taken(directory: (u32, bool), path: &str, entry_type: EntryType) -> Option<[u8; 2]> {
        let (mut bequests, mut places) = (Bequests::default(), BTreeMap::new());
        let d: Arc<[u8]> = b"d"[..].into();
        assert_eq!(bequests.lands(1, &d, &entry("d", EntryType::Directory, directory.0, directory.1), &places), None);
        places.insert(d, Place { layer: 1, ordinal: 0, record: 0, stands: Stands::Directory });
        let own = entry(path, entry_type, 0o644, false);
        bequests.lands(2, &own.place(), &own, &places).map(|(_, how)| how)
    }

    #[test]
    fn lists_are_taken_by_all_and_set_id_bits_by_directories_without_an_entry() {
        let (lists, set_id) = ((0o755, true), (0o2755, false));
        assert_eq!(taken(lists, "d/x", EntryType::File), Some([1, 0]));
        assert_eq!(taken(lists, "d/x", EntryType::Symlink), None);
        assert_eq!(taken(lists, "d/x", EntryType::Hardlink), None);
        assert_eq!(taken(lists, "d/.wh.x", EntryType::File), None);
        assert_eq!(taken(lists, "d/e/x", EntryType::Symlink), Some([1, 0]));
        assert_eq!(taken(set_id, "d/x", EntryType::File), None);
        assert_eq!(taken(set_id, "d/e/x", EntryType::File), Some([0, 0]));
        assert_eq!(taken((0o755, false), "d/e/x", EntryType::File), None);
        assert_eq!(taken(lists, "e/x", EntryType::File), None);
    }
}
