//! The simple commands that a command line of a POSIX shell runs, each word with its place: those in substitutions too,
//! not those in strings that other programs run.

use std::ops::Range;

/// Substitutions inside of each other that are looked into.
const DEEPEST: usize = 16;

/// What stands in a word in place of what only the shell knows.
const UNKNOWN: char = '\u{fffd}';

/// A program with its arguments, as a shell runs it; redirections are left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimpleCommand {
    /// Its words, assignments and reserved words before it included.
    pub words: Vec<ShellWord>,
}

/// A word of a command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShellWord {
    /// What it says without quotes; what is expanded in it is one character that no program has in its name.
    pub text: String,
    /// Whether any of it is quoted or escaped.
    pub quoted: bool,
    /// Where it stands.
    pub range: Range<usize>,
}

/// Words that stand before a command and are none.
const RESERVED: [&str; 10] = ["!", "{", "if", "then", "elif", "else", "while", "until", "do", "time"];

/// Programs that run the command that follows them.
const RUNNERS: [&str; 7] = ["env", "exec", "command", "eatmydata", "nohup", "sudo", "xargs"];

impl SimpleCommand {
    /// The words from the program on: without assignments, reserved words and programs that run another one.
    pub fn program(&self) -> &[ShellWord] {
        let mut words = self.words.as_slice();
        let mut after_runner = false;
        while let [first, rest @ ..] = words {
            let is_reserved = !first.quoted && RESERVED.contains(&first.text.as_str());
            let is_runner = RUNNERS.contains(&first.name()) && !rest.is_empty();
            let is_option = after_runner && first.text.starts_with('-');
            if is_option && matches!(first.text.as_str(), "-v" | "-V") {
                // `command -v PROGRAM` runs nothing.
                return &[];
            }
            if !(is_reserved || is_runner || is_option || first.is_assignment()) {
                break;
            }
            after_runner |= is_runner;
            words = rest;
        }
        words
    }
}

impl ShellWord {
    /// The name of the file that it names.
    pub fn name(&self) -> &str {
        self.text.rsplit('/').next().unwrap_or_default()
    }

    fn is_assignment(&self) -> bool {
        let name = self.text.split_once('=').map_or("", |(name, _)| name);
        let mut letters = name.bytes();
        letters.next().is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
            && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == b'_')
    }
}

