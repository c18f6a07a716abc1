//! Edits of a Dockerfile that keep every other byte, and every other instruction as it is.

use std::ops::Range;

use super::fault::Fault;
use super::heredoc::{Heredoc, announced};
use super::instruction::{Arguments, Instruction, Keyword};
use super::shell::{self, End, OpenEnd};
use super::{Dockerfile, Node};
use crate::finding::coded;

/// Bytes of a file and what shall stand in their place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The bytes; none of them for what is inserted.
    pub range: Range<usize>,
    /// What shall stand there.
    pub text: String,
}

coded! {
    /// Why a change cannot be made by an edit: it is left to people.
    pub enum Refused {
        /// There is no such instruction or stage.
        "edit-instruction" Nothing,
        /// The instruction runs no command line of a shell that is known.
        "edit-shell" NoShell,
        /// What ends the command would swallow or tear off what follows.
        "edit-open-end" OpenEnd(OpenEnd),
        /// The words go over a line end.
        "edit-split" Split,
        /// Two edits are about the same bytes.
        "edit-overlap" Overlap,
        /// Other instructions would change.
        "edit-neighbours" Neighbours,
        ; around
        /// The result is no Dockerfile.
        Breaks {
            /// Why.
            problem: Fault,
        },
    }
}

impl std::error::Error for Refused {}

impl From<Fault> for Refused {
    fn from(problem: Fault) -> Self {
        Refused::Breaks { problem }
    }
}

type Result<T> = std::result::Result<T, Refused>;

impl Dockerfile {
    /// The file with all edits made, which are about places in this one.
    ///
    /// # Errors
    /// Where edits overlap, or the result is no Dockerfile.
    pub fn edited(&self, edits: &[Edit]) -> Result<Dockerfile> {
        let mut edits: Vec<&Edit> = edits.iter().collect();
        // Stable: what is inserted at one place keeps its order.
        edits.sort_by_key(|edit| (edit.range.start, edit.range.end));
        let mut text = String::new();
        let mut at = 0;
        for edit in edits {
            text.push_str(self.source().get(at..edit.range.start).ok_or(Refused::Overlap)?);
            text.push_str(&edit.text);
            at = edit.range.end;
        }
        text.push_str(self.source().get(at..).ok_or(Refused::Overlap)?);
        Ok(Dockerfile::parse(text.as_bytes())?)
    }

    /// New lines before an instruction.
    ///
    /// # Errors
    /// Where other instructions would change.
    pub fn insert_before(&self, node: usize, lines: &str) -> Result<Edit> {
        let (place, _) = self.instruction(node)?;
        let text = format!("{lines}{}", self.line_end(place));
        self.inserted(node, Edit { range: place.range.start..place.range.start, text })
    }

    /// New lines after an instruction.
    ///
    /// # Errors
    /// Where other instructions would change.
    pub fn insert_after(&self, node: usize, lines: &str) -> Result<Edit> {
        let (place, _) = self.instruction(node)?;
        let end = self.line_end(place);
        let ended = self.source()[place.range.clone()].ends_with('\n');
        let text = if ended { format!("{lines}{end}") } else { format!("{end}{lines}") };
        self.inserted(node + 1, Edit { range: place.range.end..place.range.end, text })
    }

    /// A declaration (`ARG name`) at the beginning of a stage; `None` where the stage has one before it makes a layer.
    ///
    /// # Errors
    /// Where there is no such stage, or other instructions would change.
    pub fn declare(&self, stage: usize, name: &str) -> Result<Option<Edit>> {
        let stage = self.stages().get(stage).ok_or(Refused::Nothing)?;
        let early = self.instructions(stage.nodes.clone()).take_while(|(_, known)| !known.keyword().writes_files());
        let declares = |instruction: &Instruction| match &instruction.command.arguments {
            Arguments::Pairs(pairs) => {
                instruction.keyword() == Keyword::Arg && pairs.iter().any(|pair| pair.name == name)
            }
            _ => false,
        };
        if early.into_iter().any(|(_, instruction)| declares(instruction)) {
            return Ok(None);
        }
        self.insert_after(stage.nodes.start, &format!("ARG {name}")).map(Some)
    }

