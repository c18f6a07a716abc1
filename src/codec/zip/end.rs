//! The end of an archive: the end record, and its larger form of zip64 (sections 4.3.14 to 4.3.16).

use std::ops::Range;

use memchr::memmem;

use super::bytes::{cut, size, u16_at, u32_at, u64_at};
use crate::codec::fault::Fault;
use crate::finding::BadZip;
use crate::spill::Window;

const END: &[u8] = b"PK\x05\x06";
const END64: &[u8] = b"PK\x06\x06";
const LOCATOR64: &[u8] = b"PK\x06\x07";

/// Bytes of the records.
const END_SIZE: usize = 22;
const END64_SIZE: usize = 56;
const LOCATOR64_SIZE: usize = 20;

/// What comes behind the central directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct End {
    /// Members, as it says.
    pub(super) entries: u64,
    /// Where the directory is, as it says: counted from the first byte of the archive, which a prefix may come before.
    pub(super) directory_offset: usize,
    /// Where the record of zip64 begins, with its locator behind it.
    pub(super) end64: Option<usize>,
    /// Where the end record begins.
    pub(super) start: usize,
}

impl End {
    /// The ranges of both records of zip64.
    pub(super) fn records64(&self) -> Option<(Range<usize>, Range<usize>)> {
        let start = self.end64?;
        Some((start..start + END64_SIZE, start + END64_SIZE..self.start))
    }
}

/// Finds the end of the archive and the central directory right before it, as all readers do where there is one of each.
pub(super) fn find(bytes: &Window<'_>) -> Result<(End, Range<usize>), Fault> {
    let start = place(bytes)?;
    if [4, 6].into_iter().any(|at| u16_at(bytes, start + at) != Ok(0)) {
        return Err(Fault::unsupported(BadZip::Disks));
    }
    let entries = u16_at(bytes, start + 10)?;
    if u16_at(bytes, start + 8)? != entries {
        return Err(Fault::malformed(BadZip::Counts));
    }
    let (length, offset) = (u32_at(bytes, start + 12)?, u32_at(bytes, start + 16)?);
    let own = [u64::from(entries), u64::from(length), u64::from(offset)];
    let end64 = start.checked_sub(LOCATOR64_SIZE).filter(|at| bytes.has(*at, LOCATOR64));
    let (values, end64) = match end64 {
        None if own == [own[0].min(0xfffe), own[1].min(0xffff_fffe), own[2].min(0xffff_fffe)] => (own, None),
        None => return Err(Fault::malformed(BadZip::NoEnd64)),
        Some(locator) => {
            let (values, record) = zip64(bytes, locator, own)?;
            (values, Some(record))
        }
    };
    let end_of_directory = end64.unwrap_or(start);
    let start_of_directory = end_of_directory.checked_sub(size(values[1])?).ok_or_else(cut)?;
    let directory_offset = size(values[2])?;
    let base = start_of_directory.checked_sub(directory_offset).ok_or_else(cut)?;
    // Go takes offsets as they are where a directory is found by them, others count from the end.
    if base > 0 && bytes.has(directory_offset, b"PK\x01\x02") {
        return Err(Fault::malformed(BadZip::TwoDirectories));
    }
    if let Some(record) = end64
        && u64_at(bytes, start - LOCATOR64_SIZE + 8)? != (record - base) as u64
    {
        return Err(Fault::malformed(BadZip::Locator));
    }
    if count(bytes, start_of_directory, END).ok_or_else(cut)? != 1 {
        return Err(Fault::malformed(BadZip::Ends));
    }
    let end = End { entries: values[0], directory_offset, end64, start };
    Ok((end, start_of_directory..end_of_directory))
}

/// The last end record whose comment reaches to the end of the file.
fn place(bytes: &Window<'_>) -> Result<usize, Fault> {
    let none = || Fault::malformed(BadZip::NoEnd);
    let length = size(bytes.size())?;
    let last = length.checked_sub(END_SIZE).ok_or_else(none)?;
    let first = last.saturating_sub(usize::from(u16::MAX));
    let fits = |at: &usize| u16_at(bytes, at + 20).is_ok_and(|comment| at + END_SIZE + usize::from(comment) == length);
    (first..=last).rev().filter(|at| bytes.has(*at, END)).find(fits).ok_or_else(none)
}

/// Entries, size and offset by the record of zip64, and where it is.
fn zip64(bytes: &Window<'_>, locator: usize, own: [u64; 3]) -> Result<([u64; 3], usize), Fault> {
    let record = locator.checked_sub(END64_SIZE).filter(|at| bytes.has(*at, END64));
    let record = record.ok_or_else(|| Fault::malformed(BadZip::End64Place))?;
    if u64_at(bytes, record + 4)? != (END64_SIZE - 12) as u64 {
        return Err(Fault::malformed(BadZip::End64Length));
    }
    let disks = [u32_at(bytes, record + 16)?, u32_at(bytes, record + 20)?, u32_at(bytes, locator + 4)?];
    if disks != [0; 3] || u32_at(bytes, locator + 16)? != 1 {
        return Err(Fault::unsupported(BadZip::Disks));
    }
    let values = [u64_at(bytes, record + 32)?, u64_at(bytes, record + 40)?, u64_at(bytes, record + 48)?];
    let agrees = |own: u64, value: u64, most: u64| own == value || own == most;
    let agree = agrees(own[0], values[0], 0xffff)
        && agrees(own[1], values[1], 0xffff_ffff)
        && agrees(own[2], values[2], 0xffff_ffff)
        && u64_at(bytes, record + 24)? == values[0];
    if agree { Ok((values, record)) } else { Err(Fault::malformed(BadZip::EndsDisagree)) }
}

/// Bytes that are searched at once.
const SEARCHED: usize = 64 << 10;

/// How often this stands in the bytes from a place on.
fn count(bytes: &Window<'_>, from: usize, needle: &[u8]) -> Option<usize> {
    let (mut found, length) = (0, usize::try_from(bytes.size()).ok()?);
    for start in (from..length).step_by(SEARCHED) {
        // What begins in one piece may end in the next.
        let end = start.saturating_add(SEARCHED + needle.len() - 1).min(length);
        found += memmem::find_iter(&bytes.get(start..end)?, needle).count();
    }
    Some(found)
}
