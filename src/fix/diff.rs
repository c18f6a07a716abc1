//! The lines that edits change, with those around them, as `patch` and `git apply` read them.

use std::ops::Range;

use crate::dockerfile::Edit;

/// Lines around a change.
const CONTEXT: usize = 3;

/// A place of a file that changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hunk {
    /// The lines of the file before, from 0.
    pub before: Range<usize>,
    /// The lines of the file after.
    pub after: Range<usize>,
    /// Its lines with their ends, each with what becomes of it.
    pub lines: Vec<(Mark, String)>,
    /// The changes in it, as numbers of edits.
    pub edits: Vec<usize>,
}

/// What becomes of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// It stays.
    Kept,
    /// It goes.
    Removed,
    /// It is new.
    Added,
}

/// Lines that others stand in place of.
struct Block {
    lines: Range<usize>,
    text: String,
    edits: Vec<usize>,
}

/// The hunks of a file's edits, which are in order and about different places.
pub(super) fn hunks(source: &str, edits: &[Edit]) -> Vec<Hunk> {
    let lines: Vec<&str> = source.split_inclusive('\n').collect();
    let mut hunks: Vec<Hunk> = Vec::new();
    // How many lines more the file after has so far.
    let mut shift = 0_isize;
    for block in blocks(source, &lines, edits) {
        let kept = |range: Range<usize>| lines[range].iter().map(|line| (Mark::Kept, (*line).to_owned()));
        let start = block.lines.start.saturating_sub(CONTEXT);
        let end = (block.lines.end + CONTEXT).min(lines.len());
        if hunks.last().is_none_or(|last| last.before.end < start) {
            let after = start.saturating_add_signed(shift);
            hunks.push(Hunk { before: start..start, after: after..after, lines: Vec::new(), edits: Vec::new() });
        }
        let Some(hunk) = hunks.last_mut() else { continue };
        // The lines behind the change before may reach into this one.
        while hunk.before.end > block.lines.start {
            hunk.lines.pop();
            hunk.before.end -= 1;
        }
        hunk.lines.extend(kept(hunk.before.end..block.lines.start));
        let removed = lines[block.lines.clone()].iter().map(|line| (Mark::Removed, (*line).to_owned()));
        let added: Vec<_> = block.text.split_inclusive('\n').map(|line| (Mark::Added, line.to_owned())).collect();
        shift += isize::try_from(added.len()).unwrap_or(0) - isize::try_from(block.lines.len()).unwrap_or(0);
        hunk.lines.extend(removed.chain(added));
        hunk.lines.extend(kept(block.lines.end..end));
        hunk.before.end = end;
        hunk.after.end = end.saturating_add_signed(shift);
        hunk.edits.extend(block.edits);
    }
    hunks
}

/// The lines that each edit is about, those on the same lines together.
fn blocks(source: &str, lines: &[&str], edits: &[Edit]) -> Vec<Block> {
    let starts: Vec<usize> = lines
        .iter()
        .scan(0, |at, line| {
            let start = *at;
            *at += line.len();
            Some(start)
        })
        .collect();
    let line_of = |at: usize| starts.partition_point(|start| *start <= at).saturating_sub(1);
    let start_of = |line: usize| starts.get(line).copied().unwrap_or(source.len());
    let mut blocks: Vec<(Range<usize>, Vec<usize>)> = Vec::new();
    for (number, edit) in edits.iter().enumerate() {
        let is_new_line = edit.range.is_empty() && edit.text.ends_with('\n');
        let at_end = edit.range.start == source.len() && source.ends_with('\n');
        let own = match starts.binary_search(&edit.range.start) {
            Ok(line) if is_new_line => line..line,
            Err(_) if is_new_line && at_end => lines.len()..lines.len(),
            _ => {
                let last = edit.range.end.max(edit.range.start + 1) - 1;
                line_of(edit.range.start)..line_of(last) + 1
            }
        };
        match blocks.last_mut() {
            Some((last, numbers)) if own.start < last.end || (own.is_empty() && *last == own) => {
                last.end = last.end.max(own.end);
                numbers.push(number);
            }
            _ => blocks.push((own, vec![number])),
        }
    }
    let block = |(lines, numbers): (Range<usize>, Vec<usize>)| {
        let (start, end) = (start_of(lines.start), start_of(lines.end));
        let mut text = String::new();
        let mut at = start;
        for edit in numbers.iter().filter_map(|number| edits.get(*number)) {
            text.push_str(source.get(at..edit.range.start).unwrap_or_default());
            text.push_str(&edit.text);
            at = edit.range.end;
        }
        text.push_str(source.get(at..end).unwrap_or_default());
        Block { lines, text, edits: numbers }
    };
    blocks.into_iter().map(block).collect()
}
