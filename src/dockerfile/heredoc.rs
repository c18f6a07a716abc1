//! Heredocs: files that stand in the Dockerfile, below the instruction that uses them.

use std::ops::Range;

use super::lexer::Lexer;

/// A file in a Dockerfile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heredoc {
    /// The word that ends it.
    pub name: String,
    /// Whether variables in it are expanded: not where a part of the word is quoted.
    pub expands: bool,
    /// Whether tabs at the beginning of its lines are dropped (`<<-`).
    pub chomp: bool,
    /// Where its content stands in the file.
    pub body: Range<usize>,
    /// Where the line stands that ends it.
    pub end: Range<usize>,
}

/// A heredoc as the instruction announces it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Opened {
    pub(super) name: String,
    expands: bool,
    pub(super) chomp: bool,
}

impl Opened {
    pub(super) fn closed(self, body: Range<usize>, end: Range<usize>) -> Heredoc {
        Heredoc { name: self.name, expands: self.expands, chomp: self.chomp, body, end }
    }
}

/// The heredocs that a line opens, in order; none where a shell would not find words in it.
pub(super) fn opened(line: &str) -> Vec<Opened> {
    if !line.contains("<<") {
        return Vec::new();
    }
    let words = Lexer::raw('\\').words(line).unwrap_or_default();
    words.iter().filter_map(|word| announced(word)).collect()
}

/// The heredoc that a word (`<<EOF`, `3<<-"EOF"`) announces.
pub(super) fn announced(word: &str) -> Option<Opened> {
    let rest = word.trim_start_matches(|digit: char| digit.is_ascii_digit()).strip_prefix("<<")?;
    let (chomp, rest) = rest.strip_prefix('-').map_or((false, rest), |rest| (true, rest));
    let rest = rest.trim_start();
    if rest.is_empty() || rest.contains('<') {
        return None;
    }
    let only = |words: Option<Vec<String>>| words.filter(|words| words.len() == 1).and_then(|mut words| words.pop());
    let name = only(Lexer::unquoting('\\').words(rest).ok())?;
    let quoted = only(Lexer::raw('\\').words(rest).ok())?;
    let quotes = |word: &str| word.matches(['\'', '"']).count();
    Some(Opened { expands: quotes(&name) == quotes(&quoted), name, chomp })
}
