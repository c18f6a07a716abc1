//! The merged trees of both images, loaded only where a claim that matters needs a path in them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;

use crate::compare::merged::CLEARED;
use crate::digest::Digest;
use crate::finding::{Aspect, Detail, Finding, GapReason, Side, Sides};
use crate::image::entry::{Entry, EntryType};
use crate::image::load::Image;
use crate::image::path;
use crate::image::rootfs::{LayerView, Rootfs, Wanted};
use crate::limits::Limits;

use super::candidate::Candidate;
use super::gathered::Implied;

/// Paths to be looked up in the trees.
pub(super) struct Asked {
    wanted: Wanted,
    /// The lowest layers that matter: those below are not opened, shared as they mostly are.
    floor: Sides<u32>,
    /// How many paths there may be; from one more on none is added.
    most: usize,
}

impl Asked {
    pub(super) fn new(most: usize) -> Self {
        Asked { wanted: Wanted::default(), floor: Sides::new(u32::MAX, u32::MAX), most }
    }

    /// Asks for everything that a check of this candidate may look at, in the layers from `floor` on.
    pub(super) fn ask(&mut self, candidate: &Candidate, floor: Sides<u32>) {
        if !self.is_too_much() {
            ask(&mut self.wanted, &candidate.finding, candidate.entries());
            self.floor = self.floor.zip(floor).map(|(one, other)| one.min(other));
        }
    }

    /// Asks for directories that the entries of a pair of layers are in.
    pub(super) fn ask_directories(&mut self, directories: &Implied) {
        for directory in directories.original.iter().chain(&directories.rebuild) {
            self.wanted.way(directory);
            self.floor = Sides::new(0, 0);
        }
    }

    /// Asks for a hard link and what it is made to.
    pub(super) fn ask_link(&mut self, path: &[u8], target: &[u8]) {
        if !self.is_too_much() {
            self.wanted.path(path);
            self.wanted.path(target);
            self.floor = Sides::new(0, 0);
        }
    }

    /// Asks for some paths in all layers.
    pub(super) fn ask_names(&mut self, paths: &[&[u8]]) {
        paths.iter().for_each(|path| self.wanted.path(path));
        self.floor = Sides::new(0, 0);
    }

    /// Asks for what another one does, too.
    pub(super) fn add(&mut self, other: Asked) {
        self.wanted.add(other.wanted);
        self.floor = self.floor.zip(other.floor).map(|(one, other)| one.min(other));
    }

    /// Hands out what was asked for and asks for nothing.
    pub(super) fn clear(&mut self) -> Asked {
        std::mem::replace(self, Asked::new(self.most))
    }

    pub(super) fn is_nothing(&self) -> bool {
        self.wanted.is_empty()
    }

    pub(super) fn is_too_much(&self) -> bool {
        self.wanted.len() > self.most
    }
}

fn ask(wanted: &mut Wanted, finding: &Finding, entries: Sides<Option<&Entry>>) {
    wanted.path(&path::clean(finding.location.path_bytes()));
    for directory in emptied(finding, entries) {
        wanted.path(&directory);
        wanted.directory(&directory);
    }
    for entry in [entries.original, entries.rebuild].into_iter().flatten() {
        if entry.entry_type == EntryType::Hardlink {
            wanted.path(&path::clean(&entry.link_name));
        }
    }
}

/// The paths below which a difference may take away what is there: what is below has no finding of its own.
pub(super) fn emptied(finding: &Finding, entries: Sides<Option<&Entry>>) -> BTreeSet<Vec<u8>> {
    let replaces = matches!(finding.aspect, Aspect::Presence | Aspect::Type);
    let empties = |entry: &&Entry| replaces && entry.entry_type != EntryType::Directory || entry.whiteout().is_some();
    let entries = [entries.original, entries.rebuild].into_iter().flatten();
    let emptied = entries.filter(empties).map(|entry| path::acts_on(&entry.place()).into_owned());
    let cleared = finding.location.field_name() == CLEARED;
    emptied.chain(cleared.then(|| finding.location.path_bytes().to_vec())).collect()
}

/// How often layers are read again for what the answers turn out to need: links to links, symlinks to symlinks.
const ROUNDS: usize = 6;

/// Why trees cannot be loaded.
pub(super) enum Failure {
    /// There is more to look up than the limit allows.
    TooMany,
    /// A layer is more than is looked at.
    Limit(Detail),
    /// A layer cannot be read: what needs the trees declines.
    Unreadable,
}

/// Loads both trees for these paths.
///
/// # Errors
/// [`Failure`].
pub(super) fn load(images: Sides<&Image>, asked: Asked, limits: &Limits) -> Result<Sides<Rootfs>, Failure> {
    let Asked { mut wanted, mut floor, most } = asked;
    // Targets of hard links are known only once the links have been seen, and so is what goes through symlinks.
    for _ in 0..ROUNDS {
        let views = views(images, &wanted, floor, limits)?;
        let stacks = images.map(|image| {
            let layers = image.layers.iter().map(|layer| views.get(&layer.diff_id).cloned().unwrap_or_default());
            Rootfs::new(&layers.collect::<Vec<_>>(), &wanted)
        });
        let missing = stacks.as_ref().map(|(_, missing)| missing.clone());
        if missing.original.is_empty() && missing.rebuild.is_empty() {
            return Ok(stacks.map(|(tree, _)| tree));
        }
        drop((stacks, views));
        for missing in [missing.original, missing.rebuild] {
            missing.paths.iter().for_each(|path| wanted.path(path));
            missing.directories.iter().for_each(|directory| wanted.directory(directory));
            if missing.layers {
                floor = Sides::new(0, 0);
            }
        }
        if wanted.len() > most {
            return Err(Failure::TooMany);
        }
    }
    Err(Failure::Unreadable)
}

/// What the layers from the floor on do, by diff ID.
fn views<'a>(
    images: Sides<&'a Image>,
    wanted: &Wanted,
    floor: Sides<u32>,
    limits: &Limits,
) -> Result<BTreeMap<&'a Digest, Arc<LayerView>>, Failure> {
    let mut jobs: BTreeMap<&Digest, (Side, u32)> = BTreeMap::new();
    for side in Side::BOTH {
        for (index, layer) in (0..).zip(&images.get(side).layers).filter(|(index, _)| index >= floor.get(side)) {
            jobs.entry(&layer.diff_id).or_insert((side, index));
        }
    }
    let memory = limits.findings_memory_bytes / jobs.len().max(1);
    let view = |(diff_id, (side, index)): (&'a Digest, (Side, u32))| {
        let reader = images.get(side).open_layer(index, limits);
        let view = reader.and_then(|reader| LayerView::load(reader, wanted, memory));
        Ok((
            diff_id,
            Arc::new(view.map_err(|error| match error.reason {
                GapReason::Limit => Failure::Limit(error.detail),
                _ => Failure::Unreadable,
            })?),
        ))
    };
    // Which of several failures is told must not depend on threads.
    let views: Vec<_> = jobs.into_par_iter().map(view).collect();
    views.into_iter().collect()
}
