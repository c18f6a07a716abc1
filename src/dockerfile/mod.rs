//! Dockerfiles without loss: every byte belongs to one node, and an edit keeps all but what it is about.
//!
//! Read as BuildKit reads them (`frontend/dockerfile`, and the Dockerfile reference); what it refuses is refused. What only
//! other frontends know is an instruction without meaning.

mod commands;
mod edit;
mod fault;
mod heredoc;
mod history;
mod instruction;
mod lexer;
mod logical;
mod parse;
mod pattern;
mod record;
mod scope;
mod script;
mod shellscript;
mod shell;
mod stages;
mod word;
mod words;
#[cfg(test)]
mod tests;

use std::ops::Range;

pub use commands::{ShellWord, SimpleCommand, simple_commands};
pub use edit::{Edit, Refused};
pub use fault::{Fault, Wrong};
pub use heredoc::Heredoc;
pub use history::{Record, layer_steps};
pub use instruction::{Arguments, Command, Instruction, Keyword, Pair};
pub use lexer::Value;
pub use logical::Logical;
pub use scope::Build;
pub use script::Script;
pub use shell::OpenEnd;
pub use shellscript::{Piece, Redirect, ScriptWord, ShellCommand, ShellScript};
pub use word::{Flag, Unexpanded, Word};

/// Bytes that a Dockerfile has at most.
const LARGEST: usize = 1 << 20;

/// A Dockerfile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dockerfile {
    source: String,
    nodes: Vec<Node>,
    escape: char,
    stages: Vec<Stage>,
}

/// A piece of a file; all of them together are the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Its bytes, line ends included.
    pub range: Range<usize>,
    /// Its first line, from 1.
    pub line: usize,
    /// What it is.
    pub kind: NodeKind,
}

/// What a piece of a file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NodeKind {
    /// The mark that some editors begin a file with.
    ByteOrderMark,
    /// A comment that the parser obeys: `# syntax=…`, `# escape=…`, `# check=…`.
    Directive {
        /// Its name, in lower case.
        name: String,
        /// Its value.
        value: String,
    },
    /// A comment between instructions; one inside belongs to the instruction.
    Comment,
    /// A line with nothing but whitespace.
    Blank,
    /// An instruction with all of its lines.
    Instruction(Box<Instruction>),
}

/// A stage: `FROM` and what follows it up to the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    /// Its name, in lower case.
    pub name: Option<String>,
    /// The image or stage that it begins with, as it is written.
    pub base: String,
    /// Its instructions, from `FROM` on, as numbers of nodes.
    pub nodes: Range<usize>,
}

impl Dockerfile {
    /// Reads a file.
    ///
    /// # Errors
    /// What BuildKit's parser refuses, what is no UTF-8, and what is larger than any Dockerfile, with the line.
    pub fn parse(source: &[u8]) -> Result<Self, Fault> {
        if source.len() > LARGEST {
            return Err(Fault::new(1, Wrong::Size(LARGEST)));
        }
        let line_of = |at: usize| 1 + source[..at].iter().filter(|byte| **byte == b'\n').count();
        let source =
            std::str::from_utf8(source).map_err(|error| Fault::new(line_of(error.valid_up_to()), Wrong::NotUtf8))?;
        let (nodes, escape) = parse::nodes(source)?;
        let stages = stages(&nodes)?;
        if !nodes.iter().any(|node| node.instruction().is_some()) {
            return Err(Fault::new(1, Wrong::Nothing));
        }
        Ok(Dockerfile { source: source.to_owned(), nodes, escape, stages })
    }

    /// The file as it is written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Its pieces, in order.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The character that escapes others, and continues lines: a backslash or a backtick.
    pub const fn escape(&self) -> char {
        self.escape
    }

    /// The stages, in order.
    pub fn stages(&self) -> &[Stage] {
        &self.stages
    }

    /// The value of a parser directive.
    pub fn directive(&self, name: &str) -> Option<&str> {
        self.nodes.iter().find_map(|node| match &node.kind {
            NodeKind::Directive { name: known, value } if known == name => Some(value.as_str()),
            _ => None,
        })
    }

