//! Brings the findings of all layers into document order without holding them: sorted runs in a temporary file, merged.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::io;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use crate::finding::{Aspect, Finding, Location};
use crate::spill::codec::{Coded, Cursor};
use crate::spill::{Arena, ArenaReader};

use super::candidate::{Candidate, Context};
use super::files::FilesArena;
use super::order;

/// Candidates that are sorted at once.
const RUN: usize = 4096;
/// Bytes of candidates that are sorted at once however little memory there is to be: many short runs take more.
const RUN_BYTES: usize = 64 << 10;
/// Bytes that are read at once where records come in order.
const WINDOW: usize = 64 << 10;
/// Bytes of all windows together while runs are merged.
const WINDOWS: usize = 8 << 20;
/// Bytes of the candidates that are at hand while runs are merged, where names are absurdly long.
const HEADS: usize = 64 << 20;
/// Runs that are merged at once, however long their candidates are.
const FEWEST: usize = 4;

/// Where the candidates of one platform are, as bytes.
pub(crate) struct Gathering<'a> {
    pub(crate) context: &'a Context<'a>,
    pub(crate) files: Arc<FilesArena>,
    arena: Mutex<Arena>,
}

/// Candidates in document order, one after another from `start` on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run {
    start: u64,
    count: usize,
    /// Bytes of the longest candidate.
    longest: usize,
}

impl<'a> Gathering<'a> {
    pub(crate) fn new(context: &'a Context<'a>) -> Self {
        let memory = context.limits.findings_memory_bytes;
        Gathering { context, files: Arc::new(FilesArena::new(memory)), arena: Mutex::new(Arena::new(memory)) }
    }

    /// Takes in candidates, beside others that do.
    pub(crate) const fn intake(&'a self) -> Intake<'a> {
        Intake { gathering: self, bytes: Vec::new(), items: Vec::new(), runs: Vec::new(), failure: None }
    }

    /// Merges runs that are given in the order in which their candidates were found; `visit` gets each candidate with
    /// the place that it has now.
    ///
    /// # Errors
    /// When a temporary file cannot be read or written.
    pub(super) fn merge(&mut self, runs: &[Run], visit: &mut dyn FnMut(u64, Candidate)) -> io::Result<Sorted<'a>> {
        let context = self.context;
        let memory = context.limits.findings_memory_bytes;
        // What is sorted is not needed any more once it is merged.
        let mut arena = std::mem::replace(self.arena.get_mut().unwrap_or_else(PoisonError::into_inner), Arena::new(0));
        let mut runs = runs.to_vec();
        let longest = runs.iter().map(|run| run.longest).max().unwrap_or(0);
        // One as bytes in a window, one as bytes beside it, one decoded.
        let at_once = (HEADS / (3 * longest).max(1)).max(FEWEST);
        while runs.len() > at_once {
            let mut longer = Arena::new(memory);
            let mut fewer = Vec::new();
            for group in runs.chunks(at_once) {
                let (start, mut count) = (longer.end(), 0);
                merge(&arena, group, context, &mut |record, number, _| {
                    count += 1;
                    longer.push(&[record, &number.to_le_bytes()].concat()).map(drop)
                })?;
                fewer.push(Run { start, count, longest });
            }
            (arena, runs) = (longer, fewer);
        }
        let mut sorted = Sorted { context, arena: Arena::new(memory), count: 0 };
        merge(&arena, &runs, context, &mut |record, _, candidate| {
            let place = sorted.arena.push(record)?;
            sorted.count += 1;
            visit(place, candidate);
            Ok(())
        })?;
        Ok(sorted)
    }
}

/// Takes in a candidate with its record and number.
type Out<'a> = dyn FnMut(&[u8], u64, Candidate) -> io::Result<()> + 'a;

/// Hands out the candidates of sorted runs in order; of equal ones those of earlier runs first.
fn merge(arena: &Arena, runs: &[Run], context: &Context<'_>, out: &mut Out<'_>) -> io::Result<()> {
    let window = (WINDOWS / runs.len().max(1)).clamp(4 << 10, WINDOW);
    let mut readers: Vec<RunReader<'_>> =
        runs.iter().map(|run| RunReader { reader: arena.reader(window), run: *run, record: Vec::new() }).collect();
    let mut heap = BinaryHeap::new();
    for (run, reader) in readers.iter_mut().enumerate() {
        heap.extend(reader.next(context)?.map(|(candidate, number)| Head { candidate, number, run }));
    }
    while let Some(Head { candidate, number, run }) = heap.pop() {
        let Some(reader) = readers.get_mut(run) else { continue };
        out(&reader.record, number, candidate)?;
        heap.extend(reader.next(context)?.map(|(candidate, number)| Head { candidate, number, run }));
    }
    Ok(())
}

/// A candidate that was taken in: what it is sorted by, and where its record is.
struct Item {
    finding: Finding,
    number: u64,
    record: Range<usize>,
}

/// Takes in candidates in any order.
pub(crate) struct Intake<'a> {
    gathering: &'a Gathering<'a>,
    bytes: Vec<u8>,
    items: Vec<Item>,
    runs: Vec<Run>,
    failure: Option<io::Error>,
}

impl<'a> Intake<'a> {
    pub(crate) const fn context(&self) -> &'a Context<'a> {
        self.gathering.context
    }

