//! The merged trees of both images, loaded only where a claim that matters needs a path in them.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use crate::digest::Digest;
use crate::finding::{Finding, Side, Sides};
use crate::image::entry::{Entry, EntryType, normalise};
use crate::image::load::Image;
use crate::image::path::{self, Whiteout};
use crate::image::rootfs::{LayerView, Rootfs, Wanted, whiteout_target};
use crate::limits::Limits;

use super::candidate::Candidate;
use super::layer::Implied;

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
            path::ancestors(directory).for_each(|above| self.wanted.path(above));
            self.wanted.path(directory);
            self.floor = Sides::new(0, 0);
        }
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
    wanted.path(finding.location.path_bytes());
    for entry in [entries.original, entries.rebuild].into_iter().flatten() {
        if let Some(target) = whiteout_target(entry) {
            wanted.path(&target);
            wanted.directory(&target);
        }
        if matches!(entry.whiteout(), Some(Whiteout::Opaque)) {
            wanted.directory(entry.parent());
        }
        if entry.entry_type == EntryType::Hardlink {
            wanted.path(normalise(&entry.link_name));
        }
    }
}

/// Loads both trees for these paths; `None` where a layer cannot be read: then what needs them declines.
pub(super) fn load(images: Sides<&Image>, asked: Asked, limits: &Limits) -> Option<Sides<Rootfs>> {
    let Asked { mut wanted, floor, .. } = asked;
    // Targets of hard links are known only once the links have been seen.
    for _ in 0..3 {
        let trees = load_once(images, &wanted, floor, limits)?;
        let mut missing = trees.original.missing_targets();
        missing.extend(trees.rebuild.missing_targets());
        if missing.is_empty() {
            return Some(trees);
        }
        for target in missing {
            wanted.path(&target);
        }
        drop(trees);
    }
    load_once(images, &wanted, floor, limits)
}

fn load_once(images: Sides<&Image>, wanted: &Wanted, floor: Sides<u32>, limits: &Limits) -> Option<Sides<Rootfs>> {
    let mut jobs: BTreeMap<&Digest, (Side, u32)> = BTreeMap::new();
    for side in Side::BOTH {
        for (index, layer) in (0..).zip(&images.get(side).layers).filter(|(index, _)| index >= floor.get(side)) {
            jobs.entry(&layer.diff_id).or_insert((side, index));
        }
    }
    let memory = limits.findings_memory_bytes / jobs.len().max(1);
    let views: Option<BTreeMap<&Digest, Arc<LayerView>>> = jobs
        .into_par_iter()
        .map(|(diff_id, (side, index))| {
            let reader = images.get(side).open_layer(index, limits).ok()?;
            Some((diff_id, Arc::new(LayerView::load(reader, wanted, memory).ok()?)))
        })
        .collect();
    let views = views?;
    let tree = |image: &Image| {
        image.layers.iter().map(|layer| views.get(&layer.diff_id).cloned().unwrap_or_default()).collect()
    };
    Some(images.map(|image| Rootfs::new(tree(image))))
}
