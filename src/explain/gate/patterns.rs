//! Patterns of paths in commands and variables, and what they are expanded to.

/// The words of a command that a shell expands to paths, with `*` for a choice in braces and `?` for one in brackets.
pub(super) fn patterns(text: &str) -> impl Iterator<Item = String> + use<> {
    let mut simple = String::with_capacity(text.len());
    let mut at = 0;
    // Where the next of each that closes is, or a space: looked for once, however many open before it.
    let mut ends = [0; 2];
    while let Some(open) = text.get(at..).and_then(|rest| rest.find(['{', '['])).map(|found| at + found) {
        let (end, close, any) = match text[open..].starts_with('{') {
            true => (&mut ends[0], '}', '*'),
            false => (&mut ends[1], ']', '?'),
        };
        if *end < open {
            let ends = |letter: char| letter == close || letter.is_whitespace();
            *end = text[open..].find(ends).map_or(text.len(), |found| open + found);
        }
        let closed = text[*end..].starts_with(close).then_some(*end);
        simple.push_str(&text[at..open]);
        simple.push(if closed.is_some() { any } else { ' ' });
        at = closed.unwrap_or(open) + 1;
    }
    simple.push_str(&text[at..]);
    let words: Vec<String> =
        simple.split(|letter| !is_of_path(letter) && !matches!(letter, '*' | '?')).map(str::to_owned).collect();
    words.into_iter().filter(|word| is_pattern(word))
}

/// Whether a pattern is expanded to a path (POSIX.1-2017, XCU 2.13.3): no `*` or `?` stands for a slash, nor for a dot in
/// front.
pub(super) fn is_matched(pattern: &[u8], path: &[u8]) -> bool {
    let components = |path: &[u8]| path.split(|byte| *byte == b'/').count();
    let mut pairs = pattern.split(|byte| *byte == b'/').zip(path.split(|byte| *byte == b'/'));
    components(pattern) == components(path)
        && pairs.all(|(pattern, name)| {
            let is_hidden = name.first() == Some(&b'.') && pattern.first() != Some(&b'.');
            !is_hidden && is_name_matched(pattern, name)
        })
}

/// The pattern of a name that may be in any directory: `find -name` takes one, `-path` one behind a star, and programs that
/// look through directories one behind `**`. What is in the place of a variable (`${NAME}.log`) is no pattern.
pub(super) fn names_anywhere(text: &str) -> impl Iterator<Item = String> {
    let last = |pattern: String| match pattern.rsplit_once('/') {
        Some((directory, name)) => (directory == "*" || directory.contains("**")).then(|| name.to_owned()),
        None => Some(pattern),
    };
    patterns(&text.replace("${", " ")).filter_map(last).filter(|name| is_pattern(name))
}

/// Whether a word is a pattern; one without a letter says nothing: `find -exec … {} +`.
fn is_pattern(word: &str) -> bool {
    word.contains(['*', '?']) && word.contains(char::is_alphanumeric)
}

/// Whether a pattern stands for a name; a dot in front may be what `*` stands for.
pub(super) fn is_name_matched(pattern: &[u8], name: &[u8]) -> bool {
    let (mut at, mut in_name) = (0, 0);
    // Where the last `*` is, and what it stands for so far.
    let mut star = None;
    while in_name < name.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, in_name));
                at += 1;
            }
            Some(letter) if *letter == b'?' || Some(letter) == name.get(in_name) => {
                at += 1;
                in_name += 1;
            }
            _ => {
                let Some((before, stands_to)) = star else { return false };
                star = Some((before, stands_to + 1));
                (at, in_name) = (before + 1, stands_to + 1);
            }
        }
    }
    pattern.get(at..).is_some_and(|rest| rest.iter().all(|letter| *letter == b'*'))
}

/// Whether a character may stand in a path without quotes; those that separate the paths of a list do not.
pub(super) const fn is_of_path(letter: char) -> bool {
    letter.is_ascii_alphanumeric()
        || !letter.is_ascii()
        || matches!(letter, '/' | '.' | '-' | '_' | '+' | '@' | '~' | '%')
}
