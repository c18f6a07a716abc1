//! Matched entries whose contents differ and were not kept: both layers are read a second time for them.

use std::collections::BTreeMap;
use std::io;

use crate::compare::reread;
use crate::finding::{Side, Sides};
use crate::image::entry::Entry;
use crate::spill::codec::{Coded, Cursor, coded};
use crate::spill::{Arena, ArenaReader};

use super::matched::emit_contents;
use super::stream::spill_failure;
use super::{LayerFailure, LayerJob, Sink};

/// Pairs of entries, as bytes that may go to a temporary file.
pub(super) struct Again {
    records: Arena,
    /// Ordinals on the original and the rebuild side, and where the entries are.
    places: Vec<(u64, u64, u64)>,
}

impl Again {
    /// None yet; about `memory` bytes of them are kept in memory.
    pub(super) const fn new(memory: usize) -> Self {
        Again { records: Arena::new(memory), places: Vec::new() }
    }

    pub(super) fn push(&mut self, entries: &Sides<Entry>) -> Result<(), LayerFailure> {
        let place = self.records.push(&coded(entries)).map_err(|error| spill_failure(Side::Original, &error))?;
        self.places.push((entries.original.ordinal, entries.rebuild.ordinal, place));
        Ok(())
    }

    /// Reads the layers again and hands on what differs, in order of the rebuild's layer.
    pub(super) fn second_pass(mut self, job: &LayerJob<'_>, sink: &mut dyn Sink) -> Result<(), LayerFailure> {
        if self.places.is_empty() {
            return Ok(());
        }
        self.places.sort_unstable_by_key(|(_, rebuild, _)| *rebuild);
        let ordinals = self.places.iter().map(|(original, ..)| *original).collect();
        let mut originals = BTreeMap::new();
        reread::contents(job.reopen, Side::Original, &ordinals, &mut |ordinal, content| {
            originals.insert(ordinal, content);
        })?;
        let ordinals = self.places.iter().map(|(_, rebuild, _)| *rebuild).collect();
        let mut reader = self.records.reader(16 << 10);
        let mut failure = None;
        reread::contents(job.reopen, Side::Rebuild, &ordinals, &mut |ordinal, content| {
            let found = self.places.binary_search_by_key(&ordinal, |(_, rebuild, _)| *rebuild);
            let Some((original, _, place)) = found.ok().and_then(|position| self.places.get(position)) else { return };
            let Some(original) = originals.remove(original) else { return };
            match entries(&mut reader, *place) {
                Ok(entries) => emit_contents(&job.base, sink, entries, Sides::new(original, content)),
                Err(error) => failure = Some(error),
            }
        })?;
        failure.map_or(Ok(()), |error| Err(spill_failure(Side::Original, &error)))
    }
}

fn entries(reader: &mut ArenaReader<'_>, place: u64) -> io::Result<Sides<Entry>> {
    let (record, _) = reader.record(place)?;
    Coded::take(&mut Cursor(record)).ok_or_else(|| io::ErrorKind::InvalidData.into())
}
