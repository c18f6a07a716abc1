//! The header of a gzip member (RFC 1952, section 2.3).

use crate::finding::{BadGzipHeader, Range};

/// ID1 and ID2.
pub(super) const MAGIC: [u8; 2] = [0x1f, 0x8b];

const FHCRC: u8 = 1 << 1;
const FEXTRA: u8 = 1 << 2;
const FNAME: u8 = 1 << 3;
const FCOMMENT: u8 = 1 << 4;
const RESERVED: u8 = 0b1110_0000;

/// A decoded gzip header. Ranges count from its first byte, and include the length or terminator of their field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GzipHeader {
    /// FLG: which optional fields there are.
    pub flags: u8,
    /// MTIME: seconds since 1970, 0 where unknown.
    pub mtime: u32,
    /// XFL: 2 for the best, 4 for the fastest compression.
    pub xfl: u8,
    /// OS: 3 for Unix, 255 where unknown.
    pub os: u8,
    /// FEXTRA: the two bytes XLEN and the subfields.
    pub extra: Option<Range>,
    /// FNAME with its NUL.
    pub name: Option<Range>,
    /// FCOMMENT with its NUL.
    pub comment: Option<Range>,
    /// FHCRC: the low half of the CRC-32 of all bytes before, checked.
    pub header_crc: Option<Range>,
    /// Bytes of the whole header.
    pub size: u64,
}

impl GzipHeader {
    /// Decodes the header at the start of `bytes`; more bytes may follow it.
    ///
    /// # Errors
    /// [`BadGzipHeader`].
    pub fn parse(bytes: &[u8]) -> Result<Self, BadGzipHeader> {
        if !bytes.starts_with(&MAGIC[..bytes.len().min(2)]) {
            return Err(BadGzipHeader::Magic);
        }
        let Some((&[_, _, method, flags, m0, m1, m2, m3, xfl, os], _)) = bytes.split_first_chunk() else {
            return Err(BadGzipHeader::Truncated);
        };
        if method != 8 {
            return Err(BadGzipHeader::Method(method));
        }
        if flags & RESERVED != 0 {
            return Err(BadGzipHeader::Flags(flags));
        }
        let mut end = 10;
        let mut field = |flag: u8, size: fn(&[u8]) -> Option<usize>| -> Result<Option<Range>, BadGzipHeader> {
            if flags & flag == 0 {
                return Ok(None);
            }
            let rest = bytes.get(end..).unwrap_or(&[]);
            let size = size(rest).filter(|size| *size <= rest.len()).ok_or(BadGzipHeader::Truncated)?;
            let start = end;
            end += size;
            Ok(Some((start as u64, end as u64)))
        };
        let extra = field(FEXTRA, |rest| Some(2 + usize::from(u16::from_le_bytes(*rest.first_chunk()?))))?;
        let name = field(FNAME, terminated)?;
        let comment = field(FCOMMENT, terminated)?;
        let header_crc = field(FHCRC, |_| Some(2))?;
        if header_crc.is_some() && !crc_holds(bytes.get(..end).unwrap_or(&[])) {
            return Err(BadGzipHeader::Crc);
        }
        let mtime = u32::from_le_bytes([m0, m1, m2, m3]);
        Ok(GzipHeader { flags, mtime, xfl, os, extra, name, comment, header_crc, size: end as u64 })
    }

    /// Every byte of the header in exactly one named field, in order.
    pub fn fields(&self) -> Vec<(&'static str, Range)> {
        let mut fields = vec![
            ("gzip.header.magic", (0, 2)),
            ("gzip.header.method", (2, 3)),
            ("gzip.header.flags", (3, 4)),
            ("gzip.header.mtime", (4, 8)),
            ("gzip.header.xfl", (8, 9)),
            ("gzip.header.os", (9, 10)),
        ];
        let optional = [
            ("gzip.header.extra", self.extra),
            ("gzip.header.name", self.name),
            ("gzip.header.comment", self.comment),
            ("gzip.header.crc", self.header_crc),
        ];
        fields.extend(optional.into_iter().filter_map(|(name, range)| Some((name, range?))));
        fields
    }
}

fn terminated(rest: &[u8]) -> Option<usize> {
    memchr::memchr(0, rest).map(|end| end + 1)
}

/// Whether the last two bytes are the low half of the CRC-32 of the others.
fn crc_holds(header: &[u8]) -> bool {
    header
        .split_last_chunk()
        .is_some_and(|(covered, crc)| crc32fast::hash(covered) & 0xffff == u32::from(u16::from_le_bytes(*crc)))
}
