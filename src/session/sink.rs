//! Takes in what a pair of layers gives, and has it claimed while the contents are at hand.

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;
use std::thread::Scope;

use crate::compare::layer::{ContentPair, Difference, Parents, Sink};
use crate::content::notes::Noted;
use crate::explain::{EntryPair, Gathering, Held, Intake, LayerFindings, PassingIntake, claimed};
use crate::finding::{Aspect, Finding, Gap, GapReason, Kind, Location, Overdone, Side, Sides};
use crate::image::entry::{Entry, EntryType};
use crate::image::layer::LayerError;
use crate::limits::budget::{Bound, Budget};
use crate::limits::ledger::Ledger;

use super::put_off::Directories;
use super::workers::{Found, Workers};

/// The layers of two entries and their ordinals in them.
type PairId = (Sides<Option<u32>>, Sides<Option<u64>>);

/// What one pair of layers may cost.
pub(super) struct Share {
    /// For looking into files.
    contents: Ledger,
    findings: u64,
}

impl Share {
    pub(super) fn new(budget: Budget) -> Self {
        Share { contents: Ledger::new(budget.decoded), findings: budget.findings }
    }

    /// The gaps that files leave which were not looked into.
    fn gaps(&self, held: Held) -> Vec<Gap> {
        let refused = Bound::ALL.into_iter().zip(self.contents.account().refused).filter(|(_, count)| *count > 0);
        let gap = |(bound, count): (Bound, u64)| {
            let together = matches!(bound, Bound::Share);
            let detail = Overdone::Files { count, together, limit: bound.limit() }.into();
            let location = Location::new(Kind::Layer).in_layer(held.layer);
            Gap { location, reason: GapReason::Limit, detail }
        };
        refused.map(gap).collect()
    }
}

/// The sink of one pair of layers.
pub(super) struct LayerSink<'scope, 'env> {
    intake: Intake<'env>,
    held: Held,
    share: &'env Share,
    /// How many findings of entries there are, those in their contents aside: the budget has a part of its own for these.
    findings: u64,
    workers: Workers<'scope, 'env>,
    /// How much was found so far.
    number: u64,
    /// The layers and the ordinals of the entries that the last finding was of, and what they say together.
    pair: Option<(PairId, EntryPair)>,
    passing: PassingIntake<'env>,
    /// Times of directories: what moved them can only be told once the layer is known whole.
    directories: Directories,
}

impl<'scope, 'env> LayerSink<'scope, 'env> {
    pub(super) fn new(
        scope: &'scope Scope<'scope, 'env>,
        gathering: &'env Gathering<'env>,
        held: Held,
        share: &'env Share,
    ) -> Self {
        LayerSink {
            intake: gathering.intake(),
            held,
            share,
            findings: 0,
            workers: Workers::new(scope, gathering, held, &share.contents),
            number: 0,
            pair: None,
            passing: PassingIntake::new(&gathering.files, gathering.context.facts),
            directories: Directories::new(gathering.context.limits.findings_memory_bytes / 4),
        }
    }

    /// Ends the layer: what was put off is claimed, findings of the layer as a whole are added.
    ///
    /// # Errors
    /// When a temporary file cannot be written or read.
    pub(super) fn finish(
        mut self,
        whole: Vec<Finding>,
        duplicates: BTreeSet<Arc<[u8]>>,
        parents: Option<&Sides<Parents>>,
    ) -> io::Result<LayerFindings> {
        let directories = std::mem::take(&mut self.directories);
        directories.each(&mut |finding, entries| {
            let path = finding.location.path_bytes();
            let has_children =
                parents.map_or(Sides::new(true, true), |parents| parents.as_ref().map(|set| set.contains(path)));
            self.add(Difference::plain(finding, entries.as_ref().map(Option::as_ref)), has_children);
        })?;
        for finding in whole {
            self.add(Difference::plain(finding, Sides::new(None, None)), Sides::new(false, false));
        }
        let LayerSink { intake, held, share, workers, passing, .. } = self;
        let passing = passing.finish()?;
        let Found { mut runs, files } = workers.finish()?;
        runs.extend(intake.finish()?);
        let gaps = share.gaps(held);
        Ok(LayerFindings { runs, files, passing, duplicates, gaps, ..LayerFindings::default() })
    }

    fn add(&mut self, difference: Difference<'_>, has_children: Sides<bool>) {
        let layer = difference.finding.location.layer;
        let pair = (layer, difference.entries.map(|entry| entry.map(|entry| entry.ordinal)));
        // Most findings after each other are of one pair of entries, and there may be thousands.
        let known = self.pair.filter(|(known, _)| *known == pair);
        let (_, pair) = *self.pair.insert(known.unwrap_or_else(|| (pair, EntryPair::of(difference.entries))));
        let mut candidate = claimed(self.intake.context(), self.held, difference, has_children);
        candidate.pair = pair;
        let number = self.next_number();
        self.intake.add(number, candidate);
    }

    const fn next_number(&mut self) -> u64 {
        self.number += 1;
        self.number
    }
}

impl Sink for LayerSink<'_, '_> {
    fn difference(&mut self, difference: Difference<'_>) {
        self.findings += 1;
        let entries = difference.entries;
        let directory = |entry: Option<&Entry>| entry.is_some_and(|entry| entry.entry_type == EntryType::Directory);
        if difference.finding.aspect == Aspect::Mtime && (directory(entries.original) || directory(entries.rebuild)) {
            self.directories.push(difference.finding, entries);
        } else {
            self.add(difference, Sides::new(false, false));
        }
    }

    fn full(&self) -> Option<LayerError> {
        (self.findings > self.share.findings).then(|| {
            let detail = Overdone::Findings(self.share.findings).into();
            LayerError { reason: GapReason::Limit, detail }
        })
    }

    fn contents(&mut self, pair: ContentPair) {
        let number = self.next_number();
        self.workers.take_in(number, pair);
    }

    fn passing(&mut self, side: Side, entry: &Entry) {
        let layer = self.held.layer.get(side).unwrap_or(0);
        self.passing.entry(side, layer, entry);
    }

    fn opening(&mut self, side: Side, entry: &Entry, head: &[u8]) {
        let layer = self.held.layer.get(side).unwrap_or(0);
        self.passing.head(side, layer, entry, head);
    }

    fn noted(&mut self, side: Side, noted: Noted) {
        self.passing.noted(side, noted);
    }
}
