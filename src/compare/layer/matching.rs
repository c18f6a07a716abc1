//! Finds for each entry its counterpart in the other layer.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::compare::{self, attributes};
use crate::content::notes::Notes;
use crate::finding::{Aspect, Finding, GapReason, Location, Side, Sides, Uncompared, Value};
use crate::image::entry::Entry;
use crate::image::layer::{Item, LayerError};
use crate::spill::Arena;
use crate::spill::codec::coded;

use super::again::Again;
use super::matched::{Pairs, emit_contents, ordinals};
use super::pending::{Key, Pending, SideState, walk_order};
use super::stream::{self, Outcome, Taken};
use super::{Difference, LayerFailure, LayerJob, LayerOutcome, Parents, Sink, whole};

/// Bytes of small contents of waiting entries that are kept in memory on each side.
const KEPT_BYTES: u64 = 32 << 20;
/// A waiting entry's content above this is read again when it is needed after all.
const KEPT_CONTENT: u64 = 256 << 10;

/// Compares two layers entry by entry.
///
/// # Errors
/// [`LayerFailure`] where one of them cannot be read to its verified end. Then nothing that the sink has got may be
/// concluded from.
pub fn compare_layers(mut job: LayerJob<'_>, sink: &mut dyn Sink) -> Result<LayerOutcome, LayerFailure> {
    let mut matcher = Matcher::new(&mut job, sink);
    matcher.lockstep()?;
    matcher.leftovers()?;
    let Matcher { mut sides, pairs, again, duplicates, .. } = matcher;
    again.second_pass(&job, sink)?;
    let LayerJob { base, readers, limits, .. } = job;
    let ends = Sides::new(
        readers.original.finish().map_err(|error| LayerFailure { side: Side::Original, error })?,
        readers.rebuild.finish().map_err(|error| LayerFailure { side: Side::Rebuild, error })?,
    );
    let mut findings = whole::global_headers(&base, sides.as_ref().map(|side| &side.globals[..]));
    let doubts = sides.as_mut().map(|side| std::mem::take(&mut side.doubts));
    let Sides { original, rebuild } = sides.map(|side| (side.order, side.meetings.finish()));
    let orders = Sides::new(&original.0, &rebuild.0);
    let (arrangements, parents) =
        (Sides::new(original.1.0, rebuild.1.0), Sides::new(original.1.1, rebuild.1.1).map(Parents));
    let meet = arrangements.as_ref().map(|arrangement| arrangement.meet);
    let order =
        whole::order(&base, pairs, orders.zip(meet)).map_err(|error| stream::spill_failure(Side::Original, &error))?;
    findings.extend(order);
    findings.extend(whole::trailers(&base, ends.as_ref().map(|end| &end.trailer), limits));
    Ok(LayerOutcome { ends, findings, duplicates, parents, arrangements, doubts })
}

struct Matcher<'job, 'a> {
    job: &'job mut LayerJob<'a>,
    sink: &'job mut dyn Sink,
    sides: Sides<SideState>,
    pairs: Pairs,
    /// Matched entries whose contents differ and were not kept.
    again: Again,
    duplicates: BTreeSet<Arc<[u8]>>,
    prefix: Vec<u8>,
    /// How the contents of the current pair begin.
    heads: Sides<Vec<u8>>,
    /// What contents record of others.
    notes: Sides<Notes>,
}

impl<'job, 'a> Matcher<'job, 'a> {
    fn new(job: &'job mut LayerJob<'a>, sink: &'job mut dyn Sink) -> Self {
        let memory = job.limits.findings_memory_bytes / 4;
        Matcher {
            job,
            sink,
            sides: Sides::from_fn(|_| SideState::new(memory)),
            pairs: Pairs { ordinals: Vec::new(), moved: Arena::new(memory / 4) },
            again: Again::new(memory / 4),
            duplicates: BTreeSet::new(),
            prefix: Vec::new(),
            heads: Sides::default(),
            notes: Sides::default(),
        }
    }

    fn lockstep(&mut self) -> Result<(), LayerFailure> {
        loop {
            if let Some(error) = self.sink.full() {
                return Err(LayerFailure { side: Side::Original, error });
            }
            self.advance(Side::Original)?;
            self.advance(Side::Rebuild)?;
            match (&self.sides.original.current, &self.sides.rebuild.current) {
                (None, None) => return Ok(()),
                (Some(_), None) => self.settle(Side::Original)?,
                (None, Some(_)) => self.settle(Side::Rebuild)?,
                (Some((original, _)), Some((rebuild, _))) if original == rebuild => self.pair()?,
                (Some((original, _)), Some((rebuild, _))) => {
                    let side = if self.sides.rebuild.pending.may_contain(original) {
                        Side::Original
                    } else if self.sides.original.pending.may_contain(rebuild) {
                        Side::Rebuild
                    } else if walk_order(&original.0, &rebuild.0).then(original.1.cmp(&rebuild.1)).is_lt() {
                        Side::Original
                    } else {
                        Side::Rebuild
                    };
                    self.settle(side)?;
                }
            }
        }
    }

