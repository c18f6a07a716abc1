//! What comes after the last entry.

use super::block::BLOCK;
use super::bytes::{Bytes, Feed, is_zero};
use crate::codec::fault::Fault;
use crate::finding::BadTar;
use crate::limits::Limits;
use crate::spill::{Content, Spill};

/// What comes after the last entry of an archive.
#[derive(Debug, Clone, Default)]
pub struct Trailer {
    /// Blocks of 512 zero bytes: those of the end-of-archive and the padding after it.
    pub zero_blocks: u64,
    /// Where the end-of-archive begins: the offset of its first zero block, or the size of an archive without one.
    pub offset: u64,
    /// Everything from the first non-zero byte after the end-of-archive on, where there is one.
    pub rest: Option<Content>,
    /// Zero bytes after those blocks (before `rest`) that are no whole block.
    pub partial: u64,
}

impl Trailer {
    /// Reads to the end of the feed; the end-of-archive began at `offset`, and all bytes since were zero.
    pub(super) fn read<F: Feed>(bytes: &mut Bytes<F>, offset: u64, limits: &Limits) -> Result<Self, Fault> {
        let zeros = bytes.offset - offset + skip_zeros(bytes)?;
        let (zero_blocks, partial) = (zeros / BLOCK as u64, zeros % BLOCK as u64);
        let mut trailer = Trailer { zero_blocks, offset, rest: None, partial };
        if bytes.fill()? > 0 {
            let mut rest = Spill::new(limits.memory_content_bytes);
            while bytes.fill()? > 0 {
                let piece = bytes.piece();
                let count = piece.len();
                rest.push(piece).map_err(|error| Fault::limit(BadTar::NoRoom(error.to_string())))?;
                bytes.consume(count);
            }
            trailer.rest = Some(rest.finish());
        }
        Ok(trailer)
    }
}

fn skip_zeros<F: Feed>(bytes: &mut Bytes<F>) -> Result<u64, Fault> {
    let start = bytes.offset;
    while bytes.fill()? > 0 {
        let piece = bytes.piece();
        let blocks = piece.chunks(BLOCK).take_while(|block| is_zero(block)).map(<[u8]>::len).sum::<usize>();
        let tail = piece.get(blocks..).unwrap_or(&[]).iter().take_while(|byte| **byte == 0).count();
        let all = blocks + tail == piece.len();
        bytes.consume(blocks + tail);
        if !all {
            break;
        }
    }
    Ok(bytes.offset - start)
}
