//! Bounded buffers that overflow into an anonymous temporary file.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufRead, Read, Write};
use std::os::unix::fs::FileExt;
use std::sync::{Arc, OnceLock};

use crate::digest::Sha256Sum;
use crate::finding::Range;

mod arena;
pub(crate) mod codec;
mod unpublished;
mod window;

pub use arena::{Arena, ArenaReader};
pub use unpublished::{PREFIX, Unpublished};
pub use window::Window;

/// The longest range that is read as a whole from a file: what is longer is for readers.
const LONGEST: usize = 1 << 20;

/// A run of bytes being collected.
pub struct Spill {
    memory: Vec<u8>,
    limit: usize,
    file: Option<File>,
    size: u64,
    /// Of what is in the file.
    sum: Sha256Sum,
}

/// A collected run of bytes: in memory, or in an anonymous temporary file.
#[derive(Debug, Clone)]
pub struct Content {
    bytes: Bytes,
    size: u64,
    /// Known for what is in a file; of bytes in memory computed when it is asked for.
    sha256: OnceLock<[u8; 32]>,
}

#[derive(Debug, Clone)]
enum Bytes {
    Memory(Arc<[u8]>),
    File { file: Arc<File>, start: u64 },
}

impl Spill {
    /// An empty buffer that holds up to `limit` bytes in memory.
    pub fn new(limit: usize) -> Self {
        Spill { memory: Vec::new(), limit, file: None, size: 0, sum: Sha256Sum::default() }
    }

    /// Takes in more bytes.
    ///
    /// # Errors
    /// When the temporary file cannot be made or written.
    pub fn push(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.size += bytes.len() as u64;
        if let Some(file) = &mut self.file {
            self.sum.update(bytes);
            return file.write_all(bytes);
        }
        if self.memory.len() + bytes.len() <= self.limit {
            self.memory.extend_from_slice(bytes);
            return Ok(());
        }
        let mut file = tempfile::tempfile()?;
        for part in [&self.memory[..], bytes] {
            self.sum.update(part);
            file.write_all(part)?;
        }
        self.memory = Vec::new();
        self.file = Some(file);
        Ok(())
    }

    /// The number of bytes taken in.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Ends collecting.
    pub fn finish(self) -> Content {
        match self.file {
            Some(file) => {
                let bytes = Bytes::File { file: Arc::new(file), start: 0 };
                Content { bytes, size: self.size, sha256: self.sum.finish().0.into() }
            }
            None => Content::of(self.memory.into()),
        }
    }
}

