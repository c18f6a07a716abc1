//! From candidates in order to explained findings: one entry at a time, for most of what a finding follows from is there.

use std::io;

use crate::causes::Proof;
use crate::content::recorded::is_font_directory;
use crate::finding::{Aspect, Finding, Gap, Kind, Location, Side, Sides};
use crate::image::entry::EntryType;
use crate::image::load::Image;
use crate::image::path::{clean, parent};

use super::alone::Alone;
use super::candidate::{Candidate, shows_difference};
use super::converge::Convergence;
use super::copied::Copied;
use super::derived::{Derivations, From, Group};
use super::gate::Gate;
use super::gather::Candidates;
use super::inputs::Inputs;
use super::noted::Recorders;
use super::shared::Unread;
use super::store::{self, Grounds, Store};
use super::structure::{Questions, Trees};
use super::warnings::{Shown, Warnings};
use super::witness::{Records, Witnesses};
use super::{Claim, Explained, FindingRef, Warning};

/// How many findings a derived one names.
const NAMED: usize = 20;

/// What a platform's findings come to.
#[derive(Default)]
pub(super) struct Resolved {
    pub(super) findings: Store,
    /// What failed predictions show.
    pub(super) warnings: Vec<Warning>,
    /// What the claims that hold say of the builds' inputs.
    pub(super) inputs: Inputs,
    /// Whether the trees and the configs' values are the same.
    pub(super) same_tree: bool,
    /// Whether too many paths were to be looked up in the trees, so that none was.
    pub(super) trees_unread: bool,
    /// What the trees show that not every runtime can unpack.
    pub(super) gaps: Vec<Gap>,
}

/// What the last claims are made with.
pub(super) struct Resolver<'a> {
    pub(super) questions: &'a Questions,
    pub(super) trees: Trees,
    pub(super) derivations: Derivations<'a>,
    pub(super) witnesses: Witnesses<'a>,
    pub(super) gate: Gate<'a>,
    pub(super) recorders: Recorders<'a>,
    pub(super) alone: Alone,
    pub(super) copied: Copied,
    pub(super) images: Sides<&'a Image>,
    pub(super) unread_links: Unread,
    /// The platform's number in finding references.
    pub(super) section: usize,
}

