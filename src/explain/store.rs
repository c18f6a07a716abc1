//! The explained findings of one section in document order: what is asked of all of them at hand, the rest as bytes.

use std::fmt;
use std::io;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{Claim, Explained};
use crate::causes::Cause;
use crate::finding::{Aspect, Kind, Location};
use crate::spill::codec::{Coded, Cursor};
use crate::spill::{Arena, ArenaReader};

/// Bytes that are read at once where all findings are asked for.
const WINDOW: usize = 64 << 10;
/// Bytes that are read for one finding; most are shorter.
const ONE: usize = 1 << 10;

/// Explained findings, in document order.
pub struct Store {
    arena: Arena,
    /// What each derived finding inside an entry follows from, in full and in order of the findings.
    grounds: Arena,
    slots: Vec<Slot>,
    causes: Vec<&'static Cause>,
    /// Whether a finding could not be read back.
    failed: AtomicBool,
}

/// One finding; 16 bytes, for there may be millions.
struct Slot {
    place: u64,
    /// Position in the causes; one that no cause has where there is none.
    cause: u16,
    claim: Claim,
    converges: bool,
    witnessed: bool,
    follows: bool,
    grounded: bool,
    conditional: bool,
}

/// What can be told of a finding without reading it.
#[derive(Clone, Copy)]
pub struct Head {
    /// How far it is explained.
    pub claim: Claim,
    /// The cause claimed; `None` exactly where the claim is [`Claim::Unexplained`].
    pub cause: Option<&'static Cause>,
    /// Whether the claim maps both sides to one form: proven, excluded, or derived from such alone.
    pub converges: bool,
    /// Whether other data of the same image predicted the value.
    pub witnessed: bool,
    /// Whether it follows from findings that are reported.
    pub follows: bool,
    /// Whether it is no derived value, or follows in the end from one that is none.
    pub grounded: bool,
    /// Whether it is as acceptable as what it follows from, of which [`Store::conditional`] tells.
    pub conditional: bool,
}

/// Positions of findings, in ranges.
pub type Positions = Vec<Range<usize>>;

/// What a finding follows from, in full.
pub(super) enum Grounds {
    /// The same as the last one for which this counts.
    Same,
    /// These.
    Are(Positions),
}

impl Default for Store {
    fn default() -> Self {
        Store::new(usize::MAX)
    }
}

impl Store {
    /// An empty store that keeps about `memory` bytes of findings in memory.
    pub const fn new(memory: usize) -> Self {
        Store {
            arena: Arena::new(memory),
            grounds: Arena::new(memory / 8),
            slots: Vec::new(),
            causes: Vec::new(),
            failed: AtomicBool::new(false),
        }
    }

    /// A store of these findings, all in memory.
    ///
    /// # Errors
    /// For a finding of 4 GiB.
    pub fn of(findings: Vec<Explained>) -> io::Result<Self> {
        let mut store = Store::default();
        findings.iter().try_for_each(|explained| store.push(explained))?;
        Ok(store)
    }

    /// How many findings there are.
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// What can be told of the finding at a position without reading it.
    pub fn head(&self, position: usize) -> Option<Head> {
        let slot = self.slots.get(position)?;
        let Slot { claim, converges, witnessed, follows, grounded, conditional, .. } = *slot;
        Some(Head { claim, cause: self.cause(slot), converges, witnessed, follows, grounded, conditional })
    }

