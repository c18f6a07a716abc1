//! The findings of a part of the report: written down one at a time, when they are asked for. Half a million of them as
//! the report holds them would take a gigabyte.

use std::borrow::Cow;
use std::fmt;
use std::io;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::ser::{Error as _, SerializeSeq as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Finding;
use crate::explain::Claim;
use crate::report::build::Section;

/// A list of findings, in document order.
#[derive(Clone)]
pub struct Findings<'a>(Source<'a>);

#[derive(Clone)]
enum Source<'a> {
    /// Of a report that was read.
    Written(Vec<Finding>),
    /// Of a comparison.
    Section(Section<'a>),
}

/// What can be told of a finding without writing it down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head<'a> {
    /// How far it is explained.
    pub claim: Claim,
    /// By the policy, here.
    pub accepted: bool,
    /// The cause's id; absent when unexplained.
    pub cause: Option<&'a str>,
    /// Whether other data of the same image predicted the value.
    pub witnessed: bool,
}

impl<'a> Findings<'a> {
    pub(in crate::report) fn of(section: Section<'a>) -> Self {
        Findings(Source::Section(section))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        match &self.0 {
            Source::Written(findings) => findings.len(),
            Source::Section(section) => section.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether all findings that were asked for so far could be read back from where they are kept.
    ///
    /// # Errors
    /// When a temporary file could not be read.
    pub fn check(&self) -> io::Result<()> {
        match &self.0 {
            Source::Written(_) => Ok(()),
            Source::Section(section) => section.check(),
        }
    }

    /// The finding at a position.
    pub fn get(&self, position: usize) -> Option<Cow<'_, Finding>> {
        match &self.0 {
            Source::Written(findings) => findings.get(position).map(Cow::Borrowed),
            Source::Section(section) => section.finding(position).map(Cow::Owned),
        }
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = Cow<'_, Finding>> {
        let (written, section) = match &self.0 {
            Source::Written(findings) => (Some(findings.iter().map(Cow::Borrowed)), None),
            Source::Section(section) => (None, Some(section.findings().map(Cow::Owned))),
        };
        written.into_iter().flatten().chain(section.into_iter().flatten())
    }

    /// What all of them are, in order: quick, where the findings themselves are not needed.
    pub fn heads(&self) -> impl Iterator<Item = Head<'_>> {
        (0..self.len()).filter_map(|position| match &self.0 {
            Source::Written(findings) => findings.get(position).map(|finding| Head {
                claim: finding.claim,
                accepted: finding.accepted,
                cause: finding.cause.as_deref(),
                witnessed: finding.witness.is_some(),
            }),
            Source::Section(section) => section.head(position),
        })
    }
}

impl PartialEq for Findings<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl fmt::Debug for Findings<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl Serialize for Findings<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.len()))?;
        for finding in self.iter() {
            list.serialize_element(&finding)?;
        }
        self.check().map_err(S::Error::custom)?;
        list.end()
    }
}

impl<'de> Deserialize<'de> for Findings<'_> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::deserialize(deserializer).map(|findings| Findings(Source::Written(findings)))
    }
}

impl JsonSchema for Findings<'_> {
    fn schema_name() -> Cow<'static, str> {
        Vec::<Finding>::schema_name()
    }

    fn inline_schema() -> bool {
        Vec::<Finding>::inline_schema()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Vec::<Finding>::json_schema(generator)
    }
}
