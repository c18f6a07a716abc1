//! Quotes, escapes and variables in the words of an instruction, as BuildKit's `frontend/dockerfile/shell` reads them.

use std::iter::Peekable;
use std::str::Chars;

use super::pattern::Pattern;
use super::word::Unexpanded;

/// Bytes that a word has at most once its variables are expanded.
const LONGEST: usize = 64 << 10;

/// How deep `${a:-${b:-…}}` goes.
const DEEPEST: usize = 32;

/// What is known of a variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// It has this value.
    Set(String),
    /// There is none of this name.
    Unset,
    /// It may have any value, or none.
    Unknown,
}

type Result<T> = std::result::Result<T, Unexpanded>;

/// Reads words.
pub(super) struct Lexer<'a> {
    escape: char,
    /// Quotes and escape characters stay in the word.
    raw: bool,
    /// `None` leaves every variable as it is written.
    variables: Option<&'a dyn Fn(&str) -> Value>,
}

impl<'a> Lexer<'a> {
    /// Words as they are written.
    pub(super) const fn raw(escape: char) -> Self {
        Lexer { escape, raw: true, variables: None }
    }

    /// Words without quotes and escape characters.
    pub(super) const fn unquoting(escape: char) -> Self {
        Lexer { escape, raw: false, variables: None }
    }

    /// Words without quotes and escape characters, and with the values of variables.
    pub(super) const fn expanding(escape: char, variables: &'a dyn Fn(&str) -> Value) -> Self {
        Lexer { escape, raw: false, variables: Some(variables) }
    }

    /// A whole text as one word.
    pub(super) fn word(&self, text: &str) -> Result<String> {
        Reader::of(self, text).read(None, self.raw, 0).map(|found| found.word)
    }

    /// The words of a text.
    pub(super) fn words(&self, text: &str) -> Result<Vec<String>> {
        Reader::of(self, text).read(None, self.raw, 0).map(Found::words)
    }
}

/// A text read: as one word, and as words.
#[derive(Default)]
struct Found {
    word: String,
    words: Vec<String>,
    current: Option<String>,
}

impl Found {
    /// Takes in what may part words.
    fn plain(&mut self, letter: char) {
        self.word.push(letter);
        if letter.is_whitespace() {
            self.words.extend(self.current.take().filter(|word| !word.is_empty()));
        } else {
            self.current.get_or_insert_default().push(letter);
        }
    }

    /// Takes in what parts no words.
    fn quoted(&mut self, text: &str) {
        self.word.push_str(text);
        self.current.get_or_insert_default().push_str(text);
    }

    fn words(mut self) -> Vec<String> {
        self.words.extend(self.current.take().filter(|word| !word.is_empty()));
        self.words
    }
}

struct Reader<'a> {
    lexer: &'a Lexer<'a>,
    rest: Peekable<Chars<'a>>,
}

impl<'a> Reader<'a> {
    fn of(lexer: &'a Lexer<'a>, text: &'a str) -> Self {
        Reader { lexer, rest: text.chars().peekable() }
    }

    /// Reads up to and with `stop`, or to the end.
    fn read(&mut self, stop: Option<char>, raw_escapes: bool, depth: usize) -> Result<Found> {
        if depth > DEEPEST {
            return Err(Unexpanded::Limit);
        }
        let mut found = Found::default();
        while let Some(letter) = self.rest.next() {
            match letter {
                _ if Some(letter) == stop => return Ok(found),
                '$' => self.variable(depth)?.chars().for_each(|letter| found.plain(letter)),
                '<' => found.quoted(&self.angle()),
                '\'' => found.quoted(&self.single_quoted()?),
                '"' => found.quoted(&self.double_quoted(raw_escapes, depth)?),
                _ if letter == self.lexer.escape => {
                    let escaped = self.rest.next();
                    let mark = letter.to_string();
                    found.quoted(if raw_escapes { &mark } else { "" });
                    found.quoted(&escaped.map(String::from).unwrap_or_default());
                }
                _ => found.plain(letter),
            }
            if found.word.len() > LONGEST {
                return Err(Unexpanded::Limit);
            }
        }
        if stop.is_some() { Err(Unexpanded::Malformed) } else { Ok(found) }
    }

    /// After `<`: the blanks after `<<` belong to the word that they are followed by.
    fn angle(&mut self) -> String {
        let mut text = "<".to_owned();
        if self.rest.next_if_eq(&'<').is_some() {
            text.push('<');
            text.extend(std::iter::from_fn(|| self.rest.next_if(|letter| matches!(letter, ' ' | '\t' | '\r'))));
        }
        text
    }

