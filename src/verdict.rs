//! Findings, gaps, claims and policy become a verdict and a rung.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::explain::{Explanation, Head, PlatformExplanation, Store};
use crate::policy::Judgement;

/// What is concluded, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Verdict {
    /// Nothing differs.
    Identical,
    /// Every difference is claimed by a cause that the policy accepts.
    Equivalent,
    /// Something could not be looked at, and nothing else proves a difference.
    Inconclusive,
    /// A difference is unexplained or not accepted.
    Different,
}

impl Verdict {
    /// Whether it is one that passes: identical or equivalent.
    pub const fn passes(self) -> bool {
        matches!(self, Verdict::Identical | Verdict::Equivalent)
    }
}

/// The ladder of equality, lowest first, so that a higher rung compares as greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Rung {
    /// None of the others holds.
    None,
    /// Equal after the canonicalizations that the report names.
    Canonical,
    /// The merged root file systems are identical, and the configs but for what the split into layers decides.
    Tree,
    /// Config and every diff ID are identical.
    Image,
    /// The manifests are byte-identical.
    Manifest,
}

impl Rung {
    /// As reports write it.
    pub const fn name(self) -> &'static str {
        match self {
            Rung::None => "none",
            Rung::Canonical => "canonical",
            Rung::Tree => "tree",
            Rung::Image => "image",
            Rung::Manifest => "manifest",
        }
    }
}

/// What is concluded of a comparison and its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conclusion {
    /// The worst of the platforms' verdicts and of what differs above them.
    pub verdict: Verdict,
    /// Verdict and rung of each platform, in order.
    pub platforms: Vec<(Verdict, Rung)>,
}

impl Conclusion {
    /// Concludes.
    pub fn new(explanation: &Explanation, judgement: &Judgement<'_>) -> Self {
        let index_gap = !explanation.index.gaps.is_empty();
        // An index may hold the digest of a manifest that could not be read: then that platform has the gap.
        let any_gap = index_gap || explanation.platforms.iter().any(|platform| !platform.gaps.is_empty());
        let index = conclude(&explanation.index.findings, judgement.reasons.first(), any_gap)
            .unwrap_or_else(|| index_without_finding(explanation));
        let mut conclusion = Conclusion { verdict: index, platforms: Vec::new() };
        for (position, platform) in explanation.platforms.iter().enumerate() {
            let gap = index_gap || !platform.gaps.is_empty();
            let verdict = conclude(&platform.findings, judgement.reasons.get(position + 1), gap)
                .unwrap_or_else(|| platform_without_finding(platform));
            conclusion.verdict = conclusion.verdict.max(verdict);
            conclusion.platforms.push((verdict, rung(platform)));
        }
        conclusion
    }
}

/// A platform without a finding is identical exactly when its manifests are, or, where there are none, its images. That
/// nothing was found although they differ is a defect of this program, and never a green verdict.
fn platform_without_finding(platform: &PlatformExplanation) -> Verdict {
    match (is_bare(platform), platform.same_manifest, platform.same_image) {
        (false, true, _) | (true, _, true) => Verdict::Identical,
        _ => Verdict::Inconclusive,
    }
}

/// The same for an index: the platforms answer for themselves, but where there are none its digest has to.
fn index_without_finding(explanation: &Explanation) -> Verdict {
    let images = &explanation.images;
    let same = images.original.digest.is_some() && images.original.digest == images.rebuild.digest;
    if same || !explanation.platforms.is_empty() { Verdict::Identical } else { Verdict::Inconclusive }
}

fn is_bare(platform: &PlatformExplanation) -> bool {
    platform.manifest_digest.original.is_none() && platform.manifest_digest.rebuild.is_none()
}

/// The verdict of a section; `None` where there is neither finding nor gap.
fn conclude(findings: &Store, reasons: Option<&Vec<Option<&str>>>, gap: bool) -> Option<Verdict> {
    let reasons = reasons.map(Vec::as_slice).unwrap_or_default();
    let accepted = |position: usize| reasons.get(position).is_some_and(Option::is_some);
    // What follows from nothing but a place that was not looked at proves nothing.
    let proves = |head: &Head| !gap || head.grounded;
    let different = findings.heads().enumerate().any(|(position, head)| !accepted(position) && proves(&head));
    match (different, gap, findings.is_empty()) {
        (true, _, _) => Some(Verdict::Different),
        (false, true, _) => Some(Verdict::Inconclusive),
        (false, false, false) => Some(Verdict::Equivalent),
        (false, false, true) => None,
    }
}

fn rung(platform: &PlatformExplanation) -> Rung {
    let canonical = || !platform.findings.is_empty() && platform.findings.heads().all(|head| head.converges);
    if platform.same_manifest && !is_bare(platform) {
        Rung::Manifest
    } else if platform.same_image {
        Rung::Image
    } else if platform.same_tree {
        Rung::Tree
    } else if platform.gaps.is_empty() && canonical() {
        Rung::Canonical
    } else {
        Rung::None
    }
}

#[cfg(test)]
mod tests;
