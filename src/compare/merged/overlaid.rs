//! What becomes of the layers of a run that are unpacked each by itself, for overlayfs to lay one over the other, as Docker,
//! Podman and containerd do it (seen with buildah 1.28.2 on overlayfs): a layer by itself knows nothing of those below.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use crate::image::entry::{Entry, EntryType};
use crate::image::path;

use super::place::{Place, Stands};

/// Fields of findings of what overlayfs shows otherwise: a hard link to what its own layer does not have, which cannot be
/// unpacked; a directory that a layer removes and makes again; one that loses what its entry says.
pub(super) const LINKED: &str = "linked";
pub(super) const REMADE: &str = "remade";
pub(super) const BARE: &str = "bare";

/// Whether a finding's field is one of these: then the trees are not the same, whatever is at its path.
pub fn is_of_overlayfs(field: &str) -> bool {
    [LINKED, REMADE, BARE].contains(&field)
}

/// What of a run overlayfs may show otherwise than the tree that the layers make one upon the other.
#[derive(Default)]
pub(super) struct Overlaid {
    /// What the current layer removes.
    removed: HashSet<Arc<[u8]>>,
    /// Directories that have an entry in the run, and in a later layer of it something in them but no entry: they get mode
    /// 0755 and root for their owner.
    pub(super) bare: BTreeSet<Arc<[u8]>>,
}

impl Overlaid {
    /// Begins another layer.
    pub(super) fn begin(&mut self) {
        self.removed.clear();
    }

    /// Takes notice of a whiteout of a path.
    pub(super) fn removes(&mut self, target: &[u8]) {
        self.removed.insert(target.into());
    }

    /// Takes notice of what lands at a path, before it is put there. The directory that the layer removes and makes again by
    /// that, where there is one: it has what the layers below have in it.
    pub(super) fn lands(
        &mut self,
        layer: u32,
        path: &Arc<[u8]>,
        entry: &Entry,
        places: &BTreeMap<Arc<[u8]>, Place>,
    ) -> Option<Arc<[u8]>> {
        let mut remade = None;
        for above in path::ancestors(path).filter(|above| !above.is_empty()) {
            remade = remade.or(self.removed.take(above));
            match places.get(above).filter(|place| place.stands == Stands::Directory) {
                // So have those above it, or they were looked at then.
                Some(place) if place.layer == layer => break,
                Some(_) => drop(self.bare.insert(above.into())),
                None => {}
            }
        }
        if entry.entry_type == EntryType::Directory {
            self.bare.remove(path);
            remade = remade.or(self.removed.take(path));
        }
        remade
    }
}

/// Whether a directory is as runtimes make one that has no entry.
pub(super) fn is_plain(entry: &Entry) -> bool {
    (entry.mode & 0o7777, entry.uid, entry.gid) == (0o755, 0, 0) && entry.xattrs.is_empty()
}
