//! Findings, gaps and warnings as the report holds them.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value as Json;

use super::{Maybe, Pair};
use crate::explain::Claim;
use crate::finding::{Aspect, DiffForm, GapReason, Kind};
use crate::report::FindingId;

/// Where a finding, gap or warning is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Location {
    /// The kind of object.
    pub kind: Kind,
    /// For layers and entries: the layer indexes, from 0 at the base; a side is absent where the thing is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layer: Option<Maybe<u32>>,
    /// For entries: the name without leading `./` or `/`; lossy UTF-8.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The name's bytes in hexadecimal, only where the UTF-8 is lossy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path_hex: Option<String>,
    /// Members of nested archives, outermost first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inside: Vec<String>,
    /// The field of a decoded format; a JSON pointer for JSON documents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<Cow<'static, str>>,
    /// Byte ranges in the innermost file or blob, end exclusive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<Maybe<[u64; 2]>>,
    /// Inside an attestation manifest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attestation: Option<Box<Attestation>>,
}

/// A place inside an attestation manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Attestation {
    /// The platform of the image that it is about.
    pub platform: String,
    /// The predicate type of the statement, empty for the manifest itself.
    pub predicate_type: String,
}

/// One aspect that differs at one location.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// Unique in the report.
    pub id: FindingId,
    /// Where.
    pub location: Location,
    /// What differs.
    pub aspect: Aspect,
    /// What the first side holds, absent where it holds nothing. Raw bytes are `{"hex":"…"}`, longer ones
    /// `{"sha256":"…","size":N}`, secrets `{"redacted":"…"}`.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub original: Option<Json>,
    /// What the second side holds, likewise.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub rebuild: Option<Json>,
    /// For unexplained content: what differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub diff: Option<Box<Diff>>,
    /// How far it is explained.
    pub claim: Claim,
    /// By the policy, here.
    pub accepted: bool,
    /// The cause's id; absent when unexplained.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cow<'static, str>>,
    /// What other data of the same image predicted the value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub witness: Option<Box<str>>,
    /// For derived ones: the findings that it follows from directly, at most 20.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Box<[FindingId]>>,
    /// For derived ones: how many those are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_count: Option<u64>,
    /// Where canonical digests were asked for and the claim maps both sides to one form: SHA-256 of the cause's canonical
    /// form, empty where that is. Left out where a value is withheld.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub canonical: Option<Box<str>>,
}

/// A member that is there is a value, `null` included.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Json>, D::Error> {
    Json::deserialize(deserializer).map(Some)
}

/// What differs in an unexplained content, with context.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Diff {
    /// How the lines are written.
    pub form: DiffForm,
    /// The places that differ, in order.
    pub hunks: Vec<Pair<Vec<String>>>,
    /// Places were left out, at the limit of lines.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cut: bool,
}

/// A place that could not be looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Gap {
    /// Where.
    pub location: Location,
    /// Why.
    pub reason: GapReason,
    /// One sentence.
    pub detail: String,
}

/// Not a difference, a hazard seen in an image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Warning {
    /// The hazard's id in the catalogue.
    pub cause: String,
    /// Where it was seen, the first place where there are more.
    pub location: Location,
    /// In how many places the same was seen; 1 in reports that do not say.
    #[serde(default = "once")]
    pub count: u64,
    /// What the first side shows there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original: Option<String>,
    /// What the second side shows there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rebuild: Option<String>,
}

const fn once() -> u64 {
    1
}
