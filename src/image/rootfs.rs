//! The root file system that a stack of layers makes, whiteouts applied (OCI image specification, layer.md), for the
//! paths that were asked about.
//!
//! It is the tree that containerd (`archive.Apply`) and buildah (vfs) unpack: entry after entry, each at the path that its
//! name resolves to in the tree at that moment. Where they do not agree, or others would not agree with them, among them
//! those that unpack each layer by itself for overlayfs, there is no answer: [`Undecided`].

mod groups;
mod marks;
mod nested;
mod overlaid;
mod placed;
mod record;
mod resolve;
mod stack;
#[cfg(test)]
mod tests;
mod view;
mod wanted;
mod way;
mod ways;

use std::collections::{BTreeSet, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::entry::{Entry, EntryType, Time};
use super::path::{self, Whiteout};
use groups::Groups;
pub use nested::Tree;
use nested::{Answers, Nested, Question, What};
use placed::END;
use record::Record;
use resolve::Stack;
pub use resolve::{Fault, Missing};
use stack::Found;
pub use view::LayerView;
use wanted::Hashed;
pub use wanted::Wanted;
use way::{Known, Way};

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

/// Not all runtimes have the same there, or it is reached through a symlink: nothing may be concluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Undecided;

/// What is at a path, as bytes to compare; nothing where nothing is there.
pub type Answer = Result<Option<Vec<u8>>, Undecided>;

/// A record and the hard link group that it is in.
type Linked = (Record, Arc<[u8]>);

/// Bytes of names that may be below a directory.
const NAMES: usize = 32 << 20;

/// The merged tree of one image, for the paths that were asked about.
#[derive(Default)]
pub struct Rootfs {
    layers: Vec<Arc<LayerView>>,
    faults: Vec<Fault>,
    /// The hashes of the directories that were asked for whole.
    whole: HashSet<u64>,
    groups: Mutex<Groups>,
    nested: Mutex<Answers>,
    markers: Mutex<marks::Known>,
    /// What directories are, each after a layer.
    ways: Mutex<Known>,
    /// Whether an answer was not given because it would have taken too much.
    too_much: AtomicBool,
}

impl Rootfs {
    /// The tree of these layers, base first, and what has to be asked for before all of its answers count.
    pub fn new(layers: &[Arc<LayerView>], wanted: &Wanted) -> (Self, Missing) {
        let Stack { layers, faults, missing } = Stack::new(layers, wanted);
        (Rootfs { layers, faults, whole: wanted.directories().clone(), ..Rootfs::default() }, missing)
    }

    /// Type, mode, owner, times, links, xattrs, content and hard link group of `path` after the layers up to and
    /// including `layer`.
    ///
    /// # Errors
    /// [`Undecided`], as for all questions.
    pub fn at(&self, layer: u32, path: &[u8]) -> Answer {
        let linked = self.linked(layer, path)?;
        Ok(linked
            .map(|(record, group)| [&record.attributes[..], &record.content, &group, &written(record.time)].concat()))
    }

    /// Like [`Rootfs::at`], without the times.
    ///
    /// # Errors
    /// [`Undecided`].
    pub fn linked_at(&self, layer: u32, path: &[u8]) -> Answer {
        let linked = self.linked(layer, path)?;
        Ok(linked.map(|(record, group)| [&record.attributes[..], &record.content, &group].concat()))
    }

    /// Like [`Rootfs::at`], without the times and the hard link group: what reading the path gives.
    ///
    /// # Errors
    /// [`Undecided`].
    pub fn file_at(&self, layer: u32, path: &[u8]) -> Answer {
        let shared = self.shared(layer, path)?;
        Ok(shared.map(|(_, Found { record, .. })| [&record.attributes[..], &record.content].concat()))
    }

    /// The same as [`Rootfs::at`] before `layer` is applied.
    ///
    /// # Errors
    /// [`Undecided`].
    pub fn below(&self, layer: u32, path: &[u8]) -> Answer {
        layer.checked_sub(1).map_or(Ok(None), |below| self.at(below, path))
    }

    /// Whether `directory` is one, or nothing yet, before `layer` is applied, and so are those above it: then what is in
    /// it is nowhere else.
    pub fn is_plain_below(&self, layer: u32, directory: &[u8]) -> bool {
        layer.checked_sub(1).is_none_or(|below| self.way(below, directory) == Way::Directories)
    }

    /// What is at a path after all layers are applied.
    ///
    /// # Errors
    /// [`Undecided`].
    pub fn merged(&self, path: &[u8]) -> Answer {
        self.top().map_or(Ok(None), |top| self.at(top, path))
    }

    /// Whether a layer names a path more than once, other than as directories.
    pub fn is_named_again(&self, layer: u32, path: &[u8]) -> bool {
        self.layers.get(layer as usize).is_some_and(|view| view.is_named_again(path))
    }

    /// The index of the topmost layer.
    pub fn top(&self) -> Option<u32> {
        u32::try_from(self.layers.len().checked_sub(1)?).ok()
    }

    /// The paths of all entries below the directory `path`, at any depth, after `layer` is applied; sorted. The directory
    /// must have been asked for whole.
    ///
    /// # Errors
    /// [`Undecided`], also where they are very many.
    pub fn descendants(&self, layer: u32, path: &[u8]) -> Result<Vec<Vec<u8>>, Undecided> {
        self.decide_below(layer, path)?;
        let mut names = self.names(layer, self.uppermost(path)?).ok_or(Undecided)?;
        names.retain(|name| path::is_below(name, path));
        Ok(names)
    }

    /// What stands for the names below a directory that was asked for whole, at any depth, after `layer` is applied;
    /// nothing where none are.
    ///
    /// # Errors
    /// As for [`Rootfs::descendants`].
    pub fn names_below(&self, layer: u32, directory: &[u8]) -> Result<Option<Tree>, Undecided> {
        self.tree(Question { names: layer, layer, what: What::Names }, directory)
    }

    /// The same before `layer` is applied.
    ///
    /// # Errors
    /// As for [`Rootfs::descendants`].
    pub fn names_before(&self, layer: u32, directory: &[u8]) -> Result<Option<Tree>, Undecided> {
        layer.checked_sub(1).map_or(Ok(None), |below| self.names_below(below, directory))
    }

    /// What stands for the names that are below a directory before `first` is applied and still are after `last`, with
    /// what they are then but for times.
    ///
    /// # Errors
    /// As for [`Rootfs::descendants`].
    pub fn survivors(&self, first: u32, last: u32, directory: &[u8]) -> Result<Option<Tree>, Undecided> {
        let Some(names) = first.checked_sub(1) else { return Ok(None) };
        self.tree(Question { names, layer: last, what: What::Linked }, directory)
    }

    /// What stands for all that is below a directory after all layers are applied.
    ///
    /// # Errors
    /// As for [`Rootfs::descendants`].
    pub fn merged_below(&self, directory: &[u8]) -> Result<Option<Tree>, Undecided> {
        let Some(top) = self.top() else { return Ok(None) };
        self.tree(Question { names: top, layer: top, what: What::Timed }, directory)
    }

    fn tree(&self, question: Question, directory: &[u8]) -> Result<Option<Tree>, Undecided> {
        if !self.whole.contains(&Hashed::new(directory).own()) {
            return Err(Undecided);
        }
        self.decide_below(question.names, directory)?;
        let top = self.uppermost(directory)?;
        let nested = || self.nested.lock().unwrap_or_else(PoisonError::into_inner);
        let known = nested().get(question, top);
        let trees = known.unwrap_or_else(|| {
            let trees = self.trees(question, top).map(Arc::new);
            nested().insert(question, top, trees.clone());
            trees
        });
        trees.ok_or(Undecided)?.get(directory).map_or(Ok(None), |tree| tree.map(Some).ok_or(Undecided))
    }

    /// Of a directory and those above it, the uppermost that was asked for whole.
    fn uppermost<'a>(&self, directory: &'a [u8]) -> Result<&'a [u8], Undecided> {
        let path = Hashed::new(directory);
        let all = [(directory, path.own())].into_iter().chain(path.ancestors());
        all.filter(|(_, hash)| self.whole.contains(hash)).last().map(|(above, _)| above).ok_or(Undecided)
    }

    fn trees(&self, question: Question, top: &[u8]) -> Option<nested::Trees> {
        let mut names = self.names(question.names, top)?;
        nested::sort(&mut names);
        let mut nested = Nested::new(&self.whole);
        for name in names {
            let said = match question.what {
                What::Names => Ok(Some(Vec::new())),
                What::Linked => self.linked_at(question.layer, &name),
                What::Timed => self.at(question.layer, &name),
            };
            if let Some(said) = said.transpose() {
                nested.add(top, &name, said.ok().map(|said| *blake3::hash(&said).as_bytes()));
            }
        }
        Some(nested.finish())
    }

    /// The names below a directory after a layer, sorted; nothing where they are too many.
    fn names(&self, layer: u32, directory: &[u8]) -> Option<Vec<Vec<u8>>> {
        let (mut names, mut bytes) = (BTreeSet::new(), 0);
        for name in self.layers.iter().take(layer as usize + 1).flat_map(|view| view.under(directory)) {
            let length = name.len();
            bytes += if names.insert(name) { length } else { 0 };
            if bytes > NAMES {
                self.too_much.store(true, Ordering::Relaxed);
                return None;
            }
        }
        Some(names.into_iter().filter(|name| self.find(layer, name).is_some()).collect())
    }

    /// Whether all runtimes have the same directories and names at and below a path after a layer.
    fn decide_below(&self, layer: u32, path: &[u8]) -> Result<(), Undecided> {
        self.decide(layer, path)?;
        let hash = Hashed::new(path).own();
        let unclear = self.layers.iter().take(layer as usize + 1).any(|view| view.leads_to_unclear(hash));
        if unclear { Err(Undecided) } else { Ok(()) }
    }

    /// Whether all runtimes have the same at a path after a layer.
    fn decide(&self, layer: u32, path: &[u8]) -> Result<(), Undecided> {
        let way = if path.is_empty() { Way::Directories } else { self.way(layer, path::parent(path)) };
        let blocked = || way == Way::Blocked && self.find(layer, path).is_some();
        if way == Way::Unclear || self.is_unclear(layer, path) || blocked() { Err(Undecided) } else { Ok(()) }
    }

    fn is_unclear(&self, layer: u32, path: &[u8]) -> bool {
        let path = Hashed::new(path);
        self.layers.iter().take(layer as usize + 1).any(|view| view.is_unclear(&path))
    }

    /// What a directory and those above it are: what is above is found out once for all that is below.
    fn way(&self, layer: u32, directory: &[u8]) -> Way {
        if directory.len() > path::PATH_MAX {
            return Way::Unclear;
        }
        let mut ways = self.ways.lock().unwrap_or_else(PoisonError::into_inner);
        let mut unknown = Vec::new();
        let mut way = Way::Directories;
        for above in [directory].into_iter().chain(path::ancestors(directory)) {
            if let Some(known) = ways.get(layer, above) {
                way = known;
                break;
            }
            unknown.push(above);
        }
        for below in unknown.into_iter().rev() {
            way = way.max(self.is(layer, below));
            ways.insert(layer, below, way);
        }
        way
    }

    /// What a directory is, whatever is above it.
    fn is(&self, layer: u32, directory: &[u8]) -> Way {
        if self.is_unclear(layer, directory) {
            return Way::Unclear;
        }
        let Some(found) = self.find(layer, directory) else { return Way::Directories };
        match self.inode(directory, found).map(|(_, inode)| inode.record.entry_type) {
            Some(EntryType::Directory) => Way::Directories,
            // A hard link to a symlink is one, and one to nothing may be.
            None | Some(EntryType::Symlink) => Way::Unclear,
            Some(_) => Way::Blocked,
        }
    }

    /// A path's record and hard link group.
    fn linked(&self, layer: u32, path: &[u8]) -> Result<Option<Linked>, Undecided> {
        let Some((name, inode)) = self.shared(layer, path)? else { return Ok(None) };
        let group = self.group(layer, &name, &inode)?;
        Ok(Some((inode.record, group)))
    }

    /// The name and the entry that a path shares its content with, with what the header of a hard link says in other
    /// words than that of the file: runtimes take owner and mode from whichever comes last.
    fn shared(&self, layer: u32, path: &[u8]) -> Result<Option<(Vec<u8>, Found)>, Undecided> {
        self.decide(layer, path)?;
        let Some(found) = self.find(layer, path) else { return Ok(None) };
        let own = (found.record.entry_type == EntryType::Hardlink).then(|| found.record.header.clone());
        // A link to nothing is a fault of the image, or to what was not asked about.
        let (name, mut inode) = self.inode(path, found).ok_or(Undecided)?;
        inode.record.attributes.extend(own.filter(|own| *own != inode.record.header).unwrap_or_default());
        Ok(Some((name, inode)))
    }

    fn find(&self, layer: u32, path: &[u8]) -> Option<Found> {
        stack::find(&self.layers, layer as usize, END, path)
    }

    fn inode(&self, path: &[u8], found: Found) -> Option<(Vec<u8>, Found)> {
        stack::inode(&self.layers, path, found)
    }

    /// Entries that cannot be unpacked, as far as they were asked about.
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// Whether something is undecided because there is more of it than is looked at.
    pub fn is_too_much(&self) -> bool {
        self.too_much.load(Ordering::Relaxed)
    }

    /// Whether something could not be read back from a temporary file: then no answer counts.
    pub fn has_failed(&self) -> bool {
        self.layers.iter().any(|view| view.has_failed())
    }
}
