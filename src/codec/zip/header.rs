//! Local and central headers of a member, and its data descriptor (sections 4.3.7, 4.3.9 and 4.3.12).

use std::ops::Range;

use super::Member;
use super::bytes::{advance, cut, size, u16_at, u32_at, u64_at};
use super::extra;
use crate::codec::fault::Fault;
use crate::finding::BadZip;
use crate::spill::Window;

pub(super) const LOCAL_SIZE: usize = 30;
pub(super) const CENTRAL_SIZE: usize = 46;
/// A number that stands in an extra field of zip64.
const ELSEWHERE: u32 = u32::MAX;
/// Sizes and checksum come behind the data.
const DESCRIBED: u16 = 1 << 3;
/// Encryption (bits 0, 6 and 13) and patch data (bit 5).
const REFUSED: u16 = 1 | 1 << 5 | 1 << 6 | 1 << 13;
pub(super) const DESCRIPTOR: &[u8] = b"PK\x07\x08";

/// A header of the central directory.
pub(super) struct Central {
    pub(super) range: Range<usize>,
    name: Range<usize>,
    flags: u16,
    method: u16,
    crc32: u32,
    stored: u64,
    size: u64,
    offset: u64,
}

/// Where name, extra fields and comment of a header are.
pub(super) struct Tail {
    pub(super) name: Range<usize>,
    pub(super) extra: Range<usize>,
    pub(super) comment: Range<usize>,
}

impl Tail {
    /// Of the header at a place; all of it is before `end`.
    pub(super) fn of(bytes: &Window<'_>, at: usize, is_central: bool, end: usize) -> Result<Self, Fault> {
        let (fixed, lengths) = if is_central { (CENTRAL_SIZE, 28) } else { (LOCAL_SIZE, 26) };
        let length = |index: usize| u16_at(bytes, at + lengths + 2 * index).map(usize::from);
        let name = advance(at, fixed, end)?;
        let extra = advance(name, length(0)?, end)?;
        let comment = advance(extra, length(1)?, end)?;
        let next = advance(comment, if is_central { length(2)? } else { 0 }, end)?;
        Ok(Tail { name: name..extra, extra: extra..comment, comment: comment..next })
    }
}

/// Reads the central header at a place.
pub(super) fn central(bytes: &Window<'_>, at: usize, end: usize) -> Result<Central, Fault> {
    if !bytes.has(at, b"PK\x01\x02") {
        return Err(Fault::malformed(BadZip::NoHeader));
    }
    let tail = Tail::of(bytes, at, true, end)?;
    if u16_at(bytes, at + 34)? != 0 {
        return Err(Fault::unsupported(BadZip::Disks));
    }
    check_unicode_path(bytes, &tail)?;
    let narrow = [u32_at(bytes, at + 24)?, u32_at(bytes, at + 20)?, u32_at(bytes, at + 42)?];
    let [size, stored, offset] = wide(bytes, &tail.extra, narrow)?;
    Ok(Central {
        range: at..tail.comment.end,
        name: tail.name,
        flags: u16_at(bytes, at + 8)?,
        method: u16_at(bytes, at + 10)?,
        crc32: u32_at(bytes, at + 16)?,
        stored,
        size,
        offset,
    })
}

