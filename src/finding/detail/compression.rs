//! What is wrong with compressed bytes.

use crate::finding::coded;

coded! {
    /// Why compressed bytes are not read, whatever they are compressed with.
    pub enum BadStream {
        /// They are compressed with this, which is not read.
        "compression-unread" Unread(&'static str),
        /// More bytes than this belong to no content.
        "compression-beside-bytes" BesideBytes(u64),
        /// Bytes that belong to no content cannot be kept in a temporary file: what the system says.
        "compression-temporary-file" NoRoom(String),
    }
}

coded! {
    /// Why bytes are no header of a gzip member.
    #[derive(Copy)]
    pub enum BadGzipHeader {
        /// They end inside it.
        "gzip-header-truncated" Truncated,
        /// They do not begin with `1f 8b`.
        "gzip-magic" Magic,
        /// CM is this, and not 8.
        "gzip-method" Method(u8),
        /// A reserved bit of FLG is set, which RFC 1952 tells decoders to refuse.
        "gzip-flags" Flags(u8),
        /// FHCRC is wrong.
        "gzip-header-crc" Crc,
    }
}

impl std::error::Error for BadGzipHeader {}

coded! {
    /// Why gzip members are not read. The first argument is the offset of the member.
    pub enum BadGzip {
        /// More members than the second argument.
        "gzip-members" Members(u64, usize),
        /// It ends too early.
        "gzip-truncated" Truncated(u64),
        /// Its header has more bytes than the second argument.
        "gzip-header-bytes" HeaderBytes(u64, usize),
        /// Its deflate stream is corrupt: what the decoder says.
        "gzip-deflate" Deflate(u64, String),
        /// Its deflate stream does not go on.
        "gzip-stuck" Stuck(u64),
        /// The CRC that it has, and that of its content.
        "gzip-crc" Crc(u64, u32, u32),
        /// The size that it has, modulo 2^32, and that of its content.
        "gzip-size" Size(u64, u32, u64),
        ; around
        /// Its header is none.
        Header {
            /// Where it begins.
            offset: u64,
            /// Why.
            problem: BadGzipHeader,
        },
    }
}

coded! {
    /// Why zstd frames are not read. The first argument is the offset of the frame, where there is one.
    pub enum BadZstd {
        /// More frames than the second argument.
        "zstd-frames" Frames(u64, usize),
        /// It ends too early.
        "zstd-truncated" Truncated(u64),
        /// It is corrupt: what the decoder says.
        "zstd-corrupt" Corrupt(u64, String),
        /// The bytes that it says it holds, and those that it holds.
        "zstd-size" Size(u64, u64, u64),
        /// It needs the dictionary of this id.
        "zstd-dictionary" Dictionary(u64, u32),
        /// It needs a window of so many bytes, more than two to the power of so many.
        "zstd-window" Window(u64, u64, u32),
        /// There is no decoder: what the library says.
        "zstd-decoder" NoDecoder(String),
        /// There is no decoder with a window of two to the power of so many: what the library says.
        "zstd-decoder-window" NoWindow(u32, String),
    }
}
