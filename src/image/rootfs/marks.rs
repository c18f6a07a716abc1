//! Whether whiteouts and opaque markers can be unpacked at the moment at which they come.

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::sync::PoisonError;

use super::Rootfs;
use super::placed::END;
use super::record::Mark;
use super::view::Says;
use super::wanted::Hashed;
use super::way::Way;
use crate::image::entry::EntryType;
use crate::image::path;

/// What was found out of the markers of a path in some layers: one may come a million times, with a finding each.
pub(super) type Known = HashMap<(RangeInclusive<u32>, Mark, Box<[u8]>), bool>;

/// How many answers are remembered.
const REMEMBERED: usize = 1_000;

impl Rootfs {
    /// Whether every whiteout of `path` in these layers can be unpacked, and is not seen once it is: nothing but directories,
    /// or nothing yet, is on the way to it at that moment (containerd's `mkparent` fails where something else is).
    pub fn can_remove(&self, layers: RangeInclusive<u32>, path: &[u8]) -> bool {
        self.can_mark(layers, path, Mark::Removed, path::parent(path))
    }

    /// The same of the opaque markers in `directory`.
    pub fn can_empty(&self, layers: RangeInclusive<u32>, directory: &[u8]) -> bool {
        self.can_mark(layers, directory, Mark::Opaque, directory)
    }

    fn can_mark(&self, layers: RangeInclusive<u32>, path: &[u8], mark: Mark, directory: &[u8]) -> bool {
        if path.len() > path::PATH_MAX {
            return false;
        }
        let known = || self.markers.lock().unwrap_or_else(PoisonError::into_inner);
        let question = (layers.clone(), mark, path.into());
        if let Some(can) = known().get(&question).copied() {
            return can;
        }
        let removed = Some(Hashed::new(path).own()).filter(|_| mark == Mark::Removed);
        let can = layers.into_iter().all(|layer| {
            let Some(view) = self.layers.get(layer as usize) else { return true };
            // For overlayfs a whiteout is a file of its own: nothing of its layer can be below it, before it or after it.
            let is_removed = |place| {
                let mut above = path::ancestors(path).filter(|above| !above.is_empty());
                above.any(|above| view.marked(above, Mark::Removed).into_iter().any(|at| at > place))
            };
            let blocks = |place| removed.is_some_and(|hash| view.goes_through(hash)) || is_removed(place);
            let places = view.marked(path, mark);
            // In the root overlayfs does not look for a marker.
            let is_seen = match mark {
                Mark::Opaque => directory.is_empty() && layer > 0,
                _ => !self.is_merged(layer, directory),
            };
            if is_seen && !places.is_empty() {
                return false;
            }
            places.into_iter().all(|place| self.has_way(layer, place, directory) && !blocks(place))
        });
        let mut known = known();
        if known.len() == REMEMBERED {
            known.clear();
        }
        known.insert(question, can);
        can
    }

    /// Whether a directory of a layer is one with that of a layer below. overlayfs hands out the names of any other as they
    /// are: those of whiteouts are listed there, and there is nothing by them (seen with Linux 6.18).
    fn is_merged(&self, layer: u32, directory: &[u8]) -> bool {
        if directory.is_empty() {
            return true;
        }
        let path = Hashed::new(directory);
        let Some((own, below)) = self.layers.get(..=layer as usize).and_then(<[_]>::split_last) else { return false };
        let is_emptied = |directory: &[u8]| !own.marked(directory, Mark::Opaque).is_empty();
        if is_emptied(directory) || path::ancestors(directory).any(is_emptied) {
            return false;
        }
        for view in below.iter().rev() {
            let is_brought = view.brings_something_into(path.own());
            match view.says(&path, END) {
                Says::Entry(_, record) => return record.entry_type == EntryType::Directory,
                Says::Gone(_) => return is_brought,
                Says::Nothing if is_brought => return true,
                Says::Nothing => {}
            }
        }
        false
    }

    /// Whether nothing but directories is on the way to `directory`, itself included, before a place of a layer. What the
    /// layers below have in the way may be gone by then.
    fn has_way(&self, layer: u32, place: u64, directory: &[u8]) -> bool {
        let Some(view) = self.layers.get(layer as usize) else { return false };
        let below = |above: &[u8]| layer.checked_sub(1).map_or(Way::Directories, |below| self.way(below, above));
        let hashed = Hashed::new(directory);
        let mut way: Vec<_> = [(directory, hashed.own())].into_iter().chain(hashed.ancestors()).collect();
        way.reverse();
        // The first place that the layers below do not have free: the layer must have made it so.
        let taken = way.partition_point(|(above, _)| below(above) == Way::Directories);
        way.iter().enumerate().all(|(at, (above, hash))| match view.own(above, *hash, place) {
            Some(Mark::Directory) => at != taken || below(above) == Way::Blocked,
            // For overlayfs a whiteout is a file of its own.
            Some(_) => false,
            None => at != taken,
        })
    }
}