    /// One more flag (`--name=value`) of an instruction, after those it has.
    ///
    /// # Errors
    /// Where other instructions would change.
    pub fn add_flag(&self, node: usize, flag: &str) -> Result<Edit> {
        let (_, instruction) = self.instruction(node)?;
        let command = &instruction.command;
        let end = command.flags.last().map_or(command.name.end, |last| last.range.end);
        let at = instruction.logical.end_at(end);
        self.changed(node, Edit { range: at..at, text: format!(" {flag}") })
    }

    /// Other text for a part of an instruction's line, as a word of it.
    ///
    /// # Errors
    /// Where the part goes over a line end in the file, or other instructions would change.
    pub fn replace(&self, node: usize, part: &Range<usize>, text: &str) -> Result<Edit> {
        let (_, instruction) = self.instruction(node)?;
        let range = instruction.logical.contiguous(part).ok_or(Refused::Split)?;
        self.changed(node, Edit { range, text: text.to_owned() })
    }

    /// One more command at the end of a `RUN`, for where all before it went well.
    ///
    /// # Errors
    /// Where it runs no command line of a known shell, or one that nothing can be appended to.
    pub fn append_command(&self, node: usize, command: &str) -> Result<Edit> {
        self.append_commands(node, &[command])
    }

    /// More commands at the end of a `RUN`, each for where all before it went well.
    ///
    /// # Errors
    /// Where it runs no command line of a known shell, or one that nothing can be appended to.
    pub fn append_commands(&self, node: usize, commands: &[&str]) -> Result<Edit> {
        let (place, instruction) = self.instruction(node)?;
        let text = self.shell_command(node, instruction)?;
        if let Some(script) = heredoc(instruction, &text) {
            let body = &self.source()[script.body.clone()];
            let end = script.body.start + body.trim_end().len();
            let joined = shell::end(body).map_err(Refused::OpenEnd)?.join(commands);
            if body.contains("<<") || body.starts_with("#!") || body.trim().is_empty() {
                return Err(Refused::OpenEnd(OpenEnd::Script));
            }
            return self.changed(node, Edit { range: end..end, text: format!(" {}", joined.join(" ")) });
        }
        let joined = shell::end(instruction.logical.slice(&text)).map_err(Refused::OpenEnd)?.join(commands);
        let at = instruction.logical.end_at(text.end);
        let start = instruction.logical.at(0);
        let (newline, lines) = (self.line_end(place), &self.source()[start..at]);
        let between = match lines.rsplit_once('\n') {
            Some((_, last)) => {
                let indent = &last[..last.len() - last.trim_start().len()];
                format!(" {}{newline}{indent}", self.escape())
            }
            None => " ".to_owned(),
        };
        let text = joined.iter().flat_map(|command| [between.as_str(), command]).collect();
        self.changed(node, Edit { range: at..at, text })
    }

    /// A command before all others of a `RUN`, which only runs where it goes well.
    ///
    /// # Errors
    /// Where it runs no command line of a known shell.
    pub fn prepend_command(&self, node: usize, command: &str) -> Result<Edit> {
        let (_, instruction) = self.instruction(node)?;
        let text = self.shell_command(node, instruction)?;
        if heredoc(instruction, &text).is_some() {
            return Err(Refused::NoShell);
        }
        let at = instruction.logical.at(text.start);
        self.changed(node, Edit { range: at..at, text: format!("{command} && ") })
    }

    pub(super) fn instruction(&self, node: usize) -> Result<(&Node, &Instruction)> {
        let node = self.nodes().get(node).ok_or(Refused::Nothing)?;
        Ok((node, node.instruction().ok_or(Refused::Nothing)?))
    }

