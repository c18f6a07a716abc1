//! Takes in what a pair of layers gives, claiming while the contents are at hand.

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;
use std::thread::Scope;

use crate::compare::layer::{ContentPair, Difference, Doubts, LooseLink, Parents, Sink, doubtful};
use crate::content::{diff, secret};
use crate::finding::{Aspect, Finding, Gap, GapReason, Kind, Location, Side, Sides};
use crate::image::entry::{Entry, EntryType};
use crate::image::layer::{Folds, LayerError};
use crate::limits::budget::{Bound, Budget};
use crate::limits::ledger::Ledger;
use crate::spill::Arena;
use crate::spill::codec::{Coded, Cursor};

use super::candidate::{Candidate, Context, EntryPair, Held};
use super::files::{Digests, Files};
use super::gather::{Gathering, Intake, Run};
use super::passing::{Passing, PassingIntake};
use super::workers::{Found, Workers};

/// Directories that the entries of either layer are in before the layer has entries for them.
pub(super) type Implied = Sides<BTreeSet<Arc<[u8]>>>;

/// What one pair of layers gave.
#[derive(Default)]
pub(super) struct LayerFindings {
    pub(super) runs: Vec<Run>,
    /// The files whose contents differ.
    pub(super) files: Files<Digests>,
    pub(super) passing: Passing,
    pub(super) duplicates: BTreeSet<Arc<[u8]>>,
    /// Where the entries come in another order: the directories that they are in before the layer has entries for these.
    pub(super) implied: Option<(Sides<u32>, Implied)>,
    /// What was not looked into.
    pub(super) gaps: Vec<Gap>,
    /// Hard links that only other layers can answer for.
    pub(super) links: Sides<Vec<LooseLink>>,
    /// The names of each layer, where those that differ in case are one file.
    pub(super) folds: Sides<Vec<(u32, Folds)>>,
}

/// The layers of two entries and their ordinals in them.
type PairId = (Sides<Option<u32>>, Sides<Option<u64>>);

impl LayerFindings {
    /// The same with what may keep runtimes from unpacking the layers.
    pub(super) fn with_doubts(mut self, doubts: Sides<Doubts>) -> Self {
        self.gaps.extend(doubtful(doubts.as_ref()));
        LayerFindings { links: doubts.map(|doubts| doubts.links), ..self }
    }
}

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
            let files = if count == 1 { "1 file is".to_owned() } else { format!("{count} files are") };
            let why = match bound {
                Bound::Share => "all that looking into files of these layers may cost is spent",
                _ => "looking into it costs too much",
            };
            let limit = bound.limit();
            let detail = format!("{files} compared as bytes alone: {why} (see --limit {limit})");
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

/// A finding with what is claimed of it while the contents are at hand.
pub(super) fn claimed(
    context: &Context<'_>,
    held: Held,
    difference: Difference<'_>,
    has_children: Sides<bool>,
) -> Candidate {
    let Difference { finding, entries, files, places, withheld } = difference;
    let held = held.at(finding.location.layer);
    let masked = if withheld { masked(&finding, &files) } else { None };
    let mut candidate = Candidate::new(context, finding, held, entries, &files, places, has_children);
    if withheld {
        let shown = candidate.diff.take().and(masked);
        let diff = shown.map(|files| diff::diff(files.original.as_bytes(), files.rebuild.as_bytes(), context.limits));
        candidate.diff = diff.filter(|diff| !diff.hunks.is_empty()).map(Box::new);
    }
    candidate
}

/// Both files of a finding without their secrets, where all that is not secret can be shown.
fn masked(finding: &Finding, files: &Sides<Option<Arc<[u8]>>>) -> Option<Sides<String>> {
    let location = &finding.location;
    let path = location.inside.last().map_or(location.path_bytes(), |member| member);
    let whole = location.field.is_none();
    let masked = |file: &Option<Arc<[u8]>>| secret::masked(path, file.as_deref().filter(|_| whole)?);
    files.as_ref().map(masked).both()
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
            let detail = format!(
                "more than the {} findings of entries that these layers may have (see --limit findings)",
                self.share.findings
            );
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
}

/// Findings with the entries that they are of, put off.
struct Directories {
    arena: Arena,
    failure: Option<io::Error>,
}

impl Default for Directories {
    fn default() -> Self {
        Directories::new(0)
    }
}

impl Directories {
    const fn new(memory: usize) -> Self {
        Directories { arena: Arena::new(memory), failure: None }
    }

    fn push(&mut self, finding: Finding, entries: Sides<Option<&Entry>>) {
        let mut record = Vec::new();
        (finding, entries.map(Option::<&Entry>::cloned)).put(&mut record);
        if let Err(failure) = self.arena.push(&record) {
            self.failure = Some(failure);
        }
    }

    fn each(self, out: &mut dyn FnMut(Finding, Sides<Option<Entry>>)) -> io::Result<()> {
        if let Some(failure) = self.failure {
            return Err(failure);
        }
        let mut reader = self.arena.reader(64 << 10);
        let mut place = 0;
        while place < self.arena.end() {
            let (record, next) = reader.record(place)?;
            let (finding, entries) = Coded::take(&mut Cursor(record)).ok_or(io::ErrorKind::InvalidData)?;
            out(finding, entries);
            place = next;
        }
        Ok(())
    }
}