    /// The same of all of them, in order.
    pub fn heads(&self) -> impl Iterator<Item = Head> + '_ {
        (0..self.len()).filter_map(|position| self.head(position))
    }

    /// The finding at a position; `None` where there is none, or where the temporary file cannot be read, of which
    /// [`Store::check`] tells.
    pub fn get(&self, position: usize) -> Option<Explained> {
        Reader { store: self, reader: self.arena.reader(ONE) }.get(position)
    }

    /// A reader of many findings.
    pub const fn reader(&self) -> Reader<'_> {
        Reader { store: self, reader: self.arena.reader(WINDOW) }
    }

    /// Whether every finding that was asked for so far could be read back. What was made of the findings counts only
    /// where this says so afterwards.
    ///
    /// # Errors
    /// When the temporary file could not be read.
    pub fn check(&self) -> io::Result<()> {
        if self.failed.load(Ordering::Relaxed) {
            return Err(io::Error::other("the temporary file that the findings are in cannot be read"));
        }
        Ok(())
    }

    /// All findings, in order. Those that cannot be read back from the temporary file are left out: [`Store::check`]
    /// tells of that afterwards.
    pub fn iter(&self) -> impl Iterator<Item = Explained> + '_ {
        let mut reader = self.reader();
        (0..self.len()).filter_map(move |position| reader.get(position))
    }

    /// Where each finding is and how many bytes differ there, in order; what cannot be read back is left out, as in
    /// [`Store::iter`]. The values are not decoded.
    pub fn extents(&self) -> impl Iterator<Item = (Location, u64)> + '_ {
        let mut reader = self.reader();
        self.slots.iter().filter_map(move |slot| reader.checked(slot, Reader::extent))
    }

    /// The findings that are as acceptable as what they follow from, in order, with all that each follows from: one list
    /// for those that follow each other and from the same. What cannot be read back follows from nothing, as
    /// [`Store::check`] tells afterwards.
    pub fn conditional(&self) -> impl Iterator<Item = (usize, Arc<Positions>)> + '_ {
        let mut reader = self.grounds.reader(WINDOW);
        let (mut place, mut last) = (0, Arc::default());
        let positions = self.slots.iter().enumerate().filter(|(_, slot)| slot.conditional);
        positions.map(move |(position, _)| {
            match reader.record(place) {
                Ok(([], next)) => place = next,
                Ok((record, next)) => {
                    place = next;
                    let read = Vec::<(usize, usize)>::take(&mut Cursor(record));
                    if read.is_none() {
                        self.failed.store(true, Ordering::Relaxed);
                    }
                    let ranges = read.unwrap_or_default().into_iter().map(|(start, end)| start..end);
                    last = Arc::new(ranges.collect());
                }
                Err(_) => {
                    self.failed.store(true, Ordering::Relaxed);
                    last = Arc::default();
                }
            }
            (position, Arc::clone(&last))
        })
    }

    /// Appends a finding that follows from what it names and nothing else.
    ///
    /// # Errors
    /// When the temporary file cannot be written.
    pub(super) fn push(&mut self, explained: &Explained) -> io::Result<()> {
        let named = explained.from.iter().map(|at| at.position..at.position + 1);
        self.push_with(explained, Grounds::Are(named.collect()))
    }

    /// Appends a finding with all that it follows from.
    ///
    /// # Errors
    /// When the temporary file cannot be written.
    pub(super) fn push_with(&mut self, explained: &Explained, grounds: Grounds) -> io::Result<()> {
        let conditional = is_conditional(explained);
        if conditional {
            let mut record = Vec::new();
            if let Grounds::Are(grounds) = grounds {
                grounds.into_iter().map(|range| (range.start, range.end)).collect::<Vec<_>>().put(&mut record);
            }
            self.grounds.push(&record)?;
        }
        let Explained {
            finding,
            claim,
            cause,
            converges,
            grounded,
            canonical,
            witness,
            from,
            from_count,
            astray,
            diff,
        } = explained;
        let mut record = Vec::new();
        finding.put(&mut record);
        canonical.put(&mut record);
        witness.put(&mut record);
        from.put(&mut record);
        from_count.put(&mut record);
        astray.put(&mut record);
        diff.put(&mut record);
        let cause = cause.map_or(u16::MAX, |cause| self.number(cause));
        self.slots.push(Slot {
            place: self.arena.push(&record)?,
            cause,
            claim: *claim,
            converges: *converges,
            witnessed: witness.is_some(),
            follows: *from_count > 0,
            grounded: *grounded,
            conditional,
        });
        Ok(())
    }

    /// Says of a finding whether its claim maps both sides to one form, and whether it follows from a real one.
    pub(super) fn settle(&mut self, position: usize, converges: bool, grounded: bool) {
        if let Some(slot) = self.slots.get_mut(position) {
            (slot.converges, slot.grounded) = (converges, grounded);
        }
    }

    /// The same findings, in a temporary file but for the last.
    #[cfg(test)]
    pub(crate) fn spilled(&self) -> Store {
        let mut store = Store::new(0);
        self.iter().for_each(|explained| store.push(&explained).unwrap());
        store
    }

    /// Loses what is in the temporary file, as a disk that fails does.
    #[cfg(test)]
    pub(crate) fn lose(&mut self) {
        self.arena.lose();
    }

    fn number(&mut self, cause: &'static Cause) -> u16 {
        let known = self.causes.iter().position(|known| known.id == cause.id);
        let number = known.unwrap_or_else(|| {
            self.causes.push(cause);
            self.causes.len() - 1
        });
        u16::try_from(number).unwrap_or(u16::MAX)
    }

    fn cause(&self, slot: &Slot) -> Option<&'static Cause> {
        self.causes.get(usize::from(slot.cause)).copied()
    }
}

