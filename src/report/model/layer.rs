//! The layers that differ, and the instructions that made layers.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::explain::Certainty;

/// A layer, or a pair of layers that are held against each other, in which something differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DifferingLayer {
    /// The layer of the image named first, from 0 at the base; absent where it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original: Option<u32>,
    /// The layer of the image named second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rebuild: Option<u32>,
    /// The instruction that made it, where the images tell. Of two that differ, the one whose
    /// line is known, else the one that sorts first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<Step>,
    /// Findings there.
    pub findings: u64,
    /// Those of them that are not accepted.
    pub unaccepted: u64,
    /// Distinct paths that they are at.
    pub entries: u64,
    /// Nothing is there but what follows from findings elsewhere.
    pub follows: bool,
}

/// The instruction that made a layer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    /// The layer, from 0 at the base.
    pub layer: u32,
    /// The history entry's `created_by`, build arguments and secrets redacted.
    pub created_by: String,
    /// Where it is written, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dockerfile: Option<DockerfileLine>,
    /// How that is known.
    #[serde(default)]
    pub certainty: Certainty,
}

/// A line of a Dockerfile.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct DockerfileLine {
    /// The file.
    pub path: String,
    /// The line, from 1.
    pub line: u64,
    /// The name of the stage, or its number from 0 where it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
}
