//! Patterns of fields and paths, as scopes have them.
//!
//! `*` stands for any bytes without a slash, `**` for any bytes, `{n}` for a number in decimal digits, `#` for one digit.
//! Everything else stands for itself.

/// Whether a text fits a pattern.
pub(in crate::causes) fn fits(pattern: &str, text: &[u8]) -> bool {
    fits_from(pattern.as_bytes(), text)
}

/// Whether a text fits one of the patterns.
pub(in crate::causes) fn fits_any(patterns: &[&str], text: &[u8]) -> bool {
    patterns.iter().any(|pattern| fits(pattern, text))
}

/// Whether a pattern stands for itself alone.
pub(in crate::causes) fn is_literal(pattern: &str) -> bool {
    !pattern.contains(['*', '#']) && !pattern.contains("{n}")
}

fn fits_from(mut pattern: &[u8], mut text: &[u8]) -> bool {
    loop {
        if let Some(rest) = pattern.strip_prefix(b"**") {
            return rest.is_empty() || ends(text, text.len()).any(|behind| fits_from(rest, behind));
        }
        if let Some(rest) = pattern.strip_prefix(b"*") {
            let run = text.iter().take_while(|byte| **byte != b'/').count();
            return ends(text, run).any(|behind| fits_from(rest, behind));
        }
        if let Some(rest) = pattern.strip_prefix(b"{n}") {
            let run = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
            return ends(text, run).skip(1).any(|behind| fits_from(rest, behind));
        }
        let (Some((wanted, rest)), Some((byte, behind))) = (pattern.split_first(), text.split_first()) else {
            return pattern.is_empty() && text.is_empty();
        };
        if byte != wanted && !(*wanted == b'#' && byte.is_ascii_digit()) {
            return false;
        }
        (pattern, text) = (rest, behind);
    }
}

/// What is left of a text behind its first 0, 1, … bytes, `most` of them at last.
fn ends(text: &[u8], most: usize) -> impl Iterator<Item = &[u8]> {
    (0..=most).filter_map(|start| text.get(start..))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_what_they_stand_for() {
        for (pattern, fitting, others) in [
            ("/created", &["/created"][..], &["/create", "/created/", ""][..]),
            (
                "/history/{n}/created",
                &["/history/0/created", "/history/12/created"],
                &["/history//created", "/history/a/created", "/history/1/2/created"],
            ),
            ("/layers/*/size", &["/layers/0/size", "/layers//size"], &["/layers/0/1/size", "/layers/size"]),
            ("**/mediaType", &["/mediaType", "/a/b/mediaType"], &["mediaType", "/mediaType/x"]),
            ("row.**", &["row.", "row.a/b"], &["rows"]),
            ("a.#", &["a.0"], &["a.", "a.10", "a.x"]),
            ("x**_key", &["x_key", "xy_key"], &["x_keys", "key"]),
        ] {
            for text in fitting {
                assert!(fits(pattern, text.as_bytes()), "{pattern} {text}");
            }
            for text in others {
                assert!(!fits(pattern, text.as_bytes()), "{pattern} {text}");
            }
        }
    }
}
