//! What becomes of the layers of a run that are unpacked each by itself, for overlayfs to lay one over the other, as Docker,
//! Podman and containerd do it (seen with buildah 1.28.2 on overlayfs): a layer by itself knows nothing of those below.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ops::Bound;
use std::sync::Arc;

use crate::image::entry::{Entry, EntryType};
use crate::image::path;

use super::bequests::INHERITED;
use super::place::{Place, Stands};

/// Fields of findings of what overlayfs shows otherwise: a hard link to what its own layer does not have, which cannot be
/// unpacked; a directory that a layer removes and makes again; one that loses what its entry says.
pub(super) const LINKED: &str = "linked";
pub(super) const REMADE: &str = "remade";
pub(super) const BARE: &str = "bare";
/// The field of findings of entries that tell overlayfs to hide something.
pub(super) const HIDING: &str = "hiding";
/// The field of findings of directories that no entry names and nothing is in: what was hides, and has made them.
pub(super) const MADE: &str = "made";

/// Whether a finding's field is one of these: then the trees are not the same, whatever is at its path.
pub fn is_of_overlayfs(field: &str) -> bool {
    [LINKED, REMADE, BARE, MADE, INHERITED, HIDING].contains(&field)
}

/// What of a run overlayfs may show otherwise than the tree that the layers make one upon the other.
#[derive(Default)]
pub(super) struct Overlaid {
    /// What the current layer removes.
    removed: HashSet<Arc<[u8]>>,
    /// Directories that have an entry in the run, and in a later layer of it something in them but no entry: they get mode
    /// 0755 and root for their owner.
    pub(super) bare: BTreeSet<Arc<[u8]>>,
    /// Directories that the run had no entry for when something was put into them, with the last layer that did.
    made: BTreeMap<Arc<[u8]>, u32>,
}

impl Overlaid {
    /// Begins another layer.
    pub(super) fn begin(&mut self) {
        self.removed.clear();
    }

    /// Takes notice of a whiteout of a path.
    pub(super) fn removes(&mut self, layer: u32, target: &[u8]) {
        self.removed.insert(target.into());
        self.replaces(layer, target);
    }

    /// Takes notice of something that is no directory at a path: what lower layers made there is gone.
    pub(super) fn replaces(&mut self, layer: u32, path: &[u8]) {
        if self.made.get(path).is_some_and(|made| *made < layer) {
            self.made.remove(path);
        }
        self.empties(layer, path);
    }

    /// Takes notice of a directory of which everything that lower layers made in it is gone.
    pub(super) fn empties(&mut self, layer: u32, directory: &[u8]) {
        let prefix = if directory.is_empty() { Vec::new() } else { path::join(directory, b"") };
        let from = (Bound::Included(&prefix[..]), Bound::Unbounded);
        let below = self.made.range::<[u8], _>(from).take_while(|(path, _)| path.starts_with(&prefix));
        let gone: Vec<Arc<[u8]>> = below.filter(|(_, made)| **made < layer).map(|(path, _)| path.clone()).collect();
        for path in gone {
            self.made.remove(&path);
        }
    }

    /// The directories that are there although no entry names them and nothing that is seen is in them, with the layer that
    /// made each.
    pub(super) fn made(&mut self, places: &BTreeMap<Arc<[u8]>, Place>) -> Vec<(Arc<[u8]>, u32)> {
        let mut made = std::mem::take(&mut self.made);
        let seen = places.iter().filter(|(_, place)| place.stands != Stands::Whiteout);
        // Those above a directory that something is in were taken out with it.
        let mut last: &[u8] = b"";
        for (path, _) in seen {
            if made.is_empty() {
                break;
            }
            made.remove(path);
            for above in path::ancestors(path).take_while(|above| !path::is_below(last, above)) {
                made.remove(above);
            }
            last = path;
        }
        made.into_iter().collect()
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
        // In the root overlayfs looks for no marker, so that all is there again.
        let mut remade = (&path[..] == path::OPAQUE && layer > 0).then(|| [].into());
        for above in path::ancestors(path).filter(|above| !above.is_empty()) {
            remade = remade.or(self.removed.take(above));
            match places.get(above).filter(|place| place.stands == Stands::Directory) {
                // So have those above it, or they were looked at then.
                Some(place) if place.layer == layer => break,
                Some(_) => drop(self.bare.insert(above.into())),
                None if path::whiteout(path).is_none() => drop(self.made.insert(above.into(), layer)),
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
