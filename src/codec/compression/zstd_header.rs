//! What tells a zstd frame apart without decoding it (RFC 8878): its header, and where it ends.

use crate::codec::fault::Fault;
use crate::finding::BadZstd;
use crate::limits::Limits;

pub(super) const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// Magic number, descriptor, window, dictionary id and content size at their longest.
pub(super) const HEADER_MAX: usize = 4 + 1 + 1 + 4 + 8;

/// Whether a data or skippable frame begins here.
pub(super) fn is_magic(bytes: &[u8]) -> bool {
    bytes.starts_with(&MAGIC) || is_skippable(bytes)
}

pub(super) fn is_skippable(bytes: &[u8]) -> bool {
    matches!(bytes, [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..])
}

/// A frame header (RFC 8878, section 3.1.1.1).
pub(super) struct Header {
    /// Bytes, magic number included.
    pub(super) size: usize,
    pub(super) window: u64,
    /// The size of the content, where it is told.
    pub(super) content: Option<u64>,
    pub(super) dictionary: u32,
    pub(super) has_checksum: bool,
}

impl Header {
    /// `None` where the bytes end inside it.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let descriptor = *bytes.get(4)?;
        let single_segment = descriptor & 0x20 != 0;
        let mut size = 5;
        let mut field = |length: usize| -> Option<u64> {
            let field = bytes.get(size..size + length)?;
            size += length;
            Some(field.iter().rev().fold(0, |value, byte| value << 8 | u64::from(*byte)))
        };
        let window = if single_segment { None } else { Some(window_size(field(1)?)) };
        let dictionary = field([0, 1, 2, 4][usize::from(descriptor & 3)])?;
        let content_length = match (descriptor >> 6, single_segment) {
            (0, false) => 0,
            (0, true) => 1,
            (flag, _) => 1 << flag,
        };
        let content = field(content_length)? + if content_length == 2 { 256 } else { 0 };
        Some(Header {
            size,
            window: window.unwrap_or(content),
            content: (content_length > 0).then_some(content),
            dictionary: u32::try_from(dictionary).ok()?,
            has_checksum: descriptor & 4 != 0,
        })
    }

    pub(super) fn check(&self, offset: u64, limits: &Limits) -> Result<(), Fault> {
        if self.dictionary != 0 {
            return Err(Fault::unsupported(BadZstd::Dictionary(offset, self.dictionary)));
        }
        let log = limits.zstd_window_log;
        if self.window > 1_u64.checked_shl(log).unwrap_or(u64::MAX) {
            return Err(Fault::limit(BadZstd::Window(offset, self.window, log)));
        }
        Ok(())
    }
}

/// Exponent and mantissa of a window descriptor (section 3.1.1.1.2).
const fn window_size(descriptor: u64) -> u64 {
    let base = 1 << (10 + (descriptor >> 3));
    base + (base / 8) * (descriptor & 7)
}

/// A data frame whose end is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Extent {
    /// Bytes of header, blocks and checksum.
    pub(super) size: usize,
    /// The content has no more bytes than these.
    pub(super) most: usize,
}

impl Extent {
    /// The frame that `bytes` begin with: `None` where that is no data frame, where the bytes end before it does, and
    /// where its window or its content may be larger than `window` and `most` or than each other. Whether it can be
    /// decoded is not known.
    pub(super) fn find(bytes: &[u8], limits: &Limits, window: u64, most: usize) -> Option<Self> {
        let header = Header::parse(bytes).filter(|_| bytes.starts_with(&MAGIC))?;
        header.check(0, limits).ok()?;
        let most = most.min(usize::try_from(header.window).unwrap_or(usize::MAX));
        let declared = header.content.map(|content| usize::try_from(content).unwrap_or(usize::MAX));
        if header.window > window || declared.is_some_and(|content| content > most) {
            return None;
        }
        let (mut size, mut content, mut last) = (header.size, 0, false);
        while !last {
            let block = Block::parse(bytes.get(size..)?)?;
            size += block.size;
            content += block.content;
            last = block.last;
            if declared.is_none() && content > most {
                return None;
            }
        }
        size += if header.has_checksum { 4 } else { 0 };
        (size <= bytes.len()).then_some(Extent { size, most: declared.unwrap_or(content) })
    }
}

/// What a block's header tells (section 3.1.1.2).
struct Block {
    last: bool,
    /// Bytes with the header.
    size: usize,
    /// The content has no more bytes than these.
    content: usize,
}

impl Block {
    fn parse(bytes: &[u8]) -> Option<Self> {
        let &[b0, b1, b2] = bytes.first_chunk()?;
        let header = usize::from(b0) | usize::from(b1) << 8 | usize::from(b2) << 16;
        let size = header >> 3;
        let (stored, content) = match header >> 1 & 3 {
            0 => (size, size),
            1 => (1, size),
            2 => (size, BLOCK_MAX),
            _ => return None,
        };
        (size <= BLOCK_MAX).then_some(Block { last: header & 1 != 0, size: 3 + stored, content })
    }
}

/// Block_Maximum_Size, where the window is not smaller.
const BLOCK_MAX: usize = 128 * 1024;
