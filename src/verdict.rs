//! Findings, gaps, claims and policy become a verdict and a rung.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::explain::{Claim, Explanation, FindingRef, PlatformExplanation, Store};
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
        let index_gap = !explanation.index.gaps.is_empty();
        // An index may hold the digest of a manifest that could not be read: then that platform has the gap.
        let any_gap = index_gap || explanation.platforms.iter().any(|platform| !platform.gaps.is_empty());
        let sections = Sections::new(explanation, any_gap);
        let index = sections.conclude(0, judgement, any_gap).unwrap_or_else(|| index_without_finding(explanation));
        let mut conclusion = Conclusion { verdict: index, platforms: Vec::new() };
        for (position, platform) in explanation.platforms.iter().enumerate() {
            let section = position + 1;
            let gap = index_gap || !platform.gaps.is_empty();
            let verdict =
                sections.conclude(section, judgement, gap).unwrap_or_else(|| platform_without_finding(platform));
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

/// The findings by section.
struct Sections<'a> {
    findings: Vec<&'a Store>,
    /// Where anything could not be looked at: differences in what was, that is what is not derived, or derived from one
    /// of those.
    grounded: Option<Marks>,
}

impl<'a> Sections<'a> {
    fn new(explanation: &'a Explanation, any_gap: bool) -> Self {
        let platforms = explanation.platforms.iter().map(|platform| &platform.findings);
        let findings: Vec<_> = std::iter::once(&explanation.index.findings).chain(platforms).collect();
        let grounded = any_gap.then(|| Marks::grounded(&findings));
        Sections { findings, grounded }
    }

    /// The verdict of a section; `None` where there is neither finding nor gap.
    fn conclude(&self, section: usize, judgement: &Judgement<'_>, gap: bool) -> Option<Verdict> {
        let count = self.findings.get(section).map_or(0, |findings| findings.len());
        let reasons = judgement.reasons.get(section).map(Vec::as_slice).unwrap_or_default();
        let accepted = |position: usize| reasons.get(position).is_some_and(Option::is_some);
        // What follows from nothing but a place that was not looked at proves nothing.
        let grounded = self.grounded.as_ref().filter(|_| gap);
        let proves = |position| grounded.is_none_or(|grounded| grounded.holds(FindingRef { section, position }));
        let different = (0..count).any(|position| !accepted(position) && proves(position));
        match (different, gap, count == 0) {
            (true, _, _) => Some(Verdict::Different),
            (false, true, _) => Some(Verdict::Inconclusive),
            (false, false, false) => Some(Verdict::Equivalent),
            (false, false, true) => None,
        }
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

/// A set of findings.
struct Marks {
    /// The number of the first finding of each section, counted over all of them.
    first: Vec<usize>,
    marks: Vec<bool>,
}

impl Marks {
    /// The least set that holds every finding that is not derived, and every derived one that follows from a member of
    /// it. Something derived from itself alone, or from nothing, is not in it.
    fn grounded(sections: &[&Store]) -> Self {
        let mut set = Marks { first: Vec::new(), marks: Vec::new() };
        for findings in sections {
            set.first.push(set.marks.len());
            set.marks.extend(findings.heads().map(|head| head.claim != Claim::Derived));
        }
        set.first.push(set.marks.len());
        let edges = set.edges(sections);
        let mut reached: Vec<u32> = edges.iter().map(|(from, _)| *from).filter(|from| set.marked(*from)).collect();
        reached.dedup();
        while let Some(from) = reached.pop() {
            let start = edges.partition_point(|(other, _)| *other < from);
            for (_, to) in edges.iter().skip(start).take_while(|(other, _)| *other == from) {
                if let Some(mark) = set.marks.get_mut(*to as usize).filter(|mark| !**mark) {
                    *mark = true;
                    reached.push(*to);
                }
            }
        }
        set
    }

    /// For every derived finding the ones that it names: first what it follows from, then itself; sorted.
    fn edges(&self, sections: &[&Store]) -> Vec<(u32, u32)> {
        let mut edges = Vec::new();
        for (section, findings) in sections.iter().enumerate() {
            let mut reader = findings.reader();
            let derived = findings.heads().enumerate().filter(|(_, head)| head.claim == Claim::Derived && head.follows);
            for (position, _) in derived {
                let from = reader.get(position).map(|explained| explained.from).unwrap_or_default();
                let own = self.number(FindingRef { section, position });
                edges.extend(from.into_iter().filter_map(|at| self.number(at).zip(own)));
            }
        }
        edges.sort_unstable();
        edges
    }

    fn number(&self, at: FindingRef) -> Option<u32> {
        let number = self.first.get(at.section)?.checked_add(at.position)?;
        u32::try_from(number).ok().filter(|_| self.first.get(at.section + 1).is_some_and(|next| number < *next))
    }

    fn marked(&self, number: u32) -> bool {
        self.marks.get(number as usize).copied().unwrap_or(false)
    }

    fn holds(&self, at: FindingRef) -> bool {
        self.number(at).is_some_and(|number| self.marked(number))
    }
}

#[cfg(test)]
mod tests;
