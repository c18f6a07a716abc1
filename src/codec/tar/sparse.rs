//! Sparse files: GNU's old format and the three of PAX (GNU tar manual, "Storing Sparse Files").

use std::sync::Arc;

use super::block::{BLOCK, Block, GNU_ISEXTENDED, GNU_SPARSE};
use super::number;
use super::pax::{Attributes, Record};
use crate::codec::fault::Fault;
use crate::finding::BadTar;

/// Data segments as (offset, length) in the expanded file.
pub(super) type Segments = Vec<(u64, u64)>;

/// Where the map of a sparse file is.
pub(super) enum Form {
    /// In the header, and in blocks after it as long as they say so.
    Old,
    /// In PAX records.
    Records(Segments),
    /// In the first blocks of the content.
    Leading,
}

/// What an entry's PAX records say about holes: form, expanded size.
pub(super) fn from_records(attributes: &Attributes<'_>, records: &[Record<'_>]) -> Result<Option<(Form, u64)>, Fault> {
    let version = (attributes.get("GNU.sparse.major"), attributes.get("GNU.sparse.minor"));
    let map = attributes.get("GNU.sparse.map");
    let size = || -> Result<u64, Fault> {
        match (attributes.number("GNU.sparse.size")?, attributes.number("GNU.sparse.realsize")?) {
            (Some(size), Some(real)) if size != real => Err(Fault::malformed(BadTar::TwoRealSizes)),
            (size, real) => size.or(real).ok_or_else(|| Fault::malformed(BadTar::NoRealSize)),
        }
    };
    match version {
        (Some(b"1"), Some(b"0")) => Ok(Some((Form::Leading, size()?))),
        // As Go's reader has it: a size without a map is nothing to it.
        (None, None) if map.is_none() && !records.iter().any(|record| pair_part(record).is_some()) => Ok(None),
        (None, None) | (Some(b"0"), Some(b"0" | b"1")) => {
            let numbers = match map {
                Some(map) => numbers_of(map.split(|byte| *byte == b','))?,
                None => numbers_of(records.iter().filter_map(pair_part))?,
            };
            ordered_pairs(records, map.is_some())?;
            if attributes.number("GNU.sparse.numblocks")? != Some(numbers.len() as u64 / 2) || numbers.len() % 2 != 0 {
                return Err(Fault::malformed(BadTar::MapSegments));
            }
            Ok(Some((Form::Records(pairs(&numbers)), size()?)))
        }
        _ => Err(Fault::unsupported(BadTar::SparseVersion)),
    }
}

/// The value of one `GNU.sparse.offset` or `GNU.sparse.numbytes` (version 0.0 repeats them).
fn pair_part<'a>(record: &Record<'a>) -> Option<&'a [u8]> {
    matches!(record.key, b"GNU.sparse.offset" | b"GNU.sparse.numbytes").then_some(record.value)
}

/// Version 0.0 alternates offset and length; a map beside them would be a second opinion.
fn ordered_pairs(records: &[Record<'_>], has_map: bool) -> Result<(), Fault> {
    let mut parts = records.iter().filter(|record| pair_part(record).is_some()).map(|record| record.key);
    let alternates = std::iter::from_fn(|| Some((parts.next()?, parts.next())))
        .all(|pair| pair == (b"GNU.sparse.offset".as_slice(), Some(b"GNU.sparse.numbytes".as_slice())) && !has_map);
    if alternates { Ok(()) } else { Err(Fault::malformed(BadTar::MapRecords)) }
}

fn numbers_of<'a>(texts: impl Iterator<Item = &'a [u8]>) -> Result<Vec<u64>, Fault> {
    texts.map(|text| number::decimal(text).ok_or_else(|| Fault::malformed(BadTar::Map))).collect()
}

fn pairs(numbers: &[u64]) -> Segments {
    numbers.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect()
}

/// The segments in an old GNU header, and whether blocks with more of them follow.
pub(super) fn old_header(block: Block<'_>) -> Result<(Segments, bool), Fault> {
    let mut segments = Vec::new();
    old_segments(block.bytes(GNU_SPARSE), &mut segments)?;
    Ok((segments, block.0[GNU_ISEXTENDED] != 0))
}

/// Takes in one block of more segments; whether yet another follows.
pub(super) fn old_extension(block: &[u8; BLOCK], segments: &mut Segments) -> Result<bool, Fault> {
    old_segments(&block[..504], segments)?;
    Ok(block[504] != 0)
}

fn old_segments(bytes: &[u8], segments: &mut Segments) -> Result<(), Fault> {
    let unsigned = |field: &[u8]| number::parse(field).and_then(|value| u64::try_from(value).ok());
    for pair in bytes.chunks_exact(24).take_while(|pair| pair[0] != 0) {
        let segment = unsigned(&pair[..12]).zip(unsigned(&pair[12..]));
        segments.push(segment.ok_or_else(|| Fault::malformed(BadTar::Map))?);
    }
    Ok(())
}

/// The number of lines that the map at the start of a version 1.0 content has, by its first line.
pub(super) fn leading_lines(first: &[u8; BLOCK]) -> Result<usize, Fault> {
    let count = memchr::memchr(b'\n', first).and_then(|end| number::decimal(&first[..end]));
    let lines = count.and_then(|count| usize::try_from(count).ok()?.checked_mul(2)?.checked_add(1));
    lines.ok_or_else(|| Fault::malformed(BadTar::Map))
}

/// Decodes that map once all its lines are there.
pub(super) fn leading(bytes: &[u8], lines: usize) -> Result<Segments, Fault> {
    Ok(pairs(&numbers_of(bytes.split(|byte| *byte == b'\n').take(lines).skip(1))?))
}

/// Checks that the segments are in order, inside the file, and as long together as the stored data.
pub(super) fn checked(segments: Segments, size: u64, stored: u64) -> Result<Arc<[(u64, u64)]>, Fault> {
    let mut end = 0;
    let mut sum = 0_u64;
    for &(offset, length) in &segments {
        let next = offset.checked_add(length).filter(|next| offset >= end && *next <= size);
        end = next.ok_or_else(|| Fault::malformed(BadTar::MapOrder))?;
        sum = sum.saturating_add(length);
    }
    if sum != stored {
        return Err(Fault::malformed(BadTar::MapData(sum, stored)));
    }
    Ok(segments.into())
}

/// Walks over an expanded sparse file.
pub(super) struct Cursor {
    segments: Arc<[(u64, u64)]>,
    index: usize,
    position: u64,
    size: u64,
}

/// What comes next in an expanded file, with its length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Run {
    Hole(u64),
    Data(u64),
}

impl Cursor {
    pub(super) const fn new(segments: Arc<[(u64, u64)]>, size: u64) -> Self {
        Cursor { segments, index: 0, position: 0, size }
    }

    /// The rest of the current run; `None` at the end of the file.
    pub(super) fn run(&mut self) -> Option<Run> {
        while let Some(&(offset, length)) = self.segments.get(self.index) {
            if self.position < offset {
                return Some(Run::Hole(offset - self.position));
            }
            let left = (offset + length).saturating_sub(self.position);
            if left > 0 {
                return Some(Run::Data(left));
            }
            self.index += 1;
        }
        let left = self.size - self.position;
        (left > 0).then_some(Run::Hole(left))
    }

    /// Moves on inside the current run.
    pub(super) const fn advance(&mut self, count: u64) {
        self.position += count;
    }
}
