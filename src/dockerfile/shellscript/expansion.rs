//! What stands for something else in a word: variables, and what commands print.

use super::reader::Reader;
use super::word::{Piece, ScriptWord};

impl Reader<'_> {
    /// At `$`.
    pub(super) fn dollar(&mut self, word: &mut ScriptWord) {
        if self.starts("$((") {
            self.at += 3;
            self.arithmetic();
            word.pieces.push(Piece::Computed);
        } else if self.starts("$(") {
            self.at += 1;
            self.substitution(word);
        } else if self.starts("${") {
            self.at += 2;
            self.braced(word);
        } else if self.starts("$'") {
            self.at += 2;
            let rest = &self.text[self.at..];
            let mut escaped = false;
            let end = rest.find(|letter| {
                let ends = letter == '\'' && !escaped;
                escaped = letter == '\\' && !escaped;
                ends
            });
            word.push(&rest[..end.unwrap_or(rest.len())]);
            word.quoted = true;
            self.at += end.map_or(rest.len(), |end| end + 1);
        } else {
            self.skip();
            match self.name() {
                "" => word.push("$"),
                name => word.pieces.push(Piece::Variable(name.to_owned())),
            }
        }
    }

    /// At the parenthesis of `$(` or `<(`.
    pub(super) fn substitution(&mut self, word: &mut ScriptWord) {
        self.skip();
        let ticked = std::mem::replace(&mut self.ticked, false);
        self.nested(|reader| reader.list(Some(')')));
        self.ticked = ticked;
        self.skip();
        word.pieces.push(Piece::Computed);
    }

    /// At a backtick.
    pub(super) fn backticks(&mut self, word: &mut ScriptWord) {
        self.skip();
        self.ticked = true;
        self.nested(|reader| reader.list(Some('`')));
        self.ticked = false;
        self.skip();
        word.pieces.push(Piece::Computed);
    }

    /// Behind `$((`: up to and with what closes it.
    fn arithmetic(&mut self) {
        let mut open = 0;
        while let Some(letter) = self.peek() {
            match letter {
                '$' => {
                    self.nested(|reader| reader.dollar(&mut ScriptWord::default()));
                    // Where it is too deep.
                    if self.peek() == Some('$') {
                        self.skip();
                    }
                    continue;
                }
                '(' => open += 1,
                ')' if open == 0 => {
                    self.at += if self.starts("))") { 2 } else { 1 };
                    return;
                }
                ')' => open -= 1,
                _ => {}
            }
            self.skip();
        }
    }

    /// Behind `${`: up to and with what closes it.
    fn braced(&mut self, word: &mut ScriptWord) {
        if self.starts("#") && !self.starts("#}") {
            self.skip();
        }
        let name = self.name().to_owned();
        word.pieces.push(Piece::Variable(name));
        // What is made of the value may hold commands; its own text is none of the word's.
        let mut rest = ScriptWord::default();
        while let Some(letter) = self.peek() {
            match letter {
                '}' => return self.skip(),
                '$' => {
                    self.nested(|reader| reader.dollar(&mut rest));
                    if self.peek() == Some('$') {
                        self.skip();
                    }
                }
                '`' if self.ticked => return,
                '`' => self.backticks(&mut rest),
                '\\' => {
                    self.skip();
                    self.skip();
                }
                _ => self.skip(),
            }
        }
    }

    /// A name; one digit or special character is one as well.
    fn name(&mut self) -> &str {
        let rest = &self.text[self.at..];
        let letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        let length = match rest.chars().next() {
            Some(first) if first.is_ascii_digit() || "@*#?-$!".contains(first) => 1,
            Some(first) if letter(first) => rest.find(|other| !letter(other)).unwrap_or(rest.len()),
            _ => 0,
        };
        self.at += length;
        &rest[..length]
    }
}
