//! What is wrong with compressed bytes.

use std::fmt::{self, Display, Formatter};

use crate::finding::{BadGzip, BadGzipHeader, BadStream, BadZstd};

impl Display for BadStream {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            BadStream::Unread(name) => write!(f, "{name} compression is not read"),
            BadStream::BesideBytes(most) => {
                write!(f, "more than {most} bytes beside the content (see --limit layer-bytes)")
            }
            BadStream::NoRoom(error) => {
                write!(f, "a temporary file for bytes beside the content cannot be written: {error}")
            }
        }
    }
}

impl Display for BadGzipHeader {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            BadGzipHeader::Truncated => f.write_str("the gzip header is truncated"),
            BadGzipHeader::Magic => f.write_str("the gzip magic number is missing"),
            BadGzipHeader::Method(method) => write!(f, "the gzip compression method {method} is not deflate"),
            BadGzipHeader::Flags(flags) => write!(f, "the gzip header has reserved flags ({flags:#04x})"),
            BadGzipHeader::Crc => f.write_str("the CRC of the gzip header is wrong"),
        }
    }
}

impl Display for BadGzip {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            BadGzip::Members(at, most) => {
                write!(f, "more than {most} gzip members, at offset {at} (see --limit compression-members)")
            }
            BadGzip::Truncated(at) => write!(f, "the gzip member at offset {at} is truncated"),
            BadGzip::HeaderBytes(at, most) => write!(f, "the gzip header at offset {at} has more than {most} bytes"),
            BadGzip::Deflate(at, error) => {
                write!(f, "the deflate stream of the gzip member at offset {at} is corrupt: {error}")
            }
            BadGzip::Stuck(at) => write!(f, "the deflate stream of the gzip member at offset {at} is stuck"),
            BadGzip::Crc(at, stored, found) => {
                write!(f, "the gzip member at offset {at} has the CRC {stored:08x}, its content {found:08x}")
            }
            BadGzip::Size(at, stored, found) => {
                write!(f, "the gzip member at offset {at} has the size {stored} modulo 2^32, its content {found}")
            }
            BadGzip::Header { offset, problem } => write!(f, "{problem} at offset {offset}"),
        }
    }
}

impl Display for BadZstd {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            BadZstd::Frames(at, most) => {
                write!(f, "more than {most} zstd frames, at offset {at} (see --limit compression-members)")
            }
            BadZstd::Truncated(at) => write!(f, "the zstd frame at offset {at} is truncated"),
            BadZstd::Corrupt(at, error) => write!(f, "the zstd frame at offset {at} is corrupt: {error}"),
            BadZstd::Size(at, told, found) => {
                write!(f, "the zstd frame at offset {at} says that it holds {told} bytes, and holds {found}")
            }
            BadZstd::Dictionary(at, id) => write!(f, "the zstd frame at offset {at} needs the dictionary {id}"),
            BadZstd::Window(at, window, log) => write!(
                f,
                "the zstd frame at offset {at} needs a window of {window} bytes, more than 2^{log} (see --limit zstd-window-log)"
            ),
            BadZstd::NoDecoder(error) => write!(f, "no zstd decoder: {error}"),
            BadZstd::NoWindow(log, error) => write!(f, "no zstd window of 2^{log}: {error}"),
        }
    }
}
