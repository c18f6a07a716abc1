//! Makes text from images safe to print: what could steer a terminal or reorder a line is shown by its code.

use std::borrow::Cow;

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

/// What [`escape`] shows by its code: control characters (C0, DEL, C1) and the invisible ones of Unicode: categories Cf, Zl, Zp, and fillers, variation
/// selectors and private-use characters, which a terminal may draw as anything.
pub(crate) fn is_unsafe(character: char) -> bool {
    character.is_control()
        || matches!(u32::from(character),
            0xad | 0x34f | 0x600..=0x605 | 0x61c | 0x6dd | 0x70f | 0x890..=0x891 | 0x8e2 | 0x115f..=0x1160
            | 0x17b4..=0x17b5 | 0x180b..=0x180f | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f | 0x3164
            | 0xe000..=0xf8ff | 0xfe00..=0xfe0f | 0xfeff | 0xffa0 | 0xfff0..=0xfffb | 0x110bd | 0x110cd
            | 0x13430..=0x1343f | 0x1bca0..=0x1bca3 | 0x1d173..=0x1d17a | 0xe0000..=0x10ffff)
}

/// The text as a basic string of TOML, with the same characters escaped.
pub(crate) fn toml_string(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            _ if is_unsafe(character) => quoted.push_str(&format!("\\U{:08x}", u32::from(character))),
            _ => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
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
        let quoted = toml_string(&all);
        assert!(!quoted.chars().any(is_unsafe));
        assert_eq!(toml::from_str::<toml::Table>(&format!("x = {quoted}")).unwrap()["x"].as_str(), Some(&all[..]));
    }
}
