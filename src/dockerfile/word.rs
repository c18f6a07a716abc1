//! Words and flags of an instruction, and why a word has no value.

use std::ops::Range;

use crate::finding::coded;

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

coded! {
    /// Why a word has no value.
    #[derive(Copy)]
    pub enum Unexpanded {
        /// Builders refuse it.
        "dockerfile-word" Malformed,
        /// It hangs on a variable of which too little is known.
        "dockerfile-word-unknown" Unknown,
        /// It is longer or deeper than any real one.
        "dockerfile-word-limit" Limit,
    }
}

impl std::error::Error for Unexpanded {}
