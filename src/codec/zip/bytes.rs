//! Little-endian numbers at a place.

use crate::codec::fault::Fault;
use crate::finding::BadZip;
use crate::spill::Window;

pub(super) fn u16_at(bytes: &Window<'_>, at: usize) -> Result<u16, Fault> {
    bytes.array(at).map(u16::from_le_bytes).ok_or_else(cut)
}

pub(super) fn u32_at(bytes: &Window<'_>, at: usize) -> Result<u32, Fault> {
    bytes.array(at).map(u32::from_le_bytes).ok_or_else(cut)
}

pub(super) fn u64_at(bytes: &Window<'_>, at: usize) -> Result<u64, Fault> {
    bytes.array(at).map(u64::from_le_bytes).ok_or_else(cut)
}

/// A number of bytes of a file that is at hand.
pub(super) fn size(number: u64) -> Result<usize, Fault> {
    usize::try_from(number).map_err(|_| cut())
}

/// What a header promises and the file does not have.
pub(super) fn cut() -> Fault {
    Fault::malformed(BadZip::Cut)
}

/// One place behind another, where there are so many bytes.
pub(super) fn advance(at: usize, count: usize, end: usize) -> Result<usize, Fault> {
    at.checked_add(count).filter(|next| *next <= end).ok_or_else(cut)
}
