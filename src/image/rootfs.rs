//! The root file system that a stack of layers makes, whiteouts applied (OCI image specification, layer.md), for the
//! paths that were asked about.

mod view;
mod wanted;

use std::collections::BTreeSet;
use std::sync::Arc;

use super::entry::{Entry, EntryType, Time};
use super::path::{self, Whiteout};

pub use view::LayerView;
use view::Record;
use wanted::Hashed;
pub use wanted::Wanted;

/// Whether two entries put the same into a tree, their contents aside: type, mode, owner, time, link target, device and
/// xattrs.
pub fn same_attributes(one: &Entry, other: &Entry) -> bool {
    let attributes = |entry| {
        let Record { attributes, time, link, .. } = Record::new(entry, [0; 32]);
        (attributes, time, link)
    };
    attributes(one) == attributes(other)
}

/// The path that a whiteout of this entry hides; `None` for other entries and for opaque markers.
pub fn whiteout_target(entry: &Entry) -> Option<Vec<u8>> {
    matches!(entry.whiteout()?, Whiteout::Of(_)).then(|| path::acts_on(&entry.place()).into_owned())
}

fn written(Time { seconds, nanoseconds }: Time) -> Vec<u8> {
    [&seconds.to_le_bytes()[..], &nanoseconds.to_le_bytes()].concat()
}

/// The merged tree of one image, for the paths that were asked about.
#[derive(Default, Clone)]
pub struct Rootfs {
    layers: Vec<Arc<LayerView>>,
}

impl Rootfs {
    /// The tree of these layers, base first.
    pub const fn new(layers: Vec<Arc<LayerView>>) -> Self {
        Rootfs { layers }
    }

    /// Type, mode, owner, times, links, xattrs, content and hard link group of `path` after the layers up to and
    /// including `layer`; `None` where nothing is there.
    pub fn at(&self, layer: u32, path: &[u8]) -> Option<Vec<u8>> {
        let (record, group) = self.linked(layer, path)?;
        Some([&record.attributes[..], &record.content, &group, &written(record.time)].concat())
    }

    /// Like [`Rootfs::at`], without the times.
    pub fn linked_at(&self, layer: u32, path: &[u8]) -> Option<Vec<u8>> {
        let (record, group) = self.linked(layer, path)?;
        Some([&record.attributes[..], &record.content, &group].concat())
    }

    /// Like [`Rootfs::at`], without the hard link group: what reading the path gives.
    pub fn content_at(&self, layer: u32, path: &[u8]) -> Option<Vec<u8>> {
        let (_, record, _) = self.resolved(layer, path)?;
        Some([&record.attributes[..], &record.content, &written(record.time)].concat())
    }

    /// Like [`Rootfs::content_at`], without the times.
    pub fn file_at(&self, layer: u32, path: &[u8]) -> Option<Vec<u8>> {
        let (_, record, _) = self.resolved(layer, path)?;
        Some([&record.attributes[..], &record.content].concat())
    }

    /// A path's record and hard link group.
    fn linked(&self, layer: u32, path: &[u8]) -> Option<(Record, Arc<[u8]>)> {
        let (position, record, primary) = self.resolved(layer, path)?;
        Some((record, self.layers.get(position)?.group(&primary)))
    }

    /// The layer that brings a path, its record, and the name that its hard link group goes by.
    fn resolved(&self, layer: u32, path: &[u8]) -> Option<(usize, Record, Vec<u8>)> {
        let (position, found) = self.find(layer, path)?;
        let (record, primary) = self.resolve(position, path, found)?;
        Some((position, record, primary))
    }

    /// The same before `layer` is applied.
    pub fn below(&self, layer: u32, path: &[u8]) -> Option<Vec<u8>> {
        self.at(layer.checked_sub(1)?, path)
    }

    /// Whether `directory` is one, or nothing yet, before `layer` is applied, and so are those above it: then what is in
    /// it is nowhere else.
    pub fn is_plain_below(&self, layer: u32, directory: &[u8]) -> bool {
        let Some(below) = layer.checked_sub(1) else { return true };
        let plain = |path| self.find(below, path).is_none_or(|(_, found)| found.entry_type == EntryType::Directory);
        [directory].into_iter().chain(path::ancestors(directory)).all(plain)
    }

    /// The same after all layers are applied.
    pub fn merged(&self, path: &[u8]) -> Option<Vec<u8>> {
        self.at(self.top()?, path)
    }

    /// The index of the topmost layer.
    pub fn top(&self) -> Option<u32> {
        u32::try_from(self.layers.len().checked_sub(1)?).ok()
    }

    /// The layer that brings `path` as it is after `layer`.
    pub fn writer(&self, layer: u32, path: &[u8]) -> Option<u32> {
        self.find(layer, path).and_then(|(position, _)| u32::try_from(position).ok())
    }

    /// The names directly below the directory `path` before `layer` is applied, as paths, sorted. The directory must have
    /// been asked for whole.
    pub fn children_below(&self, layer: u32, path: &[u8]) -> Vec<Vec<u8>> {
        let prefix = if path.is_empty() { 0 } else { path.len() + 1 };
        let mut children = BTreeSet::new();
        for name in self.descendants_below(layer, path) {
            // One that has no entry of its own shows in what is below it.
            let rest = name.get(prefix..).unwrap_or_default();
            let child = rest.split(|byte| *byte == b'/').next().map_or(0, <[u8]>::len);
            if child > 0 {
                children.insert(name.get(..prefix + child).unwrap_or_default().to_vec());
            }
        }
        children.into_iter().collect()
    }

    /// The paths of all entries below the directory `path`, at any depth, before `layer` is applied; sorted. The directory
    /// must have been asked for whole.
    pub fn descendants_below(&self, layer: u32, path: &[u8]) -> Vec<Vec<u8>> {
        let Some(below) = layer.checked_sub(1) else { return Vec::new() };
        let under: BTreeSet<Vec<u8>> =
            self.layers.iter().take(below as usize + 1).flat_map(|view| view.under(path)).collect();
        under.into_iter().filter(|name| self.find(below, name).is_some()).collect()
    }

    fn find(&self, layer: u32, path: &[u8]) -> Option<(usize, Record)> {
        let path = Hashed::new(path);
        for (position, view) in self.layers.iter().enumerate().take(layer as usize + 1).rev() {
            if let Some(record) = view.entry(&path) {
                return Some((position, record));
            }
            if view.hides(&path) {
                return None;
            }
        }
        None
    }

    /// The record behind what was found in a layer, as of that layer where it is a hard link, and its name.
    fn resolve(&self, position: usize, path: &[u8], found: Record) -> Option<(Record, Vec<u8>)> {
        let (mut name, mut record) = (path.to_vec(), found);
        for _ in 0..16 {
            if record.entry_type != EntryType::Hardlink {
                return Some((record, name));
            }
            name = record.link;
            (_, record) = self.find(u32::try_from(position).ok()?, &name)?;
        }
        None
    }

    /// Targets of hard links that were kept and whose own entries were not: to be asked for too.
    pub fn missing_targets(&self) -> BTreeSet<Vec<u8>> {
        let known = |target: &[u8]| self.layers.iter().any(|view| view.contains(target));
        self.layers.iter().flat_map(|view| view.link_targets()).filter(|target| !known(target)).collect()
    }

    /// Whether something could not be read back from a temporary file: then no answer counts.
    pub fn has_failed(&self) -> bool {
        self.layers.iter().any(|view| view.has_failed())
    }
}
