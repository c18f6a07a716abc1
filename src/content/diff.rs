//! What differs between two contents, for people to read: lines of text or rows of a hex dump, with context.

mod hex;
mod lines;

use super::text;
use crate::finding::{Diff, DiffForm, Sides};
use crate::limits::Limits;

/// The places where two contents differ, in order. Exchanging the contents exchanges the sides of every hunk and nothing
/// else. Text where both are text of at most `limits.diff_bytes`, else hex; at most `limits.diff_lines` lines in all.
pub fn diff(original: &[u8], rebuild: &[u8], limits: &Limits) -> Diff {
    // Of several shortest differences an algorithm takes the one that suits its first input: the smaller goes first.
    if original <= rebuild {
        return ordered(Sides::new(original, rebuild), limits);
    }
    let mut diff = ordered(Sides::new(rebuild, original), limits);
    diff.hunks = diff.hunks.into_iter().map(Sides::swapped).collect();
    diff
}

fn ordered(files: Sides<&[u8]>, limits: &Limits) -> Diff {
    let is_text = files.map(|file| file.len() as u64 <= limits.diff_bytes && text::is_text(file));
    let is_text = is_text.original && is_text.rebuild;
    let form = if is_text { DiffForm::Text } else { DiffForm::Hex };
    let mut hunks = Hunks { hunks: Vec::new(), left: limits.diff_lines, cut: false };
    match form {
        DiffForm::Text => lines::diff(files, &mut hunks),
        DiffForm::Hex => hex::diff(files, &mut hunks),
    }
    Diff { form, hunks: hunks.hunks, cut: hunks.cut }
}

/// The hunks so far, and the lines left for more.
struct Hunks {
    hunks: Vec<Sides<Vec<String>>>,
    left: usize,
    cut: bool,
}

impl Hunks {
    /// Whether nothing more can be taken in.
    const fn is_full(&self) -> bool {
        self.left == 0
    }

    /// Takes in a hunk that shows as `shown` lines, or what there is room for.
    fn push(&mut self, mut hunk: Sides<Vec<String>>, shown: usize) {
        if shown > self.left {
            self.cut = true;
            let each = self.left.div_ceil(2);
            hunk.original.truncate(each);
            hunk.rebuild.truncate(each);
        }
        if self.left > 0 && !(hunk.original.is_empty() && hunk.rebuild.is_empty()) {
            self.hunks.push(hunk);
        }
        self.left = self.left.saturating_sub(shown);
    }
}

#[cfg(test)]
mod tests;
