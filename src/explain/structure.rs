//! Claims that need the merged trees: entries that one layer names and the other need not, whiteouts, moved files.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::Arc;

use crate::causes::{Cause, Proof};
use crate::compare::layer::LooseLink;
use crate::compare::merged::is_of_overlayfs;
use crate::finding::{
    Aspect, Detail, Finding, Gap, GapReason, Kind, Location, Obstacle, Side, Sides, Unexplainable, Value,
};
use crate::image::load::Image;
use crate::image::path;
use crate::image::rootfs::{Fault, Rootfs};
use crate::limits::Limits;

use super::candidate::{Candidate, Context, EntryPair, views};
use super::claims::offer_trees;
use super::gathered::Implied;
use super::trees::{self, Asked, Failure};
use doubts::{Apart, GLOBAL_HEADERS, is_lone_global_header, may_replace};

mod doubts;

/// What a first look at all candidates finds out: which questions there are to the trees.
pub(super) struct Questions {
    duplicates: BTreeSet<Arc<[u8]>>,
    /// The cause of what is found at those paths.
    duplicate: Option<&'static Cause>,
    /// Where the entries of layers come in another order.
    implied: Vec<(Sides<u32>, Implied)>,
    top: Sides<Option<u32>>,
    split_differs: bool,
    /// The hard links that are made to nothing of their own layer on one side alone.
    apart: Apart,
    /// So far the configs are the same as values but for the diff IDs and, where the split differs, the history; and no
    /// entries of the topmost layers show that the trees differ.
    maybe_same: bool,
    /// For the checks of claims.
    claims: Asked,
    /// For the comparison of the trees, as long as these may be the same.
    comparison: Asked,
}

impl Questions {
    pub(super) fn new(
        images: Sides<&Image>,
        context: &Context<'_>,
        duplicates: BTreeSet<Arc<[u8]>>,
        implied: Vec<(Sides<u32>, Implied)>,
        split_differs: bool,
    ) -> Self {
        let duplicate = context.causes.iter().copied().find(|cause| matches!(cause.proof, Proof::Repeated(_)));
        let top = images.map(|image| image.layers.len().checked_sub(1).and_then(|last| u32::try_from(last).ok()));
        let asked = || Asked::new(context.limits.tree_paths);
        let (claims, comparison) = (asked(), asked());
        let apart = Apart::default();
        Questions { duplicates, duplicate, implied, top, split_differs, apart, maybe_same: true, claims, comparison }
    }

    /// Sees to it that a candidate whose path one layer names more than once is asked about that.
    pub(super) fn mark(&self, candidate: &mut Candidate) {
        let entries = candidate.entries();
        let contested = [entries.original, entries.rebuild].into_iter().flatten().any(|entry| entry.contested);
        let open = candidate.claimed.is_none() && !contested && self.is_duplicate(candidate);
        let Some(duplicate) = self.duplicate.filter(|_| open) else {
            return;
        };
        // Whatever else looks at the trees sees the last entry only and would pass over the others.
        candidate.deferred.retain(|cause| !matches!(cause.proof, Proof::Tree(_)));
        candidate.deferred.push(duplicate);
    }

    /// Takes a marked candidate into account. `is_entered` says whether its layer has an entry for every directory that it
    /// is in.
    pub(super) fn note(&mut self, candidate: &Candidate, is_entered: bool) {
        let finding = &candidate.finding;
        let apart = candidate.pair == EntryPair::Apart
            && finding.location.layer == self.top
            && finding.location.path.is_some()
            && !self.is_duplicate(candidate);
        self.maybe_same &= !apart && (finding.location.kind != Kind::Config || self.in_same_config(finding));
        if is_lone_global_header(candidate) {
            self.claims.ask_names(&GLOBAL_HEADERS);
        }
        if let (true, Some(implied)) = (needs_trees(candidate), implied(&self.implied, finding)) {
            let lowest = finding.location.layer.both();
            // There is nothing below the lowest layers.
            if lowest.is_some_and(|layers| layers.original.max(layers.rebuild) > 0) {
                self.claims.ask_directories(implied);
            }
        } else if needs_trees(candidate) || changes_directories(candidate, is_entered) || may_replace(candidate) {
            self.claims.ask(candidate, Sides::new(0, 0));
        } else if self.maybe_same && in_tree(finding) {
            self.comparison.ask(candidate, lowest(candidate));
        }
        if !self.maybe_same {
            self.comparison.clear();
        }
    }

