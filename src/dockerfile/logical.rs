//! The line that a builder reads an instruction from, and where in the file each byte of it stands.

use std::ops::Range;

/// A line put together from one or more lines of a file: without line ends, continuation characters, and the comments and
/// blank lines in between.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Logical {
    text: String,
    /// Offset in the text and in the file of each piece that is contiguous in both.
    pieces: Vec<(usize, usize)>,
}

impl Logical {
    /// Appends what stands in the file at `start`.
    pub(super) fn push(&mut self, start: usize, text: &str) {
        if !text.is_empty() {
            self.pieces.push((self.text.len(), start));
            self.text.push_str(text);
        }
    }

    /// The line.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The part of the line in this range.
    pub fn slice(&self, range: &Range<usize>) -> &str {
        self.text.get(range.clone()).unwrap_or_default()
    }

    /// Where the byte at this offset of the line stands in the file.
    pub fn at(&self, offset: usize) -> usize {
        let piece = self.pieces.partition_point(|(start, _)| *start <= offset).saturating_sub(1);
        self.pieces.get(piece).map_or(0, |(start, at)| at + (offset - start))
    }

    /// Where what ends before this offset of the line ends in the file.
    pub fn end_at(&self, offset: usize) -> usize {
        offset.checked_sub(1).map_or_else(|| self.at(0), |last| self.at(last) + 1)
    }

    /// Where this part of the line stands in the file; `None` where it goes over a line end there.
    pub fn contiguous(&self, range: &Range<usize>) -> Option<Range<usize>> {
        let found = self.at(range.start)..if range.is_empty() { self.at(range.start) } else { self.end_at(range.end) };
        (found.end.checked_sub(found.start) == Some(range.len())).then_some(found)
    }
}
