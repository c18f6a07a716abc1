//! Bytes of an archive, taken from a feed piece by piece.

use super::block::BLOCK;
use crate::codec::fault::Fault;
use crate::finding::{BadTar, TarPart};

/// Where the bytes of an archive come from, piece by piece.
pub trait Feed {
    /// Moves on to the next piece; false at the end.
    ///
    /// # Errors
    /// Whatever keeps the bytes from coming.
    fn advance(&mut self) -> Result<bool, Fault>;

    /// The current piece; empty before the first and after the last one.
    fn piece(&self) -> &[u8];

    /// Passes over up to `count` bytes after the current piece without looking at them; how many it were. 0 where they
    /// have to be taken piece by piece.
    ///
    /// # Errors
    /// Whatever keeps the bytes from coming.
    fn pass(&mut self, count: u64) -> Result<u64, Fault> {
        let _ = count;
        Ok(0)
    }
}

/// An archive that is in memory as a whole.
pub struct InMemory<'a> {
    next: &'a [u8],
    piece: &'a [u8],
}

impl<'a> InMemory<'a> {
    /// Feeds these bytes.
    pub const fn new(archive: &'a [u8]) -> Self {
        InMemory { next: archive, piece: &[] }
    }
}

impl Feed for InMemory<'_> {
    fn advance(&mut self) -> Result<bool, Fault> {
        self.piece = std::mem::take(&mut self.next);
        Ok(!self.piece.is_empty())
    }

    fn piece(&self) -> &[u8] {
        self.piece
    }
}

/// A position in a feed.
pub(super) struct Bytes<F> {
    pub(super) feed: F,
    /// In the feed's piece.
    pub(super) position: usize,
    /// In the archive.
    pub(super) offset: u64,
}

impl<F: Feed> Bytes<F> {
    pub(super) const fn new(feed: F) -> Self {
        Bytes { feed, position: 0, offset: 0 }
    }

    /// What is left of the current piece.
    pub(super) fn piece(&self) -> &[u8] {
        self.feed.piece().get(self.position..).unwrap_or(&[])
    }

    /// Appends the next block to `raw`; `None` at the end of the archive, where fewer bytes are left and all are zero.
    pub(super) fn read_block(&mut self, raw: &mut Vec<u8>) -> Result<Option<[u8; BLOCK]>, Fault> {
        let start = raw.len();
        let mut left = BLOCK as u64;
        while left > 0 && self.fill()? > 0 {
            left -= self.take_some(left, Some(raw));
        }
        match raw.get(start..).and_then(|bytes| <[u8; BLOCK]>::try_from(bytes).ok()) {
            Some(block) => Ok(Some(block)),
            None if is_zero(raw.get(start..).unwrap_or(&[])) => Ok(None),
            None => Err(truncated(TarPart::Header)),
        }
    }

    pub(super) fn read_exact(&mut self, size: u64, raw: &mut Vec<u8>) -> Result<(), Fault> {
        let mut left = size;
        while left > 0 {
            self.available(TarPart::ExtensionHeader)?;
            left -= self.take_some(left, Some(raw));
        }
        Ok(())
    }

    /// Takes up to `most` bytes of the current piece; their number.
    pub(super) fn take_some(&mut self, most: u64, into: Option<&mut Vec<u8>>) -> u64 {
        let piece = self.piece();
        let count = usize::try_from(most).unwrap_or(usize::MAX).min(piece.len());
        if let Some(into) = into {
            into.extend_from_slice(&piece[..count]);
        }
        self.consume(count);
        count as u64
    }

    /// Passes over up to `most` bytes, at least one; how many.
    pub(super) fn pass(&mut self, most: u64, part: TarPart) -> Result<u64, Fault> {
        if self.piece().is_empty() {
            let passed = self.feed.pass(most)?;
            self.offset += passed;
            if passed > 0 {
                return Ok(passed);
            }
        }
        self.available(part)?;
        Ok(self.take_some(most, None))
    }

    pub(super) fn available(&mut self, part: TarPart) -> Result<usize, Fault> {
        match self.fill()? {
            0 => Err(truncated(part)),
            count => Ok(count),
        }
    }

    /// The number of bytes at hand; 0 at the end only.
    pub(super) fn fill(&mut self) -> Result<usize, Fault> {
        while self.position >= self.feed.piece().len() {
            self.position = 0;
            if !self.feed.advance()? {
                return Ok(0);
            }
        }
        Ok(self.feed.piece().len() - self.position)
    }

    pub(super) const fn consume(&mut self, count: usize) {
        self.position += count;
        self.offset += count as u64;
    }
}

pub(super) fn is_zero(bytes: &[u8]) -> bool {
    // Without an early exit this is a vector loop.
    bytes.iter().fold(0, |all, byte| all | byte) == 0
}

pub(super) fn truncated(part: TarPart) -> Fault {
    Fault::malformed(BadTar::Truncated(part))
}
