//! Differences as lines of text.

use std::borrow::Cow;
use std::collections::BTreeMap;

use similar::{Algorithm, DiffOp, capture_diff_slices, group_diff_ops};

use super::Hunks;
use crate::finding::Sides;

/// Equal lines around a difference.
const CONTEXT: usize = 3;
/// Lines of each side, from the first difference on, that are compared. The comparison may take the product of both
/// numbers, and far fewer lines are shown.
const WINDOW: usize = 3000;
/// Characters of a line that are shown.
const WIDTH: usize = 400;
/// Characters in front of the change that are shown of a longer line.
const LEAD: usize = 80;

pub(super) fn diff(files: Sides<&[u8]>, hunks: &mut Hunks) {
    let lines = files.map(|file| file.split_inclusive(|byte| *byte == b'\n').collect::<Vec<_>>());
    let windows = windows(&lines, hunks);
    let numbers = number(&windows);
    let ops = capture_diff_slices(Algorithm::Myers, &numbers.original, &numbers.rebuild);
    for group in group_diff_ops(ops, CONTEXT) {
        if hunks.is_full() {
            hunks.cut = true;
            return;
        }
        let mut hunk = Hunk::default();
        for op in &group {
            hunk.op(op, &windows, hunks.left);
        }
        hunks.cut |= hunk.cut;
        hunks.push(hunk.sides, hunk.shown);
    }
}

/// The lines from shortly before the first difference to shortly behind the last one.
fn windows<'a>(lines: &'a Sides<Vec<&'a [u8]>>, hunks: &mut Hunks) -> Sides<&'a [&'a [u8]]> {
    let shorter = lines.original.len().min(lines.rebuild.len());
    let both = || lines.original.iter().zip(&lines.rebuild);
    let start = both().take_while(|(original, rebuild)| original == rebuild).count();
    let ends = lines.original.iter().rev().zip(lines.rebuild.iter().rev());
    let end = ends.take(shorter - start).take_while(|(original, rebuild)| original == rebuild).count();
    let start = start.saturating_sub(CONTEXT);
    let end = end.saturating_sub(CONTEXT);
    lines.as_ref().map(|lines| {
        let last = lines.len() - end;
        hunks.cut |= last - start > WINDOW;
        lines.get(start..last.min(start + WINDOW)).unwrap_or(&[])
    })
}

/// The same number for the same line: numbers are compared faster.
fn number(windows: &Sides<&[&[u8]]>) -> Sides<Vec<usize>> {
    let mut numbers: BTreeMap<&[u8], usize> = BTreeMap::new();
    windows.map(|lines| {
        let mut found = Vec::with_capacity(lines.len());
        for line in lines {
            let next = numbers.len();
            found.push(*numbers.entry(line).or_insert(next));
        }
        found
    })
}

/// The lines of one hunk.
#[derive(Default)]
struct Hunk {
    sides: Sides<Vec<String>>,
    /// Lines it shows as, context once.
    shown: usize,
    cut: bool,
}

impl Hunk {
    /// Adds lines; of a side that has more than the `most` that are shown, only their number.
    fn op(&mut self, op: &DiffOp, windows: &Sides<&[&[u8]]>, most: usize) {
        let original = windows.original.get(op.old_range()).unwrap_or(&[]);
        let rebuild = windows.rebuild.get(op.new_range()).unwrap_or(&[]);
        if let DiffOp::Equal { .. } = op {
            self.shown += original.len();
            for line in original {
                let (line, _) = clip(&characters(line), (0, 0));
                self.sides.original.push(line.clone());
                self.sides.rebuild.push(line);
            }
            return;
        }
        self.shown += original.len() + rebuild.len();
        for position in 0..original.len().max(rebuild.len()) {
            let lines = Sides::new(original.get(position).copied(), rebuild.get(position).copied());
            let has_room = lines.zip(self.sides.as_ref()).map(|(line, shown)| line.is_some() && shown.len() <= most);
            if has_room == Sides::new(false, false) {
                return;
            }
            self.changed(lines);
        }
    }

    /// Adds a line of each side, cut to where they differ.
    fn changed(&mut self, lines: Sides<Option<&[u8]>>) {
        let texts = lines.map(|line| line.map(characters));
        let empty = Vec::new();
        let pair = texts.as_ref().map(|text| text.as_ref().unwrap_or(&empty));
        let shorter = pair.original.len().min(pair.rebuild.len());
        let common = pair.original.iter().zip(pair.rebuild);
        let start = common.take_while(|(original, rebuild)| original == rebuild).count();
        let ends = pair.original.iter().rev().zip(pair.rebuild.iter().rev()).take(shorter - start);
        let end = ends.take_while(|(original, rebuild)| original == rebuild).count();
        for (text, line, lines) in [
            (&texts.original, lines.original, &mut self.sides.original),
            (&texts.rebuild, lines.rebuild, &mut self.sides.rebuild),
        ] {
            let (Some(text), Some(line)) = (text, line) else { continue };
            let (shown, whole) = clip(text, (start, text.len() - end));
            lines.push(shown);
            self.cut |= !whole;
            if !line.ends_with(b"\n") {
                lines.push("\\ No newline at end of file".to_owned());
                self.shown += 1;
            }
        }
    }
}

fn characters(line: &[u8]) -> Vec<char> {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let text: Cow<'_, str> = String::from_utf8_lossy(line);
    text.chars().collect()
}

/// The part of a line around its change, and whether that is all of the change.
fn clip(line: &[char], (start, end): (usize, usize)) -> (String, bool) {
    if line.len() <= WIDTH {
        return (line.iter().collect(), true);
    }
    let first = start.saturating_sub(LEAD).min(line.len());
    let last = (first + WIDTH).min(line.len());
    let mut text: String = if first > 0 { "…".to_owned() } else { String::new() };
    text.extend(line.get(first..last).unwrap_or(&[]));
    if last < line.len() {
        text.push('…');
    }
    (text, end <= last)
}
