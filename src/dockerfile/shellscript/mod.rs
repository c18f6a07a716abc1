//! Command lines of a POSIX shell taken apart: the commands in them, with their words, and what reads what they write.
//!
//! Nothing is run or expanded, and nothing is refused: what is no shell script comes out as words of some kind.

mod expansion;
mod reader;
mod redirection;
#[cfg(test)]
mod tests;
mod word;

use std::ops::Range;

pub use word::{Piece, ScriptWord};

/// A command line, or the text of a script.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ShellScript {
    /// Its commands in the order in which they begin, those inside of words of others included.
    pub commands: Vec<ShellCommand>,
}

/// A simple command.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ShellCommand {
    /// `NAME=value` before the program.
    pub assignments: Vec<ScriptWord>,
    /// The program and its arguments.
    pub words: Vec<ScriptWord>,
    /// Where it reads from and writes to, also as a part of a group.
    pub redirects: Vec<Redirect>,
    /// The command that its output is piped into, by number.
    pub into: Option<usize>,
    /// The command that it is a part of a word of, by number.
    pub inside: Option<usize>,
}

/// A redirection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    /// `>`, `>>`, `<`, `<<`, …, with a number before it where there is one.
    pub operator: String,
    /// The file, the other descriptor, or the word that ends a heredoc.
    pub target: ScriptWord,
}

impl ShellScript {
    /// Takes a text apart.
    pub fn read(text: &str) -> Self {
        ShellScript { commands: reader::Reader::new(text).commands() }
    }

    /// Takes a text apart that is expanded as between double quotes: the body of a heredoc. Its commands are inside of one
    /// without words, the first.
    pub fn read_quoted(text: &str) -> Self {
        ShellScript { commands: reader::Reader::new(text).quoted_commands() }
    }
}

impl Redirect {
    /// The file that it writes; `None` where it reads one, or writes to another descriptor or a device.
    pub fn written(&self) -> Option<&ScriptWord> {
        let writes = self.operator.contains('>') && !self.operator.ends_with(">&");
        let device = matches!(&self.target.pieces[..], [Piece::Text(text)] if text.starts_with("/dev/"));
        (writes && !device).then_some(&self.target)
    }

    /// Whether a heredoc follows below.
    pub fn opens_heredoc(&self) -> bool {
        self.operator.ends_with("<<") || self.operator.ends_with("<<-")
    }

    /// Whether it is about standard output.
    pub fn is_of_output(&self) -> bool {
        self.operator.starts_with(['>', '&']) || self.operator.starts_with("1>")
    }
}

/// A range that begins and ends at one place.
const fn at(place: usize) -> Range<usize> {
    place..place
}
