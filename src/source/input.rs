//! The bytes of an archive, from its start: as they are in the file, or decompressed.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use crate::codec::compression::{Decompressor, Packing};
use crate::codec::fault::Fault;
use crate::codec::tar::Feed;
use crate::finding::BadArchive;
use crate::limits::Limits;

/// A run of bytes of a file, read by position: any number of them may be used at once.
#[derive(Clone)]
pub(crate) struct Window {
    file: Arc<File>,
    position: u64,
    end: u64,
}

impl Window {
    /// The bytes from `position` up to `end`.
    pub(crate) fn new(file: Arc<File>, position: u64, end: u64) -> Self {
        Window { file, position, end }
    }

    /// Leaves out the next `count` bytes, or all that are left; how many it were.
    fn skip(&mut self, count: u64) -> u64 {
        let skipped = count.min(self.end.saturating_sub(self.position));
        self.position += skipped;
        skipped
    }
}

impl Read for Window {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.end.saturating_sub(self.position)).unwrap_or(usize::MAX);
        let most = buffer.len().min(left);
        if most == 0 {
            return Ok(0);
        }
        let count = self.file.read_at(&mut buffer[..most], self.position)?;
        if count == 0 {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the file became shorter while it was read"));
        }
        self.position += count as u64;
        Ok(count)
    }
}

/// The uncompressed bytes of an archive from its start, of which runs can be skipped.
pub(crate) enum Input {
    Plain(Window),
    /// Skipping decompresses, up to a number of bytes in all.
    Decoded(Capped),
}

impl Input {
    /// Opens a file of `length` bytes at its start; `most` caps the uncompressed bytes of a compressed one.
    pub(crate) fn open(file: &Arc<File>, length: u64, packing: Packing, most: u64, limits: &Limits) -> Self {
        let window = Window::new(file.clone(), 0, length);
        match packing {
            Packing::Plain => Input::Plain(window),
            Packing::Gzip | Packing::Zstd => {
                let decoder = Decompressor::new(window, limits).without_deflate_digests();
                Input::Decoded(Capped { decoder: Box::new(decoder), left: most })
            }
        }
    }

    /// Leaves out the next `count` bytes.
    pub(crate) fn skip(&mut self, count: u64) -> io::Result<()> {
        let skipped = match self {
            Input::Plain(window) => window.skip(count),
            Input::Decoded(capped) => io::copy(&mut capped.take(count), &mut io::sink())?,
        };
        if skipped == count { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Input::Plain(window) => window.read(buffer),
            Input::Decoded(capped) => capped.read(buffer),
        }
    }
}

/// Headers are read in pieces of this.
const PIECE: u64 = 32 << 10;

/// An archive for who looks at its headers: contents are passed over.
pub(crate) struct Pieces {
    input: Input,
    piece: Vec<u8>,
}

impl Pieces {
    /// No piece is read yet.
    pub(crate) const fn of(input: Input) -> Self {
        Pieces { input, piece: Vec::new() }
    }
}

impl Feed for Pieces {
    fn advance(&mut self) -> Result<bool, Fault> {
        self.piece.clear();
        self.input.by_ref().take(PIECE).read_to_end(&mut self.piece).map_err(|error| Fault::from_io(&error))?;
        Ok(!self.piece.is_empty())
    }

    fn piece(&self) -> &[u8] {
        &self.piece
    }

    fn pass(&mut self, count: u64) -> Result<u64, Fault> {
        match &mut self.input {
            Input::Plain(window) => Ok(window.skip(count)),
            Input::Decoded(_) => Ok(0),
        }
    }
}

/// A decoder that stops with an error at a cap.
pub(crate) struct Capped {
    decoder: Box<dyn Read + Send>,
    left: u64,
}

impl Read for Capped {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = buffer.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        if most == 0 && !buffer.is_empty() {
            return Err(Fault::limit(BadArchive::Bytes).into());
        }
        let count = self.decoder.read(&mut buffer[..most])?;
        self.left -= count as u64;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::super::fixture::{gzip, zstd};
    use super::*;
    use crate::codec::compression::recognize;
    use crate::finding::GapReason;

    fn file_of(bytes: &[u8]) -> (Arc<File>, u64) {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        (Arc::new(file), bytes.len() as u64)
    }

    fn packed(packing: Packing, bytes: &[u8]) -> Vec<u8> {
        match packing {
            Packing::Plain => bytes.to_vec(),
            Packing::Gzip => gzip(bytes),
            Packing::Zstd => zstd(bytes),
        }
    }

    #[test]
    fn every_compression_is_recognized_and_read_alike() {
        for packing in [Packing::Plain, Packing::Gzip, Packing::Zstd] {
            let bytes = packed(packing, b"hello world");
            assert_eq!(recognize(&bytes), Ok(packing));
            let (file, length) = file_of(&bytes);
            let mut input = Input::open(&file, length, packing, 100, &Limits::default());
            input.skip(6).unwrap();
            let mut text = String::new();
            input.read_to_string(&mut text).unwrap();
            assert_eq!(text, "world");
            assert_eq!(input.skip(1).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
        }
        assert_eq!(recognize(b"\xfd7zXZ\0"), Err("xz"));
        assert_eq!(recognize(b"BZh91AY&SY"), Err("bzip2"));
        assert_eq!(recognize(b"BZh9"), Ok(Packing::Plain));
        assert_eq!(recognize(b""), Ok(Packing::Plain));
    }

    #[test]
    fn readers_of_one_file_are_independent() {
        let (file, _) = file_of(b"0123456789");
        let (mut one, mut other) = (Window::new(file.clone(), 2, 5), Window::new(file, 0, 10));
        let mut byte = [0];
        other.read_exact(&mut byte).unwrap();
        let mut text = String::new();
        one.read_to_string(&mut text).unwrap();
        assert_eq!(text, "234");
        text.clear();
        other.read_to_string(&mut text).unwrap();
        assert_eq!(text, "123456789");
    }

    #[test]
    fn decompression_stops_at_the_cap() {
        let (file, length) = file_of(&packed(Packing::Zstd, &[0; 10_000]));
        let mut input = Input::open(&file, length, Packing::Zstd, 9_999, &Limits::default());
        let error = input.read_to_end(&mut Vec::new()).unwrap_err();
        assert_eq!(Fault::from_io(&error).reason, GapReason::Limit);
    }
}
