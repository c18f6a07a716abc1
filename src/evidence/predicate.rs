//! The predicate of a comparison of two images, as `docs/image-comparison.md` specifies it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::statement::DigestSet;
use crate::causes::Severity;
use crate::explain::Claim;
use crate::finding::GapReason;
use crate::report::Pair;
use crate::verdict::{Rung, Verdict};

/// The predicate type. It names the predicate and is no address to fetch anything from.
pub const IMAGE_COMPARISON: &str = "https://reprove.example/attestation/image-comparison/v0.1";

/// The media type of the full report.
pub(super) const REPORT: &str = "application/vnd.reprove.report.v1+json";

/// What a comparison of two images found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Comparison {
    /// What holds for every subject of the statement. `identical` and `equivalent` only where the built-in policy `default`
    /// passes the comparison too.
    pub verdict: Verdict,
    /// Why it is no better; empty where it is `identical` or `equivalent`.
    pub reasons: Vec<Reason>,
    /// What was compared.
    pub scope: Scope,
    /// The published image.
    pub original: ImageDescriptor,
    /// The image that was built again.
    pub rebuild: ImageDescriptor,
    /// What differs above the platforms; absent where nothing does or the scope is `platforms`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<Section>,
    /// The platforms that the statement is about.
    pub platforms: Vec<ComparedPlatform>,
    /// The specification that `canonicalDigest` is made by; absent where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub canonical_form: Option<String>,
    /// The policy that the comparison was judged by.
    pub policy: PolicyDescriptor,
    /// What built the images, as far as they show it.
    pub builders: Builders,
    /// The full report.
    pub report: ReportDescriptor,
    /// What compared them.
    pub verifier: Verifier,
    /// RFC 3339, UTC: where `comparedOnSource` is `clock` the time of the comparison, else one that makes the statement
    /// reproducible.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compared_on: Option<String>,
    /// Where that time is from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compared_on_source: Option<TimeSource>,
    /// What an earlier statement said of the same images; absent where none was looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<Previous>,
}

impl Comparison {
    /// Whether what was reproduced is so no longer: something differs that the built-in policy `default` does not pass. What
    /// could not be looked at shows nothing, and a stricter policy than before is no change of the image.
    pub(super) fn is_lost(&self, before: Verdict) -> bool {
        let sections = self.index.iter().chain(self.platforms.iter().map(|platform| &platform.differences));
        let mut causes = sections.flat_map(|section| &section.causes);
        before.passes()
            && self.verdict == Verdict::Different
            && causes.any(|cause| cause.severity != Some(Severity::Cosmetic))
    }
}

/// What an earlier statement said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Previous {
    /// What it said of the subjects.
    pub verdict: Verdict,
    /// They were reproduced then, and something differs now that the built-in policy `default` does not pass.
    pub no_longer_reproduced: bool,
    /// The URI of who stated it.
    pub verifier: String,
    /// Its own `comparedOn`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compared_on: Option<String>,
    /// Its own `comparedOnSource`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compared_on_source: Option<TimeSource>,
    /// Of that statement as it was signed.
    pub statement: DigestSet,
}

/// Why a verdict is not positive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Reason {
    /// Something differs that no cause explains.
    Unexplained,
    /// Something is explained, and the policy does not accept it.
    NotAccepted,
    /// The policy accepts something that the built-in policy `default` does not.
    BeyondDefault,
    /// Something could not be looked at.
    Gaps,
    /// It was judged by a day that had not come.
    FutureDate,
    /// Nothing differs that is reported, and the images are not the same.
    NotTheSame,
}

/// What of the images was compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Scope {
    /// The whole: every platform, and what is above them.
    Image,
    /// The platforms that are listed, and nothing else.
    Platforms,
}

/// An image by digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ImageDescriptor {
    /// As it was named; absent where that was a place on somebody's own disk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Of its index or manifest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    /// Of its index or manifest; absent where it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<DigestSet>,
}

/// What differs in a part of the images.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// Findings.
    pub findings: u64,
    /// By cause and claim, in order.
    pub causes: Vec<CauseCount>,
    /// Places that could not be looked at, by reason.
    pub gaps: Vec<GapCount>,
}

/// Findings of one cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CauseCount {
    /// Its id in the catalogue; absent for what no cause explains.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// How far they are explained.
    pub claim: Claim,
    /// How far the cause reaches; absent for what no cause explains.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// How many there are.
    pub findings: u64,
    /// How many of them the policy accepts.
    pub accepted: u64,
}

/// Places that could not be looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GapCount {
    /// Why.
    pub reason: GapReason,
    /// How many.
    pub count: u64,
}

/// One platform of both images.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ComparedPlatform {
    /// `os/architecture[/variant]` of the original.
    pub platform: String,
    /// What holds for it.
    pub verdict: Verdict,
    /// Why it is no better.
    pub reasons: Vec<Reason>,
    /// The highest rung of equality that holds.
    pub rung: Rung,
    /// Digest of the original's manifest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original: Option<DigestSet>,
    /// Digest of the rebuild's manifest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rebuild: Option<DigestSet>,
    /// Digests of the canonical images.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub canonical_digest: Option<Pair<String>>,
    /// What differs.
    pub differences: Section,
}

/// A policy by digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyDescriptor {
    /// What it is called.
    pub name: String,
    /// Of the policy written out in full.
    pub digest: DigestSet,
    /// The day it was judged on, where the verdict may hang on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
}

/// What built the images.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Builders {
    /// The original, as `name` or `name version`; absent where it does not show that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original: Option<String>,
    /// The rebuild, likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rebuild: Option<String>,
    /// Whether they were run independently of each other; `null` where that was not shown, which a comparison of two images
    /// alone never does.
    pub independent: Option<bool>,
}

/// A report by digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReportDescriptor {
    /// Always `application/vnd.reprove.report.v1+json`.
    pub media_type: String,
    /// Of the JSON document.
    pub digest: DigestSet,
}

/// Who compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Verifier {
    /// A URI that consumers know whoever signs by.
    pub id: String,
    /// Versions of programs, by name.
    pub version: std::collections::BTreeMap<String, String>,
}

/// Where a time is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum TimeSource {
    /// The clock, when the images were compared.
    Clock,
    /// `SOURCE_DATE_EPOCH`.
    SourceDateEpoch,
    /// The later of the times that the images say they were made.
    Images,
}
