//! The hash that all of a canonical image is made of (`docs/canonical-form.md`, "Forms").

use crate::digest::Sha256Sum;

/// What every form begins with; another version makes other digests of everything.
pub(crate) const VERSION: &str = "reprove canonical form 2";

/// A form: 32 bytes that stand for a thing and all of its parts.
pub(super) type Form = [u8; 32];

/// SHA-256 over a kind and items, each with its length in front: no two sequences of items are hashed alike.
pub(super) struct Node(Sha256Sum);

impl Node {
    /// A form without items.
    pub(super) fn new(kind: &str) -> Self {
        Node(Sha256Sum::default()).item(VERSION.as_bytes()).item(kind.as_bytes())
    }

    /// The same with one more item.
    #[must_use]
    pub(super) fn item(mut self, bytes: &[u8]) -> Self {
        self.add(bytes);
        self
    }

    /// One more item.
    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.0.update(&(bytes.len() as u64).to_be_bytes());
        self.0.update(bytes);
    }

    /// The form.
    pub(super) fn end(self) -> Form {
        self.0.finish().0
    }
}

/// The form of a list.
pub(super) fn list<T: AsRef<[u8]>>(kind: &str, items: impl IntoIterator<Item = T>) -> Form {
    let mut node = Node::new(kind);
    items.into_iter().for_each(|item| node.add(item.as_ref()));
    node.end()
}

/// An item that is there or not: no form is empty.
pub(super) fn optional(form: Option<Form>) -> Vec<u8> {
    form.map(Vec::from).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use sha2::{Digest as _, Sha256};

    use super::*;

    #[test]
    fn forms_are_those_of_the_vectors() {
        let vectors = include_str!("../../testdata/canonical/vectors.json");
        let vectors: serde_json::Value = serde_json::from_str(vectors).unwrap();
        let forms = vectors["forms"].as_array().unwrap();
        assert!(!forms.is_empty());
        for vector in forms {
            let items = vector["items"].as_array().unwrap().iter().map(|item| item.as_str().unwrap());
            let made = list(vector["kind"].as_str().unwrap(), items);
            assert_eq!(hex::encode(made), vector["form"].as_str().unwrap(), "{vector}");
        }
    }

    #[test]
    fn a_form_is_a_hash_of_items_with_their_lengths() {
        let bytes =
            b"\0\0\0\0\0\0\0\x18reprove canonical form 2\0\0\0\0\0\0\0\x04file\0\0\0\0\0\0\0\x02ab\0\0\0\0\0\0\0\0";
        assert_eq!(Node::new("file").item(b"ab").item(b"").end()[..], Sha256::digest(bytes)[..]);
        assert_ne!(list("file", ["a", "b"]), list("file", ["ab"]));
        assert_ne!(list("file", ["a", ""]), list("file", ["a"]));
    }
}
