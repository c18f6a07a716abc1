//! JSON documents without loss (RFC 8259): every value knows the bytes it was read from.
//!
//! Stricter than most parsers, because a document that two parsers read in two ways proves nothing: duplicate keys,
//! invalid UTF-8 and lone surrogates are errors, not values.

mod cursor;
mod number;
mod parse;
mod shape;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use serde_json::Value;

pub use cursor::Cursor;
pub use number::{decimal, same_number};
pub use shape::{Shape, folded};

use crate::digest::Digest;
use crate::finding::{Detail, GapReason, Object};
use crate::limits::Limits;

/// Why a document could not be read: what a gap needs to know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct DocumentError {
    /// The kind of trouble.
    pub reason: GapReason,
    /// What is wrong, and where.
    pub detail: Detail,
}

impl DocumentError {
    /// Bytes that do not follow their format.
    pub fn malformed(detail: impl Into<Detail>) -> Self {
        DocumentError { reason: GapReason::Malformed, detail: detail.into() }
    }

    /// A form that is known and not understood.
    pub fn unsupported(detail: impl Into<Detail>) -> Self {
        DocumentError { reason: GapReason::Unsupported, detail: detail.into() }
    }

    /// A cap of the limits table.
    pub fn limit(detail: impl Into<Detail>) -> Self {
        DocumentError { reason: GapReason::Limit, detail: detail.into() }
    }

    /// The same error with the blob named in front.
    #[must_use]
    pub fn in_blob(mut self, blob: &Digest) -> Self {
        self.detail = self.detail.of(Object::Blob(blob.to_string()));
        self
    }
}

/// A byte span of a document, end exclusive.
pub type Span = (usize, usize);

/// A JSON document: its bytes, and the tree of values in them.
#[derive(Debug, Clone)]
pub struct Document {
    /// The bytes as read.
    pub raw: Arc<[u8]>,
    /// The outermost value.
    pub root: Node,
}

/// One value of a document.
#[derive(Debug, Clone)]
pub struct Node {
    /// Where it is written, quotes and brackets included.
    pub span: Span,
    /// What it is.
    pub kind: NodeKind,
}

/// What a value is.
#[derive(Debug, Clone)]
pub enum NodeKind {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as written.
    Number(Box<str>),
    /// A string, decoded.
    String(Box<str>),
    /// The elements in order.
    Array(Vec<Node>),
    /// The members in order; no key occurs twice.
    Object(Vec<Member>),
}

/// One member of an object.
#[derive(Debug, Clone)]
pub struct Member {
    /// The key, decoded.
    pub key: Box<str>,
    /// Where the key is written, quotes included.
    pub key_span: Span,
    /// The value.
    pub value: Node,
}

impl Document {
    /// Parses a whole document.
    ///
    /// # Errors
    /// `Limit` for size, depth and number of values; `Malformed` for everything that is not RFC 8259, and for duplicate
    /// keys. The sentence names the byte offset.
    pub fn parse(raw: Arc<[u8]>, limits: &Limits) -> Result<Self, DocumentError> {
        let root = parse::parse(&raw, limits)?;
        Ok(Document { raw, root })
    }

    /// The same document, once it is clear that every program takes its keys for the same members.
    ///
    /// # Errors
    /// Those of [`Shape::check`].
    pub fn checked(self, shape: &Shape) -> Result<Self, DocumentError> {
        shape.check(&self.root)?;
        Ok(self)
    }

    /// The value at a JSON pointer (RFC 6901).
    pub fn get(&self, pointer: &str) -> Option<&Node> {
        if pointer.is_empty() {
            return Some(&self.root);
        }
        let mut node = &self.root;
        for token in pointer.strip_prefix('/')?.split('/') {
            node = node.child(&token.replace("~1", "/").replace("~0", "~"))?;
        }
        Some(node)
    }

    /// The bytes of a span; empty where it is not one of this document.
    pub fn bytes(&self, span: Span) -> &[u8] {
        self.raw.get(span.0..span.1).unwrap_or_default()
    }

    /// The document as a value; numbers keep all their digits.
    pub fn to_value(&self) -> Value {
        self.root.to_value()
    }
}

impl Member {
    /// Where the member is written, from its key to the end of its value.
    pub const fn span(&self) -> Span {
        (self.key_span.0, self.value.span.1)
    }
}

impl Node {
    /// The member of this key, or the element at this position.
    fn child(&self, token: &str) -> Option<&Node> {
        match &self.kind {
            NodeKind::Object(_) => self.member(token),
            NodeKind::Array(elements) => {
                let plain =
                    token == "0" || (!token.starts_with('0') && token.bytes().all(|byte| byte.is_ascii_digit()));
                if plain { elements.get(token.parse::<usize>().ok()?) } else { None }
            }
            _ => None,
        }
    }

    /// The value of the member with this key, where this is an object that has one.
    pub fn member(&self, key: &str) -> Option<&Node> {
        self.members().iter().find(|member| &*member.key == key).map(|member| &member.value)
    }

    /// The members, where this is an object; else none.
    pub fn members(&self) -> &[Member] {
        match &self.kind {
            NodeKind::Object(members) => members,
            _ => &[],
        }
    }

    /// The elements, where this is an array; else none.
    pub fn elements(&self) -> &[Node] {
        match &self.kind {
            NodeKind::Array(elements) => elements,
            _ => &[],
        }
    }

    /// The decoded text, where this is a string.
    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            NodeKind::String(text) => Some(text),
            _ => None,
        }
    }

    /// Whether this is `null`.
    pub const fn is_null(&self) -> bool {
        matches!(self.kind, NodeKind::Null)
    }

    /// The value; numbers keep all their digits.
    pub fn to_value(&self) -> Value {
        match &self.kind {
            NodeKind::Null => Value::Null,
            NodeKind::Bool(flag) => Value::Bool(*flag),
            NodeKind::Number(text) => number::to_value(text),
            NodeKind::String(text) => Value::String(text.to_string()),
            NodeKind::Array(elements) => Value::Array(elements.iter().map(Node::to_value).collect()),
            NodeKind::Object(members) => {
                Value::Object(members.iter().map(|member| (member.key.to_string(), member.value.to_value())).collect())
            }
        }
    }
}

/// Appends one reference token to a JSON pointer, escaped as RFC 6901 demands.
pub fn push_token(pointer: &mut String, token: &str) {
    pointer.push('/');
    for character in token.chars() {
        match character {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            other => pointer.push(other),
        }
    }
}
