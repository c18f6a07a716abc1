//! The root file system that a stack of layers makes, whiteouts applied (OCI image specification, layer.md), for the
//! paths that were asked about.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::entry::{Entry, EntryType, Time, Whiteout, normalise};
use super::layer::{Item, LayerError, LayerReader};
use crate::digest::Sha256Sum;

/// The paths to keep while layers go by.
#[derive(Debug, Default, Clone)]
pub struct Wanted {
    paths: BTreeSet<Vec<u8>>,
    directories: BTreeSet<Vec<u8>>,
    ancestors: BTreeSet<Vec<u8>>,
}

impl Wanted {
    /// Asks for one path.
    pub fn path(&mut self, path: &[u8]) {
        self.note_ancestors(path);
        self.paths.insert(path.to_vec());
    }

    /// Asks for everything below a directory.
    pub fn directory(&mut self, path: &[u8]) {
        self.note_ancestors(path);
        self.directories.insert(path.to_vec());
    }

    /// Whether nothing was asked for.
    pub fn is_empty(&self) -> bool {
        self.paths.is_empty() && self.directories.is_empty()
    }

    fn note_ancestors(&mut self, path: &[u8]) {
        self.ancestors.extend(ancestors(path).map(<[u8]>::to_vec));
    }

    fn keeps(&self, path: &[u8]) -> bool {
        self.paths.contains(path)
            || self.ancestors.contains(path)
            || self.directories.contains(path)
            || ancestors(path).any(|ancestor| self.directories.contains(ancestor))
    }
}

/// The directories that a path is in, nearest first, without the root, with the root as the empty path last.
fn ancestors(path: &[u8]) -> impl Iterator<Item = &[u8]> {
    let slashes = (0..path.len()).rev().filter(|position| path.get(*position) == Some(&b'/'));
    slashes.map(|slash| &path[..slash]).chain((!path.is_empty()).then_some(&b""[..]))
}

/// What one layer does to the paths that were asked about.
#[derive(Debug, Default)]
pub struct LayerView {
    entries: BTreeMap<Arc<[u8]>, Record>,
    /// The names of hard links, by what they link to.
    links: BTreeMap<Vec<u8>, BTreeSet<Arc<[u8]>>>,
    removed: BTreeSet<Vec<u8>>,
    opaque: BTreeSet<Vec<u8>>,
}

#[derive(Debug, Clone)]
struct Record {
    entry_type: EntryType,
    /// Everything but name, time and content.
    attributes: Vec<u8>,
    time: Time,
    link: Vec<u8>,
    content: [u8; 32],
}

impl LayerView {
    /// Reads a layer to its verified end, keeping what is wanted.
    ///
    /// # Errors
    /// The reader's own.
    pub fn load(mut reader: LayerReader, wanted: &Wanted) -> Result<Self, LayerError> {
        let mut view = LayerView::default();
        while let Some(item) = reader.next_item()? {
            let Item::Entry(entry) = item else { continue };
            match entry.whiteout() {
                Some(Whiteout::Opaque) => {
                    view.opaque.insert(entry.parent().to_vec());
                }
                Some(Whiteout::Of(name)) => {
                    view.removed.insert(join(entry.parent(), name));
                }
                None if wanted.keeps(&entry.path) || links_to_wanted(&entry, wanted) => {
                    let mut sum = Sha256Sum::default();
                    while let Some(chunk) = reader.read_content()? {
                        sum.update(chunk);
                    }
                    view.insert(&entry, sum.finish().0);
                }
                None => {}
            }
        }
        reader.finish()?;
        Ok(view)
    }

    /// A later entry of a path takes the place of an earlier one.
    fn insert(&mut self, entry: &Entry, content: [u8; 32]) {
        let before = self.entries.remove(&entry.path);
        if let Some(names) = before.and_then(|before| self.links.get_mut(&before.link)) {
            names.remove(&entry.path);
        }
        let record = Record::new(entry, content);
        if record.entry_type == EntryType::Hardlink {
            self.links.entry(record.link.clone()).or_default().insert(entry.path.clone());
        }
        self.entries.insert(entry.path.clone(), record);
    }

