//! One 512-byte header block.

use std::ops::Range;

use super::number;
use crate::codec::fault::Fault;
use crate::finding::BadTar;

/// The size of everything in a tar archive.
pub(super) const BLOCK: usize = 512;

/// Bytes that a content of `size` bytes is padded with.
pub(super) const fn padding(size: u64) -> u64 {
    (BLOCK as u64 - size % BLOCK as u64) % BLOCK as u64
}

pub(super) const NAME: Range<usize> = 0..100;
pub(super) const MODE: Range<usize> = 100..108;
pub(super) const UID: Range<usize> = 108..116;
pub(super) const GID: Range<usize> = 116..124;
pub(super) const SIZE: Range<usize> = 124..136;
pub(super) const MTIME: Range<usize> = 136..148;
pub(super) const CHKSUM: Range<usize> = 148..156;
pub(super) const TYPEFLAG: usize = 156;
pub(super) const LINKNAME: Range<usize> = 157..257;
pub(super) const MAGIC: Range<usize> = 257..265;
pub(super) const UNAME: Range<usize> = 265..297;
pub(super) const GNAME: Range<usize> = 297..329;
pub(super) const DEVMAJOR: Range<usize> = 329..337;
pub(super) const DEVMINOR: Range<usize> = 337..345;
pub(super) const PREFIX: Range<usize> = 345..500;
pub(super) const STAR_PREFIX: Range<usize> = 345..476;
pub(super) const STAR_ATIME: Range<usize> = 476..488;
pub(super) const STAR_CTIME: Range<usize> = 488..500;
pub(super) const GNU_ATIME: Range<usize> = 345..357;
pub(super) const GNU_CTIME: Range<usize> = 357..369;
pub(super) const GNU_OFFSET: Range<usize> = 369..381;
pub(super) const GNU_LONGNAMES: Range<usize> = 381..385;
pub(super) const GNU_UNUSED: Range<usize> = 385..386;
pub(super) const GNU_SPARSE: Range<usize> = 386..482;
pub(super) const GNU_ISEXTENDED: usize = 482;
pub(super) const GNU_REALSIZE: Range<usize> = 483..495;

/// What the bytes after `linkname` mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// Nothing (Seventh Edition Unix).
    V7,
    /// POSIX.1-1988 and pax.
    Ustar,
    /// Schily's star: a shorter prefix and two times.
    Star,
    /// GNU tar's own format.
    Gnu,
}

/// A header block, its bytes as they are.
#[derive(Clone, Copy)]
pub(super) struct Block<'a>(pub(super) &'a [u8; BLOCK]);

impl<'a> Block<'a> {
    pub(super) fn dialect(self) -> Dialect {
        match &self.0[MAGIC] {
            b"ustar  \0" => Dialect::Gnu,
            [b'u', b's', b't', b'a', b'r', 0, ..] if self.0[508..] == *b"tar\0" => Dialect::Star,
            [b'u', b's', b't', b'a', b'r', 0, ..] => Dialect::Ustar,
            _ => Dialect::V7,
        }
    }

    pub(super) const fn typeflag(self) -> u8 {
        self.0[TYPEFLAG]
    }

    /// The bytes of a field.
    pub(super) fn bytes(self, field: Range<usize>) -> &'a [u8] {
        &self.0[field]
    }

    /// The bytes of a text field up to its first NUL.
    pub(super) fn text(self, field: Range<usize>) -> &'a [u8] {
        until_nul(&self.0[field])
    }

    /// The value of a number field, with the field's name for the error.
    pub(super) fn number(self, field: Range<usize>, name: &'static str) -> Result<i64, Fault> {
        let malformed = || Fault::malformed(BadTar::Number(name, self.0[field.clone()].to_vec()));
        number::parse(&self.0[field.clone()]).ok_or_else(malformed)
    }

    /// The `size` field.
    pub(super) fn size(self) -> Result<u64, Fault> {
        let size = self.number(SIZE, "size")?;
        u64::try_from(size).map_err(|_| Fault::malformed(BadTar::Size(size)))
    }

    /// Whether the checksum is the sum of all bytes, taken as unsigned (POSIX) or signed (old implementations), with the
    /// checksum itself taken as spaces.
    pub(super) fn has_right_checksum(self) -> bool {
        let Some(stored) = number::parse(&self.0[CHKSUM]) else { return false };
        let spaces = CHKSUM.len() as i64 * i64::from(b' ');
        let sum = |value: fn(u8) -> i64| -> i64 {
            self.0.iter().copied().map(value).sum::<i64>() - self.0[CHKSUM].iter().copied().map(value).sum::<i64>()
        };
        stored == sum(i64::from) + spaces || stored == sum(|byte| i64::from(byte.cast_signed())) + spaces
    }
}

/// Whether bytes begin as an archive does: with a header, or with the zeros that end one.
pub(crate) fn is_start(bytes: &[u8]) -> bool {
    let block = bytes.first_chunk::<BLOCK>();
    block.is_some_and(|block| *block == [0; BLOCK] || Block(block).has_right_checksum())
}

pub(super) fn until_nul(bytes: &[u8]) -> &[u8] {
    &bytes[..memchr::memchr(0, bytes).unwrap_or(bytes.len())]
}
