//! Words and flags of an instruction, and why a word has no value.

use std::ops::Range;

/// `--name` or `--name=value`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flag {
    /// Its name, without dashes.
    pub name: String,
    /// Its value, without quotes.
    pub value: Option<String>,
    /// Where it stands.
    pub range: Range<usize>,
}

/// A word as it is written, quotes and variables included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// The word.
    pub text: String,
    /// Where it stands.
    pub range: Range<usize>,
}

/// Why a word has no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unexpanded {
    /// Builders refuse it.
    #[error("the word is malformed")]
    Malformed,
    /// It hangs on a variable of which too little is known.
    #[error("the word holds a variable whose value is not known")]
    Unknown,
    /// It is longer or deeper than any real one.
    #[error("the word is too long or nested too deep")]
    Limit,
}
