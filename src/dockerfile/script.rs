//! What a `RUN` hands to a POSIX shell, and edits of the commands in it.

use std::ops::Range;

use super::Dockerfile;
use super::commands::{SimpleCommand, simple_commands};
use super::edit::{self, Edit, Refused};

/// The command line of a `RUN`, or the heredoc that is all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script<'a> {
    /// What the shell reads.
    pub text: &'a str,
    /// Where it begins: in the file for a heredoc, in the instruction's line otherwise.
    start: usize,
    in_heredoc: bool,
}

impl Script<'_> {
    /// The commands in it; `None` where they are not understood.
    pub fn commands(&self) -> Option<Vec<SimpleCommand>> {
        simple_commands(self.text)
    }
}

impl Dockerfile {
    /// What the instruction hands to a POSIX shell.
    ///
    /// # Errors
    /// Where it is no `RUN`, runs no shell that is known, or a program of its own that stands in a heredoc.
    pub fn script(&self, node: usize) -> Result<Script<'_>, Refused> {
        let (_, instruction) = self.instruction(node)?;
        let range = self.shell_command(node, instruction)?;
        let Some(heredoc) = edit::heredoc(instruction, &range) else {
            return Ok(Script { text: instruction.logical.slice(&range), start: range.start, in_heredoc: false });
        };
        let text = &self.source()[heredoc.body.clone()];
        // What stands in a heredoc inside of this one is no command.
        if text.starts_with("#!") || text.contains("<<") {
            return Err(Refused::NoShell);
        }
        Ok(Script { text, start: heredoc.body.start, in_heredoc: true })
    }

    /// Other text for a part of what the instruction hands to a shell.
    ///
    /// # Errors
    /// Where there is no such part, it goes over a line end in the file, or other instructions would change.
    pub fn replace_in_script(&self, node: usize, part: &Range<usize>, text: &str) -> Result<Edit, Refused> {
        let script = self.script(node)?;
        script.text.get(part.clone()).ok_or(Refused::Nothing)?;
        let part = script.start + part.start..script.start + part.end;
        if script.in_heredoc {
            return self.changed(node, Edit { range: part, text: text.to_owned() });
        }
        self.replace(node, &part, text)
    }
}