/// Finds the member of a central header, and checks that its local header says the same. Offsets count from `base`; the
/// directory begins at `end`.
pub(super) fn member(bytes: &Window<'_>, central: Central, base: usize, end: usize) -> Result<Member, Fault> {
    let at = advance(base, size(central.offset)?, end)?;
    if !bytes.has(at, b"PK\x03\x04") {
        return Err(Fault::malformed(BadZip::NoLocalHeader));
    }
    let tail = Tail::of(bytes, at, false, end)?;
    let (flags, method) = (u16_at(bytes, at + 6)?, u16_at(bytes, at + 8)?);
    let name = |range: &Range<usize>| bytes.get(range.clone()).ok_or_else(cut);
    let same_name = name(&tail.name)? == name(&central.name)?;
    if flags != central.flags || method != central.method || !same_name {
        return Err(contradiction());
    }
    if flags & REFUSED != 0 {
        return Err(Fault::unsupported(BadZip::Encrypted));
    }
    if method == 0 && central.stored != central.size {
        return Err(Fault::malformed(BadZip::StoredSizes));
    }
    check_unicode_path(bytes, &tail)?;
    let narrow = [u32_at(bytes, at + 22)?, u32_at(bytes, at + 18)?];
    let crc32 = u32_at(bytes, at + 14)?;
    let [local_size, local_stored] = wide(bytes, &tail.extra, narrow)?;
    let says =
        |crc32: u32, stored: u64, size: u64| (crc32, stored, size) == (central.crc32, central.stored, central.size);
    let described = flags & DESCRIBED != 0;
    let is_blank = described && (crc32, local_stored, local_size) == (0, 0, 0);
    if !is_blank && !says(crc32, local_stored, local_size) {
        return Err(contradiction());
    }
    let data = tail.extra.end;
    let data = data..advance(data, size(central.stored)?, end)?;
    let descriptor = match described {
        true => descriptor(bytes, data.end, end, &central, has_zip64(bytes, &tail.extra))?,
        false => data.end..data.end,
    };
    Ok(Member {
        local: at..data.start,
        descriptor,
        data,
        central: central.range,
        flags,
        method,
        crc32: central.crc32,
        size: central.size,
        name: central.name,
    })
}

fn contradiction() -> Fault {
    Fault::malformed(BadZip::LocalHeader)
}

/// The descriptor behind the data: with or without a signature, its sizes wide where the local header has an extra field
/// of zip64 (section 4.3.9.2).
fn descriptor(
    bytes: &Window<'_>,
    at: usize,
    end: usize,
    central: &Central,
    is_wide: bool,
) -> Result<Range<usize>, Fault> {
    let signed = bytes.has(at, DESCRIPTOR);
    if signed && central.crc32.to_le_bytes() == DESCRIPTOR {
        return Err(Fault::malformed(BadZip::DescriptorChecksum));
    }
    let values = at + if signed { DESCRIPTOR.len() } else { 0 };
    let next = advance(values, if is_wide { 20 } else { 12 }, end)?;
    let (stored, size) = match is_wide {
        true => (u64_at(bytes, values + 4)?, u64_at(bytes, values + 12)?),
        false => (u32_at(bytes, values + 4)?.into(), u32_at(bytes, values + 8)?.into()),
    };
    let says = (u32_at(bytes, values)?, stored, size) == (central.crc32, central.stored, central.size);
    if says { Ok(at..next) } else { Err(Fault::malformed(BadZip::Descriptor)) }
}

/// Numbers of a header, those that do not fit taken from the extra field of zip64 (section 4.5.3).
fn wide<const N: usize>(bytes: &Window<'_>, extra: &Range<usize>, narrow: [u32; N]) -> Result<[u64; N], Fault> {
    let (fields, _) = extra::fields(bytes, extra);
    let mut zip64 = fields.iter().filter(|field| field.id == extra::ZIP64);
    let field = zip64.next();
    if zip64.next().is_some() {
        return Err(Fault::malformed(BadZip::TwoExtraFields64));
    }
    let mut at = field.map_or(0, |field| field.data.start);
    let mut values = [0; N];
    for (value, narrow) in values.iter_mut().zip(narrow) {
        *value = narrow.into();
        if narrow == ELSEWHERE {
            let field = field.ok_or_else(|| Fault::malformed(BadZip::NoSize64))?;
            let next = advance(at, 8, field.data.end).map_err(|_| cut())?;
            *value = u64_at(bytes, at)?;
            at = next;
        }
    }
    Ok(values)
}

fn has_zip64(bytes: &Window<'_>, extra: &Range<usize>) -> bool {
    extra::fields(bytes, extra).0.iter().any(|field| field.id == extra::ZIP64)
}

/// CPython and Info-ZIP take this field's name in place of the header's, others do not.
fn check_unicode_path(bytes: &Window<'_>, tail: &Tail) -> Result<(), Fault> {
    let (fields, _) = extra::fields(bytes, &tail.extra);
    let name = bytes.get(tail.name.clone());
    let other = |field: &extra::Extra| bytes.get(field.data.start.saturating_add(5)..field.data.end) != name;
    match fields.iter().any(|field| field.id == extra::UNICODE_PATH && other(field)) {
        true => Err(Fault::malformed(BadZip::TwoNames)),
        false => Ok(()),
    }
}
