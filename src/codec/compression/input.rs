//! A buffered reader that knows its offset and can look ahead.

use std::io::{self, Read};

use crate::codec::fault::Fault;
use crate::finding::BadStream;
use crate::limits::Limits;
use crate::spill::{Content, Spill};

/// Bytes that decide about a format.
pub(super) const MAGIC: usize = 10;

/// Reading in smaller pieces costs up to a third of the speed.
const CAPACITY: usize = 512 * 1024;

pub(super) struct Input<R> {
    reader: R,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    offset: u64,
    /// What the reader failed with while looking ahead.
    failed: Option<io::Error>,
}

impl<R: Read> Input<R> {
    pub(super) fn new(reader: R) -> Self {
        Input { reader, buffer: vec![0; CAPACITY], start: 0, end: 0, offset: 0, failed: None }
    }

    /// Where the next byte is in the stored bytes.
    pub(super) const fn offset(&self) -> u64 {
        self.offset
    }

    /// The reader, or its error where that was met ahead.
    pub(super) fn into_inner(self) -> io::Result<R> {
        self.failed.map_or(Ok(self.reader), Err)
    }

    /// What is buffered, without reading.
    pub(super) fn buffered(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    pub(super) fn consume(&mut self, count: usize) {
        self.start = (self.start + count).min(self.end);
        self.offset += count as u64;
    }

    /// The next bytes, at least one unless the end is reached.
    pub(super) fn fill(&mut self) -> io::Result<&[u8]> {
        if self.start == self.end {
            self.grow()?;
        }
        Ok(self.buffered())
    }

    /// The next bytes, at least `count` unless the end is reached.
    pub(super) fn peek(&mut self, count: usize) -> io::Result<&[u8]> {
        while self.end - self.start < count.min(CAPACITY) && self.grow()? {}
        Ok(self.buffered())
    }

    /// The next bytes, as many as fit. An error of the reader is kept for when those before it are consumed.
    pub(super) fn look_ahead(&mut self) -> &[u8] {
        while self.failed.is_none() && self.end - self.start < CAPACITY {
            match self.grow() {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => self.failed = Some(error),
            }
        }
        self.buffered()
    }

    /// Takes back the last bytes that were consumed.
    pub(super) fn put_back(&mut self, mut bytes: Vec<u8>) {
        self.offset -= bytes.len() as u64;
        bytes.extend_from_slice(self.buffered());
        (self.start, self.end) = (0, bytes.len());
        bytes.resize(bytes.len().max(CAPACITY), 0);
        self.buffer = bytes;
    }

    /// Buffers more than there is; false at the end, or when the buffer is full.
    pub(super) fn grow(&mut self) -> io::Result<bool> {
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
        } else if self.end == self.buffer.len() {
            self.buffer.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
        }
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        let count = read_some(&mut self.reader, &mut self.buffer[self.end..])?;
        self.end += count;
        Ok(count > 0)
    }

    /// Reads as [`Read::read`] does, past the buffer where it is empty.
    pub(super) fn read(&mut self, output: &mut [u8]) -> io::Result<usize> {
        let count = if self.start == self.end {
            read_some(&mut self.reader, output)?
        } else {
            let buffered = self.buffered();
            let count = buffered.len().min(output.len());
            output[..count].copy_from_slice(&buffered[..count]);
            self.start += count;
            count
        };
        self.offset += count as u64;
        Ok(count)
    }

    /// Takes out `size` bytes, or all that are left; `None` where the end comes first.
    pub(super) fn take(&mut self, size: Option<u64>, limits: &Limits) -> io::Result<Option<Content>> {
        let mut spill = Spill::new(limits.memory_content_bytes);
        while size.is_none_or(|size| spill.size() < size) {
            let left = size.map_or(u64::MAX, |size| size - spill.size());
            let buffered = self.fill()?;
            if buffered.is_empty() {
                return Ok(size.is_none().then(|| spill.finish()));
            }
            let count = buffered.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            spill.push(&buffered[..count]).map_err(|error| no_room(&error))?;
            self.consume(count);
            if spill.size() > limits.layer_bytes {
                return Err(Fault::limit(BadStream::BesideBytes(limits.layer_bytes)).into());
            }
        }
        Ok(Some(spill.finish()))
    }
}

fn no_room(error: &io::Error) -> Fault {
    Fault::limit(BadStream::NoRoom(error.to_string()))
}

fn read_some(reader: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match reader.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}