    /// The instructions of a range of nodes, each with the number of its node.
    pub fn instructions(&self, nodes: Range<usize>) -> impl DoubleEndedIterator<Item = (usize, &Instruction)> {
        let numbered = nodes.clone().zip(self.nodes.get(nodes).unwrap_or_default());
        numbered.filter_map(|(number, node)| Some((number, node.instruction()?)))
    }

    /// The instructions before the first stage.
    pub fn preamble(&self) -> impl DoubleEndedIterator<Item = (usize, &Instruction)> {
        self.instructions(0..self.stages.first().map_or(self.nodes.len(), |stage| stage.nodes.start))
    }

    /// A word without quotes and escape characters, and with the values of its variables.
    ///
    /// # Errors
    /// Where builders refuse the word, where it hangs on a variable that is not known, and where it is too long.
    pub fn expand(&self, word: &str, variables: &dyn Fn(&str) -> Value) -> Result<String, Unexpanded> {
        lexer::Lexer::expanding(self.escape, variables).word(word)
    }

    /// The number of the stage that a reference (`FROM`, `--from`) from the stage of this number means: an earlier one.
    pub fn stage_called(&self, name: &str, before: usize) -> Option<usize> {
        let earlier = self.stages.get(..before)?;
        earlier.iter().rposition(|stage| stage.name.as_deref().is_some_and(|known| known.eq_ignore_ascii_case(name)))
    }

    /// The number of the stage that a build is told to end with: by name, or by number.
    pub fn target(&self, name: &str) -> Option<usize> {
        let number = || name.parse().ok().filter(|number| *number < self.stages.len());
        self.stage_called(name, self.stages.len()).or_else(number)
    }

    /// The node with this line.
    pub fn node_at(&self, line: usize) -> Option<usize> {
        self.nodes.partition_point(|node| node.line <= line).checked_sub(1)
    }

    /// The name of the stage that a node belongs to, or its number from 0 where it has none.
    pub fn stage_name(&self, node: usize) -> Option<String> {
        let number = self.stage_of(node)?;
        let name = self.stages.get(number).and_then(|stage| stage.name.clone());
        Some(name.unwrap_or_else(|| number.to_string()))
    }

    /// The number of the stage that a node belongs to.
    pub fn stage_of(&self, node: usize) -> Option<usize> {
        self.stages.iter().position(|stage| stage.nodes.contains(&node))
    }
}

impl Node {
    /// The instruction, where it is one.
    pub fn instruction(&self) -> Option<&Instruction> {
        match &self.kind {
            NodeKind::Instruction(instruction) => Some(instruction),
            _ => None,
        }
    }
}

fn stages(nodes: &[Node]) -> Result<Vec<Stage>, Fault> {
    let mut stages: Vec<Stage> = Vec::new();
    for (number, node) in nodes.iter().enumerate() {
        let Some(instruction) = node.instruction() else { continue };
        match (instruction.keyword(), stages.last_mut()) {
            (Keyword::From, last) => {
                if let Some(last) = last {
                    last.nodes.end = number;
                }
                stages.push(Stage::read(instruction, number).ok_or(Fault::new(node.line, Wrong::From))?);
            }
            (Keyword::Arg | Keyword::Other, None) => {}
            (_, None) => return Err(Fault::new(node.line, Wrong::OutsideStage)),
            (_, Some(_)) => {}
        }
    }
    if let Some(last) = stages.last_mut() {
        last.nodes.end = nodes.len();
    }
    Ok(stages)
}

impl Stage {
    fn read(from: &Instruction, number: usize) -> Option<Self> {
        let Arguments::Words(words) = &from.command.arguments else { return None };
        let (base, name) = match words.as_slice() {
            [base] => (base, None),
            [base, mark, name] if mark.text.eq_ignore_ascii_case("as") => (base, Some(name.text.to_lowercase())),
            _ => return None,
        };
        Some(Stage { name, base: base.text.clone(), nodes: number..number + 1 })
    }
}

/// All codes that what is wrong with a Dockerfile can have, and what keeps it from being changed.
pub fn codes() -> impl Iterator<Item = &'static str> {
    [Wrong::CODES, Unexpanded::CODES, Refused::CODES].into_iter().flatten().copied()
}