/// Reads findings, quickly where they are asked for in order.
pub struct Reader<'a> {
    store: &'a Store,
    reader: ArenaReader<'a>,
}

impl Reader<'_> {
    /// The finding at a position; `None` where there is none, or where the temporary file cannot be read, of which
    /// [`Store::check`] tells.
    pub fn get(&mut self, position: usize) -> Option<Explained> {
        let slot = self.store.slots.get(position)?;
        self.checked(slot, Reader::read)
    }

    /// Notes where something cannot be read.
    fn checked<T>(&mut self, slot: &Slot, read: impl FnOnce(&mut Self, &Slot) -> Option<T>) -> Option<T> {
        let read = read(self, slot);
        if read.is_none() {
            self.store.failed.store(true, Ordering::Relaxed);
        }
        read
    }

    /// What a finding's record begins with.
    fn extent(&mut self, slot: &Slot) -> Option<(Location, u64)> {
        let (record, _) = self.reader.record(slot.place).ok()?;
        let (location, (_, bytes)) = <(Location, (Aspect, u64))>::take(&mut Cursor(record))?;
        Some((location, bytes))
    }

    fn read(&mut self, slot: &Slot) -> Option<Explained> {
        let (record, _) = self.reader.record(slot.place).ok()?;
        let from = &mut Cursor(record);
        Some(Explained {
            finding: Coded::take(from)?,
            claim: slot.claim,
            cause: self.store.cause(slot),
            converges: slot.converges,
            grounded: slot.grounded,
            canonical: Coded::take(from)?,
            witness: Coded::take(from)?,
            from: Coded::take(from)?,
            from_count: Coded::take(from)?,
            astray: Coded::take(from)?,
            diff: Coded::take(from)?,
        })
    }
}

/// Whether a finding is as acceptable as what it follows from: what is derived inside an entry. Digests and sizes of
/// layers, config and manifests follow from all that differs there, and that is judged by itself.
pub(super) fn is_conditional(explained: &Explained) -> bool {
    explained.claim == Claim::Derived && explained.finding.location.kind == Kind::Entry
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter().map(|explained| explained.finding)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::sample;

    #[test]
    fn a_finding_that_cannot_be_read_back_is_told_of() {
        let mut store = Store::new(0);
        for path in ["a", "b", "c"] {
            store.push(&sample::explained(sample::mtime(0, path), Claim::Unexplained, None)).unwrap();
        }
        assert_eq!(store.iter().count(), 3);
        store.check().unwrap();
        store.lose();
        assert!(store.get(2).is_some(), "the last one is not in the file");
        store.check().unwrap();
        assert!(store.get(0).is_none());
        let error = store.check().unwrap_err();
        assert_eq!(error.to_string(), "the temporary file that the findings are in cannot be read");
    }

    #[test]
    fn what_many_follow_from_is_kept_once() {
        let derived = |path| sample::derived(sample::mtime(0, path), &sample::DIGEST, &[(1, 0)]);
        for memory in [0, usize::MAX] {
            let mut store = Store::new(memory);
            store.push(&sample::explained(sample::mtime(0, "a"), Claim::Unexplained, None)).unwrap();
            store.push_with(&derived("b"), Grounds::Are(vec![0..1, 5..9])).unwrap();
            store.push_with(&derived("c"), Grounds::Same).unwrap();
            store.push_with(&derived("d"), Grounds::Are(Vec::new())).unwrap();
            let all: Vec<_> = store.conditional().collect();
            let positions: Vec<_> = all.iter().map(|(position, grounds)| (*position, grounds.to_vec())).collect();
            let many = vec![0..1, 5..9];
            assert_eq!(positions, [(1, many.clone()), (2, many), (3, Vec::new())]);
            assert!(Arc::ptr_eq(&all[0].1, &all[1].1));
            store.check().unwrap();
        }
    }
}