    /// Loads the next entry of a side, unless one waits there.
    fn advance(&mut self, side: Side) -> Result<(), LayerFailure> {
        let state = self.sides.get_mut(side);
        let layer = *self.job.base.layer.get(side);
        while state.current.is_none() && !state.ended {
            match self.job.readers.get_mut(side).next_item().map_err(|error| LayerFailure { side, error })? {
                None => state.ended = true,
                Some(Item::Global(header)) => state.globals.push(header),
                Some(Item::Entry(entry)) => {
                    let (key, repeated) = state.notice(layer, &entry);
                    if repeated {
                        self.duplicates.insert(entry.path.clone());
                    }
                    if super::is_telling(&entry) {
                        self.sink.passing(side, &entry);
                    }
                    state.current = Some((key, entry));
                }
            }
        }
        Ok(())
    }

    /// Both current entries are of one path.
    fn pair(&mut self) -> Result<(), LayerFailure> {
        let current = self.sides.as_mut().map(|side| side.current.take()).both();
        let Some(entries) = current.map(|current| current.map(|(_, entry)| entry)) else { return Ok(()) };
        self.pairs.ordinals.push(ordinals(entries.as_ref()));
        let outcome = if entries.as_ref().map(Entry::has_content) == Sides::new(true, true) {
            for side in Side::BOTH {
                self.notes.get_mut(side).begin(&entries.get(side).path);
            }
            let (readers, heads) = (&mut self.job.readers, &mut self.heads);
            let outcome = stream::compare(readers, &mut self.prefix, heads, &mut self.notes, self.job.limits)?;
            for side in Side::BOTH {
                self.note(side);
                let (entry, head) = (entries.get(side), self.heads.get(side));
                if super::opens_telling(&entry.path, head) {
                    self.sink.opening(side, entry, head);
                }
            }
            Some(outcome)
        } else {
            None
        };
        let one_sided = if outcome.is_none() { self.only_content(&entries)? } else { None };
        let paddings = self.paddings()?;
        self.attributes(&entries, paddings);
        match outcome {
            Some(Outcome::Same) | None => {}
            Some(Outcome::Differ(contents)) => {
                emit_contents(&self.job.base, self.sink, entries.clone(), contents);
            }
            Some(Outcome::DifferBeyondPrefix) => self.again.push(&entries)?,
        }
        if let Some((side, taken)) = one_sided {
            self.emit_one_sided(&entries, side, &taken);
        }
        Ok(())
    }

    /// The content of the one entry of a pair that has any.
    fn only_content(&mut self, entries: &Sides<Entry>) -> Result<Option<(Side, Taken)>, LayerFailure> {
        for side in Side::BOTH {
            if entries.get(side).has_content() && entries.get(side).size > 0 {
                let taken = self.take(side, entries.get(side), false)?;
                return Ok(Some((side, taken)));
            }
        }
        Ok(None)
    }

    fn emit_one_sided(&mut self, entries: &Sides<Entry>, side: Side, taken: &Taken) {
        let location = self.job.base.clone().at_path(entries.original.path.clone());
        let mut values = Sides::new(Value::Absent, Value::Absent);
        *values.get_mut(side) = Value::Content { sha256: taken.sha256, size: taken.size, secret: taken.secret };
        let finding = Finding { location, aspect: Aspect::Content, values, bytes: taken.size };
        self.emit(finding, entries.as_ref().map(Some));
    }

    fn paddings(&mut self) -> Result<Sides<Arc<[u8]>>, LayerFailure> {
        let failure = |side| move |error| LayerFailure { side, error };
        Ok(Sides::new(
            self.job.readers.original.padding().map_err(failure(Side::Original))?,
            self.job.readers.rebuild.padding().map_err(failure(Side::Rebuild))?,
        ))
    }

    fn attributes(&mut self, entries: &Sides<Entry>, paddings: Sides<Arc<[u8]>>) {
        let location = self.job.base.clone().at_path(entries.original.path.clone());
        for finding in attributes::compare(&location, entries.as_ref()) {
            self.emit(finding, entries.as_ref().map(Some));
        }
        let set = |padding: &Arc<[u8]>| padding.iter().any(|byte| *byte != 0);
        if !paddings.same() && (set(&paddings.original) || set(&paddings.rebuild)) {
            let bytes = paddings.original.len().max(paddings.rebuild.len()) as u64;
            let values = paddings.map(|padding| Value::from_bytes(&padding));
            let finding = Finding { location: location.with_field("padding"), aspect: Aspect::Content, values, bytes };
            self.emit(finding, entries.as_ref().map(Some));
        }
    }

    fn emit(&mut self, finding: Finding, entries: Sides<Option<&Entry>>) {
        self.sink.difference(Difference::plain(finding, entries));
    }

