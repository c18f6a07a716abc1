//! Whether whiteouts and opaque markers can be unpacked at the moment at which they come.

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::sync::PoisonError;

use super::Rootfs;
use super::record::Mark;
use super::wanted::Hashed;
use super::way::Way;
use crate::image::path;

/// What was found out of the markers of a path in some layers: one may come a million times, with a finding each.
pub(super) type Known = HashMap<(RangeInclusive<u32>, Mark, Box<[u8]>), bool>;

/// How many answers are remembered.
const REMEMBERED: usize = 1_000;

impl Rootfs {
    /// Whether every whiteout of `path` in these layers can be unpacked: nothing but directories, or nothing yet, is on
    /// the way to it at that moment (containerd's `mkparent` fails where something else is).
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
            let blocks = |place| removed.is_some_and(|hash| view.goes_through_after(hash, place)) || is_removed(place);
            let mut places = view.marked(path, mark).into_iter();
            places.all(|place| self.has_way(layer, place, directory) && !blocks(place))
        });
        let mut known = known();
        if known.len() == REMEMBERED {
            known.clear();
        }
        known.insert(question, can);
        can
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
