//! Options among the words of a command, and what is to be done about it.

use std::ops::Range;

use super::Why;
use crate::dockerfile::ShellWord;

/// What is to be done about one command.
pub(super) enum Found {
    /// Nothing: it is another one, or does no harm.
    Other,
    /// Nothing: it is as it should be.
    Done,
    /// More behind the word in this place.
    Behind(Range<usize>, String),
    /// Other words in this place.
    Instead(Range<usize>, String),
    /// Another command before it, in braces with it.
    Touched(Touched),
    /// Nothing can be done.
    Stuck(Why),
}

/// A command whose files get one time before it runs.
pub(super) struct Touched {
    /// Where their names are.
    pub(super) files: Vec<Range<usize>>,
    /// The program, and options for it.
    pub(super) program: Range<usize>,
    pub(super) options: &'static str,
    /// The last word of the command.
    pub(super) last: Range<usize>,
}

/// The time that they get: what the form of zip can hold, and what jar is given.
const TIME: &str = "2024-01-01T00:00:00Z";

impl Touched {
    /// What stands in place of the program and of the last word; `None` where the names cannot be said twice.
    pub(super) fn texts(&self, script: &str) -> Option<[(Range<usize>, String); 2]> {
        let text = |range: &Range<usize>| script.get(range.clone());
        let names: Vec<&str> = self.files.iter().map(text).collect::<Option<_>>()?;
        // What is substituted may be another list the second time.
        if names.iter().any(|name| name.contains(['\n', '`', '(']) || name.starts_with('-')) {
            return None;
        }
        let (program, last) = (text(&self.program)?, text(&self.last)?);
        let first = format!("{{ find {} -exec touch -hd {TIME} {{}} + && {program}{}", names.join(" "), self.options);
        Some([(self.program.clone(), first), (self.last.clone(), format!("{last}; }}"))])
    }
}

/// A word, and more behind it.
pub(super) fn behind(word: &ShellWord, options: &str) -> Found {
    Found::Behind(word.range.clone(), options.to_owned())
}

/// The letters of short options, up to the end of options; what follows one of `with_value` in a word is its value.
pub(super) fn short(arguments: &[ShellWord], with_value: &str) -> Vec<char> {
    let mut letters = Vec::new();
    for word in before_end(arguments).filter(|word| !word.text.starts_with("--")) {
        for letter in word.text.strip_prefix('-').unwrap_or_default().chars() {
            letters.push(letter);
            if with_value.contains(letter) {
                break;
            }
        }
    }
    letters
}

/// Whether there is an option of this name, with a value or without.
pub(super) fn long(arguments: &[ShellWord], name: &str) -> bool {
    let is_it = |word: &ShellWord| {
        let rest = word.text.strip_prefix("--").and_then(|rest| rest.strip_prefix(name));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
    };
    before_end(arguments).any(is_it)
}

fn before_end(arguments: &[ShellWord]) -> impl Iterator<Item = &ShellWord> {
    arguments.iter().take_while(|word| word.text != "--")
}