    /// Takes hard links into account that only other layers can answer for.
    pub(super) fn ask_links(&mut self, links: &Sides<BTreeSet<LooseLink>>) {
        for LooseLink { path, target } in links.original.iter().chain(&links.rebuild) {
            self.claims.ask_link(path, target);
        }
        self.apart = Apart::new(links);
    }

    fn is_duplicate(&self, candidate: &Candidate) -> bool {
        let path = candidate.finding.location.path.as_ref();
        path.is_some_and(|path| path::is_clean(path) && self.duplicates.contains(path))
    }

    fn in_same_config(&self, finding: &Finding) -> bool {
        let field = finding.location.field_name();
        finding.aspect == Aspect::Encoding
            || field.starts_with("/rootfs/diff_ids")
            || (self.split_differs && field.starts_with("/history"))
    }

    /// Loads what it takes to answer, once all candidates are taken into account. No more is asked for then.
    pub(super) fn trees(&mut self, images: Sides<&Image>, limits: &Limits) -> Trees {
        let mut asked = self.claims.clear();
        asked.add(self.comparison.clear());
        let mut trees =
            Trees { loaded: None, compare: self.maybe_same, same: self.maybe_same, too_many: false, limit: None };
        if asked.is_too_much() {
            return Trees { same: false, too_many: true, ..trees };
        }
        if asked.is_nothing() {
            trees.loaded = Some(Sides::default());
        } else {
            match trees::load(images, asked, limits) {
                Ok(loaded) => trees.loaded = Some(loaded),
                Err(Failure::TooMany) => trees.too_many = true,
                Err(Failure::Limit(detail)) => trees.limit = Some(detail),
                Err(Failure::Unreadable) => {}
            }
            trees.same &= trees.loaded.is_some();
        }
        trees
    }
}

/// The directories to be looked at for a finding of the order of a layer's entries.
fn implied<'a>(all: &'a [(Sides<u32>, Implied)], finding: &Finding) -> Option<&'a Implied> {
    let layers =
        finding.location.layer.both().filter(|_| finding.aspect == Aspect::Order && finding.location.path.is_none())?;
    all.iter().find(|(known, _)| *known == layers).map(|(_, implied)| implied)
}

/// The lowest layers that matter to a comparison of the trees at a candidate's path.
fn lowest(candidate: &Candidate) -> Sides<u32> {
    let covered = if candidate.pair == EntryPair::Open { None } else { candidate.finding.location.layer.both() };
    covered.unwrap_or(Sides::new(0, 0))
}

fn needs_trees(candidate: &Candidate) -> bool {
    candidate.claimed.is_none() && candidate.deferred.iter().any(|cause| cause.proof.of_tree().is_some())
}

/// Whether what is claimed of an entry on one side may change what directories are: one that its layer has no entry for,
/// or the one that it is an entry for.
fn changes_directories(candidate: &Candidate, is_entered: bool) -> bool {
    let finding = &candidate.finding;
    let Some(side) = finding.entry_on_one_side().filter(|_| candidate.claimed.is_some()) else { return false };
    let is_directory = matches!(finding.values.get(side), Value::Json(value) if value["type"] == "directory");
    is_directory || !is_entered
}

/// The merged trees, as far as they are asked about; nothing where a layer cannot be read.
pub(super) struct Trees {
    loaded: Option<Sides<Rootfs>>,
    /// Whether the trees may be the same, and are to be compared wherever there is a finding.
    compare: bool,
    /// Whether the trees and the configs' values are the same, as far as is known.
    pub(super) same: bool,
    /// Whether there was more to ask than the limit allows, so that nothing was.
    pub(super) too_many: bool,
    /// What there is more of in a layer than is looked at.
    limit: Option<Detail>,
}

impl Trees {
    /// Whether all answers count.
    ///
    /// # Errors
    /// When a temporary file could not be read back.
    pub(super) fn check(&self) -> io::Result<()> {
        let failed =
            self.loaded.as_ref().is_some_and(|trees| trees.original.has_failed() || trees.rebuild.has_failed());
        if failed { Err(io::Error::other("what was written cannot be read back")) } else { Ok(()) }
    }

    /// That hard links lead into layers which cannot be read.
    pub(super) fn unknown_links(&self, links: &Sides<BTreeSet<LooseLink>>) -> Option<Gap> {
        let first = links.original.iter().chain(&links.rebuild).min()?;
        let location = Location::new(Kind::Entry).at_path(first.path.clone());
        let gap = Gap { location, reason: GapReason::Missing, detail: Unexplainable::HardLink.into() };
        (self.loaded.is_none() && !self.too_many).then_some(gap)
    }

