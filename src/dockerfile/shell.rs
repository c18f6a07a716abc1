//! How a command line of a POSIX shell ends: whether another command can follow it.

/// What stands at the end of a command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// A command.
    Command,
    /// What ends a command (`;`).
    Separator,
}

/// Shells that know `&&`.
const SHELLS: [&str; 7] = ["sh", "ash", "bash", "busybox", "dash", "ksh", "zsh"];

/// Whether a program is a POSIX shell, by its name.
pub(super) fn is_posix(program: &str) -> bool {
    SHELLS.contains(&program.rsplit('/').next().unwrap_or_default())
}

/// What a text ends with; in words why nothing can follow.
pub(super) fn end(text: &str) -> Result<End, &'static str> {
    let mut letters = text.trim_end().chars().peekable();
    let mut quote = None;
    let mut at_start = true;
    let (mut substitutions, mut last) = (0_i64, [' '; 2]);
    while let Some(letter) = letters.next() {
        let starts = std::mem::replace(&mut at_start, false);
        match (quote, letter) {
            (Some('\''), '\'') | (Some('"'), '"') => quote = None,
            (Some('\''), _) => {}
            (_, '\\') => drop(letters.next().ok_or("an open line")?),
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(letter),
            (None, '#') if starts => {
                if !letters.by_ref().any(|letter| letter == '\n') {
                    return Err("a comment");
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
        _ if quote.is_some() => Err("an open quote"),
        // `case` has closing parentheses of its own.
        _ if substitutions > 0 => Err("an open parenthesis"),
        ['&' | '|', '&' | '|'] | [_, '|' | '(' | '{'] => Err("an operator"),
        [_, '&'] => Err("a command in the background"),
        [';', ';'] => Err("an open case"),
        [_, ';'] => Ok(End::Separator),
        [_, ' '] => Err("nothing"),
        _ => Ok(End::Command),
    }
}
