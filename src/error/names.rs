//! Names of an image that errors list.

use std::collections::BTreeSet;

/// Names that are listed.
const LISTED: usize = 20;

/// What images can be chosen by: sorted, each once, at most 20; text of the image, so escaped and cut.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Names {
    /// The first of them.
    pub listed: Vec<String>,
    /// How many there are beside those.
    pub more: usize,
    /// Whether they are digests, because there is no name.
    pub digests: bool,
}

impl Names {
    /// Names.
    pub(crate) fn of<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let names: BTreeSet<&str> = names.into_iter().collect();
        let listed: Vec<String> = names.iter().take(LISTED).map(|name| shown(name)).collect();
        Names { more: names.len() - listed.len(), listed, digests: false }
    }

    /// Digests.
    pub(crate) fn of_digests<'a>(digests: impl IntoIterator<Item = &'a str>) -> Self {
        Names { digests: true, ..Names::of(digests) }
    }
}

/// A name from an image as an error may show it.
pub(crate) fn shown(name: &str) -> String {
    name.chars().take(200).collect::<String>().escape_debug().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_escaped_and_capped() {
        assert_eq!(Names::of(["b", "a", "b"]).to_string(), "a, b");
        assert_eq!(Names::of(["\x1b[2J"]).to_string(), "\\u{1b}[2J");
        let many: Vec<String> = (10..35).map(|number| number.to_string()).collect();
        let text = Names::of(many.iter().map(String::as_str)).to_string();
        assert!(text.starts_with("10, 11, ") && text.ends_with(", 29 and 5 more"), "{text}");
        assert_eq!(Names::of([]).to_string(), "none has a name");
    }
}