    /// Where the command line of a `RUN` stands that a POSIX shell runs.
    pub(super) fn shell_command(&self, node: usize, instruction: &Instruction) -> Result<Range<usize>> {
        match &instruction.command.arguments {
            Arguments::Shell(range) if instruction.keyword() == Keyword::Run && !range.is_empty() => {
                if self.has_posix_shell(node) { Ok(range.clone()) } else { Err(Refused::NoShell) }
            }
            _ => Err(Refused::NoShell),
        }
    }

    /// Whether the last `SHELL` before this node, in its stage or one that this is built on, is a POSIX shell.
    pub(crate) fn has_posix_shell(&self, node: usize) -> bool {
        let mut end = node;
        let mut stage = self.stage_of(node);
        while let Some(number) = stage {
            let nodes = self.stages()[number].nodes.start..end;
            let mut before = self.instructions(nodes).rev();
            if let Some((_, shell)) = before.find(|(_, instruction)| instruction.keyword() == Keyword::Shell) {
                return match &shell.command.arguments {
                    Arguments::Exec(words) => words.first().is_some_and(|program| shell::is_posix(program)),
                    _ => false,
                };
            }
            stage = self.stage_called(&self.stages()[number].base, number);
            end = stage.map_or(0, |number| self.stages()[number].nodes.end);
        }
        true
    }

    /// How lines end around a node.
    fn line_end(&self, node: &Node) -> &'static str {
        let own = &self.source()[node.range.clone()];
        let text = if own.contains('\n') { own } else { self.source() };
        if text.contains("\r\n") { "\r\n" } else { "\n" }
    }

    /// The edit, if it makes new instructions before this node and leaves the others as they are.
    fn inserted(&self, node: usize, edit: Edit) -> Result<Edit> {
        let edited = self.edited(std::slice::from_ref(&edit))?;
        let (before, after) = (self.meanings(0..node), self.meanings(node..self.nodes().len()));
        let all = edited.meanings(0..edited.nodes().len());
        let kept = all.len() > before.len() + after.len() && all.starts_with(&before) && all.ends_with(&after);
        if kept { Ok(edit) } else { Err(Refused::Neighbours) }
    }

    /// The edit, if it changes this instruction alone.
    pub(super) fn changed(&self, node: usize, edit: Edit) -> Result<Edit> {
        let edited = self.edited(std::slice::from_ref(&edit))?;
        let (before, after) = (self.meanings(0..node), self.meanings(node + 1..self.nodes().len()));
        let all = edited.meanings(0..edited.nodes().len());
        let kept = all.len() == before.len() + 1 + after.len() && all.starts_with(&before) && all.ends_with(&after);
        let kind = |file: &Dockerfile| file.instruction(node).map(|(_, instruction)| instruction.keyword());
        if kept && kind(&edited)? == kind(self)? { Ok(edit) } else { Err(Refused::Neighbours) }
    }

    /// What the instructions of some nodes say.
    fn meanings(&self, nodes: Range<usize>) -> Vec<(&str, Vec<&str>)> {
        let heredocs = |instruction: &Instruction| {
            instruction.heredocs.iter().map(|heredoc| &self.source()[heredoc.body.clone()]).collect()
        };
        self.instructions(nodes).map(|(_, known)| (known.logical.text(), heredocs(known))).collect()
    }
}

impl End {
    /// The commands, each with what joins it to those before it.
    fn join(self, commands: &[&str]) -> Vec<String> {
        let joined = commands.iter().enumerate().map(|(at, command)| match (self, at) {
            (End::Separator, 0) => (*command).to_owned(),
            _ => format!("&& {command}"),
        });
        joined.collect()
    }
}

/// The heredoc that is all that the instruction runs.
pub(super) fn heredoc<'a>(instruction: &'a Instruction, text: &Range<usize>) -> Option<&'a Heredoc> {
    let word = instruction.logical.slice(text);
    let [only] = instruction.heredocs.as_slice() else { return None };
    (word.split_whitespace().count() == 1 && announced(word).is_some()).then_some(only)
}
