//! Reading typed members out of a document, with errors that name the place.

use std::collections::BTreeMap;

use super::{DocumentError, Node, NodeKind, push_token};
use crate::digest::{Descriptor, Digest, DigestError};
use crate::finding::{BadJson, BadValue, GapReason, Listed};

type Result<T> = std::result::Result<T, DocumentError>;

/// A value and the pointer that leads to it.
///
/// As in every Go program that writes these documents, a member that is `null` counts as absent.
#[derive(Clone)]
pub struct Cursor<'a> {
    node: &'a Node,
    pointer: String,
}

impl<'a> Cursor<'a> {
    /// A cursor at the root of a document, which must be an object.
    ///
    /// # Errors
    /// `Malformed` where it is not.
    pub fn root(node: &'a Node) -> Result<Self> {
        Cursor { node, pointer: String::new() }.object()
    }

    /// The value here.
    pub const fn node(&self) -> &'a Node {
        self.node
    }

    /// An error about this place.
    pub fn error(&self, problem: BadValue) -> DocumentError {
        DocumentError::malformed(BadJson::Value { pointer: shortened(&self.pointer), at: self.node.span.0, problem })
    }

    fn object(self) -> Result<Self> {
        match self.node.kind {
            NodeKind::Object(_) => Ok(self),
            _ => Err(self.error(BadValue::NotAnObject)),
        }
    }

    fn at(&self, node: &'a Node, token: &str) -> Self {
        let mut pointer = self.pointer.clone();
        push_token(&mut pointer, token);
        Cursor { node, pointer }
    }

    fn present(&self, key: &str) -> Option<Self> {
        self.node.member(key).filter(|node| !node.is_null()).map(|node| self.at(node, key))
    }

    /// The member of this key, which must be an object; `None` where it is absent.
    ///
    /// # Errors
    /// `Malformed` where it is something else.
    pub fn child(&self, key: &str) -> Result<Option<Self>> {
        self.present(key).map(Self::object).transpose()
    }

    /// The member of this key, which must be a string; `None` where it is absent.
    ///
    /// # Errors
    /// `Malformed` where it is something else.
    pub fn text(&self, key: &str) -> Result<Option<&'a str>> {
        self.present(key).map(|cursor| cursor.as_text()).transpose()
    }

    /// The string here.
    ///
    /// # Errors
    /// `Malformed` where it is something else.
    pub fn as_text(&self) -> Result<&'a str> {
        self.node.as_str().ok_or_else(|| self.error(BadValue::NotAString))
    }

    /// The member of this key, which must be `true` or `false`; `false` where it is absent.
    ///
    /// # Errors
    /// `Malformed` where it is something else.
    pub fn flag(&self, key: &str) -> Result<bool> {
        match self.present(key) {
            None => Ok(false),
            Some(Cursor { node: Node { kind: NodeKind::Bool(flag), .. }, .. }) => Ok(*flag),
            Some(cursor) => Err(cursor.error(BadValue::NotAFlag)),
        }
    }

    /// The member of this key, which must be a whole number from 0 to 2^64 - 1; `None` where it is absent.
    ///
    /// # Errors
    /// `Malformed` where it is something else.
    pub fn count(&self, key: &str) -> Result<Option<u64>> {
        let Some(cursor) = self.present(key) else { return Ok(None) };
        let parsed = match &cursor.node.kind {
            NodeKind::Number(text) => text.parse().ok(),
            _ => None,
        };
        parsed.map(Some).ok_or_else(|| cursor.error(BadValue::NotACount))
    }

    /// The elements of the member of this key, which must be an array; none where it is absent.
    ///
    /// # Errors
    /// `Malformed` where it is something else.
    pub fn list(&self, key: &str) -> Result<Vec<Self>> {
        let Some(cursor) = self.present(key) else { return Ok(Vec::new()) };
        match &cursor.node.kind {
            NodeKind::Array(elements) => {
                Ok(elements.iter().enumerate().map(|(i, node)| cursor.at(node, &i.to_string())).collect())
            }
            _ => Err(cursor.error(BadValue::NotAnArray)),
        }
    }

    /// Refuses an array at this key with more than `most` elements.
    ///
    /// # Errors
    /// `Limit`.
    pub fn at_most(&self, most: usize, key: &str, what: Listed) -> Result<()> {
        let count = self.node.member(key).map_or(0, |node| node.elements().len());
        if count > most {
            return Err(DocumentError::limit(BadJson::Listed(what, count, most)));
        }
        Ok(())
    }

    /// The elements of the member of this key, which must be objects; none where it is absent.
    ///
    /// # Errors
    /// `Malformed` where it is something else.
    pub fn objects(&self, key: &str) -> Result<Vec<Self>> {
        self.list(key)?.into_iter().map(Self::object).collect()
    }

    /// The member of this key, which must be an object of strings; empty where it is absent.
    ///
    /// # Errors
    /// `Malformed` where it is something else.
    pub fn texts(&self, key: &str) -> Result<BTreeMap<String, String>> {
        let Some(cursor) = self.child(key)? else { return Ok(BTreeMap::new()) };
        let members = cursor.node.members().iter();
        members
            .map(|member| {
                let text = cursor.at(&member.value, &member.key).as_text()?;
                Ok((member.key.to_string(), text.to_owned()))
            })
            .collect()
    }

    /// The digest here.
    ///
    /// # Errors
    /// `Malformed` for what is no digest, `Unsupported` for an algorithm that cannot be computed.
    pub fn digest(&self) -> Result<Digest> {
        Digest::parse(self.as_text()?).map_err(|error| match error {
            DigestError::Malformed(text) => self.error(BadValue::NoDigest(text)),
            DigestError::Unsupported(algorithm) => {
                DocumentError::unsupported(BadJson::DigestAlgorithm(shortened(&self.pointer), algorithm))
            }
        })
    }

    /// The descriptor here (OCI image specification, descriptor.md).
    ///
    /// # Errors
    /// `Malformed` where a required member is missing or wrong, `Unsupported` for an unknown digest algorithm, `Integrity`
    /// where the content that is embedded is another one than digest and size say.
    pub fn descriptor(&self) -> Result<Descriptor> {
        let digest = self.present("digest").ok_or_else(|| self.error(BadValue::Without("digest")))?.digest()?;
        let size = self.count("size")?.ok_or_else(|| self.error(BadValue::Without("size")))?;
        let media_type = self.text("mediaType")?.unwrap_or_default().to_owned();
        let descriptor = Descriptor { media_type, digest, size: Some(size) };
        self.check_data(&descriptor)?;
        Ok(descriptor)
    }

    /// Checks the content that a descriptor embeds: a client may take it in place of the blob.
    fn check_data(&self, descriptor: &Descriptor) -> Result<()> {
        match self.text("data")? {
            Some(data) if !descriptor.is_embedded_in(data) => {
                let detail = BadJson::EmbeddedData(shortened(&self.pointer)).into();
                Err(DocumentError { reason: GapReason::Integrity, detail })
            }
            _ => Ok(()),
        }
    }
}

/// A pointer short enough for a sentence, and to be kept.
fn shortened(pointer: &str) -> String {
    const LONGEST: usize = 200;
    if pointer.chars().count() <= LONGEST {
        return pointer.to_owned();
    }
    pointer.chars().take(LONGEST).chain(['…']).collect()
}
