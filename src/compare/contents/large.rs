//! Contents that are too long to look into: one finding of the range that differs, found by reading in a stream.

use std::io::{self, Read};

use super::{ContentDifference, either, most, path};
use crate::content::secret;
use crate::digest::sha256_of;
use crate::finding::{Aspect, Finding, Location, Range, Secret, Side, Sides, Value};
use crate::spill::Content;

/// Bytes before and after the range that are searched for the secret the range is in.
const AROUND: u64 = 16 << 10;
/// Bytes of the range that are searched for secrets.
const SEARCHED: u64 = 4 << 20;

/// The finding of two contents that differ.
pub(super) fn difference(base: &Location, contents: Sides<&Content>) -> ContentDifference<'static> {
    // Where the temporary file cannot be read there are no ranges to name, but sizes and digests still differ.
    let (mut location, values, (bytes, measured), secrets) = examine(base, contents).unwrap_or_else(|_| {
        let values = contents.map(|content| digest_of(content.sha256(), content.size(), None));
        let bytes = contents.original.size().max(contents.rebuild.size());
        (base.clone(), values, (bytes, bytes), Sides::new(None, None))
    });
    location.outer =
        location.range.both().map_or(contents.map(|content| Some((0, content.size()))), |_| location.range);
    location.measured = Some(measured);
    let finding = Finding { location, aspect: Aspect::Content, values, bytes };
    ContentDifference {
        finding,
        files: Sides::default(),
        places: Sides::default(),
        covers: Sides::default(),
        secret: most(secrets),
    }
}

/// From the first difference to the last one before the common end; all of both where they cannot be read.
pub(super) fn trim(contents: Sides<&Content>) -> Sides<Range> {
    ranges(contents).map_or(contents.map(|content| (0, content.size())), |(ranges, _)| ranges)
}

/// The secret in and around the start of a range.
pub(super) fn secret_around(path: &[u8], content: &Content, range: Range) -> Option<Secret> {
    secret::of(path, &window(content, range).ok()?)
}

/// What is in a range, by its digest; by that of all where it cannot be read.
pub(super) fn value(content: &Content, range: Range, secret: Option<Secret>) -> Value {
    digest(content, range, secret).unwrap_or_else(|_| digest_of(content.sha256(), content.size(), secret))
}

/// With the bytes of the range, and how many of them differ.
type Examined = (Location, Sides<Value>, (u64, u64), Sides<Option<Secret>>);

fn examine(base: &Location, contents: Sides<&Content>) -> io::Result<Examined> {
    let (ranges, measured) = ranges(contents)?;
    let mut secrets = Sides::new(None, None);
    for (content, range, secret) in [
        (contents.original, ranges.original, &mut secrets.original),
        (contents.rebuild, ranges.rebuild, &mut secrets.rebuild),
    ] {
        *secret = secret::of(path(base), &window(content, range)?);
    }
    let original = digest(contents.original, ranges.original, either(secrets, Side::Original))?;
    let rebuild = digest(contents.rebuild, ranges.rebuild, either(secrets, Side::Rebuild))?;
    let location = base.clone().with_range(ranges.map(Some));
    Ok((location, Sides::new(original, rebuild), (super::bytes::longer(ranges), measured), secrets))
}

/// From the first difference to the last one before the common end, and how many bytes differ: counted one by one between
/// contents of one length.
fn ranges(contents: Sides<&Content>) -> io::Result<(Sides<Range>, u64)> {
    let sizes = contents.map(Content::size);
    let shorter = sizes.original.min(sizes.rebuild);
    let readers = contents.map(Content::reader);
    let aligned = differences(readers.original, readers.rebuild)?;
    let start = aligned.as_ref().map_or(shorter, |found| found.first);
    let readers = contents.map(|content| content.reader_of((content.size() - shorter, content.size())));
    let end = differences(readers.original, readers.rebuild)?.map_or(shorter, |found| shorter - found.last - 1);
    let end = end.min(shorter - start);
    let ranges = sizes.map(|size| (start, size - end));
    let counted = aligned.filter(|_| sizes.same()).map(|found| found.count);
    Ok((ranges, counted.unwrap_or_else(|| super::bytes::longer(ranges))))
}

