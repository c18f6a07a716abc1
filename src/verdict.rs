//! Findings, gaps, claims and policy become a verdict and a rung.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::explain::{Claim, Explained, Explanation, FindingRef, PlatformExplanation};
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
        let sections = Sections::new(explanation);
        let index_gap = !explanation.index.gaps.is_empty();
        // An index may hold the digest of a manifest that could not be read: then that platform has the gap.
        let any_gap = index_gap || explanation.platforms.iter().any(|platform| !platform.gaps.is_empty());
        let index = sections.conclude(0, judgement, any_gap).unwrap_or_else(|| index_without_finding(explanation));
        let mut conclusion = Conclusion { verdict: index, platforms: Vec::new() };
        for (position, platform) in explanation.platforms.iter().enumerate() {
            let section = position + 1;
            let gap = index_gap || !platform.gaps.is_empty();
            let verdict =
                sections.conclude(section, judgement, gap).unwrap_or_else(|| platform_without_finding(platform));
            conclusion.verdict = conclusion.verdict.max(verdict);
            conclusion.platforms.push((verdict, sections.rung(section, platform)));
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

/// The findings by section, with what was concluded from what they follow from.
struct Sections<'a> {
    findings: Vec<&'a [Explained]>,
    /// Canonicalized away: proven, excluded, or derived from only such.
    canonical: Marks,
    /// Differences in what was looked at: not derived, or derived from one of those.
    grounded: Marks,
}

impl<'a> Sections<'a> {
    fn new(explanation: &'a Explanation) -> Self {
        let platforms = explanation.platforms.iter().map(|platform| platform.findings.as_slice());
        let findings: Vec<_> = std::iter::once(explanation.index.findings.as_slice()).chain(platforms).collect();
        let canonical = least(
            &findings,
            |claim| matches!(claim, Claim::Proven | Claim::Excluded),
            |from, marks| from.iter().all(|at| marks.holds(*at)),
        );
        let grounded =
            least(&findings, |claim| claim != Claim::Derived, |from, marks| from.iter().any(|at| marks.holds(*at)));
        Sections { findings, canonical, grounded }
    }

    /// The verdict of a section; `None` where there is neither finding nor gap.
    fn conclude(&self, section: usize, judgement: &Judgement<'_>, gap: bool) -> Option<Verdict> {
        let findings = self.findings.get(section).copied().unwrap_or_default();
        let reasons = judgement.reasons.get(section).map(Vec::as_slice).unwrap_or_default();
        let accepted = |position: usize| reasons.get(position).is_some_and(Option::is_some);
        // What follows from nothing but a place that was not looked at proves nothing.
        let proves = |position| !gap || self.grounded.holds(FindingRef { section, position });
        let different = (0..findings.len()).any(|position| !accepted(position) && proves(position));
        match (different, gap, findings.is_empty()) {
            (true, _, _) => Some(Verdict::Different),
            (false, true, _) => Some(Verdict::Inconclusive),
            (false, false, false) => Some(Verdict::Equivalent),
            (false, false, true) => None,
        }
    }

    fn rung(&self, section: usize, platform: &PlatformExplanation) -> Rung {
        let holds = |position| self.canonical.holds(FindingRef { section, position });
        let canonical = || !platform.findings.is_empty() && (0..platform.findings.len()).all(holds);
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
}

/// The least set that holds every finding whose claim is a `root`, and every derived one that `follows` from members of
/// it. Something derived from itself, or from nothing, is not in it.
fn least(
    findings: &[&[Explained]],
    root: impl Fn(Claim) -> bool,
    follows: impl Fn(&[FindingRef], &Marks) -> bool,
) -> Marks {
    let mut marks = Marks(findings.iter().map(|findings| vec![false; findings.len()]).collect());
    let mut pending = Vec::new();
    for (section, findings) in findings.iter().enumerate() {
        for (position, explained) in findings.iter().enumerate() {
            let at = FindingRef { section, position };
            if root(explained.claim) {
                marks.set(at);
            } else if explained.claim == Claim::Derived && explained.from_count > 0 && !explained.from.is_empty() {
                pending.push((at, explained.from.as_slice()));
            }
        }
    }
    loop {
        let before = pending.len();
        pending.retain(|(at, from)| {
            let holds = follows(from, &marks);
            if holds {
                marks.set(*at);
            }
            !holds
        });
        if pending.len() == before {
            return marks;
        }
    }
}

/// A set of findings.
struct Marks(Vec<Vec<bool>>);

impl Marks {
    fn holds(&self, at: FindingRef) -> bool {
        self.0.get(at.section).and_then(|marks| marks.get(at.position)).copied().unwrap_or(false)
    }

    fn set(&mut self, at: FindingRef) {
        if let Some(mark) = self.0.get_mut(at.section).and_then(|marks| marks.get_mut(at.position)) {
            *mark = true;
        }
    }
}

#[cfg(test)]
mod tests;
