//! The report as data, version 1: what the JSON document holds, member for member and in that order.
//!
//! Optional members are absent rather than null. Nothing in here is raw: every value went through `redact`.

mod finding;
mod findings;
mod input;
mod layer;
mod plan;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use finding::{Attestation, Diff, Finding, Gap, Location, Warning};
pub use findings::{Findings, Head};
pub use input::Input;
pub use layer::{DifferingLayer, DockerfileLine, Step};
pub use plan::{Covers, Edit, Fix, FixKind, NeededFix, Place, Plan};

use super::id::FindingId;
use crate::causes::Severity;
use crate::explain::Claim;
use crate::verdict::{Rung, Verdict};

/// The version of the document that this program writes.
pub const SCHEMA_VERSION: &str = "1.1";

/// A value of each of the two images.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Pair<T> {
    /// Of the image named first.
    pub original: T,
    /// Of the image named second.
    pub rebuild: T,
}

/// A value of each of the two images, where they have one.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Maybe<T> {
    /// Of the image named first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original: Option<T>,
    /// Of the image named second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rebuild: Option<T>,
}

/// Everything the program knows about a comparison.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Report<'a> {
    /// Version of this format, `major.minor`.
    pub schema_version: String,
    /// What wrote the report.
    pub tool: Tool,
    /// The image named first.
    pub original: Image,
    /// The image named second.
    pub rebuild: Image,
    /// The policy that the verdict was reached under.
    pub policy: PolicyUsed,
    /// The platforms that the comparison was restricted to; empty where it was not, and absent in reports that do not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selected: Option<Vec<String>>,
    /// The worst of the platforms' verdicts and of the index's findings.
    pub verdict: Verdict,
    /// Numbers over the whole report.
    pub summary: Summary,
    /// Why the images differ: what is not accepted before what is, root causes before derived ones, most findings first.
    pub causes: Vec<CauseSummary>,
    /// Inputs of the builds that are known to differ, those that most findings follow from first.
    #[serde(default)]
    pub inputs: Vec<Input>,
    /// What to change; absent without findings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<Plan>,
    /// What differs above the platforms; absent where nothing does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<Index<'a>>,
    /// The platforms that both images have.
    pub platforms: Vec<Platform<'a>>,
}

/// What wrote a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tool {
    /// The program.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// What the user named, resolved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Image {
    /// As typed, without credentials.
    pub reference: String,
    /// Media type of what it resolved to; absent for an image without a manifest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    /// Digest of what it resolved to; absent for an image without a manifest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// What built it, where it shows that; absent where its platforms were built by different programs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub builder: Option<ImageBuilder>,
    /// When it was made, RFC 3339, where it says so; absent where its platforms say different times.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<String>,
}

/// The program that built an image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ImageBuilder {
    /// `buildkit`, `buildah`, `kaniko` or `docker` (the legacy builder).
    pub name: String,
    /// Its version, where the image shows that too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// The policy that a verdict was reached under.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PolicyUsed {
    /// Its name.
    pub name: String,
    /// SHA-256 of the policy written out in full.
    pub digest: String,
    /// The day it was judged on, `YYYY-MM-DD`; only where a rule expires or a claim hangs on the day: a stamp in a file, or a
    /// time after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// Rules that matched nothing.
    pub unused: Vec<PolicyRule>,
    /// Rules whose last day is over.
    pub expired: Vec<PolicyRule>,
}

/// A rule of the policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PolicyRule {
    /// Number among the entries of its file, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<u64>,
    /// Line in its file, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// The cause it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// The severity it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// The entries it holds for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The fields it holds for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Why.
    pub reason: String,
    /// The last day on which it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
    /// How many findings it matches, in force or not.
    pub findings: u64,
}

/// Numbers over a whole report.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Summary {
    /// Findings: the sum of the six that follow.
    pub findings: u64,
    /// Findings of this claim.
    pub proven: u64,
    /// Findings of this claim.
    pub derived: u64,
    /// Findings of this claim.
    pub attributed: u64,
    /// Findings of this claim.
    pub random: u64,
    /// Findings of this claim.
    pub excluded: u64,
    /// Findings of this claim.
    pub unexplained: u64,
    /// Places that could not be looked at.
    pub gaps: u64,
    /// Hazards.
    pub warnings: u64,
}

/// One reason why the images differ, over the whole report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CauseSummary {
    /// Its id in the catalogue.
    pub id: String,
    /// One line.
    pub title: String,
    /// How far its findings are explained.
    pub claim: Claim,
    /// How far it reaches.
    pub severity: Severity,
    /// All its findings are accepted.
    pub accepted: bool,
    /// How many are.
    pub accepted_findings: u64,
    /// The policy's reason, where a finding is accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Its findings.
    pub findings: u64,
    /// Distinct pairs of layer and path.
    pub entries: u64,
    /// Differing bytes.
    pub bytes: u64,
    /// The layers it is seen in.
    pub layers: Pair<Vec<u32>>,
    /// The instructions that made those layers.
    pub steps: Pair<Vec<Step>>,
    /// What to change, for the builders seen on either side.
    pub remedies: Vec<Remedy>,
    /// Up to five of its findings.
    pub examples: Vec<FindingId>,
}

/// What to change for one builder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Remedy {
    /// `buildkit`, `buildah`, `kaniko`, `docker` or `any`.
    pub builder: String,
    /// The exact switch, line or command.
    pub text: String,
    /// The same as data, where the change can be made by a program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<Fix>,
}

/// What differs above the platforms.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Index<'a> {
    /// In document order.
    pub findings: Findings<'a>,
    /// Places that could not be looked at.
    pub gaps: Vec<Gap>,
}

/// One platform that both images have.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Platform<'a> {
    /// What it is called.
    pub platform: PlatformName,
    /// What is concluded of it.
    pub verdict: Verdict,
    /// The highest rung of equality that holds.
    pub rung: Rung,
    /// Its image on the first side.
    pub original: PlatformImage,
    /// Its image on the second side.
    pub rebuild: PlatformImage,
    /// Digests of the canonical images, where asked for and where there are no gaps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub canonical_digest: Option<Pair<String>>,
    /// Where the differing bytes went.
    pub ledger: Ledger,
    /// Every layer that differs, in order.
    #[serde(default)]
    pub layers: Vec<DifferingLayer>,
    /// In document order.
    pub findings: Findings<'a>,
    /// Places that could not be looked at.
    pub gaps: Vec<Gap>,
    /// Hazards.
    pub warnings: Vec<Warning>,
}

/// A platform as `os/architecture[/variant]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum PlatformName {
    /// The same on both sides.
    Same(String),
    /// Two single images of different platforms.
    Different(Pair<String>),
}

/// The image of one platform on one side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlatformImage {
    /// Digest of the manifest, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manifest_digest: Option<String>,
    /// Digest of the config.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_id: Option<String>,
}

/// Where the differing bytes of a platform went.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Ledger {
    /// All of them: the sum of the other two.
    pub differing_bytes: u64,
    /// Those that a claim covers.
    pub claimed_bytes: u64,
    /// Those that none does.
    pub unexplained_bytes: u64,
}
