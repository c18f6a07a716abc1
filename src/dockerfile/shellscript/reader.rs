//! The way through a command line: one pass, to a bounded depth.

use super::word::ScriptWord;
use super::{ShellCommand, at};

/// How deep groups, compound commands and commands in words go into each other; what is deeper is skipped.
const DEEPEST: usize = 32;

/// Words that go before a command.
const BEFORE: [&str; 7] = ["then", "else", "elif", "do", "!", "}", "in"];

pub(super) struct Reader<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
    depth: usize,
    commands: Vec<ShellCommand>,
    /// The command of whose words the text at hand is a part.
    pub(super) inside: Option<usize>,
    /// Whether the text at hand is between backticks.
    pub(super) ticked: bool,
    /// Heredocs whose bodies begin with the next line: the word that ends each, whether it is expanded, and the command.
    pub(super) heredocs: Vec<(String, bool, usize)>,
}

/// Commands by number, from the first to before the last.
type Group = (usize, usize);

impl<'a> Reader<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Reader { text, at: 0, depth: 0, commands: Vec::new(), inside: None, ticked: false, heredocs: Vec::new() }
    }

    pub(super) fn commands(mut self) -> Vec<ShellCommand> {
        while self.peek().is_some() {
            self.list(None);
            self.skip();
        }
        self.commands
    }

    pub(super) fn quoted_commands(mut self) -> Vec<ShellCommand> {
        self.commands.push(ShellCommand::default());
        self.inside = Some(0);
        self.double_quoted(&mut ScriptWord::default(), None);
        self.commands
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    pub(super) fn skip(&mut self) {
        self.at += self.peek().map_or(0, char::len_utf8);
    }

    pub(super) fn starts(&self, text: &str) -> bool {
        self.text[self.at..].starts_with(text)
    }

    pub(super) fn blanks(&mut self) {
        loop {
            if self.starts("\\\n") {
                self.at += 2;
            } else if self.peek().is_some_and(|letter| matches!(letter, ' ' | '\t' | '\r')) {
                self.skip();
            } else {
                return;
            }
        }
    }

    /// Commands up to a letter that closes them, which stays, or to the end.
    pub(super) fn list(&mut self, stop: Option<char>) {
        let mut before: Option<Group> = None;
        let mut piped = false;
        // Compound commands that are open, by their first command, and whether it is `case`.
        let mut open: Vec<(usize, bool)> = Vec::new();
        let mut last = None;
        loop {
            self.blanks();
            if last == Some(self.at) {
                self.skip();
            }
            last = Some(self.at);
            let Some(letter) = self.peek() else { return };
            let start = self.commands.len();
            match letter {
                _ if Some(letter) == stop => return,
                '\n' => {
                    self.skip();
                    self.bodies();
                    // A line may end in an operator.
                    before = before.filter(|_| piped);
                    continue;
                }
                '|' if !self.starts("||") => {
                    self.at += if self.starts("|&") { 2 } else { 1 };
                    piped = true;
                    continue;
                }
                ';' | '&' | '|' if !self.starts("&>") => {
                    let ends_case = self.starts(";;") || self.starts(";&");
                    self.at += if ends_case || self.starts("&&") || self.starts("||") { 2 } else { 1 };
                    if ends_case && open.last().is_some_and(|(_, case)| *case) {
                        self.patterns();
                    }
                    (before, piped) = (None, false);
                    continue;
                }
                '(' => {
                    self.skip();
                    self.nested(|reader| reader.list(Some(')')));
                    self.skip();
                    self.close(start);
                }
                ')' => {
                    self.skip();
                    continue;
                }
                '#' => {
                    self.comment();
                    continue;
                }
                _ => {
                    let word = self.reserved();
                    match word {
                        "if" | "while" | "until" | "for" | "case" | "select" | "{" => {
                            if open.len() < DEEPEST {
                                open.push((start, word == "case"));
                            }
                            match word {
                                "for" | "select" => self.simple(),
                                "case" => {
                                    self.simple();
                                    self.patterns();
                                }
                                _ => continue,
                            }
                        }
                        "fi" | "done" | "esac" | "}" => match open.pop() {
                            Some((first, _)) => {
                                self.close(first);
                                let group = (first, self.commands.len());
                                before = Some(group);
                                piped = false;
                                continue;
                            }
                            None => continue,
                        },
                        word if BEFORE.contains(&word) => continue,
                        _ => self.simple(),
                    }
                }
            }
            let group = (start, self.commands.len());
            if let Some(before) = before.filter(|_| piped) {
                self.pipe(before, start);
            }
            (before, piped) = (Some(group), false);
        }
    }

    /// The reserved word that stands here, read; empty where there is none.
    fn reserved(&mut self) -> &'a str {
        let rest = &self.text[self.at..];
        let end = rest.find(|letter: char| letter.is_whitespace() || ";&|()<>#\"'`$\\".contains(letter));
        let word = &rest[..end.unwrap_or(rest.len())];
        let known = BEFORE.contains(&word)
            || matches!(word, "if" | "while" | "until" | "for" | "case" | "select" | "{" | "fi" | "done" | "esac");
        if !known {
            return "";
        }
        // `for` and `case` are the first words of what stands between them and the next command.
        if !matches!(word, "for" | "case" | "select") {
            self.at += word.len();
        }
        word
    }

    /// The patterns of `case` up to the command of one.
    fn patterns(&mut self) {
        loop {
            match self.peek() {
                None | Some(')') => return self.skip(),
                Some(letter) if letter.is_whitespace() || "(|;&<>".contains(letter) => self.skip(),
                Some('#') => self.comment(),
                Some(_) if self.starts("esac") => return,
                Some(_) => {
                    let start = self.at;
                    self.word();
                    // The end of what is around it.
                    if self.at == start {
                        return;
                    }
                }
            }
        }
    }

    fn comment(&mut self) {
        self.at = self.text[self.at..].find('\n').map_or(self.text.len(), |end| self.at + end);
    }

    pub(super) fn nested(&mut self, read: impl FnOnce(&mut Self)) {
        if self.depth < DEEPEST {
            self.depth += 1;
            read(self);
            self.depth -= 1;
        }
    }

    /// Redirections behind a group, which are those of each command in it.
    fn close(&mut self, first: usize) {
        let mut redirects = Vec::new();
        loop {
            self.blanks();
            match self.redirect(first) {
                Some(redirect) => redirects.push(redirect),
                None => break,
            }
        }
        if redirects.is_empty() {
            return;
        }
        let inside = self.inside;
        let group = self.commands.get_mut(first..).unwrap_or_default();
        group.iter_mut().filter(|command| command.inside == inside).for_each(|command| {
            command.redirects.extend(redirects.iter().cloned());
        });
    }

    fn pipe(&mut self, (first, end): Group, into: usize) {
        let inside = self.inside;
        for command in self.commands.get_mut(first..end).unwrap_or_default() {
            if command.inside == inside && command.into.is_none() {
                command.into = Some(into);
            }
        }
    }

    /// A command up to what ends it.
    fn simple(&mut self) {
        let number = self.commands.len();
        self.commands.push(ShellCommand { inside: self.inside, ..ShellCommand::default() });
        let outer = self.inside.replace(number);
        let mut command = ShellCommand { inside: outer, ..ShellCommand::default() };
        loop {
            self.blanks();
            if let Some(redirect) = self.redirect(number) {
                command.redirects.push(redirect);
                continue;
            }
            match self.peek() {
                None | Some('\n' | ';' | '&' | '|' | ')') => break,
                Some('#') => {
                    self.comment();
                    break;
                }
                Some('`') if self.ticked => break,
                Some('(') => {
                    // A function, or the values of an array.
                    self.skip();
                    if command.words.len() == 1 && self.starts(")") {
                        command.words.clear();
                        self.skip();
                        break;
                    }
                    self.nested(|reader| reader.list(Some(')')));
                    self.skip();
                }
                Some(_) => {
                    let start = self.at;
                    let word = self.word();
                    if self.at == start {
                        break;
                    }
                    if command.words.is_empty() && word.assigned().is_some() {
                        command.assignments.push(word);
                    } else {
                        command.words.push(word);
                    }
                }
            }
        }
        self.inside = outer;
        self.commands[number] = command;
    }

    pub(super) fn word(&mut self) -> ScriptWord {
        let mut word = ScriptWord { range: at(self.at), ..ScriptWord::default() };
        while let Some(letter) = self.peek() {
            match letter {
                '<' | '>' if word.pieces.is_empty() && self.text[self.at + 1..].starts_with('(') => {
                    self.at += 1;
                    self.substitution(&mut word);
                }
                _ if letter.is_whitespace() || ";&|()<>".contains(letter) => break,
                '\\' => {
                    self.skip();
                    let start = self.at;
                    self.skip();
                    if &self.text[start..self.at] != "\n" {
                        word.push(&self.text[start..self.at]);
                        word.quoted = true;
                    }
                }
                '\'' => {
                    self.skip();
                    word.quoted = true;
                    let end = self.text[self.at..].find('\'').map_or(self.text.len(), |end| self.at + end);
                    word.push(&self.text[self.at..end]);
                    self.at = end;
                    self.skip();
                }
                '"' => {
                    self.skip();
                    word.quoted = true;
                    word.push("");
                    self.double_quoted(&mut word, Some('"'));
                    self.skip();
                }
                '$' => self.dollar(&mut word),
                // The end of what an outer one opened.
                '`' if self.ticked => break,
                '`' => self.backticks(&mut word),
                _ => {
                    let start = self.at;
                    self.skip();
                    word.push(&self.text[start..self.at]);
                }
            }
        }
        word.range.end = self.at;
        word
    }

    /// Text between double quotes, up to the quote, which stays.
    pub(super) fn double_quoted(&mut self, word: &mut ScriptWord, stop: Option<char>) {
        while let Some(letter) = self.peek() {
            let start = self.at;
            match letter {
                _ if Some(letter) == stop => return,
                '\\' => {
                    self.skip();
                    let escaped = self.peek().is_some_and(|letter| "$`\"\\\n".contains(letter));
                    let from = if escaped { self.at } else { start };
                    self.skip();
                    if !self.text[from..self.at].starts_with('\n') {
                        word.push(&self.text[from..self.at]);
                    }
                }
                '$' => self.dollar(word),
                '`' if self.ticked => return,
                '`' => self.backticks(word),
                _ => {
                    self.skip();
                    word.push(&self.text[start..self.at]);
                }
            }
        }
    }
}
