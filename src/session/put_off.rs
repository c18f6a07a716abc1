//! Findings that can only be claimed once their layer is known whole.

use std::io;

use crate::finding::{Finding, Sides};
use crate::image::entry::Entry;
use crate::spill::Arena;
use crate::spill::codec::{Coded, Cursor};

/// Findings with the entries that they are of, put off.
pub(super) struct Directories {
    arena: Arena,
    failure: Option<io::Error>,
}

impl Default for Directories {
    fn default() -> Self {
        Directories::new(0)
    }
}

impl Directories {
    pub(super) const fn new(memory: usize) -> Self {
        Directories { arena: Arena::new(memory), failure: None }
    }

    pub(super) fn push(&mut self, finding: Finding, entries: Sides<Option<&Entry>>) {
        let mut record = Vec::new();
        (finding, entries.map(Option::<&Entry>::cloned)).put(&mut record);
        if let Err(failure) = self.arena.push(&record) {
            self.failure = Some(failure);
        }
    }

    pub(super) fn each(self, out: &mut dyn FnMut(Finding, Sides<Option<Entry>>)) -> io::Result<()> {
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