    /// The names of entries that begin with these bytes, sorted.
    fn under<'a>(&'a self, prefix: &'a [u8]) -> impl Iterator<Item = &'a Arc<[u8]>> {
        let from: Arc<[u8]> = prefix.into();
        self.entries.range(from..).map(|(name, _)| name).take_while(move |name| name.starts_with(prefix))
    }

    fn hides(&self, path: &[u8]) -> bool {
        self.removed.contains(path)
            || ancestors(path).any(|ancestor| {
                self.removed.contains(ancestor)
                    || self.opaque.contains(ancestor)
                    || self.entries.get(ancestor).is_some_and(|record| record.entry_type != EntryType::Directory)
            })
    }

    /// The names in this layer that share one content with `path`, sorted.
    fn group<'a>(&'a self, path: &'a [u8]) -> Vec<&'a [u8]> {
        let links = self.links.get(path).into_iter().flatten();
        let mut names: Vec<&[u8]> = links.map(|name| &**name).chain([path]).collect();
        names.sort_unstable();
        names
    }
}

fn links_to_wanted(entry: &Entry, wanted: &Wanted) -> bool {
    entry.entry_type == EntryType::Hardlink && wanted.paths.contains(normalise(&entry.link_name))
}

impl Record {
    fn new(entry: &Entry, content: [u8; 32]) -> Self {
        let mut attributes = Vec::new();
        let mut put = |bytes: &[u8]| {
            attributes.extend((bytes.len() as u64).to_le_bytes());
            attributes.extend(bytes);
        };
        put(format!("{:?}", entry.entry_type).as_bytes());
        put(&(entry.mode & 0o7777).to_le_bytes());
        put(&entry.uid.to_le_bytes());
        put(&entry.gid.to_le_bytes());
        if let Some((major, minor)) = entry.device {
            put(&major.to_le_bytes());
            put(&minor.to_le_bytes());
        }
        if entry.entry_type == EntryType::Symlink {
            put(&entry.link_name);
        }
        for (name, value) in &entry.xattrs {
            put(name);
            put(value);
        }
        let link =
            if entry.entry_type == EntryType::Hardlink { normalise(&entry.link_name).to_vec() } else { Vec::new() };
        Record { entry_type: entry.entry_type, attributes, time: entry.mtime, link, content }
    }
}

/// Whether two entries put the same into a tree, their contents aside: type, mode, owner, time, link target, device and
/// xattrs.
pub fn same_attributes(one: &Entry, other: &Entry) -> bool {
    let attributes = |entry| {
        let Record { attributes, time, link, .. } = Record::new(entry, [0; 32]);
        (attributes, time, link)
    };
    attributes(one) == attributes(other)
}

fn join(parent: &[u8], name: &[u8]) -> Vec<u8> {
    if parent.is_empty() { name.to_vec() } else { [parent, b"/", name].concat() }
}

/// The path that a whiteout of this entry hides; `None` for other entries and for opaque markers.
pub fn whiteout_target(entry: &Entry) -> Option<Vec<u8>> {
    match entry.whiteout()? {
        Whiteout::Of(name) => Some(join(entry.parent(), name)),
        Whiteout::Opaque => None,
    }
}

