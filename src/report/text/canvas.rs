//! Lines of bounded width: wrapping, shortening, indenting.

use std::io::{self, Write};

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::style::{Style, Tone};
use crate::report::escape::escape;

/// The narrowest text that is still laid out; below, terminals wrap.
const NARROWEST: usize = 40;

/// What text is drawn on.
pub(super) struct Canvas<'a> {
    to: &'a mut dyn Write,
    style: Style,
    /// Columns at hand.
    pub(super) width: usize,
}

impl<'a> Canvas<'a> {
    pub(super) fn new(to: &'a mut dyn Write, style: Style, width: usize) -> Self {
        Canvas { to, style, width: width.max(NARROWEST) }
    }

    /// An empty line.
    pub(super) fn gap(&mut self) -> io::Result<()> {
        self.to.write_all(b"\n")
    }

    /// A section's heading, set off by an empty line.
    pub(super) fn heading(&mut self, text: &str) -> io::Result<()> {
        self.gap()?;
        self.line(0, &[(Tone::Strong, text)])
    }

    /// One line of pieces; text that comes from images is escaped here, whatever it is. What does not fit is cut off.
    pub(super) fn line(&mut self, indent: usize, pieces: &[(Tone, &str)]) -> io::Result<()> {
        let mut line = " ".repeat(indent);
        let mut room = self.width.saturating_sub(indent);
        for (tone, text) in pieces {
            let text = shorten(&escape(text), room);
            room = room.saturating_sub(text.width());
            line.push_str(&self.style.paint(*tone, &text));
        }
        line.push('\n');
        self.to.write_all(line.as_bytes())
    }

    /// A paragraph after a label, wrapped at spaces under its own beginning.
    pub(super) fn paragraph(
        &mut self,
        indent: usize,
        label: (Tone, &str),
        column: usize,
        (tone, text): (Tone, &str),
    ) -> io::Result<()> {
        let mut label = (label.0, pad(label.1, column));
        for line in wrap(&escape(text), self.width.saturating_sub(indent + column)) {
            self.line(indent, &[(label.0, &label.1), (tone, &line)])?;
            label.1 = pad("", column);
        }
        Ok(())
    }

    /// A paragraph that opens in one tone and goes on in none.
    pub(super) fn sentence(&mut self, (tone, opening): (Tone, &str), text: &str) -> io::Result<()> {
        let lines = wrap(&escape(&format!("{opening}{text}")), self.width);
        for (number, line) in lines.iter().enumerate() {
            match line.strip_prefix(opening) {
                Some(rest) if number == 0 => self.line(0, &[(tone, opening), (Tone::Strong, rest)])?,
                _ => self.line(0, &[(Tone::Strong, line)])?,
            }
        }
        Ok(())
    }
}

/// The text filled with spaces up to `width` columns.
pub(super) fn pad(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}

/// The text, or as much of its beginning as fits into `width` columns with an ellipsis.
pub(in crate::report) fn shorten(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut shortened = String::new();
    let mut room = width.saturating_sub(1);
    for character in text.chars() {
        let columns = character.width().unwrap_or(0);
        if columns > room {
            break;
        }
        room -= columns;
        shortened.push(character);
    }
    if width > 0 {
        shortened.truncate(shortened.trim_end().len());
        shortened.push('…');
    }
    shortened
}

/// Lines of at most `width` columns, broken at spaces; a longer word is broken where it must be.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(10);
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let needed = word.width();
        if used > 0 && used + 1 + needed > width {
            lines.push(String::new());
            used = 0;
        }
        if used > 0 {
            push(&mut lines, " ");
            used += 1;
        }
        for character in word.chars() {
            let columns = character.width().unwrap_or(0);
            if used + columns > width {
                lines.push(String::new());
                used = 0;
            }
            push(&mut lines, character.encode_utf8(&mut [0; 4]));
            used += columns;
        }
    }
    lines
}

fn push(lines: &mut [String], text: &str) {
    if let Some(line) = lines.last_mut() {
        line.push_str(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_wrap_and_long_ones_break() {
        assert_eq!(wrap("one two three four", 10), ["one two", "three four"]);
        assert_eq!(wrap("sha256:0123456789abcdef x", 10), ["sha256:012", "3456789abc", "def x"]);
        assert_eq!(wrap("", 10), [""]);
    }

    #[test]
    fn wide_characters_count_twice() {
        assert_eq!(shorten("日本語", 6), "日本語");
        assert_eq!(shorten("日本語", 5), "日本…");
        assert_eq!(shorten("abc", 2), "a…");
        assert_eq!(pad("日本", 6), "日本  ");
    }
}
