//! Decompression in one streaming pass, with a description of the envelope that loses nothing of it but the encoder's
//! choices inside a compressed stream.
//!
//! Small zstd frames may be decoded in parallel ([`Decompressor::with_threads`]), because their ends can be found without
//! decoding them. The end of a gzip member can't: no length of it is stored (RFC 1952), and its blocks have none either
//! (RFC 1951), so members are read one after another. The one exception, BGZF (the extra field `BC` of the SAM
//! specification), is a format of genome data and none that layers are written in.

mod gzip;
mod gzip_header;
mod input;
mod zstd;
mod zstd_ahead;
mod zstd_frame;
mod zstd_header;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod zstd_tests;

use std::io::{self, Read};
use std::sync::Arc;

use self::input::Input;
use crate::codec::fault::Fault;
use crate::finding::BadStream;
use crate::limits::Limits;
use crate::spill::Content;

pub use self::gzip_header::GzipHeader;

/// How the uncompressed bytes are wrapped.
#[derive(Debug, Clone)]
pub enum Framing {
    /// Not at all.
    Plain,
    /// In gzip members (RFC 1952).
    Gzip(GzipFraming),
    /// In zstd frames (RFC 8878).
    Zstd(ZstdFraming),
}

/// The members of a gzip file. Header, deflate stream, CRC and size of every member and `trailing` are all its bytes.
#[derive(Debug, Clone, Default)]
pub struct GzipFraming {
    /// The members in order.
    pub members: Vec<GzipMember>,
    /// The bytes after the last member that are no member, where there are any: padding zeros, or anything.
    pub trailing: Option<Content>,
}

/// One gzip member (RFC 1952, section 2.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GzipMember {
    /// Where it begins in the stored bytes.
    pub offset: u64,
    /// All bytes before the deflate stream; [`GzipHeader::parse`] takes them apart.
    pub header: Arc<[u8]>,
    /// Bytes of the deflate stream.
    pub deflate_size: u64,
    /// BLAKE3 of the deflate stream, where it was asked for.
    pub deflate_blake3: Option<[u8; 32]>,
    /// CRC-32 of the uncompressed bytes, as stored and checked.
    pub crc32: u32,
    /// ISIZE: the uncompressed size modulo 2^32, as stored and checked.
    pub isize: u32,
    /// Uncompressed bytes.
    pub size: u64,
    /// Where they begin in the uncompressed bytes of the whole file.
    pub uncompressed_offset: u64,
}

/// The frames of a zstd file.
#[derive(Debug, Clone, Default)]
pub struct ZstdFraming {
    /// The frames in order.
    pub frames: Vec<ZstdFrame>,
    /// The bytes after the last frame that are no frame, where there are any.
    pub trailing: Option<Content>,
}

/// One zstd frame (RFC 8878, section 3.1).
#[derive(Debug, Clone)]
pub enum ZstdFrame {
    /// A frame with content.
    Data {
        /// Where it begins in the stored bytes.
        offset: u64,
        /// Magic number and frame header.
        header: Arc<[u8]>,
        /// Bytes of the blocks: without header and checksum.
        compressed_size: u64,
        /// BLAKE3 of the whole frame, header and checksum included.
        compressed_blake3: [u8; 32],
        /// Uncompressed bytes.
        size: u64,
        /// The content checksum, where the frame has one (little endian, checked).
        checksum: Option<u32>,
        /// Where the content begins in the uncompressed bytes of the whole file.
        uncompressed_offset: u64,
    },
    /// A frame that decoders skip.
    Skippable {
        /// Where it begins in the stored bytes.
        offset: u64,
        /// Its magic number, 0x184D2A50 to 0x184D2A5F.
        magic: u32,
        /// What it holds, after the 8 bytes of magic number and size.
        content: Content,
    },
}

/// Decompresses what a reader holds: gzip and zstd by magic number, anything else as it is.
///
/// Errors of [`Read::read`] carry a [`Fault`] where the bytes are at fault ([`Fault::from_io`] finds it). The number of
/// uncompressed bytes is not bounded here: whoever reads must.
pub struct Decompressor<R> {
    input: Input<R>,
    codec: Codec,
    limits: Limits,
    threads: usize,
    deflate_digests: bool,
}

enum Codec {
    Unknown,
    Plain,
    Gzip(Box<gzip::Inflater>),
    Zstd(Box<zstd::Inflater>),
}

impl<R: Read> Decompressor<R> {
    /// Nothing is read yet.
    pub fn new(reader: R, limits: &Limits) -> Self {
        Decompressor {
            input: Input::new(reader),
            codec: Codec::Unknown,
            limits: *limits,
            threads: 1,
            deflate_digests: true,
        }
    }

