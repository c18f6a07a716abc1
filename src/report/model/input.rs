//! The inputs of the builds that differ.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::causes::InputKind;

/// An input of the builds that the images' own records say is another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Input {
    /// What it is to a build.
    pub kind: InputKind,
    /// What it is called.
    pub name: String,
    /// What the image named first has there, where that may be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original: Option<String>,
    /// What the image named second has there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rebuild: Option<String>,
    /// How many findings are attributed to it.
    pub findings: u64,
}
