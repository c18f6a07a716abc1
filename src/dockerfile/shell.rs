//! How a command line of a POSIX shell ends: whether another command can follow it.

/// What stands at the end of a command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// A command.
    Command,
    /// What ends a command (`;`).
    Separator,
}

/// What stands at the end of a command line that nothing can follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum OpenEnd {
    /// A line that goes on.
    Line,
    /// A comment.
    Comment,
    /// A quote that does not end.
    Quote,
    /// A parenthesis or brace that does not end.
    Parenthesis,
    /// An operator that another command must follow.
    Operator,
    /// A command that is not waited for.
    Background,
    /// A case that is not the last one of its `case`.
    Case,
    /// Nothing: there is no command.
    Nothing,
    /// A script that is no plain list of commands.
    Script,
}

/// Shells that know `&&`.
const SHELLS: [&str; 7] = ["sh", "ash", "bash", "busybox", "dash", "ksh", "zsh"];

/// Whether a program is a POSIX shell, by its name.
pub(super) fn is_posix(program: &str) -> bool {
    SHELLS.contains(&program.rsplit('/').next().unwrap_or_default())
}

/// What a text ends with, or why nothing can follow.
pub(super) fn end(text: &str) -> Result<End, OpenEnd> {
    let mut letters = text.trim_end().chars().peekable();
    let mut quote = None;
    let mut at_start = true;
    let (mut substitutions, mut last) = (0_i64, [' '; 2]);
    while let Some(letter) = letters.next() {
        let starts = std::mem::replace(&mut at_start, false);
        match (quote, letter) {
            (Some('\''), '\'') | (Some('"'), '"') => quote = None,
            (Some('\''), _) => {}
            (_, '\\') => drop(letters.next().ok_or(OpenEnd::Line)?),
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(letter),
            (None, '#') if starts => {
                if !letters.by_ref().any(|letter| letter == '\n') {
                    return Err(OpenEnd::Comment);
                }
                at_start = true;
                continue;
            }
            (None, '(' | '{') => substitutions += 1,
            (None, ')' | '}') => substitutions -= 1,
            (None, _) => {}
        }
        at_start = quote.is_none() && (letter.is_whitespace() || matches!(letter, ';' | '&' | '|' | '('));
        if !letter.is_whitespace() {
            last = [last[1], letter];
        }
    }
    match last {
        _ if quote.is_some() => Err(OpenEnd::Quote),
        // `case` has closing parentheses of its own.
        _ if substitutions > 0 => Err(OpenEnd::Parenthesis),
        ['&' | '|', '&' | '|'] | [_, '|' | '(' | '{'] => Err(OpenEnd::Operator),
        [_, '&'] => Err(OpenEnd::Background),
        [';', ';'] => Err(OpenEnd::Case),
        [_, ';'] => Ok(End::Separator),
        [_, ' '] => Err(OpenEnd::Nothing),
        _ => Ok(End::Command),
    }
}