    fn single_quoted(&mut self) -> Result<String> {
        let mut text = self.quote('\'');
        loop {
            match self.rest.next().ok_or(Unexpanded::Malformed)? {
                '\'' => return Ok(text + &self.quote('\'')),
                letter => text.push(letter),
            }
        }
    }

    fn double_quoted(&mut self, raw_escapes: bool, depth: usize) -> Result<String> {
        let mut text = self.quote('"');
        loop {
            match self.rest.next().ok_or(Unexpanded::Malformed)? {
                '"' => return Ok(text + &self.quote('"')),
                '$' => text.push_str(&self.variable(depth)?),
                letter if letter == self.lexer.escape => {
                    let escaped = self.rest.next_if(|next| matches!(next, '"' | '$') || *next == letter);
                    match (escaped, self.rest.peek()) {
                        (Some(escaped), _) if raw_escapes => text.extend([letter, escaped]),
                        (Some(escaped), _) => text.push(escaped),
                        (None, Some(_)) => text.push(letter),
                        (None, None) => {}
                    }
                }
                letter => text.push(letter),
            }
            if text.len() > LONGEST {
                return Err(Unexpanded::Limit);
            }
        }
    }

    fn quote(&self, mark: char) -> String {
        if self.lexer.raw { mark.to_string() } else { String::new() }
    }

    /// After `$`: the value of the variable.
    fn variable(&mut self, depth: usize) -> Result<String> {
        if self.rest.next_if_eq(&'{').is_some() {
            return self.braced(depth);
        }
        let name = self.name();
        match self.lexer.variables {
            Some(value) if !name.is_empty() => known(value(&name)).map(Option::unwrap_or_default),
            _ => Ok(format!("${name}")),
        }
    }

    /// After `${`: the value, and what is made of it.
    fn braced(&mut self, depth: usize) -> Result<String> {
        if matches!(self.rest.peek(), None | Some('{' | '}' | ':')) {
            return Err(Unexpanded::Malformed);
        }
        let name = self.name();
        let value = || match self.lexer.variables {
            Some(value) => known(value(&name)),
            None => Ok(None),
        };
        let mut next = || self.rest.next().ok_or(Unexpanded::Malformed);
        let mut operator = next()?;
        if operator == '}' {
            let value = value()?;
            return Ok(if self.lexer.variables.is_some() { value.unwrap_or_default() } else { format!("${{{name}}}") });
        }
        let empty_is_unset = operator == ':';
        if empty_is_unset {
            operator = next()?;
        }
        let all = operator == '/' && self.rest.next_if_eq(&'/').is_some();
        let cuts = matches!(operator, '#' | '%');
        if !matches!(operator, '+' | '-' | '?' | '#' | '%' | '/') || (empty_is_unset && (cuts || operator == '/')) {
            return Err(Unexpanded::Malformed);
        }
        let end = if operator == '/' { '/' } else { '}' };
        let word = self.read(Some(end), cuts || operator == '/', depth + 1)?.word;
        let other = if operator == '/' { self.read(Some('}'), true, depth + 1)?.word } else { String::new() };
        let Some(_) = self.lexer.variables else {
            return Ok(format!("${{{name}{operator}{word}{other}}}"));
        };
        let value = value()?;
        let counts = value.as_deref().is_some_and(|value| !(empty_is_unset && value.is_empty()));
        match operator {
            '+' => Ok(if counts { word } else { String::new() }),
            '-' => Ok(if counts { value.unwrap_or_default() } else { word }),
            '?' if counts => Ok(value.unwrap_or_default()),
            '?' => Err(Unexpanded::Malformed),
            '/' => Pattern::read(&word)?.replaced(&value.unwrap_or_default(), &other, all),
            _ => {
                let longest = word.strip_prefix(operator);
                let pattern = Pattern::read(longest.unwrap_or(&word))?;
                let value = value.unwrap_or_default();
                let cut = if operator == '#' { Pattern::without_prefix } else { Pattern::without_suffix };
                Ok(cut(&pattern, &value, longest.is_some()).to_owned())
            }
        }
    }

    /// A name; a run of digits, or one special character, is one as well.
    fn name(&mut self) -> String {
        let digits: String = std::iter::from_fn(|| self.rest.next_if(char::is_ascii_digit)).collect();
        if !digits.is_empty() {
            return digits;
        }
        if let Some(special) = self.rest.next_if(|letter| matches!(letter, '@' | '*' | '#' | '?' | '-' | '$' | '!')) {
            return special.to_string();
        }
        std::iter::from_fn(|| self.rest.next_if(|letter| letter.is_alphanumeric() || *letter == '_')).collect()
    }
}

fn known(value: Value) -> Result<Option<String>> {
    match value {
        Value::Set(value) => Ok(Some(value)),
        Value::Unset => Ok(None),
        Value::Unknown => Err(Unexpanded::Unknown),
    }
}