/// The simple commands of a command line, in the order in which they end; `None` where it is not understood.
pub fn simple_commands(text: &str) -> Option<Vec<SimpleCommand>> {
    let mut reader = Reader { text, at: 0, depth: 0, commands: Vec::new() };
    reader.list(None)?;
    (reader.at == text.len()).then_some(reader.commands)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    commands: Vec<SimpleCommand>,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn starts_with(&self, prefix: &str) -> bool {
        self.text[self.at..].starts_with(prefix)
    }

    fn skip(&mut self, letter: char) {
        self.at += letter.len_utf8();
    }

    /// Commands up to what ends them, which is passed.
    fn list(&mut self, end: Option<char>) -> Option<()> {
        self.depth += 1;
        let mut words: Vec<ShellWord> = Vec::new();
        while self.depth <= DEEPEST {
            let Some(letter) = self.peek() else {
                self.finish(&mut words);
                self.depth -= 1;
                return end.is_none().then_some(());
            };
            match letter {
                _ if Some(letter) == end => {
                    self.skip(letter);
                    self.finish(&mut words);
                    self.depth -= 1;
                    return Some(());
                }
                ' ' | '\t' | '\r' => self.skip(letter),
                '\\' if self.starts_with("\\\n") || self.starts_with("\\\r\n") => self.pass_line(),
                '#' => self.pass_comment(),
                '\n' | ';' | '&' | '|' => {
                    self.skip(letter);
                    self.finish(&mut words);
                }
                '(' => {
                    self.skip(letter);
                    self.finish(&mut words);
                    self.list(Some(')'))?;
                }
                // The end of a pattern of `case`; in a substitution it cannot be told from the end of that.
                ')' if self.depth == 1 => {
                    self.skip(letter);
                    words.clear();
                }
                ')' => return None,
                '<' | '>' => self.redirection(&mut words)?,
                _ => {
                    let word = self.word(end)?;
                    if self.depth > 1 && words.is_empty() && word.text == "case" {
                        return None;
                    }
                    words.push(word);
                }
            }
        }
        None
    }

    fn finish(&mut self, words: &mut Vec<ShellWord>) {
        if !words.is_empty() {
            self.commands.push(SimpleCommand { words: std::mem::take(words) });
        }
    }

    /// Goes to the end of a continued line.
    fn pass_line(&mut self) {
        self.at += self.text[self.at..].find('\n').map_or(0, |end| end + 1);
    }

    fn pass_comment(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.find('\n').unwrap_or(rest.len());
    }

    fn redirection(&mut self, words: &mut Vec<ShellWord>) -> Option<()> {
        let digits = |word: &ShellWord| !word.quoted && word.text.bytes().all(|byte| byte.is_ascii_digit());
        if words.last().is_some_and(|word| word.range.end == self.at && digits(word)) {
            words.pop();
        }
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start_matches(['<', '>', '&', '|', '-']).len();
        if self.peek() == Some('(') {
            self.skip('(');
            return self.list(Some(')'));
        }
        while let Some(blank @ (' ' | '\t')) = self.peek() {
            self.skip(blank);
        }
        // `2>&1` and `<<-EOF`; `>&-` has nothing behind it.
        if self.peek().is_some_and(|letter| !is_end(letter, None)) {
            self.word(None)?;
        }
        Some(())
    }

    /// A word, up to what ends it; `end` ends it too.
    fn word(&mut self, end: Option<char>) -> Option<ShellWord> {
        let start = self.at;
        let mut word = ShellWord { text: String::new(), quoted: false, range: start..start };
        while let Some(letter) = self.peek().filter(|letter| !is_end(*letter, end)) {
            match letter {
                '\'' => {
                    self.skip(letter);
                    let length = self.text[self.at..].find('\'')?;
                    word.text.push_str(&self.text[self.at..self.at + length]);
                    self.at += length + 1;
                    word.quoted = true;
                }
                '"' => {
                    self.skip(letter);
                    self.double_quoted(&mut word.text)?;
                    word.quoted = true;
                }
                '\\' if self.starts_with("\\\n") || self.starts_with("\\\r\n") => self.pass_line(),
                '\\' => {
                    self.skip(letter);
                    let escaped = self.peek()?;
                    word.text.push(escaped);
                    self.skip(escaped);
                    word.quoted = true;
                }
                _ => self.letter(letter, &mut word.text)?,
            }
        }
        word.range = start..self.at;
        (self.at > start).then_some(word)
    }

    fn double_quoted(&mut self, text: &mut String) -> Option<()> {
        loop {
            match self.peek()? {
                '"' => {
                    self.skip('"');
                    return Some(());
                }
                '\\' => {
                    self.skip('\\');
                    let escaped = self.peek()?;
                    if !matches!(escaped, '$' | '`' | '"' | '\\' | '\n') {
                        text.push('\\');
                    }
                    text.push(escaped);
                    self.skip(escaped);
                }
                letter => self.letter(letter, text)?,
            }
        }
    }

    /// A letter that may begin an expansion.
    fn letter(&mut self, letter: char, text: &mut String) -> Option<()> {
        self.skip(letter);
        match letter {
            '`' => {
                // Between backticks a backslash means something else at every depth.
                let length = self.text[self.at..].find('`')?;
                if self.text[self.at..self.at + length].contains('\\') {
                    return None;
                }
                self.list(Some('`'))?;
                text.push(UNKNOWN);
            }
            '$' => self.expansion(text)?,
            _ => text.push(letter),
        }
        Some(())
    }

    /// What follows a dollar sign.
    fn expansion(&mut self, text: &mut String) -> Option<()> {
        if self.starts_with("((") {
            self.balanced('(', ')')?;
        } else if self.starts_with("(") {
            self.skip('(');
            self.list(Some(')'))?;
        } else if self.starts_with("{") {
            self.balanced('{', '}')?;
        } else if self.starts_with("'") {
            // Only some shells have escapes in it.
            return None;
        } else {
            let rest = &self.text[self.at..];
            let name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
            let length = rest.len() - rest.trim_start_matches(name).len();
            if length == 0 && !rest.starts_with(['@', '*', '#', '?', '-', '$', '!']) {
                text.push('$');
                return Some(());
            }
            self.at += length.max(1);
        }
        text.push(UNKNOWN);
        Some(())
    }

    /// Passes what stands between brackets that belong together, quotes in it included.
    fn balanced(&mut self, open: char, close: char) -> Option<()> {
        let mut depth = 0_usize;
        self.depth += 1;
        while self.depth <= DEEPEST {
            let letter = self.peek()?;
            self.skip(letter);
            match letter {
                '\'' => self.at += self.text[self.at..].find('\'')? + 1,
                '"' => self.double_quoted(&mut String::new())?,
                '\\' => {
                    let escaped = self.peek()?;
                    self.skip(escaped);
                }
                _ if letter == open => depth += 1,
                _ if letter == close => {
                    depth = depth.checked_sub(1)?;
                    if depth == 0 {
                        self.depth -= 1;
                        return Some(());
                    }
                }
                _ => {}
            }
        }
        None
    }
}

/// Whether a letter ends a word.
fn is_end(letter: char, end: Option<char>) -> bool {
    matches!(letter, ' ' | '\t' | '\r' | '\n' | ';' | '&' | '|' | '<' | '>' | '(' | ')') || Some(letter) == end
}