impl Resolver<'_> {
    /// Makes the claims that are left and writes all findings down.
    ///
    /// # Errors
    /// When a temporary file cannot be written or read.
    pub(super) fn resolve(mut self) -> io::Result<Resolved> {
        let sorted = self.derivations.sorted;
        let findings = Store::new(sorted.context.limits.findings_memory_bytes);
        let mut warnings = Warnings::default();
        let mut resolved = Resolved { findings, trees_unread: self.trees.too_many, ..Resolved::default() };
        let mut convergence = Convergence::default();
        let mut last = None;
        let mut candidates = sorted.candidates();
        let mut groups = Groups { places: sorted.candidates(), ahead: None, position: 0 };
        while let Some(group) = groups.next()? {
            for position in group.positions() {
                let Some(mut candidate) = candidates.next()? else { break };
                self.questions.mark(&mut candidate);
                self.trees.settle(&mut candidate, sorted.context, self.questions);
                let is_entered = self.witnesses.passing.leads_to(&candidate.finding);
                self.trees.doubt(&mut candidate, is_entered, self.questions);
                self.witnesses.warning(&candidate)?.into_iter().for_each(|hazard| warnings.add(hazard));
                let stale = self.alone.warning(&candidate, &self.witnesses)?;
                stale.into_iter().for_each(|hazard| warnings.add(hazard));
                self.doubt(&mut candidate)?.into_iter().for_each(|hazard| warnings.add(hazard));
                let from = self.derivations.claim(&mut candidate, position, &group)?;
                resolved.inputs.note(&candidate);
                let explained = self.explained(candidate, from.as_ref())?;
                let grounds = match (&from, &last) {
                    (Some(from), Some(last)) if from.is(last) => Grounds::Same,
                    (Some(from), _) => Grounds::Are(from.ranges(self.derivations.spans)),
                    (None, _) => Grounds::Are(Vec::new()),
                };
                resolved.findings.push_with(&explained, grounds)?;
                if store::is_conditional(&explained) {
                    last.clone_from(&from);
                }
                let claim = resolved.findings.head(position).map_or(Claim::Unexplained, |head| head.claim);
                convergence.note(claim, from);
            }
            convergence.settle(group.start, self.derivations.spans);
        }
        for (position, (converges, grounded)) in convergence.finish(self.derivations.spans).enumerate() {
            resolved.findings.settle(position, converges, grounded);
        }
        self.trees.check()?;
        resolved.warnings = warnings.finish();
        resolved.gaps = self.trees.gaps();
        resolved.same_tree = self.trees.same;
        Ok(resolved)
    }

    /// Takes back a claim that does not hold beside what other files say.
    fn doubt(&self, candidate: &mut Candidate) -> io::Result<Option<Shown>> {
        let proof = candidate.claimed.as_ref().map(|claimed| &claimed.cause.proof).filter(|proof| proof.is_of_unread());
        if proof.is_some_and(|proof| !self.gate.is_unread(&candidate.finding.location, proof)) {
            candidate.withdraw();
        }
        if candidate.finding.is_of_time() && self.gate.goes_by_times() {
            candidate.withdraw();
        }
        let by_times = self.gate.goes_by_times() && is_of_directory(candidate);
        if leaves_tree(candidate) && (by_times || self.touches_fonts(&candidate.finding)?) {
            candidate.withdraw();
        }
        if self.copied.contradict(&candidate.finding, self.images) || self.recorders.contradict(candidate)? {
            candidate.withdraw();
        }
        let Records::Differ(hazard) = self.witnesses.records(candidate)? else { return Ok(None) };
        candidate.withdraw();
        Ok(hazard.map(|hazard| *hazard))
    }

    /// Whether an entry on one side is in a directory of fonts that its layer has no entry for: where each layer is unpacked
    /// by itself, that gets the time of unpacking, and caches of it are out of date.
    fn touches_fonts(&self, finding: &Finding) -> io::Result<bool> {
        let path = clean(finding.location.path_bytes());
        let directory = parent(&path);
        let Some(side) = finding.entry_on_one_side() else { return Ok(false) };
        let is_recorded = || self.witnesses.is_directory_recorded(directory);
        if !is_font_directory(directory) && !is_recorded()? {
            return Ok(false);
        }
        let Some(layer) = *finding.location.layer.get(side) else { return Ok(false) };
        Ok(!self.witnesses.passing.has_entry(side, self.witnesses.arena, layer, directory)?)
    }

    /// Whether the entry of a finding may lie elsewhere than where its name says: some directory on the way has no entry in
    /// its own layer, and is a symbolic link in another one, or in one that was not read.
    fn is_astray(&self, finding: &Finding) -> bool {
        let location = &finding.location;
        let Some(path) = location.path.as_deref().filter(|_| location.kind == Kind::Entry) else { return false };
        let path = clean(path);
        let leads = |side: Side| {
            let layer = location.layer.get(side);
            layer.is_none_or(|layer| self.witnesses.passing.enters_on(side, layer, &path))
        };
        !Side::BOTH.into_iter().all(leads)
            && (self.gate.goes_through_link(&path) || self.unread_links.is_below(location.layer))
    }

    fn explained(&self, candidate: Candidate, from: Option<&From>) -> io::Result<Explained> {
        let witness = self.witnesses.text(&candidate)?;
        let Candidate { finding, claimed, diff, .. } = candidate;
        let (claim, cause, canonical) = match claimed {
            Some(claimed) => (claimed.claim, Some(claimed.cause), claimed.canonical),
            None => (Claim::Unexplained, None, None),
        };
        let (spans, section) = (self.derivations.spans, self.section);
        let named = from.into_iter().flat_map(|from| from.iter(spans)).take(NAMED);
        let from_count = from.map_or(0, |from| from.count(spans) as u64);
        let from = named.map(|position| FindingRef { section, position }).collect();
        let diff = diff.filter(|_| cause.is_none_or(|cause| shows_difference(claim, cause)));
        let (converges, grounded) = (false, false);
        let astray = self.is_astray(&finding);
        Ok(Explained { finding, claim, cause, converges, grounded, canonical, witness, from, from_count, astray, diff })
    }
}

/// Whether a claim is that an entry on one side leaves the tree as it is: only times may be others then.
fn leaves_tree(candidate: &Candidate) -> bool {
    let Candidate { finding, claimed, .. } = candidate;
    finding.location.kind == Kind::Entry
        && finding.aspect == Aspect::Presence
        && claimed.as_ref().is_some_and(|claimed| matches!(claimed.cause.proof, Proof::Tree(_)))
}

fn is_of_directory(candidate: &Candidate) -> bool {
    let entries = candidate.entries();
    let mut there = [entries.original, entries.rebuild].into_iter().flatten();
    there.any(|entry| entry.entry_type == EntryType::Directory)
}

/// Reads ahead as far as the findings of one entry go.
struct Groups<'a> {
    places: Candidates<'a>,
    ahead: Option<(Location, Aspect)>,
    position: usize,
}

impl Groups<'_> {
    fn next(&mut self) -> io::Result<Option<Group>> {
        let first = match self.ahead.take() {
            Some(first) => Some(first),
            None => self.places.next_place()?,
        };
        let Some(first) = first else { return Ok(None) };
        let mut group = Group::new(self.position);
        group.push(&first.0, first.1);
        while let Some(next) = self.places.next_place()? {
            if !same_entry(&first.0, &next.0) {
                self.ahead = Some(next);
                break;
            }
            group.push(&next.0, next.1);
        }
        self.position = group.positions().end;
        Ok(Some(group))
    }
}

/// Whether two findings are of entries of one name. Layers are told apart where it matters.
fn same_entry(one: &Location, other: &Location) -> bool {
    one.kind == Kind::Entry && other.kind == Kind::Entry && one.path_bytes() == other.path_bytes()
}
