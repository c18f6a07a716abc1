//! What becomes of layers that are unpacked each by itself, for overlayfs to lay one over the other, as Docker's `overlay2`,
//! containers/storage and containerd do it (seen with buildah 1.28.2 on overlayfs; the others read).
//!
//! Such a layer knows nothing of those below. A directory that it removes and makes again is one directory with what the
//! layers below have in it; a directory that it has something in, and no entry for, gets mode 0755 and root for its owner,
//! whatever it was below (containerd alone keeps what it was).

use std::io;

use super::placed::END;
use super::record::Record;
use super::view::LayerView;
use super::wanted::Hashed;
use super::{Rootfs, Undecided};
use crate::image::entry::EntryType;
use crate::image::path;

/// What the header of a directory says that is as runtimes make one without an entry: mode, owner and group.
const PLAIN: [u64; 3] = [0o755, 0, 0];

impl LayerView {
    /// Of the directories that whiteouts at these places remove, those that the layer itself has something in.
    pub(super) fn remade(&self, removed: &[u64]) -> io::Result<Vec<Vec<u8>>> {
        let mut remade = Vec::new();
        for place in removed {
            let (name, _) = self.read(*place)?;
            let path = Hashed::new(&name);
            if self.brings_something_into(path.own()) || self.has_directory(&path) {
                remade.push(name);
            }
        }
        Ok(remade)
    }
}

impl LayerView {
    /// Whether the layer has an entry for a path or below it.
    fn has_any(&self, path: &Hashed<'_>) -> bool {
        self.brings_something_into(path.own()) || self.own(path.path, path.own(), END).is_some()
    }
}

impl Rootfs {
    /// Whether a directory loses what it was because a layer of the run `first..=last` has something in it and no entry for
    /// it; also where it comes into being by that alone, and nothing but a whiteout is in it.
    pub fn is_made_plain(&self, (first, last): (u32, u32), directory: &[u8]) -> bool {
        let path = Hashed::new(directory);
        for layer in (first..=last).rev() {
            let Some(view) = self.layers.get(layer as usize) else { return true };
            if view.has_directory(&path) {
                return false;
            }
            if view.goes_through(path.own()) {
                let below = layer.checked_sub(1).map_or(Ok(None), |below| self.shared(below, directory));
                return match below {
                    Ok(Some((_, found))) => !is_plain(&found.record) || self.is_in_set_id(layer, directory),
                    // It came into being like that, or does now.
                    Ok(None) => !self.has_way_by(layer, path.own()) || self.is_in_set_id(layer, directory),
                    Err(Undecided) => true,
                };
            }
        }
        false
    }

    /// What is at a path after the layers up to and including `layer`; a directory also where only what is in it says so.
    ///
    /// # Errors
    /// [`Undecided`].
    pub fn kind(&self, layer: u32, path: &[u8]) -> Result<Option<EntryType>, Undecided> {
        let found = self.shared(layer, path)?.map(|(_, found)| found.record.entry_type);
        let is_way = || self.has_way_by(layer, Hashed::new(path).own());
        Ok(found.or_else(|| is_way().then_some(EntryType::Directory)))
    }

    /// Whether any layer has an entry for a path or below it.
    pub fn ever_has(&self, path: &[u8]) -> bool {
        let path = Hashed::new(path);
        self.layers.iter().any(|view| view.is_unread() || view.has_any(&path))
    }

    /// Whether what a directory is made in without an entry has the set-group-ID bit after a layer, which it takes over.
    fn is_in_set_id(&self, layer: u32, directory: &[u8]) -> bool {
        let above = path::ancestors(directory).find_map(|above| self.find(layer, above));
        above.is_some_and(|found| found.record.entry_type == EntryType::Directory && hands_down(&found.record))
    }

    /// Whether an entry of the layers up to and including `layer` makes a directory.
    fn has_way_by(&self, layer: u32, directory: u64) -> bool {
        self.layers.iter().take(layer as usize + 1).any(|view| view.brings_something_into(directory))
    }

    /// Whether a layer of the run has something in a directory and no entry for it after that.
    pub fn is_bare(&self, (first, last): (u32, u32), directory: &[u8]) -> bool {
        let path = Hashed::new(directory);
        let views = (first..=last).rev().filter_map(|layer| self.layers.get(layer as usize));
        let mut touching = views.filter(|view| view.goes_through(path.own()) || view.has_directory(&path));
        touching.next().is_some_and(|view| !view.has_directory(&path))
    }
}

/// Whether a directory is as runtimes make one without an entry.
fn is_plain(record: &Record) -> bool {
    record.entry_type == EntryType::Directory && record.header == PLAIN.map(u64::to_le_bytes).concat()
}

/// Whether a directory has the set-group-ID bit.
fn hands_down(record: &Record) -> bool {
    let mode = record.header.first_chunk().map_or(0, |mode| u64::from_le_bytes(*mode));
    mode & 0o2000 != 0
}