    /// What of either tree not every runtime can unpack, told once where it is the same on both sides, and what there was too
    /// much of. Once everything is settled.
    pub(super) fn gaps(&self) -> Vec<Gap> {
        let mut found: BTreeMap<(&[u8], Obstacle), Sides<Vec<u32>>> = BTreeMap::new();
        for side in Side::BOTH {
            let faults = self.loaded.as_ref().map_or(&[][..], |trees| trees.get(side).faults());
            for Fault { layer, path, obstacle } in faults {
                found.entry((path, *obstacle)).or_default().get_mut(side).push(*layer);
            }
        }
        let limit = |detail: Detail| {
            let detail = Unexplainable::Trees(Box::new(detail)).into();
            Gap { location: Location::new(Kind::Manifest), reason: GapReason::Limit, detail }
        };
        let mut gaps: Vec<Gap> = self.limit.clone().or(self.undecided()).map(limit).into_iter().collect();
        for ((path, obstacle), layers) in found {
            for position in 0..layers.original.len().max(layers.rebuild.len()) {
                let layer = layers.as_ref().map(|layers| layers.get(position).copied());
                let location = Location::new(Kind::Entry).in_layer(layer).at_path(path.into());
                gaps.push(Gap { location, reason: GapReason::Malformed, detail: Detail::here(obstacle) });
            }
        }
        gaps
    }

    /// What there is more of in either tree than is looked at, as far as it was asked about.
    fn undecided(&self) -> Option<Detail> {
        let trees = self.loaded.as_ref()?;
        let is_too_much = trees.original.is_too_much() || trees.rebuild.is_too_much();
        is_too_much.then_some(Unexplainable::TreeNames.into())
    }

    /// Makes the claim on a marked candidate that needs the trees, and compares them at its path.
    pub(super) fn settle(&mut self, candidate: &mut Candidate, context: &Context<'_>, questions: &Questions) {
        let Some(trees) = &self.loaded else { return };
        claim(candidate, context, trees.as_ref(), questions);
        self.same = self.same && !is_of_overlayfs(candidate.finding.location.field_name());
        // Of a whiteout that was not claimed something may be seen.
        self.same = self.same && (candidate.is_claimed() || !is_lone_whiteout(&candidate.finding));
        self.same = self.same && (!self.compare || !in_tree(&candidate.finding) || same_at(candidate, trees));
    }
}

/// Whether only one side has a whiteout.
fn is_lone_whiteout(finding: &Finding) -> bool {
    finding.entry_on_one_side().is_some() && path::whiteout(&path::clean(finding.location.path_bytes())).is_some()
}

fn claim(candidate: &mut Candidate, context: &Context<'_>, trees: Sides<&Rootfs>, questions: &Questions) {
    if !needs_trees(candidate) {
        return;
    }
    let entries = candidate.entries();
    let (finding, held, none) = (&candidate.finding, candidate.held, Sides::new(None, None));
    let mut views = views(context, finding, held, entries, none, Sides::default(), Sides::new(false, false));
    if let Some(Sides { original, rebuild }) = implied(&questions.implied, finding) {
        (views.original.implied, views.rebuild.implied) = (Some(original), Some(rebuild));
    }
    let claimed = candidate.deferred.iter().find_map(|cause| offer_trees(cause, &views, trees));
    if claimed.is_some() {
        candidate.claimed = claimed;
    }
}

/// Whether a finding is about the layer's tree and not about how the layer is written or compressed.
fn in_tree(finding: &Finding) -> bool {
    finding.location.kind == Kind::Entry
        && !matches!(
            finding.aspect,
            Aspect::Encoding
                | Aspect::Compression
                | Aspect::Order
                | Aspect::Uname
                | Aspect::Gname
                | Aspect::Atime
                | Aspect::Ctime
        )
        && finding.location.field_name() != "padding"
}

/// Whether the merged trees hold the same at a finding's path, and below where its entries take away what is there.
fn same_at(candidate: &Candidate, trees: &Sides<Rootfs>) -> bool {
    let same = |path: &[u8]| {
        let answers = trees.as_ref().map(|tree| tree.merged(path));
        answers.original.is_ok() && answers.same()
    };
    let entries = candidate.entries();
    let is_marker = [entries.original, entries.rebuild].into_iter().flatten().any(|entry| entry.whiteout().is_some());
    let own = path::clean(candidate.finding.location.path_bytes());
    let emptied = trees::emptied(&candidate.finding, entries);
    (is_marker || same(&own)) && emptied.iter().all(|path| same(path) && same_below(path, trees))
}

fn same_below(directory: &[u8], trees: &Sides<Rootfs>) -> bool {
    let below = trees.as_ref().map(|tree| tree.merged_below(directory));
    below.original.is_ok() && below.same()
}
