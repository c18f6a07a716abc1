//! Characters that steer a terminal, that nobody sees, or that reorder others, and how a format escapes them.

/// Whether a character is shown by its code only: control characters (C0, DEL, C1) and the invisible ones of Unicode:
/// categories Cf, Zl, Zp, and fillers, variation selectors and private-use characters, which a terminal may draw as
/// anything.
pub(crate) fn is_unsafe(character: char) -> bool {
    character.is_control()
        || matches!(u32::from(character),
            0xad | 0x34f | 0x600..=0x605 | 0x61c | 0x6dd | 0x70f | 0x890..=0x891 | 0x8e2 | 0x115f..=0x1160
            | 0x17b4..=0x17b5 | 0x180b..=0x180f | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f | 0x3164
            | 0xe000..=0xf8ff | 0xfe00..=0xfe0f | 0xfeff | 0xffa0 | 0xfff0..=0xfffb | 0x110bd | 0x110cd
            | 0x13430..=0x1343f | 0x1bca0..=0x1bca3 | 0x1d173..=0x1d17a | 0xe0000..=0x10ffff)
}

/// The text as a basic string of TOML, with these characters escaped.
pub(crate) fn toml_string(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            '\n' => quoted.push_str("\\n"),
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
    fn a_string_of_toml_has_no_unsafe_character_and_is_the_same_text() {
        let all: String = (0..=0x0010_ffff).filter_map(char::from_u32).collect();
        let quoted = toml_string(&all);
        assert!(!quoted.chars().any(is_unsafe));
        assert_eq!(toml::from_str::<toml::Table>(&format!("x = {quoted}")).unwrap()["x"].as_str(), Some(&all[..]));
    }
}
