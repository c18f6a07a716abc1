//! How many of the stored bytes of two documents differ, held against what the findings are of.

use crate::compare::measure::Cover;
use crate::finding::{Aspect, Finding, Location, Range, Side, Sides, UNCOVERED, Value};
use crate::image::json::Document;

/// A finding, and what it is of beside its range.
pub(super) struct Found {
    pub(super) finding: Finding,
    /// What is equal on both sides once it has moved.
    pub(super) moved: Sides<Vec<Range>>,
    /// Whether commas and white space differ with it.
    pub(super) structural: bool,
}

/// Counts each differing byte in one finding: what is in two, in the narrower one. What is in none becomes one at
/// `base`, unless something was left out on purpose.
pub(super) fn measure(
    base: &Location,
    documents: Sides<&Document>,
    mut found: Vec<Found>,
    partial: bool,
) -> Vec<Finding> {
    let mut cover = Cover::new(documents.map(|document| &*document.raw));
    let mut narrow_first: Vec<usize> = (0..found.len()).collect();
    narrow_first.sort_by_key(|at| found.get(*at).map(|found| widest(found.finding.location.range)));
    for at in narrow_first {
        let Some(Found { finding, moved, .. }) = found.get_mut(at) else { continue };
        cover.set_aside(std::mem::take(moved));
        let ranges = finding.location.range;
        finding.location.measured = Some(cover.measure(ranges.as_ref().map(Option::as_slice)));
    }
    if let Some(first) = found.iter_mut().find(|found| found.structural) {
        let between = between(documents, &cover);
        *first.finding.location.measured.get_or_insert(0) += cover.measure(between.as_ref().map(Vec::as_slice));
    }
    let uncovered = cover.uncovered().filter(|_| !partial).map(|ranges| uncovered(base, documents, ranges));
    found.into_iter().map(|found| found.finding).chain(uncovered).collect()
}

fn widest(ranges: Sides<Option<Range>>) -> u64 {
    let widths = ranges.map(|range| range.map_or(0, |(start, end)| end - start));
    widths.original.max(widths.rebuild)
}

fn uncovered(base: &Location, documents: Sides<&Document>, ranges: Sides<Range>) -> Finding {
    let mut location = base.clone().with_field(UNCOVERED).with_range(ranges.map(Some));
    let width = widest(ranges.map(Some));
    location.measured = Some(width);
    let values =
        documents.zip(ranges).map(|(document, range)| Value::from_bytes(crate::content::slice(&document.raw, range)));
    Finding { location, aspect: Aspect::Encoding, values, bytes: width }
}

/// What differs between the values that both sides have: in each gap, but for its common start and end.
fn between(documents: Sides<&Document>, cover: &Cover<'_>) -> Sides<Vec<Range>> {
    let gaps = Sides::from_fn(|side| gaps(&documents.get(side).raw, side, cover));
    let mut differing = Sides::<Vec<Range>>::default();
    if !gaps.as_ref().map(Vec::len).same() {
        return differing;
    }
    for (original, rebuild) in gaps.original.iter().zip(&gaps.rebuild) {
        let places = Sides::new(original, rebuild);
        let bytes = places.zip(documents).map(|(places, document)| {
            let bytes = places.iter().filter_map(|at| document.raw.get(*at));
            bytes.copied().collect::<Vec<u8>>()
        });
        let shorter = bytes.original.len().min(bytes.rebuild.len());
        let common = bytes.original.iter().zip(&bytes.rebuild);
        let start = common.take_while(|(original, rebuild)| original == rebuild).count();
        let common = bytes.original.iter().rev().zip(bytes.rebuild.iter().rev());
        let end = common.take_while(|(original, rebuild)| original == rebuild).count().min(shorter - start);
        for side in Side::BOTH {
            let places = *places.get(side);
            let middle = places.get(start..places.len() - end).unwrap_or_default();
            differing.get_mut(side).extend(middle.iter().map(|at| (*at as u64, *at as u64 + 1)));
        }
    }
    differing
}

/// Where the bytes are that no finding is of yet, between the values that none is of: a list for each gap.
fn gaps(raw: &[u8], side: Side, cover: &Cover<'_>) -> Vec<Vec<usize>> {
    let mut gaps = vec![Vec::new()];
    let mut at = 0;
    while let Some(byte) = raw.get(at) {
        let end = at + token(raw.get(at..).unwrap_or_default());
        let is_free = cover.is_free(side, (at as u64, end as u64));
        match gaps.last_mut() {
            Some(gap) if is_free && is_structure(*byte) => gap.push(at),
            _ if is_free => gaps.push(Vec::new()),
            _ => {}
        }
        at = end;
    }
    gaps
}

const fn is_structure(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b',')
}

const fn is_mark(byte: u8) -> bool {
    matches!(byte, b':' | b'{' | b'}' | b'[' | b']')
}

/// The length of the token at the start of some bytes: one byte of what is no value, else all of a string, number or name.
fn token(bytes: &[u8]) -> usize {
    match bytes {
        [b'"', rest @ ..] => {
            let mut escaped = false;
            let end = rest.iter().position(|byte| {
                let ends = *byte == b'"' && !escaped;
                escaped = *byte == b'\\' && !escaped;
                ends
            });
            end.map_or(bytes.len(), |end| end + 2)
        }
        [byte, ..] if is_structure(*byte) || is_mark(*byte) => 1,
        _ => {
            let ends = |byte: &u8| is_structure(*byte) || is_mark(*byte) || *byte == b'"';
            bytes.iter().position(ends).unwrap_or(bytes.len())
        }
    }
}