    /// The current entry of a side has no counterpart in step: match it with one that waits, or let it wait.
    fn settle(&mut self, side: Side) -> Result<(), LayerFailure> {
        let Some((key, entry)) = self.sides.get_mut(side).current.take() else { return Ok(()) };
        let waiting = self.sides.get_mut(side.other()).pending.remove(&key);
        let waiting = waiting.map_err(|error| stream::spill_failure(side.other(), &error))?;
        let room = self.sides.get(side).kept + entry.size <= KEPT_BYTES && entry.size <= KEPT_CONTENT;
        let keep = entry.has_content() && waiting.as_ref().map_or(room, |waiting| waiting.taken.content.is_some());
        let taken = self.take(side, &entry, keep)?;
        let padding = self.job.readers.get_mut(side).padding().map_err(|error| LayerFailure { side, error })?;
        let pending = Pending { entry, taken, padding };
        match waiting {
            Some(waiting) => self.match_waiting(side, pending, waiting)?,
            None => self.wait(side, key, pending)?,
        }
        Ok(())
    }

    fn wait(&mut self, side: Side, key: Key, pending: Pending) -> Result<(), LayerFailure> {
        let state = self.sides.get_mut(side);
        state.kept += pending.taken.content.as_ref().map_or(0, |content| content.size());
        state.pending.insert(key, pending).map_err(|error| stream::spill_failure(side, &error))?;
        if state.pending.len() > self.job.limits.pending_entries {
            let detail = Uncompared::Waiting(self.job.limits.pending_entries).into();
            return Err(LayerFailure { side, error: LayerError { reason: GapReason::Limit, detail } });
        }
        Ok(())
    }

    fn match_waiting(&mut self, side: Side, current: Pending, waiting: Pending) -> Result<(), LayerFailure> {
        let kept = waiting.taken.content.as_ref().map_or(0, |content| content.size());
        self.sides.get_mut(side.other()).kept -= kept;
        let both = if side == Side::Original { Sides::new(current, waiting) } else { Sides::new(waiting, current) };
        let paddings = both.as_ref().map(|pending| pending.padding.clone());
        let entries = both.as_ref().map(|pending| pending.entry.clone());
        let takens = both.map(|pending| pending.taken);
        let pair = ordinals(entries.as_ref());
        self.pairs.ordinals.push(pair);
        let moved = self.pairs.moved.push(&coded(&(pair, entries.original.path.clone())));
        moved.map_err(|error| stream::spill_failure(side, &error))?;
        self.attributes(&entries, paddings);
        match entries.as_ref().map(Entry::has_content) {
            Sides { original: true, rebuild: true } => {
                if takens.original.sha256 == takens.rebuild.sha256 {
                    return Ok(());
                }
                match takens.as_ref().map(|taken| taken.content.as_ref()).both() {
                    Some(contents) => emit_contents(&self.job.base, self.sink, entries, contents.map(Clone::clone)),
                    None => self.again.push(&entries)?,
                }
            }
            Sides { original: true, .. } => self.emit_one_sided(&entries, Side::Original, &takens.original),
            Sides { rebuild: true, .. } => self.emit_one_sided(&entries, Side::Rebuild, &takens.rebuild),
            _ => {}
        }
        Ok(())
    }

    /// What still waits is on one side only.
    fn leftovers(&mut self) -> Result<(), LayerFailure> {
        for side in Side::BOTH {
            let drained = self.sides.get_mut(side).take_pending().drain(&mut |Pending { entry, taken, .. }| {
                let finding = presence(&self.job.base, side, &entry, &taken);
                let file = taken.content.and_then(|content| content.loaded(KEPT_CONTENT).ok());
                let files = file.map_or(Sides::new(None, None), |file| Sides::only(side, file));
                let plain = Difference::plain(finding, Sides::only(side, &entry));
                self.sink.difference(Difference { files, withheld: true, ..plain });
            });
            drained.map_err(|error| stream::spill_failure(side, &error))?;
        }
        self.sink.full().map_or(Ok(()), |error| Err(LayerFailure { side: Side::Original, error }))
    }

    /// Hands on what the content records that was read last.
    fn note(&mut self, side: Side) {
        let noted = self.notes.get_mut(side).finish();
        if !noted.is_empty() {
            self.sink.noted(side, noted);
        }
    }

    fn take(&mut self, side: Side, entry: &Entry, keep: bool) -> Result<Taken, LayerFailure> {
        let (reader, notes) = (self.job.readers.get_mut(side), self.notes.get_mut(side));
        notes.begin(&entry.path);
        let taken = stream::take(reader, side, &entry.path, keep, notes, self.job.limits)?;
        self.note(side);
        if super::opens_telling(&entry.path, &taken.head) {
            self.sink.opening(side, entry, &taken.head);
        }
        Ok(taken)
    }
}

fn presence(base: &Location, side: Side, entry: &Entry, taken: &Taken) -> Finding {
    let mut location = base.clone().at_path(entry.path.clone());
    *location.layer.get_mut(side.other()) = None;
    let secret = taken.secret;
    let sha256 = (entry.has_content() && secret.is_none()).then_some(taken.sha256);
    compare::presence::of_entry(location, side, entry, sha256, secret)
}
