//! Layers in which something goes through a symlink, replayed entry by entry on the tree below.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::placed::END;
use super::record::{Mark, Record};
use super::stack::{self, Found};
use super::view::{LayerView, Says};
use super::wanted::{Hashed, Wanted};
use crate::finding::Obstacle;
use crate::image::entry::EntryType;
use crate::image::path::{self, Node, Unresolved};

/// What answers need that was not asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Missing {
    /// Paths.
    pub paths: BTreeSet<Vec<u8>>,
    /// Directories, with all below.
    pub directories: BTreeSet<Vec<u8>>,
    /// Layers that were not looked at.
    pub layers: bool,
}

impl Missing {
    /// Whether nothing is.
    pub fn is_empty(&self) -> bool {
        self.paths.is_empty() && self.directories.is_empty() && !self.layers
    }
}

/// An entry that not every runtime can unpack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The layer that it is in.
    pub layer: u32,
    /// Its path.
    pub path: Vec<u8>,
    /// What is in the way.
    pub obstacle: Obstacle,
}

/// Layers with all names resolved.
#[derive(Default)]
pub(super) struct Stack {
    pub(super) layers: Vec<Arc<LayerView>>,
    pub(super) faults: Vec<Fault>,
    pub(super) missing: Missing,
}

impl Stack {
    /// Layers in which nothing goes through a symlink are shared as they are: nearly all.
    pub(super) fn new(layers: &[Arc<LayerView>], wanted: &Wanted) -> Self {
        let mut stack = Stack::default();
        // Hard links too: one to a symlink is a symlink.
        let mut links: HashMap<u64, Vec<u8>> = HashMap::new();
        for view in layers {
            if let Some(path) = view.too_long() {
                stack.fault(stack.layers.len(), path, Obstacle::TooLong);
            }
            links.extend(hashed(view));
            let through: Vec<&Vec<u8>> =
                links.iter().filter(|(hash, _)| view.goes_through(**hash)).map(|(_, path)| path).collect();
            let is_through = !through.is_empty();
            stack.ask(through.into_iter(), wanted);
            if !is_through || !stack.missing.is_empty() {
                stack.layers.push(view.clone());
                continue;
            }
            let replayed = Replay::of(view, &mut stack, wanted);
            // What was made through one link may be gone through by its own name.
            let made = hashed(&replayed);
            let through: Vec<&Vec<u8>> =
                made.iter().filter(|(hash, _)| view.goes_through(*hash)).map(|(_, path)| path).collect();
            stack.ask(through.into_iter(), wanted);
            links.extend(made);
            stack.layers.push(Arc::new(replayed));
        }
        if stack.missing.is_empty() {
            stack.check_links(wanted);
        }
        stack
    }

    fn ask<'a>(&mut self, directories: impl Iterator<Item = &'a Vec<u8>>, wanted: &Wanted) {
        self.missing.directories.extend(directories.filter(|path| !wanted.keeps_below(path)).cloned());
    }

    fn fault(&mut self, layer: usize, path: Vec<u8>, obstacle: Obstacle) {
        self.faults.push(Fault { layer: u32::try_from(layer).unwrap_or(u32::MAX), path, obstacle });
    }

    /// Asks for what the hard links that were asked about link to, and finds those that link to nothing.
    fn check_links(&mut self, wanted: &Wanted) {
        let layers = self.layers.clone();
        let mut is_unclear = false;
        for (layer, view) in layers.iter().enumerate() {
            // What is missing for one runtime need not be for another.
            is_unclear |= view.has_unclear();
            for (place, name, target) in view.links() {
                if !wanted.keeps(&Hashed::new(&name)) && !wanted.is_path(&Hashed::new(&target)) {
                    continue;
                }
                if !wanted.keeps(&Hashed::new(&target)) {
                    self.missing.paths.insert(target);
                    continue;
                }
                // What stands where the link is to be goes first, with all below.
                let is_gone = target == name || path::is_below(&target, &name);
                let found = stack::find(&layers, layer, place, &target).filter(|_| !is_gone);
                match found.map(|found| found.record.entry_type) {
                    _ if is_unclear => {}
                    None if !is_gone && layers.iter().take(layer).any(|view| view.is_unread()) => {}
                    None => self.fault(layer, name, Obstacle::LinkToNothing),
                    Some(EntryType::Directory) => self.fault(layer, name, Obstacle::LinkToDirectory),
                    Some(_) => {}
                }
            }
        }
    }
}

fn hashed(view: &LayerView) -> Vec<(u64, Vec<u8>)> {
    view.symlinks().map(|path| (Hashed::new(&path).own(), path)).collect()
}

