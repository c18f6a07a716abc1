//! Many records one after another: in memory up to a limit, in an anonymous temporary file beyond it.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

/// Bytes of a record's length.
const LENGTH: usize = 4;

/// Records, each found again by its place.
#[derive(Default)]
pub struct Arena {
    /// What is not in the file: whole records, from `written` on.
    tail: Vec<u8>,
    limit: usize,
    file: Option<File>,
    written: u64,
}

impl Arena {
    /// An empty arena that holds about `limit` bytes in memory.
    pub const fn new(limit: usize) -> Self {
        Arena { tail: Vec::new(), limit, file: None, written: 0 }
    }

    /// Appends a record and returns its place; that of the first is 0.
    ///
    /// # Errors
    /// When the temporary file cannot be made or written, and for a record of 4 GiB.
    pub fn push(&mut self, record: &[u8]) -> io::Result<u64> {
        let length = u32::try_from(record.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
        if self.tail.len() + LENGTH + record.len() > self.limit {
            self.flush()?;
        }
        let place = self.end();
        self.tail.extend_from_slice(&length.to_le_bytes());
        self.tail.extend_from_slice(record);
        Ok(place)
    }

    /// Forgets all records; the temporary file is used again.
    pub fn clear(&mut self) {
        self.tail.clear();
        self.written = 0;
    }

    /// The place that the next record gets.
    pub const fn end(&self) -> u64 {
        self.written + self.tail.len() as u64
    }

    /// A reader that looks at the file through about `window` bytes.
    pub const fn reader(&self, window: usize) -> ArenaReader<'_> {
        ArenaReader { arena: self, window: Vec::new(), start: 0, size: window }
    }

    /// Loses what is in the temporary file, as a disk that fails does.
    #[cfg(test)]
    pub(crate) fn lose(&self) {
        self.file.as_ref().unwrap().set_len(0).unwrap();
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.tail.is_empty() {
            return Ok(());
        }
        let file = match self.file.take() {
            Some(file) => file,
            None => tempfile::tempfile()?,
        };
        let outcome = file.write_all_at(&self.tail, self.written);
        self.file = Some(file);
        outcome?;
        self.written += self.tail.len() as u64;
        self.tail.clear();
        Ok(())
    }
}

/// Reads the records of an [`Arena`], best in the order in which they came.
pub struct ArenaReader<'a> {
    arena: &'a Arena,
    /// A part of the file, from `start` on.
    window: Vec<u8>,
    start: u64,
    size: usize,
}

impl ArenaReader<'_> {
    /// The record at a place, and the place after it.
    ///
    /// # Errors
    /// When the temporary file cannot be read, and for a place that no record is at.
    pub fn record(&mut self, place: u64) -> io::Result<(&[u8], u64)> {
        let arena = self.arena;
        if let Some(within) = place.checked_sub(arena.written) {
            return slice(&arena.tail, within, place).ok_or_else(|| io::ErrorKind::UnexpectedEof.into());
        }
        let known = place.checked_sub(self.start).and_then(|within| slice(&self.window, within, place));
        if known.is_none() {
            self.fill(place, self.size.max(LENGTH))?;
            let length = length(&self.window, 0).ok_or(io::ErrorKind::UnexpectedEof)?;
            if LENGTH + length > self.window.len() {
                self.fill(place, LENGTH + length)?;
            }
        }
        let within = place.checked_sub(self.start).ok_or(io::ErrorKind::UnexpectedEof)?;
        slice(&self.window, within, place).ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }

    fn fill(&mut self, place: u64, wanted: usize) -> io::Result<()> {
        let file = self.arena.file.as_ref().ok_or(io::ErrorKind::UnexpectedEof)?;
        let left = usize::try_from(self.arena.written.saturating_sub(place)).unwrap_or(usize::MAX);
        self.window.resize(wanted.min(left), 0);
        self.start = place;
        file.read_exact_at(&mut self.window, place)
    }
}

fn length(bytes: &[u8], at: usize) -> Option<usize> {
    let length = bytes.get(at..at.checked_add(LENGTH)?)?;
    usize::try_from(u32::from_le_bytes(length.try_into().ok()?)).ok()
}

/// The record `within` bytes, and the place after it.
fn slice(bytes: &[u8], within: u64, place: u64) -> Option<(&[u8], u64)> {
    let at = usize::try_from(within).ok()?;
    let length = length(bytes, at)?;
    let record = bytes.get(at + LENGTH..(at + LENGTH).checked_add(length)?)?;
    Some((record, place + (LENGTH + length) as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_read_in_any_order_from_memory_and_from_a_file() {
        let records: Vec<Vec<u8>> = (0..200_usize).map(|number| vec![number as u8; number * 7 % 90]).collect();
        for limit in [0, 1, 100, 5000, 1 << 20] {
            let mut arena = Arena::new(limit);
            let places: Vec<u64> = records.iter().map(|record| arena.push(record).unwrap()).collect();
            assert_eq!(places[0], 0);
            for window in [0, 16, 4096] {
                let mut reader = arena.reader(window);
                for (record, (place, next)) in
                    records.iter().zip(places.iter().zip(places.iter().skip(1).chain([&arena.end()])))
                {
                    assert_eq!(reader.record(*place).unwrap(), (&record[..], *next));
                }
                for (record, place) in records.iter().zip(&places).rev() {
                    assert_eq!(reader.record(*place).unwrap().0, &record[..]);
                }
                assert!(reader.record(arena.end()).is_err());
            }
        }
    }
}
