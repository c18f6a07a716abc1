//! The verification summary of SLSA, version 1: the standard form of "it passed". There is none of anything else.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::predicate::{Comparison, Scope};
use super::statement::{DigestSet, digest_set};
use crate::policy::Policy;
use crate::verdict::{Rung, Verdict};

/// The predicate type.
pub const VERIFICATION_SUMMARY: &str = "https://slsa.dev/verification_summary/v1";

/// The policy that a summary is about: the built-in one, whatever the report was judged by.
const DEFAULT_POLICY: &str = "https://reprove.example/policy/default";

/// What passed. `dependencyLevels` is left unset, for `{}` would claim that there are no dependencies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct VerificationSummary {
    /// Who verified.
    pub verifier: super::predicate::Verifier,
    /// When, as far as statements tell it reproducibly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_verified: Option<String>,
    /// Where consumers fetch the image.
    pub resource_uri: String,
    /// The built-in policy `default`.
    pub policy: SummaryPolicy,
    /// Always `PASSED`.
    pub verification_result: String,
    /// What holds, by names of ours; none begins with `SLSA_`.
    pub verified_levels: Vec<String>,
    /// The version of SLSA.
    pub slsa_version: String,
}

/// A policy by address and digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SummaryPolicy {
    /// Its name as a URI.
    pub uri: String,
    /// Of the policy written out in full.
    pub digest: DigestSet,
}

/// The built-in policy by address and digest.
pub(super) fn default_policy() -> SummaryPolicy {
    let digest = digest_set(&Policy::default_policy().digest().to_string()).unwrap_or_default();
    SummaryPolicy { uri: DEFAULT_POLICY.to_owned(), digest }
}

/// The summary of a comparison that passed; `None` of any other.
pub(super) fn summary(comparison: &Comparison, resource_uri: &str) -> Option<VerificationSummary> {
    if !comparison.verdict.passes() {
        return None;
    }
    Some(VerificationSummary {
        verifier: comparison.verifier.clone(),
        time_verified: comparison.compared_on.clone(),
        resource_uri: resource_uri.to_owned(),
        policy: default_policy(),
        verification_result: "PASSED".to_owned(),
        verified_levels: levels(comparison).into_iter().map(str::to_owned).collect(),
        slsa_version: "1.2".to_owned(),
    })
}

/// All that hold, for consumers ask for one of them by name. Consumers of levels that begin with `SLSA_` refuse those they
/// do not know.
pub(super) fn levels(comparison: &Comparison) -> Vec<&'static str> {
    let manifests = !comparison.platforms.is_empty()
        && comparison.platforms.iter().all(|platform| {
            platform.rung == Rung::Manifest && platform.original.is_some() && platform.original == platform.rebuild
        });
    let same = match comparison.scope {
        Scope::Image => comparison.original.digest.is_some() && comparison.original.digest == comparison.rebuild.digest,
        Scope::Platforms => manifests,
    };
    let mut levels = Vec::new();
    if comparison.verdict == Verdict::Identical && same {
        levels.push("REPRODUCED_BIT_FOR_BIT");
    }
    if manifests {
        levels.push("REPRODUCED_RUNNABLE_MANIFESTS");
    }
    levels.push("REPRODUCED_NORMALIZED");
    levels
}