/// The merged tree of one image, for the paths that were asked about.
#[derive(Debug, Default, Clone)]
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
        self.timed(layer, path, self.linked_at(layer, path)?)
    }

    /// Like [`Rootfs::at`], without the times.
    pub fn linked_at(&self, layer: u32, path: &[u8]) -> Option<Vec<u8>> {
        let (position, _) = self.find(layer, path)?;
        let mut record = self.file_at(layer, path)?;
        let view = self.layers.get(position)?;
        let primary = self.resolve(position, path)?.1;
        for name in view.group(&primary) {
            record.extend((name.len() as u64).to_le_bytes());
            record.extend(name);
        }
        Some(record)
    }

    /// Like [`Rootfs::at`], without the hard link group: what reading the path gives.
    pub fn content_at(&self, layer: u32, path: &[u8]) -> Option<Vec<u8>> {
        self.timed(layer, path, self.file_at(layer, path)?)
    }

    /// Like [`Rootfs::content_at`], without the times.
    pub fn file_at(&self, layer: u32, path: &[u8]) -> Option<Vec<u8>> {
        let (position, _) = self.find(layer, path)?;
        let (record, _) = self.resolve(position, path)?;
        Some([&record.attributes[..], &record.content].concat())
    }

    fn timed(&self, layer: u32, path: &[u8], mut bytes: Vec<u8>) -> Option<Vec<u8>> {
        let (position, _) = self.find(layer, path)?;
        let Time { seconds, nanoseconds } = self.resolve(position, path)?.0.time;
        bytes.extend(seconds.to_le_bytes());
        bytes.extend(nanoseconds.to_le_bytes());
        Some(bytes)
    }

    /// The same before `layer` is applied.
    pub fn below(&self, layer: u32, path: &[u8]) -> Option<Vec<u8>> {
        self.at(layer.checked_sub(1)?, path)
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

    /// The names directly below the directory `path` before `layer` is applied, as paths, sorted.
    pub fn children_below(&self, layer: u32, path: &[u8]) -> Vec<Vec<u8>> {
        let Some(below) = layer.checked_sub(1) else { return Vec::new() };
        let prefix = if path.is_empty() { Vec::new() } else { [path, b"/"].concat() };
        let mut children = BTreeSet::new();
        for view in self.layers.iter().take(below as usize + 1) {
            let under = view.under(&prefix).filter_map(|name| name.strip_prefix(&prefix[..]));
            let names =
                under.filter_map(|rest| rest.split(|byte| *byte == b'/').next()).filter(|name| !name.is_empty());
            children.extend(names.map(|name| [&prefix[..], name].concat()));
        }
        children.into_iter().filter(|child| self.exists(below, child)).collect()
    }

    /// The paths of all entries below the directory `path`, at any depth, before `layer` is applied; sorted.
    pub fn descendants_below(&self, layer: u32, path: &[u8]) -> Vec<Vec<u8>> {
        let Some(below) = layer.checked_sub(1) else { return Vec::new() };
        let prefix = if path.is_empty() { Vec::new() } else { [path, b"/"].concat() };
        let names = self.layers.iter().take(below as usize + 1).flat_map(|view| view.under(&prefix));
        let under: BTreeSet<_> = names.filter(|name| name.len() > prefix.len()).collect();
        under.into_iter().filter(|name| self.find(below, name).is_some()).map(|name| name.to_vec()).collect()
    }

    /// Whether `path` is there, as an entry of its own or as a directory that only its children show.
    fn exists(&self, layer: u32, path: &[u8]) -> bool {
        let prefix = [path, b"/"].concat();
        self.find(layer, path).is_some()
            || self
                .layers
                .iter()
                .take(layer as usize + 1)
                .any(|view| view.under(&prefix).any(|name| self.find(layer, name).is_some()))
    }

    fn find(&self, layer: u32, path: &[u8]) -> Option<(usize, &Record)> {
        for (position, view) in self.layers.iter().enumerate().take(layer as usize + 1).rev() {
            if let Some(record) = view.entries.get(path) {
                return Some((position, record));
            }
            if view.hides(path) {
                return None;
            }
        }
        None
    }

    /// The record behind a hard link as of the layer that holds the link, and its name.
    fn resolve(&self, position: usize, path: &[u8]) -> Option<(&Record, Vec<u8>)> {
        let mut name = path.to_vec();
        for _ in 0..16 {
            let (_, record) = self.find(u32::try_from(position).ok()?, &name)?;
            if record.entry_type != EntryType::Hardlink {
                return Some((record, name));
            }
            name.clone_from(&record.link);
        }
        None
    }

    /// Targets of hard links that were kept and whose own entries were not: to be asked for too.
    pub fn missing_targets(&self) -> Vec<Vec<u8>> {
        let links = self.layers.iter().flat_map(|view| view.entries.values());
        let targets = links.filter(|record| record.entry_type == EntryType::Hardlink).map(|record| &record.link);
        let known = |target: &[u8]| self.layers.iter().any(|view| view.entries.contains_key(target));
        let missing: BTreeSet<_> = targets.filter(|target| !known(target)).cloned().collect();
        missing.into_iter().collect()
    }
}