/// The positions at which two readers differ.
struct Differences {
    first: u64,
    last: u64,
    count: u64,
}

/// The positions, of those both readers have, at which they differ; `None` where there are none.
fn differences(original: impl Read, rebuild: impl Read) -> io::Result<Option<Differences>> {
    let mut readers = (original, rebuild);
    let mut buffers = (Vec::new(), Vec::new());
    let mut found: Option<Differences> = None;
    let mut at = 0;
    loop {
        fill(&mut readers.0, &mut buffers.0)?;
        fill(&mut readers.1, &mut buffers.1)?;
        let length = buffers.0.len().min(buffers.1.len());
        if length == 0 {
            return Ok(found);
        }
        let differs = |position: &usize| buffers.0.get(*position) != buffers.1.get(*position);
        if buffers.0.get(..length) != buffers.1.get(..length) {
            let first = (0..length).find(differs).map_or(at, |position| at + position as u64);
            let last = (0..length).rev().find(differs).map_or(at, |position| at + position as u64);
            let count = (0..length).filter(differs).count() as u64;
            found = Some(match found {
                Some(before) => Differences { last, count: before.count + count, ..before },
                None => Differences { first, last, count },
            });
        }
        at += length as u64;
    }
}

const CHUNK: u64 = 64 << 10;

/// Replaces the buffer's bytes by the next ones: a whole chunk wherever there is one.
fn fill(reader: &mut impl Read, buffer: &mut Vec<u8>) -> io::Result<()> {
    buffer.clear();
    reader.by_ref().take(CHUNK).read_to_end(buffer).map(|_| ())
}

/// The start of the range, with what is around it.
fn window(content: &Content, (start, end): Range) -> io::Result<Vec<u8>> {
    let from = start.saturating_sub(AROUND);
    let mut bytes = Vec::new();
    let length = (end - from).saturating_add(AROUND).min(SEARCHED);
    content.reader_of((from, from + length)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn digest(content: &Content, (start, end): Range, secret: Option<Secret>) -> io::Result<Value> {
    let (sha256, _) = sha256_of(content.reader_of((start, end)))?;
    Ok(digest_of(sha256, end - start, secret))
}

const fn digest_of(sha256: [u8; 32], size: u64, secret: Option<Secret>) -> Value {
    Value::Content { sha256, size, secret }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use sha2::{Digest as _, Sha256};

    #[test]
    fn differences_are_found_across_chunks() {
        let original = vec![0; 200_000];
        let mut rebuild = original.clone();
        rebuild[70_000] = 1;
        rebuild[150_000] = 1;
        let base = Location::new(crate::finding::Kind::Entry);
        let contents = Sides::new(Content::from_bytes(&original), Content::from_bytes(&rebuild));
        let found = difference(&base, contents.as_ref());
        let range = Some((70_000, 150_001));
        assert_eq!(found.finding.location.range, Sides::new(range, range));
        assert_eq!((found.finding.bytes, found.finding.location.measured), (80_001, Some(2)));
        let sha256 = Sha256::digest(&rebuild[70_000..150_001]).into();
        assert_eq!(found.finding.values.rebuild, Value::Content { sha256, size: 80_001, secret: None });
        assert!(found.files.original.is_none());
    }

    proptest! {
        #[test]
        fn the_same_ranges_as_in_memory(original in prop::collection::vec(0u8..3, 0..40), rebuild in prop::collection::vec(0u8..3, 0..40)) {
            let contents = Sides::new(Content::from_bytes(&original), Content::from_bytes(&rebuild));
            let expected = super::super::bytes::trim(Sides::new(&original[..], &rebuild[..]));
            let (ranges, measured) = ranges(contents.as_ref()).unwrap();
            prop_assert_eq!(ranges, expected);
            let mut cover = crate::compare::measure::Cover::new(Sides::new(&original[..], &rebuild[..]));
            prop_assert_eq!(measured, cover.measure(ranges.as_ref().map(std::slice::from_ref)));
        }
    }
}
