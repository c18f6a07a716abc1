//! Makes text from images safe to print: what could steer a terminal or reorder a line is shown by its code.

use std::borrow::Cow;

pub(crate) use crate::codec::unseen::{is_unsafe, toml_string};

/// The text with control characters as `\x1b`, and bidirectional marks, zero-width and other invisible format
/// characters as `\u{202e}`. Newlines and tabs are control characters too. Text without any is not copied.
pub fn escape(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            '\t' => escaped.push_str("\\t"),
            _ if is_unsafe(character) && u32::from(character) < 0x100 => {
                escaped.push_str(&format!("\\x{:02x}", u32::from(character)));
            }
            _ if is_unsafe(character) => escaped.push_str(&format!("\\u{{{:x}}}", u32::from(character))),
            _ => escaped.push(character),
        }
    }
    Cow::Owned(escaped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_is_shown_by_its_code() {
        assert_eq!(escape("usr/lib/é/日本"), "usr/lib/é/日本");
        assert!(matches!(escape("plain"), Cow::Borrowed("plain")));
        assert_eq!(escape("\x1b[2J\x07\x7f\u{9b}"), "\\x1b[2J\\x07\\x7f\\x9b");
        assert_eq!(escape("a\nb\tc\r"), "a\\nb\\tc\\r");
        assert_eq!(escape("exe\u{202e}gpj.\u{200b}x\u{feff}\u{2066}"), "exe\\u{202e}gpj.\\u{200b}x\\u{feff}\\u{2066}");
        assert_eq!(escape("\u{ad}\u{e0041}"), "\\xad\\u{e0041}");
    }

    #[test]
    fn no_unsafe_character_is_left() {
        let all: String = (0..=0x0010_ffff).filter_map(char::from_u32).collect();
        assert!(!escape(&all).chars().any(is_unsafe));
    }
}
