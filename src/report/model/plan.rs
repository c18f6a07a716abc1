//! What to change, as data.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::DockerfileLine;

/// The smallest set of changes known to cover the findings. Findings that follow from others are not counted in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Plan {
    /// The changes, the one that covers most first.
    pub fixes: Vec<Fix>,
    /// Findings that they cover.
    pub covered: u64,
    /// What no fix covers.
    pub left: Covers,
    /// The changed build was built and compared.
    pub proven: bool,
}

/// One change of a build.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Fix {
    /// Its id, the same in every version of the program.
    pub id: String,
    /// What it changes.
    pub kind: FixKind,
    /// The builder that it is for; absent where it is for any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub builder: Option<String>,
    /// The first version of the builder that has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// One line, an imperative.
    pub text: String,
    /// In a plan: the line of the Dockerfile that the findings lead to, where it is one. It may copy what another one makes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<DockerfileLine>,
    /// The options, for `buildOption`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    /// The edit, for `dockerfile`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edit: Option<Edit>,
    /// In a plan: what it covers that no fix before it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub covers: Option<Covers>,
    /// The fixes without which it does harm or nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<NeededFix>,
    /// In a plan: it was built and compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tried: Option<bool>,
}

/// What a fix changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum FixKind {
    /// The options of the command that builds or pushes.
    BuildOption,
    /// The Dockerfile.
    Dockerfile,
    /// Another file or command that the build is made of.
    File,
    /// Something that only words can tell.
    Words,
}

/// An edit of a Dockerfile. Words in capitals stand for what only its author knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Edit {
    /// A line more.
    Insert {
        /// The line.
        line: String,
        /// Where.
        place: Place,
    },
    /// The end of a RUN.
    Append {
        /// Which one, in words.
        run: String,
        /// The command that it ends with.
        command: String,
    },
    /// Something else in place of what is there.
    Replace {
        /// What is there.
        what: String,
        /// What to write.
        with: String,
    },
}

/// Where a line of a Dockerfile goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Place {
    /// The first line of the file.
    Top,
    /// After the FROM of each stage that has a RUN.
    EachStage,
}

/// Findings, and their causes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Covers {
    /// How many.
    pub findings: u64,
    /// Ids of the causes; unexplained findings have none.
    pub causes: Vec<String>,
}

/// A fix that another one needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NeededFix {
    /// Its id; where the other is in a plan, so is it.
    pub id: String,
    /// Why, the end of a sentence.
    pub reason: String,
}
