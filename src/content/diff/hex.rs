//! Differences as rows of a hex dump.

use std::fmt::Write as _;
use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::Hunks;
use crate::finding::Sides;

/// Bytes of a row.
const ROW: usize = 16;
/// Equal bytes between two differences that are shown in one hunk.
const JOINED: usize = 3 * ROW;
/// Bytes that differ, on each side, up to which insertions are looked for.
const SMALL: usize = 2048;

/// Where both sides differ.
type Region = Sides<Range<usize>>;

pub(super) fn diff(files: Sides<&[u8]>, hunks: &mut Hunks) {
    for region in regions(files, hunks.left) {
        if hunks.is_full() {
            hunks.cut = true;
            return;
        }
        let windows = files.zip(region).map(|(file, range)| (file, rows(file, &range)));
        let shown = windows.original.1.len() + windows.rebuild.1.len();
        let most = hunks.left;
        let hunk = windows.map(|(file, rows)| rows.take(most).map(|index| row(file, index)).collect());
        hunks.push(hunk, shown);
    }
}

/// Where the files differ, at most one place more than `limit`.
fn regions(files: Sides<&[u8]>, limit: usize) -> Vec<Region> {
    let shorter = files.original.len().min(files.rebuild.len());
    let both = files.original.iter().zip(files.rebuild);
    let start = both.take_while(|(original, rebuild)| original == rebuild).count();
    let ends = files.original.iter().rev().zip(files.rebuild.iter().rev()).take(shorter - start);
    let end = ends.take_while(|(original, rebuild)| original == rebuild).count();
    let differing = files.map(|file| start..file.len() - end);
    let lengths = differing.as_ref().map(|range| range.len());
    if lengths.same() {
        let middles = files.map(|file| file.get(start..file.len() - end).unwrap_or(&[]));
        return joined(same_length(middles, start), limit);
    }
    if lengths.original.max(lengths.rebuild) > SMALL {
        return vec![differing];
    }
    let middles = files.map(|file| file.get(start..file.len() - end).unwrap_or(&[]));
    let ops = capture_diff_slices(Algorithm::Myers, middles.original, middles.rebuild);
    let changes = ops.into_iter().filter(|op| !matches!(op, DiffOp::Equal { .. }));
    let moved = |range: Range<usize>| range.start + start..range.end + start;
    joined(changes.map(|op| Sides::new(moved(op.old_range()), moved(op.new_range()))), limit)
}

/// The single bytes that differ between two runs of bytes that start at `start`.
fn same_length(middles: Sides<&[u8]>, start: usize) -> impl Iterator<Item = Region> {
    let both = middles.original.iter().zip(middles.rebuild).enumerate();
    both.filter(|(_, (original, rebuild))| original != rebuild).map(move |(position, _)| {
        let at = start + position;
        Sides::new(at..at + 1, at..at + 1)
    })
}

/// Places that are near to each other as one.
fn joined(changes: impl Iterator<Item = Region>, limit: usize) -> Vec<Region> {
    let mut regions: Vec<Region> = Vec::new();
    for change in changes {
        let full = regions.len() > limit;
        match regions.last_mut() {
            Some(last) if change.original.start - last.original.end < JOINED => {
                last.original.end = change.original.end;
                last.rebuild.end = change.rebuild.end;
            }
            _ if full => break,
            _ => regions.push(change),
        }
    }
    regions
}

/// The rows of a range, with one row before and one behind it.
fn rows(file: &[u8], range: &Range<usize>) -> Range<usize> {
    let all = file.len().div_ceil(ROW);
    let first = (range.start / ROW).saturating_sub(1).min(all);
    let last = range.end.max(range.start + 1).div_ceil(ROW) + 1;
    first..last.min(all)
}

/// `00000010  de ad be ef 00 01 02 03  04 05 06 07 08 09 0a 0b  |................|`
fn row(file: &[u8], index: usize) -> String {
    let bytes = file.chunks(ROW).nth(index).unwrap_or(&[]);
    let mut text = format!("{:08x} ", index * ROW);
    for position in 0..ROW {
        if position % 8 == 0 {
            text.push(' ');
        }
        match bytes.get(position) {
            // Writing to a string does not fail.
            Some(byte) => drop(write!(text, "{byte:02x} ")),
            None => text.push_str("   "),
        }
    }
    let printable = |byte: &u8| if (0x20..0x7f).contains(byte) { char::from(*byte) } else { '.' };
    text.push_str(" |");
    text.extend(bytes.iter().map(printable));
    text.push('|');
    text
}
