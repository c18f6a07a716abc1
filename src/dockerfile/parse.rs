//! From the lines of a file to its nodes, as BuildKit's `frontend/dockerfile/parser` reads them.

use std::ops::Range;

use super::fault::{Fault, Wrong};
use super::heredoc;
use super::instruction::{Command, Instruction};
use super::logical::Logical;
use super::{Node, NodeKind};

/// What a file begins with where its editor marked it as UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// The parser directives; any other comment is one.
const DIRECTIVES: [&str; 3] = ["syntax", "escape", "check"];

/// The lines of a file that are still to be read.
pub(super) struct Lines<'a> {
    source: &'a str,
    at: usize,
    /// The number of the line that was read last, from 1.
    line: usize,
    escape: char,
    /// Names of the directives seen; `None` from the first line on that is none.
    directives: Option<Vec<String>>,
}

/// A line of the file, without what ends it.
struct Line<'a> {
    start: usize,
    text: &'a str,
}

/// All nodes of a file, and its escape character.
pub(super) fn nodes(source: &str) -> Result<(Vec<Node>, char), Fault> {
    let mut lines = Lines { source, at: 0, line: 0, escape: '\\', directives: Some(Vec::new()) };
    let mut nodes = Vec::new();
    if source.starts_with(BYTE_ORDER_MARK) {
        lines.at = BYTE_ORDER_MARK.len();
        nodes.push(Node { range: 0..lines.at, line: 1, kind: NodeKind::ByteOrderMark });
    }
    while let Some(line) = lines.next() {
        let (start, number) = (line.start, lines.line);
        let kind = lines.node(&line)?;
        nodes.push(Node { range: start..lines.at, line: number, kind });
    }
    Ok((nodes, lines.escape))
}

impl<'a> Lines<'a> {
    fn next(&mut self) -> Option<Line<'a>> {
        let rest = self.source.get(self.at..).filter(|rest| !rest.is_empty())?;
        let length = rest.find('\n').map_or(rest.len(), |end| end + 1);
        let line = Line { start: self.at, text: rest[..length].trim_end_matches(['\r', '\n']) };
        self.at += length;
        self.line += 1;
        Some(line)
    }

    fn node(&mut self, line: &Line<'a>) -> Result<NodeKind, Fault> {
        if let Some((name, value)) = self.directive(line.text)? {
            return Ok(NodeKind::Directive { name, value });
        }
        if is_comment(line.text) {
            return Ok(NodeKind::Comment);
        }
        if line.text.trim_start().is_empty() {
            return Ok(NodeKind::Blank);
        }
        self.instruction(line).map(|instruction| NodeKind::Instruction(Box::new(instruction)))
    }

    /// The directive on this line, where lines can still be directives.
    fn directive(&mut self, text: &str) -> Result<Option<(String, String)>, Fault> {
        let Some(seen) = &mut self.directives else { return Ok(None) };
        let Some((name, value)) = directive(text.trim_start()) else {
            self.directives = None;
            return Ok(None);
        };
        if seen.contains(&name) {
            return Err(Fault::new(self.line, Wrong::DirectiveTwice(name)));
        }
        if name == "escape" {
            self.escape = match value.as_str() {
                "\\" => '\\',
                "`" => '`',
                _ => return Err(Fault::new(self.line, Wrong::Escape(value))),
            };
        }
        seen.push(name.clone());
        Ok(Some((name, value)))
    }

    fn instruction(&mut self, first: &Line<'a>) -> Result<Instruction, Fault> {
        let line = self.line;
        let mut logical = Logical::default();
        let indented = first.text.len() - first.text.trim_start().len();
        let mut continues = self.take_in(first.start + indented, &first.text[indented..], &mut logical);
        while continues {
            let Some(next) = self.next() else { break };
            if is_comment(next.text) || next.text.trim_start().is_empty() {
                continue;
            }
            continues = self.take_in(next.start, next.text, &mut logical);
        }
        let fault = |wrong| Fault::new(line, wrong);
        let command = Command::read(logical.text(), 0..logical.text().len(), self.escape, true).map_err(fault)?;
        let mut heredocs = Vec::new();
        if command.may_have_heredocs() {
            for opened in heredoc::opened(logical.text()) {
                let (body, end) =
                    self.heredoc(&opened).ok_or_else(|| fault(Wrong::Unterminated(opened.name.clone())))?;
                heredocs.push(opened.closed(body, end));
            }
        }
        Ok(Instruction { logical, command, heredocs, line, last_line: self.line })
    }

    /// Appends a line to an instruction; whether the next one belongs to it as well.
    fn take_in(&self, start: usize, text: &str, logical: &mut Logical) -> bool {
        let cut = text.trim_end_matches([' ', '\t']).strip_suffix(self.escape);
        // An escape character that is itself escaped ends nothing.
        let continued = cut.filter(|before| !before.ends_with(self.escape));
        logical.push(start, continued.unwrap_or(text));
        continued.is_some()
    }

    /// The body of a heredoc, and the line that ends it.
    fn heredoc(&mut self, opened: &heredoc::Opened) -> Option<(Range<usize>, Range<usize>)> {
        let start = self.at;
        while let Some(line) = self.next() {
            let text = if opened.chomp { line.text.trim_start_matches('\t') } else { line.text };
            if text == opened.name {
                return Some((start..line.start, line.start..self.at));
            }
        }
        None
    }
}

fn is_comment(text: &str) -> bool {
    text.trim_start().starts_with('#')
}

/// Name, in lower case, and value of `# name = value`.
fn directive(text: &str) -> Option<(String, String)> {
    let (name, value) = text.strip_prefix('#')?.trim_start().split_once('=')?;
    let (name, value) = (name.trim_end().to_ascii_lowercase(), value.trim());
    (DIRECTIVES.contains(&name.as_str()) && !value.is_empty()).then(|| (name, value.to_owned()))
}
