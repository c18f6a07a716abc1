//! Credentials that are known by their shape, whatever they are called: tokens of services, and logins in URLs.

/// Openings of tokens that services issue, and how many characters at least follow.
const TOKENS: &[(&str, usize)] = &[
    ("ghp_", 30),
    ("gho_", 30),
    ("ghu_", 30),
    ("ghs_", 30),
    ("ghr_", 30),
    ("github_pat_", 22),
    ("glpat-", 20),
    ("npm_", 36),
    ("pypi-AgE", 40),
    ("dckr_pat_", 20),
    ("hf_", 30),
    ("xoxb-", 20),
    ("xoxp-", 20),
    ("AKIA", 16),
    ("ASIA", 16),
    ("sk-", 32),
    ("sk_live_", 16),
    ("eyJ", 40),
    ("AGE-SECRET-KEY-1", 20),
];

/// Where the token that opens `text` ends; `None` where none opens it.
pub(crate) fn token(text: &str) -> Option<usize> {
    // Every word of a text is asked, and next to none opens like one of them.
    let [first, second, ..] = text.as_bytes() else { return None };
    let may_open = match first {
        b'g' => matches!(second, b'h' | b'i' | b'l'),
        b'A' => matches!(second, b'K' | b'S' | b'G'),
        b'n' => *second == b'p',
        b'p' => *second == b'y',
        b'd' => *second == b'c',
        b'h' => *second == b'f',
        b'x' => *second == b'o',
        b's' => *second == b'k',
        b'e' => *second == b'y',
        _ => false,
    };
    if !may_open {
        return None;
    }
    let (opening, least) = TOKENS.iter().find(|(opening, _)| text.starts_with(opening))?;
    let rest = text.get(opening.len()..)?;
    let length = run(rest, |byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte));
    (length >= *least).then_some(opening.len() + length)
}

/// The length of the credentials where `text` is what follows the `://` of a URL, without the `@`.
pub(crate) fn userinfo(text: &str) -> Option<usize> {
    let authority = run(text, |byte| !byte.is_ascii_whitespace() && !b"/?#\"'<>\\".contains(&byte));
    text.get(..authority)?.rfind('@').filter(|length| *length > 0)
}

fn run(text: &str, accepted: impl Fn(u8) -> bool) -> usize {
    text.bytes().take_while(|byte| accepted(*byte)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_opening_is_known() {
        for (opening, least) in TOKENS {
            let text = format!("{opening}{} rest", "a".repeat(*least));
            assert_eq!(token(&text), Some(opening.len() + least), "{opening}");
            assert_eq!(token(&text[..opening.len() + least - 1]), None, "{opening}");
        }
    }
}
