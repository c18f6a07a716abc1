//! Statements of the in-toto attestation framework, version 1. Clients refuse unknown members here, so there are no others.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::strict;
use crate::digest::Digest;
use crate::report::json;

/// What every statement says it is.
pub(super) const TYPE: &str = "https://in-toto.io/Statement/v1";

/// Digests by algorithm, lower-case hexadecimal.
pub type DigestSet = BTreeMap<String, String>;

/// A claim about images.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Statement<P> {
    /// Always `https://in-toto.io/Statement/v1`.
    #[serde(rename = "_type")]
    pub kind: String,
    /// The published images that it is about.
    pub subject: Vec<Subject>,
    /// What the predicate is.
    pub predicate_type: String,
    /// What is claimed.
    pub predicate: P,
}

/// An image that a statement is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// What it is called; consumers match by digest alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Of its index or manifest.
    pub digest: DigestSet,
}

impl<P: Serialize> Statement<P> {
    /// A statement.
    pub fn new(subject: Vec<Subject>, predicate_type: &str, predicate: P) -> Self {
        Statement { kind: TYPE.to_owned(), subject, predicate_type: predicate_type.to_owned(), predicate }
    }

    /// The document: exactly what is signed.
    ///
    /// # Errors
    /// Where it is too large to be read by anybody.
    pub fn bytes(&self) -> std::io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        json::document(self, &mut bytes)?;
        // In an envelope it is a third larger.
        if bytes.len() > strict::MOST / 2 {
            return Err(std::io::Error::other("the statement is larger than clients take: choose platforms"));
        }
        Ok(bytes)
    }
}

/// A digest as statements write it.
pub(super) fn digest_set(digest: &str) -> Option<DigestSet> {
    Digest::parse(digest).ok()?;
    let (algorithm, hex) = digest.split_once(':')?;
    Some(DigestSet::from([(algorithm.to_owned(), hex.to_owned())]))
}

/// The digests of the subjects of a statement that anybody can have written.
pub(super) fn subjects_of(statement: &Value) -> impl Iterator<Item = &Value> {
    statement["subject"].as_array().into_iter().flatten().map(|subject| &subject["digest"])
}

/// Whether these digests are of the image.
pub(super) fn names(digests: &Value, image: &Digest) -> bool {
    digests[image.algorithm()] == image.encoded().as_str()
}