impl Content {
    /// Content that is in memory already.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Content::of(bytes.into())
    }

    /// The same without a copy.
    pub fn of(bytes: Arc<[u8]>) -> Self {
        Content { size: bytes.len() as u64, bytes: Bytes::Memory(bytes), sha256: OnceLock::new() }
    }

    /// The number of bytes.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// SHA-256 of the bytes.
    pub fn sha256(&self) -> [u8; 32] {
        *self.sha256.get_or_init(|| {
            let mut sum = Sha256Sum::default();
            if let Bytes::Memory(bytes) = &self.bytes {
                sum.update(bytes);
            }
            sum.finish().0
        })
    }

    /// Whether these are the same bytes.
    pub fn same(&self, other: &Self) -> bool {
        match (&self.bytes, &other.bytes) {
            (Bytes::Memory(bytes), Bytes::Memory(others)) => bytes == others,
            _ => self.size == other.size && self.sha256() == other.sha256(),
        }
    }

    /// All bytes, where there are at most `limit`; `None` where there are more.
    ///
    /// # Errors
    /// When the temporary file cannot be read.
    pub fn bytes(&self, limit: u64) -> io::Result<Option<Arc<[u8]>>> {
        if self.size > limit {
            return Ok(None);
        }
        match &self.bytes {
            Bytes::Memory(bytes) => Ok(Some(bytes.clone())),
            Bytes::File { .. } => {
                // Read in place: a vector that is turned into this would take the room twice.
                let size = usize::try_from(self.size).map_err(|_| io::ErrorKind::OutOfMemory)?;
                let mut bytes: Arc<[u8]> = std::iter::repeat_n(0, size).collect();
                if let Some(bytes) = Arc::get_mut(&mut bytes) {
                    self.reader().read_exact(bytes)?;
                }
                Ok(Some(bytes))
            }
        }
    }

    /// The same with all bytes in memory, where there are at most `limit`; else itself.
    ///
    /// # Errors
    /// When the temporary file cannot be read.
    pub fn loaded(&self, limit: u64) -> io::Result<Self> {
        let bytes = self.bytes(limit)?;
        Ok(bytes.map_or_else(|| self.clone(), |bytes| Content { bytes: Bytes::Memory(bytes), ..self.clone() }))
    }

    /// All bytes, where they are in memory.
    pub fn in_memory(&self) -> Option<&[u8]> {
        match &self.bytes {
            Bytes::Memory(bytes) => Some(bytes),
            Bytes::File { .. } => None,
        }
    }

    /// The bytes in a range; `None` where they are not all there, cannot be read, or are many and in a file.
    pub fn slice(&self, range: Range) -> Option<Cow<'_, [u8]>> {
        let (start, end) = (usize::try_from(range.0).ok()?, usize::try_from(range.1).ok()?);
        match &self.bytes {
            Bytes::Memory(bytes) => bytes.get(start..end).map(Cow::Borrowed),
            Bytes::File { file, start: first } => {
                let length = end.checked_sub(start).filter(|length| *length <= LONGEST)?;
                let mut bytes = vec![0; length];
                let found = range.1 <= self.size && file.read_exact_at(&mut bytes, first + range.0).is_ok();
                found.then_some(Cow::Owned(bytes))
            }
        }
    }

    /// Whether these are the same bytes in a range of each; what cannot be read is not.
    pub fn same_in(&self, range: Range, other: &Self, others: Range) -> bool {
        if range.1.checked_sub(range.0) != others.1.checked_sub(others.0) {
            return false;
        }
        if let (Bytes::Memory(_), Bytes::Memory(_)) = (&self.bytes, &other.bytes) {
            return self.slice(range).is_some_and(|bytes| Some(bytes) == other.slice(others));
        }
        (range.0..range.1).step_by(AHEAD).all(|start| {
            let end = range.1.min(start + AHEAD as u64);
            let (start, from) = (start - range.0 + others.0, start);
            let bytes = self.slice((from, end));
            bytes.is_some_and(|bytes| Some(bytes) == other.slice((start, start + (end - from))))
        })
    }

    /// The first bytes, as many as there are up to `count`.
    ///
    /// # Errors
    /// When the temporary file cannot be read.
    pub fn head(&self, count: usize) -> io::Result<Vec<u8>> {
        let mut head = Vec::with_capacity(count);
        self.reader().take(count as u64).read_to_end(&mut head)?;
        Ok(head)
    }

    /// A reader over all bytes, from the start; independent of other readers of this content, on any thread.
    pub fn reader(&self) -> ContentReader<'_> {
        self.reader_of((0, self.size))
    }

    /// The same over the bytes in a range, as far as they are there.
    pub fn reader_of(&self, (start, end): Range) -> ContentReader<'_> {
        let end = end.min(self.size);
        ContentReader { content: self, position: start.min(end), end, buffer: Vec::new(), read: 0 }
    }
}

/// One anonymous temporary file that holds many contents.
pub struct Spool {
    file: Arc<File>,
    size: u64,
    sum: Sha256Sum,
    start: u64,
}

impl Spool {
    /// An empty spool.
    ///
    /// # Errors
    /// When the temporary file cannot be made.
    pub fn new() -> io::Result<Self> {
        Ok(Spool { file: Arc::new(tempfile::tempfile()?), size: 0, sum: Sha256Sum::default(), start: 0 })
    }

    /// Takes in more bytes of the current content.
    ///
    /// # Errors
    /// When the temporary file cannot be written.
    pub fn push(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all_at(bytes, self.size)?;
        self.size += bytes.len() as u64;
        self.sum.update(bytes);
        Ok(())
    }

    /// Ends the current content; the next push begins another.
    pub fn finish_content(&mut self) -> Content {
        let (sha256, size) = std::mem::take(&mut self.sum).finish();
        let bytes = Bytes::File { file: self.file.clone(), start: self.start };
        self.start = self.size;
        Content { bytes, size, sha256: sha256.into() }
    }
}

