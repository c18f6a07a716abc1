//! What the members of a document are to the programs that read it, and keys that those programs take for each other.
//!
//! Go's `encoding/json`, which containerd, Docker, Podman and skopeo read images with, takes a key for a member of a
//! struct without regard to case, with Unicode's simple folding (`ſ` is an `s`, the Kelvin sign a `k`), and of several
//! the last one counts. Other parsers are exact. What the two read in two ways is refused here. Keys of maps (labels,
//! annotations, volumes) are exact everywhere.

use super::parse::malformed;
use super::{DocumentError, Node, NodeKind};
use crate::finding::BadSyntax;

/// What a value is to a program that reads it into typed data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Nobody says.
    Any,
    /// A string; `""`, `null` and absence are the same.
    Text,
    /// A time of RFC 3339.
    Time,
    /// `true` or `false`; `false`, `null` and absence are the same.
    Flag,
    /// A whole number.
    Integer,
    /// A number for which absence is no number: `null` and absence are the same.
    OptionalInteger,
    /// An array; `[]`, `null` and absence are the same.
    List(&'static Shape),
    /// An object with keys that are data; `{}`, `null` and absence are the same.
    Map(&'static Shape),
    /// An object with these members, and others that nobody reads; `null` and absence are the same.
    Struct(&'static [(&'static str, Shape)]),
}

impl Shape {
    /// Refuses objects in which a key would be taken for another one: for that of a known member, or for its neighbour.
    ///
    /// # Errors
    /// `Malformed`; the sentence names the byte offset.
    pub fn check(&self, node: &Node) -> Result<(), DocumentError> {
        match (self, &node.kind) {
            (Shape::List(of), NodeKind::Array(elements)) => elements.iter().try_for_each(|element| of.check(element)),
            (Shape::Map(of), NodeKind::Object(members)) => {
                members.iter().try_for_each(|member| of.check(&member.value))
            }
            (Shape::Struct(known), NodeKind::Object(_)) => check_struct(known, node),
            _ => Ok(()),
        }
    }

    /// The shape at a JSON pointer below a document of this shape; `None` where nobody says.
    pub fn at(&self, pointer: &str) -> Option<&Shape> {
        let mut shape = self;
        for token in pointer.strip_prefix('/').into_iter().flat_map(|rest| rest.split('/')) {
            shape = match shape {
                Shape::List(of) | Shape::Map(of) => of,
                Shape::Struct(known) => &known.iter().find(|(name, _)| *name == token)?.1,
                _ => return None,
            };
        }
        Some(shape)
    }
}

fn check_struct(known: &[(&str, Shape)], node: &Node) -> Result<(), DocumentError> {
    let mut seen = Vec::with_capacity(node.members().len());
    for member in node.members() {
        let folded = folded(&member.key);
        match known.iter().find(|(name, _)| *name == &*member.key) {
            Some((_, shape)) => shape.check(&member.value)?,
            None if known.iter().any(|(name, _)| same_key(name, &folded)) => {
                return Err(malformed(member.key_span.0, BadSyntax::KeyCase));
            }
            None => {}
        }
        seen.push((folded, member.key_span.0));
    }
    seen.sort_unstable();
    match seen.windows(2).find(|pair| matches!(pair, [one, other] if one.0 == other.0)) {
        Some(pair) => {
            let at = pair.last().map_or(0, |key| key.1);
            Err(malformed(at, BadSyntax::KeyFolded))
        }
        None => Ok(()),
    }
}

/// Whether a known name, in ASCII, folds to this folded key.
fn same_key(name: &str, folded: &str) -> bool {
    name.eq_ignore_ascii_case(folded)
}

/// A key in the form in which two keys that Go's folding takes for each other are equal.
pub fn folded(key: &str) -> String {
    key.chars().map(folded_character).collect()
}

/// The lower case of the upper case, where each is one character: the way through the upper case meets what has the same
/// one (`ſ` and `s`, the three sigmas).
fn folded_character(character: char) -> char {
    if character.is_ascii() {
        return character.to_ascii_lowercase();
    }
    let upper = only(character.to_uppercase()).unwrap_or(character);
    only(upper.to_lowercase()).unwrap_or(character)
}

fn only(mut characters: impl Iterator<Item = char>) -> Option<char> {
    characters.next().filter(|_| characters.next().is_none())
}
