//! The explained findings of one section in document order: what is asked of all of them at hand, the rest as bytes.

use std::fmt;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{Claim, Explained};
use crate::causes::Cause;
use crate::finding::{Aspect, Location};
use crate::spill::codec::{Coded, Cursor};
use crate::spill::{Arena, ArenaReader};

/// Bytes that are read at once where all findings are asked for.
const WINDOW: usize = 64 << 10;
/// Bytes that are read for one finding; most are shorter.
const ONE: usize = 1 << 10;

/// Explained findings, in document order.
pub struct Store {
    arena: Arena,
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
}

impl Default for Store {
    fn default() -> Self {
        Store::new(usize::MAX)
    }
}

impl Store {
    /// An empty store that keeps about `memory` bytes of findings in memory.
    pub const fn new(memory: usize) -> Self {
        Store { arena: Arena::new(memory), slots: Vec::new(), causes: Vec::new(), failed: AtomicBool::new(false) }
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
        let Slot { claim, converges, witnessed, follows, .. } = *slot;
        Some(Head { claim, cause: self.cause(slot), converges, witnessed, follows })
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

    /// Appends a finding.
    ///
    /// # Errors
    /// When the temporary file cannot be written.
    pub(super) fn push(&mut self, explained: &Explained) -> io::Result<()> {
        let Explained { finding, claim, cause, converges, canonical, witness, from, from_count, diff } = explained;
        let mut record = Vec::new();
        finding.put(&mut record);
        canonical.put(&mut record);
        witness.put(&mut record);
        from.put(&mut record);
        from_count.put(&mut record);
        diff.put(&mut record);
        let cause = cause.map_or(u16::MAX, |cause| self.number(cause));
        self.slots.push(Slot {
            place: self.arena.push(&record)?,
            cause,
            claim: *claim,
            converges: *converges,
            witnessed: witness.is_some(),
            follows: *from_count > 0,
        });
        Ok(())
    }

    /// Says of a finding whether its claim maps both sides to one form.
    pub(super) fn set_converges(&mut self, position: usize, converges: bool) {
        if let Some(slot) = self.slots.get_mut(position) {
            slot.converges = converges;
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
            canonical: Coded::take(from)?,
            witness: Coded::take(from)?,
            from: Coded::take(from)?,
            from_count: Coded::take(from)?,
            diff: Coded::take(from)?,
        })
    }
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
}