/// Reads a [`Content`], or a range of it.
pub struct ContentReader<'a> {
    content: &'a Content,
    position: u64,
    end: u64,
    /// What was read ahead of a file, for those who read by the buffer, and how much of it is done with.
    buffer: Vec<u8>,
    read: usize,
}

/// Bytes that are read ahead.
const AHEAD: usize = 64 << 10;

impl ContentReader<'_> {
    /// Reads what was not read ahead.
    fn read_on(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.end - self.position).unwrap_or(usize::MAX);
        let wanted = left.min(buffer.len());
        let count = match &self.content.bytes {
            Bytes::Memory(bytes) => {
                let rest = &bytes[usize::try_from(self.position).unwrap_or(bytes.len())..];
                buffer[..wanted].copy_from_slice(&rest[..wanted]);
                wanted
            }
            Bytes::File { file, start } => file.read_at(&mut buffer[..wanted], start + self.position)?,
        };
        self.position += count as u64;
        Ok(count)
    }
}

impl Read for ContentReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let ahead = &self.buffer[self.read..];
        if ahead.is_empty() {
            return self.read_on(buffer);
        }
        let count = ahead.len().min(buffer.len());
        buffer[..count].copy_from_slice(&ahead[..count]);
        self.read += count;
        Ok(count)
    }
}

impl BufRead for ContentReader<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.read == self.buffer.len() {
            if let Bytes::Memory(bytes) = &self.content.bytes {
                let places = usize::try_from(self.position).ok().zip(usize::try_from(self.end).ok());
                return Ok(places.and_then(|(start, end)| bytes.get(start..end)).unwrap_or(&[]));
            }
            let mut buffer = std::mem::take(&mut self.buffer);
            buffer.resize(AHEAD, 0);
            let count = self.read_on(&mut buffer)?;
            buffer.truncate(count);
            (self.buffer, self.read) = (buffer, 0);
        }
        Ok(&self.buffer[self.read..])
    }

    fn consume(&mut self, count: usize) {
        match &self.content.bytes {
            Bytes::Memory(_) => self.position = self.position.saturating_add(count as u64).min(self.end),
            Bytes::File { .. } => self.read = self.read.saturating_add(count).min(self.buffer.len()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_in_comes_out_from_memory_and_from_a_file() -> io::Result<()> {
        for limit in [0, 3, 100] {
            let mut spill = Spill::new(limit);
            spill.push(b"hello ")?;
            spill.push(b"world")?;
            let content = spill.finish();
            assert_eq!(content.size(), 11);
            assert_eq!(content.bytes(100)?.as_deref(), Some(&b"hello world"[..]));
            assert_eq!(content.bytes(10)?, None);
            assert_eq!(content.sha256(), Content::from_bytes(b"hello world").sha256());
            let mut text = String::new();
            content.reader().read_to_string(&mut text)?;
            assert_eq!(text, "hello world");
            assert_eq!(content.slice((4, 8)).as_deref(), Some(&b"o wo"[..]));
            assert_eq!(content.slice((4, 12)), None);
            assert_eq!(content.slice((8, 4)), None);
            let mut words = content.reader_of((2, 9)).split(b' ');
            assert_eq!(words.next().transpose()?.as_deref(), Some(&b"llo"[..]));
            assert_eq!(words.next().transpose()?.as_deref(), Some(&b"wor"[..]));
            assert!(words.next().is_none());
            let other = Content::from_bytes(b"a hello world");
            assert!(content.same_in((1, 11), &other, (3, 13)) && content.same_in((2, 2), &other, (0, 0)));
            assert!(!content.same_in((1, 11), &other, (2, 12)) && !content.same_in((1, 12), &other, (3, 14)));
            let loaded = [content.loaded(10)?, content.loaded(11)?];
            assert_eq!(loaded.each_ref().map(|content| content.in_memory().is_some()), [limit == 100, true]);
            assert!(loaded.iter().all(|loaded| loaded.same(&content) && loaded.sha256() == content.sha256()));
        }
        Ok(())
    }
}