    /// Takes in one more; of two with the same place in document order the one with the lower number comes first.
    pub(crate) fn add(&mut self, number: u64, candidate: Candidate) {
        let start = self.bytes.len();
        candidate.put(self.context().causes, &mut self.bytes);
        self.bytes.extend(number.to_le_bytes());
        self.items.push(Item { finding: candidate.finding, number, record: start..self.bytes.len() });
        if self.items.len() >= RUN
            || self.bytes.len() > (self.context().limits.findings_memory_bytes / 4).max(RUN_BYTES)
        {
            self.end_run();
        }
    }

    /// The runs of everything that was taken in.
    ///
    /// # Errors
    /// When the temporary file could not be written.
    pub(crate) fn finish(mut self) -> io::Result<Vec<Run>> {
        self.end_run();
        match self.failure {
            Some(failure) => Err(failure),
            None => Ok(self.runs),
        }
    }

    fn end_run(&mut self) {
        self.items
            .sort_by(|one, other| order::by_location(&one.finding, &other.finding).then(one.number.cmp(&other.number)));
        let written = self.write_run();
        match written {
            Ok(run) => self.runs.extend(run),
            Err(failure) => self.failure = Some(failure),
        }
        self.items.clear();
        self.bytes.clear();
    }

    fn write_run(&self) -> io::Result<Option<Run>> {
        let mut arena = self.gathering.arena.lock().unwrap_or_else(PoisonError::into_inner);
        let longest = self.items.iter().map(|item| item.record.len()).max().unwrap_or(0);
        let run = Run { start: arena.end(), count: self.items.len(), longest };
        for item in &self.items {
            arena.push(self.bytes.get(item.record.clone()).unwrap_or_default())?;
        }
        Ok((run.count > 0).then_some(run))
    }
}

struct RunReader<'a> {
    reader: ArenaReader<'a>,
    /// What is still to be read.
    run: Run,
    /// The candidate that was read last.
    record: Vec<u8>,
}

impl RunReader<'_> {
    /// The next candidate and its number.
    fn next(&mut self, context: &Context<'_>) -> io::Result<Option<(Candidate, u64)>> {
        let Some(left) = self.run.count.checked_sub(1) else { return Ok(None) };
        let (record, next) = self.reader.record(self.run.start)?;
        let (record, number) = record.split_last_chunk().ok_or(io::ErrorKind::InvalidData)?;
        self.record.clear();
        self.record.extend_from_slice(record);
        self.run = Run { start: next, count: left, ..self.run };
        Ok(Some((decoded(&self.record, context)?, u64::from_le_bytes(*number))))
    }
}

fn decoded(record: &[u8], context: &Context<'_>) -> io::Result<Candidate> {
    Candidate::take(context.causes, &mut Cursor(record)).ok_or_else(|| io::ErrorKind::InvalidData.into())
}

/// The first candidate of a run that is left: the least of all is the greatest here, for the heap gives that.
struct Head {
    candidate: Candidate,
    number: u64,
    run: usize,
}

impl Ord for Head {
    fn cmp(&self, other: &Self) -> Ordering {
        order::by_location(&other.candidate.finding, &self.candidate.finding)
            .then(other.number.cmp(&self.number))
            .then(other.run.cmp(&self.run))
    }
}

impl PartialOrd for Head {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Head {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Head {}

/// All candidates of a platform, in document order.
pub(super) struct Sorted<'a> {
    pub(crate) context: &'a Context<'a>,
    arena: Arena,
    count: usize,
}

impl Sorted<'_> {
    /// A reader of the candidates, at the first of them.
    pub(super) const fn candidates(&self) -> Candidates<'_> {
        Candidates { sorted: self, reader: self.arena.reader(WINDOW), place: 0, left: self.count }
    }

    /// The finding at the place that it had when it was merged.
    pub(super) fn finding(&self, place: u64) -> io::Result<Finding> {
        let mut reader = self.arena.reader(1 << 10);
        let (record, _) = reader.record(place)?;
        Finding::take(&mut Cursor(record)).ok_or_else(|| io::ErrorKind::InvalidData.into())
    }
}

/// Reads candidates in order.
pub(super) struct Candidates<'a> {
    sorted: &'a Sorted<'a>,
    reader: ArenaReader<'a>,
    place: u64,
    left: usize,
}

impl Candidates<'_> {
    /// The next candidate; `None` after the last.
    ///
    /// # Errors
    /// When the temporary file cannot be read.
    pub(super) fn next(&mut self) -> io::Result<Option<Candidate>> {
        let context = self.sorted.context;
        self.record()?.map(|record| decoded(record, context)).transpose()
    }

    /// Like [`Candidates::next`], only its location and aspect.
    ///
    /// # Errors
    /// When the temporary file cannot be read.
    pub(super) fn next_place(&mut self) -> io::Result<Option<(Location, Aspect)>> {
        let place = |record| <(Location, Aspect)>::take(&mut Cursor(record));
        self.record()?.map(|record| place(record).ok_or_else(|| io::ErrorKind::InvalidData.into())).transpose()
    }

    fn record(&mut self) -> io::Result<Option<&[u8]>> {
        let Some(left) = self.left.checked_sub(1) else { return Ok(None) };
        let (record, next) = self.reader.record(self.place)?;
        (self.place, self.left) = (next, left);
        Ok(Some(record))
    }
}