/// One layer, entry by entry on the tree below.
struct Replay<'a> {
    stack: &'a mut Stack,
    view: LayerView,
    wanted: &'a Wanted,
    /// Whether runtimes may already have other trees: what one of them cannot unpack, another may.
    is_unclear: bool,
    /// What was looked at last.
    looked_at: Vec<u8>,
}

impl Replay<'_> {
    fn of(original: &LayerView, stack: &mut Stack, wanted: &Wanted) -> LayerView {
        let is_unclear = stack.layers.iter().map(|view| &**view).chain([original]).any(|view| view.has_unclear());
        let mut replay = Replay { stack, view: original.growing_like(), wanted, is_unclear, looked_at: Vec::new() };
        for (mark, name, record) in original.in_order() {
            if let Err(unresolved) = replay.apply(mark, &name, record) {
                if unresolved == Unresolved::Dangling && replay.asks_below(original) {
                    continue;
                }
                replay.view.note(Mark::Unclear, &name);
                let obstacle = unresolved.obstacle();
                if !replay.is_unclear {
                    let layer = replay.stack.layers.len();
                    replay.stack.fault(layer, name, obstacle);
                }
            }
        }
        replay.view.settled()
    }

    /// What a symlink leads to may be there by its entries alone, or come too late: asks for them where that is not known.
    fn asks_below(&mut self, original: &LayerView) -> bool {
        let directory = std::mem::take(&mut self.looked_at);
        let asks = original.goes_through(Hashed::new(&directory).own()) && !self.wanted.keeps_below(&directory);
        if asks {
            self.stack.missing.directories.insert(directory);
        }
        asks
    }

    fn apply(&mut self, mark: Mark, name: &[u8], record: Option<Record>) -> Result<(), Unresolved> {
        match (mark, record) {
            (_, Some(mut record)) => {
                let path = self.resolve(name)?;
                if record.entry_type == EntryType::Hardlink {
                    record.link = self.resolve(&record.link)?;
                }
                self.view.add(&path, &record, self.wanted);
            }
            (Mark::Opaque, None) => {
                // The marker's own parent is what it empties.
                let marker = self.resolve(&path::join(name, path::OPAQUE))?;
                self.view.note(mark, path::parent(&marker));
            }
            (Mark::Unclear, None) => self.view.note(mark, name),
            (_, None) => {
                let path = self.resolve(name)?;
                self.view.note(mark, &path);
            }
        }
        Ok(())
    }

    /// Where a name leads. If symlinks are on the way, runtimes that unpack each layer by itself put directories in
    /// their place.
    fn resolve(&mut self, name: &[u8]) -> Result<Vec<u8>, Unresolved> {
        let resolved = path::resolve(name, &mut |path| self.look(path))?;
        if !resolved.symlinks.is_empty() {
            self.is_unclear = true;
            let emptied = path::file_name(name) == path::OPAQUE;
            let landed = if emptied { path::parent(&resolved.path) } else { &resolved.path };
            self.view.note(Mark::Unclear, landed);
            resolved.symlinks.iter().for_each(|symlink| self.view.note(Mark::Unclear, symlink));
        }
        Ok(resolved.path)
    }

    /// Where a path leads is for the lowest layer to say that has something there: none may be left out.
    fn look(&mut self, path: &[u8]) -> Node {
        let mut path = path.to_vec();
        self.looked_at.clone_from(&path);
        let mut moment = (self.stack.layers.len(), END);
        for _ in 0..16 {
            if !self.wanted.keeps(&Hashed::new(&path)) {
                self.stack.missing.paths.insert(path.clone());
            }
            let Some(found) = self.find(&path, moment) else { return Node::Nothing };
            let Some(Found { position, place, record }) = found else { return Node::Directory };
            match record.entry_type {
                EntryType::Directory => return Node::Directory,
                EntryType::Symlink => return Node::Symlink(record.link),
                // One to a symlink is a symlink, whatever is at the name of that now.
                EntryType::Hardlink => (path, moment) = (record.link, (position, place)),
                _ => return Node::Other,
            }
        }
        Node::Other
    }

    /// What is at a path before a place of the layer at a position; no record for a directory that has no entry of its
    /// own.
    fn find(&mut self, path: &[u8], (position, before): (usize, u64)) -> Option<Option<Found>> {
        let path = Hashed::new(path);
        let mut implicit = false;
        for at in (0..=position.min(self.stack.layers.len())).rev() {
            let view = self.stack.layers.get(at).map_or(&self.view, |view| &**view);
            match view.says(&path, if at == position { before } else { END }) {
                Says::Entry(place, record) => return Some(Some(Found { position: at, place, record })),
                Says::Gone(place) => {
                    implicit |= view.goes_through_after(path.own(), place);
                    break;
                }
                Says::Nothing => {
                    implicit |= view.goes_through(path.own());
                    self.stack.missing.layers |= view.is_unread();
                }
            }
        }
        implicit.then_some(None)
    }
}
