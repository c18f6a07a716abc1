//! The bytes of an archive, from its start: as they are in the file, or decompressed.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use flate2::read::MultiGzDecoder;

/// How an archive is compressed as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compression {
    None,
    /// RFC 1952, any number of members.
    Gzip,
    /// RFC 8878, any number of frames.
    Zstd,
}

impl Compression {
    /// Recognizes a compression by the first four bytes; the error names one that is not read.
    pub(crate) fn recognize(start: &[u8]) -> Result<Self, &'static str> {
        match start {
            [0x1f, 0x8b, ..] => Ok(Compression::Gzip),
            // A zstd frame, or a skippable one in front of it.
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Ok(Compression::Zstd),
            [0xfd, b'7', b'z', b'X', ..] => Err("xz"),
            [b'B', b'Z', b'h', ..] => Err("bzip2"),
            _ => Ok(Compression::None),
        }
    }
}

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
    /// Opens a file of `length` bytes at its start.
    ///
    /// `most` caps the uncompressed bytes of a compressed one, `zstd_window_log` the memory that zstd may take.
    pub(crate) fn open(
        file: &Arc<File>,
        length: u64,
        compression: Compression,
        most: u64,
        zstd_window_log: u32,
    ) -> io::Result<Self> {
        let window = Window::new(file.clone(), 0, length);
        let decoder: Box<dyn Read + Send> = match compression {
            Compression::None => return Ok(Input::Plain(window)),
            Compression::Gzip => Box::new(MultiGzDecoder::new(io::BufReader::with_capacity(BUFFER, window))),
            Compression::Zstd => {
                let mut decoder = zstd::stream::read::Decoder::new(window)?;
                decoder.window_log_max(zstd_window_log)?;
                Box::new(decoder)
            }
        };
        Ok(Input::Decoded(Capped { decoder, left: most }))
    }

    /// Leaves out the next `count` bytes.
    pub(crate) fn skip(&mut self, count: u64) -> io::Result<()> {
        let skipped = match self {
            Input::Plain(window) => {
                let skipped = count.min(window.end.saturating_sub(window.position));
                window.position += skipped;
                skipped
            }
            Input::Decoded(capped) => io::copy(&mut capped.take(count), &mut io::sink())?,
        };
        if skipped == count { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }
}

const BUFFER: usize = 256 * 1024;

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Input::Plain(window) => window.read(buffer),
            Input::Decoded(capped) => capped.read(buffer),
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
            let detail = "the archive is larger than is decompressed (see --limit archive-bytes and expansion-ratio)";
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, detail));
        }
        let count = self.decoder.read(&mut buffer[..most])?;
        self.left -= count as u64;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn file_of(bytes: &[u8]) -> (Arc<File>, u64) {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        (Arc::new(file), bytes.len() as u64)
    }

    fn packed(compression: Compression, bytes: &[u8]) -> Vec<u8> {
        match compression {
            Compression::None => bytes.to_vec(),
            Compression::Gzip => {
                let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
                encoder.write_all(bytes).unwrap();
                encoder.finish().unwrap()
            }
            Compression::Zstd => zstd::encode_all(bytes, 1).unwrap(),
        }
    }

    #[test]
    fn every_compression_is_recognized_and_read_alike() {
        for compression in [Compression::None, Compression::Gzip, Compression::Zstd] {
            let bytes = packed(compression, b"hello world");
            assert_eq!(Compression::recognize(&bytes), Ok(compression));
            let (file, length) = file_of(&bytes);
            let mut input = Input::open(&file, length, compression, 100, 20).unwrap();
            input.skip(6).unwrap();
            let mut text = String::new();
            input.read_to_string(&mut text).unwrap();
            assert_eq!(text, "world");
            assert_eq!(input.skip(1).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
        }
        assert_eq!(Compression::recognize(b"\xfd7zXZ\0"), Err("xz"));
        assert_eq!(Compression::recognize(b"BZh9"), Err("bzip2"));
        assert_eq!(Compression::recognize(b""), Ok(Compression::None));
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
        let (file, length) = file_of(&packed(Compression::Zstd, &[0; 10_000]));
        let mut input = Input::open(&file, length, Compression::Zstd, 9_999, 20).unwrap();
        let error = input.read_to_end(&mut Vec::new()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
    }
}
