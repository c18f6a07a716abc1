//! Words of a command line.

use std::ops::Range;

/// A word, quotes taken off.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ScriptWord {
    /// What it is put together from.
    pub pieces: Vec<Piece>,
    /// Whether any of it is quoted.
    pub quoted: bool,
    /// Where it stands in the text.
    pub range: Range<usize>,
}

/// A part of a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// What stands there.
    Text(String),
    /// The value of a variable, whatever is made of it.
    Variable(String),
    /// What a command prints, or what an expression is worth.
    Computed,
}

impl ScriptWord {
    /// The word, with variables as `$NAME` and the output of commands as `$()`.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(piece) => text.push_str(piece),
                Piece::Variable(name) => {
                    text.push('$');
                    text.push_str(name);
                }
                Piece::Computed => text.push_str("$()"),
            }
        }
        text
    }

    /// The names of the variables in it.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Variable(name) => Some(name.as_str()),
            _ => None,
        })
    }

    /// The name that it assigns a value to, where it is an assignment.
    pub fn assigned(&self) -> Option<&str> {
        let Some(Piece::Text(text)) = self.pieces.first() else { return None };
        let name = text.split_once('=')?.0.trim_end_matches('+');
        is_name(name).then_some(name)
    }

    pub(super) fn push(&mut self, letters: &str) {
        match self.pieces.last_mut() {
            Some(Piece::Text(text)) => text.push_str(letters),
            _ => self.pieces.push(Piece::Text(letters.to_owned())),
        }
    }
}

/// Whether a variable can be called so.
fn is_name(text: &str) -> bool {
    text.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_')
        && text.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}