    /// Uses up to so many threads of its own where the format has parts that can be decoded apart. What comes out is the
    /// same; more is read and kept in memory before it comes out: about 5 MiB per thread, beside what libzstd needs.
    #[must_use]
    pub fn with_threads(self, threads: usize) -> Self {
        Decompressor { threads, ..self }
    }

    /// Leaves out the digests of deflate streams, for who will not compare one with another.
    #[must_use]
    pub fn without_deflate_digests(self) -> Self {
        Decompressor { deflate_digests: false, ..self }
    }

    /// Reads the magic number, unless that was done: whether the bytes are handed through as they are.
    ///
    /// # Errors
    /// The reader's own; [`Fault`] `unsupported` for a compression that is not read (bzip2, xz, lz4 and others).
    pub fn is_plain(&mut self) -> io::Result<bool> {
        if matches!(self.codec, Codec::Unknown) {
            let magic = self.input.peek(input::MAGIC)?;
            self.codec = match recognize(magic) {
                Ok(Packing::Plain) => Codec::Plain,
                Ok(Packing::Gzip) => Codec::Gzip(Box::new(gzip::Inflater::new(&self.limits, self.deflate_digests))),
                Ok(Packing::Zstd) => Codec::Zstd(Box::new(zstd::Inflater::new(&self.limits, self.threads)?)),
                Err(name) => return Err(Fault::unsupported(BadStream::Unread(name)).into()),
            };
        }
        Ok(matches!(self.codec, Codec::Plain))
    }

    /// Stored bytes that were taken in for what came out so far.
    pub fn stored(&self) -> u64 {
        match &self.codec {
            Codec::Zstd(inflater) => inflater.stored(&self.input),
            _ => self.input.offset(),
        }
    }

    /// The envelope of everything read so far: complete once [`Read::read`] has returned 0.
    pub fn finish(self) -> Framing {
        self.into_parts().1
    }

    /// The reader, which may hold bytes not yet asked for, or its error where it met one beyond what came out; and the
    /// envelope.
    pub fn into_parts(self) -> (io::Result<R>, Framing) {
        let framing = match self.codec {
            Codec::Unknown | Codec::Plain => Framing::Plain,
            Codec::Gzip(inflater) => Framing::Gzip(inflater.framing()),
            Codec::Zstd(inflater) => Framing::Zstd(inflater.framing()),
        };
        (self.input.into_inner(), framing)
    }
}

impl<R: Read> Read for Decompressor<R> {
    fn read(&mut self, output: &mut [u8]) -> io::Result<usize> {
        self.is_plain()?;
        match &mut self.codec {
            Codec::Unknown | Codec::Plain => self.input.read(output),
            Codec::Gzip(inflater) => inflater.read(&mut self.input, output),
            Codec::Zstd(inflater) => inflater.read(&mut self.input, output),
        }
    }
}

/// Compressions that are known by their first bytes and not read in this place.
const UNSUPPORTED: [(&[u8], &str); 5] = [
    (b"\xfd7zXZ\0", "xz"),
    (b"\x04\x22\x4d\x18", "lz4"),
    (b"\x02\x21\x4c\x18", "legacy lz4"),
    (b"LZIP", "lzip"),
    (b"\x1f\x9d", "compress"),
];

/// Bytes that [`recognize`] looks at.
pub(crate) const MAGIC: usize = input::MAGIC;

/// How a stream is compressed as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Packing {
    Plain,
    /// RFC 1952, any number of members.
    Gzip,
    /// RFC 8878, any number of frames, skippable ones among them.
    Zstd,
}

/// Recognizes a compression by the first [`MAGIC`] bytes; the error names one that is not read.
pub(crate) fn recognize(magic: &[u8]) -> Result<Packing, &'static str> {
    if magic.starts_with(&gzip_header::MAGIC) {
        return Ok(Packing::Gzip);
    }
    if zstd_header::is_magic(magic) {
        return Ok(Packing::Zstd);
    }
    // A tar may begin with a file named `BZh…`: the block magic decides.
    let bzip2 = magic.starts_with(b"BZh") && magic.get(4..10) == Some(b"1AY&SY");
    let known = UNSUPPORTED.iter().find(|(prefix, _)| magic.starts_with(prefix));
    match known.map(|(_, name)| *name).or(bzip2.then_some("bzip2")) {
        Some(name) => Err(name),
        None => Ok(Packing::Plain),
    }
}
