//! A report is a file that anybody can have changed. Its conclusions have to be those of its findings and gaps, or nothing
//! is stated. That does not make an invented report true: whoever signs answers for what he signs.

use std::collections::{BTreeMap, BTreeSet};

use crate::causes;
use crate::digest::Digest;
use crate::error::Contradiction;
use crate::explain::Claim;
use crate::report::{Findings, Gap, Platform, PlatformName, Report, Summary};
use crate::verdict::{Rung, Verdict};

/// Whether a report says what its findings say.
///
/// # Errors
/// What contradicts what.
pub(super) fn check(report: &Report<'_>, version: &str) -> Result<(), Contradiction> {
    tool(report, version)?;
    digests(report)?;
    images(report)?;
    let sections = sections(report);
    ids(&sections)?;
    sections.iter().try_for_each(|(findings, _)| findings.heads().try_for_each(|head| known(&head)))?;
    summary(report, &sections)?;
    by_cause(report, &sections)?;
    verdicts(report)
}

/// Causes, severities, canonical form and the policy `default` are those of one version.
fn tool(report: &Report<'_>, version: &str) -> Result<(), Contradiction> {
    let tool = &report.tool;
    ensure(tool.name == "reprove" && tool.version == version, || {
        let (name, own) = (tool.name.clone(), version.to_owned());
        Contradiction::Tool { name, version: tool.version.clone(), own }
    })
}

fn ensure(holds: bool, why: impl FnOnce() -> Contradiction) -> Result<(), Contradiction> {
    if holds { Ok(()) } else { Err(why()) }
}

/// All of them are digests.
fn digests(report: &Report<'_>) -> Result<(), Contradiction> {
    let named = [&report.original.digest, &report.rebuild.digest].into_iter().flatten();
    let platforms = report.platforms.iter().flat_map(|platform| {
        let canonical = platform.canonical_digest.iter().flat_map(|pair| [&pair.original, &pair.rebuild]);
        let images = [&platform.original, &platform.rebuild].into_iter();
        images.flat_map(|image| [&image.manifest_digest, &image.image_id]).flatten().chain(canonical)
    });
    for digest in named.chain(platforms).chain([&report.policy.digest]) {
        Digest::parse(digest).map_err(|_| Contradiction::NotADigest(digest.clone()))?;
    }
    Ok(())
}

/// The manifests of a single image are those that were named, and what has one digest does not differ.
fn images(report: &Report<'_>) -> Result<(), Contradiction> {
    let single = |media_type: &Option<String>| {
        matches!(
            media_type.as_deref(),
            Some("application/vnd.oci.image.manifest.v1+json" | "application/vnd.docker.distribution.manifest.v2+json")
        )
    };
    let platforms = &report.platforms;
    for (image, side) in
        [(&report.original, 0), (&report.rebuild, 1)].into_iter().filter(|(image, _)| single(&image.media_type))
    {
        let of = |platform: &Platform<'_>| {
            if side == 0 { platform.original.manifest_digest.clone() } else { platform.rebuild.manifest_digest.clone() }
        };
        ensure(platforms.len() <= 1 && platforms.iter().all(|platform| of(platform) == image.digest), || {
            Contradiction::Manifest(image.digest.clone())
        })?;
    }
    let same = report.original.digest.is_some() && report.original.digest == report.rebuild.digest;
    let differs = |platform: &Platform<'_>| {
        !platform.findings.is_empty() || platform.original.manifest_digest != platform.rebuild.manifest_digest
    };
    ensure(!same || !platforms.iter().any(differs), || Contradiction::OneDigest)
}

type Part<'a> = (&'a Findings<'a>, &'a [Gap]);

/// The index, then the platforms.
fn sections<'a>(report: &'a Report<'a>) -> Vec<Part<'a>> {
    let index = report.index.iter().map(|index| (&index.findings, index.gaps.as_slice()));
    index.chain(report.platforms.iter().map(|platform| (&platform.findings, platform.gaps.as_slice()))).collect()
}

fn ids(sections: &[Part<'_>]) -> Result<(), Contradiction> {
    let mut seen = BTreeSet::new();
    let ids = sections.iter().flat_map(|(findings, _)| findings.iter().map(|finding| finding.id).collect::<Vec<_>>());
    for id in ids {
        ensure(seen.insert(id), || Contradiction::FindingTwice(id.to_string()))?;
    }
    Ok(())
}

/// A finding has a cause of the catalogue exactly where it is explained, and is accepted only then.
fn known(head: &crate::report::Head<'_>) -> Result<(), Contradiction> {
    match head.cause {
        None => ensure(head.claim == Claim::Unexplained && !head.accepted, || Contradiction::WithoutCause),
        Some(id) => {
            ensure(causes::find(id).is_some(), || Contradiction::UnknownCause(id.to_owned()))?;
            ensure(head.claim != Claim::Unexplained, || Contradiction::Unexplained(id.to_owned()))
        }
    }
}

fn summary(report: &Report<'_>, sections: &[Part<'_>]) -> Result<(), Contradiction> {
    let mut found = Summary { warnings: report.summary.warnings, ..Summary::default() };
    for (findings, gaps) in sections {
        found.gaps += gaps.len() as u64;
        for head in findings.heads() {
            found.findings += 1;
            *match head.claim {
                Claim::Proven => &mut found.proven,
                Claim::Derived => &mut found.derived,
                Claim::Attributed => &mut found.attributed,
                Claim::Random => &mut found.random,
                Claim::Excluded => &mut found.excluded,
                Claim::Unexplained => &mut found.unexplained,
            } += 1;
        }
    }
    ensure(found == report.summary, || Contradiction::Numbers)
}

fn by_cause(report: &Report<'_>, sections: &[Part<'_>]) -> Result<(), Contradiction> {
    let mut found: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for head in sections.iter().flat_map(|(findings, _)| findings.heads()) {
        let Some(cause) = head.cause else { continue };
        let (findings, accepted) = found.entry(cause).or_default();
        *findings += 1;
        *accepted += u64::from(head.accepted);
    }
    ensure(report.causes.len() == found.len(), || Contradiction::Causes)?;
    for cause in &report.causes {
        let wrong = || Contradiction::Cause(cause.id.clone());
        let (findings, accepted) = found.remove(cause.id.as_str()).ok_or_else(wrong)?;
        let severity = causes::find(&cause.id).map(|known| known.severity);
        let all = accepted == findings;
        let says = (cause.findings, cause.accepted_findings, cause.accepted, Some(cause.severity));
        ensure(says == (findings, accepted, all, severity), wrong)?;
    }
    Ok(())
}

fn verdicts(report: &Report<'_>) -> Result<(), Contradiction> {
    let index_gaps = report.index.as_ref().is_some_and(|index| !index.gaps.is_empty());
    let any_gap = report.summary.gaps > 0;
    let mut worst = match &report.index {
        Some(index) => concluded(&index.findings, any_gap),
        None => Allowed::only(Verdict::Identical),
    };
    let same = report.original.digest.is_some() && report.original.digest == report.rebuild.digest;
    if report.platforms.is_empty() && report.index.is_none() && !same {
        worst = Allowed::only(Verdict::Inconclusive);
    }
    for platform in &report.platforms {
        let name = || match &platform.platform {
            PlatformName::Same(name) => name.clone(),
            PlatformName::Different(pair) => format!("{} and {}", pair.original, pair.rebuild),
        };
        let allowed = if platform.findings.is_empty() && platform.gaps.is_empty() && !index_gaps {
            Allowed::only(if is_same(platform) { Verdict::Identical } else { Verdict::Inconclusive })
        } else {
            concluded(&platform.findings, index_gaps || !platform.gaps.is_empty())
        };
        ensure(allowed.has(platform.verdict), || Contradiction::PlatformVerdict(name()))?;
        ensure(rung_holds(platform), || Contradiction::Rung(name()))?;
        let ledger = &platform.ledger;
        let unexplained = platform.findings.heads().any(|head| head.claim == Claim::Unexplained);
        let sum = ledger.claimed_bytes.checked_add(ledger.unexplained_bytes);
        ensure(sum == Some(ledger.differing_bytes) && (unexplained || ledger.unexplained_bytes == 0), || {
            Contradiction::Ledger(name())
        })?;
        worst = worst.max(Allowed::only(platform.verdict));
    }
    ensure(worst.has(report.verdict), || Contradiction::Verdict)
}

/// From the best to the worst verdict that a part can have: what is not accepted proves a difference beside a gap only
/// where it follows from something else than that gap, which reports do not hold.
#[derive(Clone, Copy)]
struct Allowed(Verdict, Verdict);

impl Allowed {
    const fn only(verdict: Verdict) -> Self {
        Allowed(verdict, verdict)
    }

    fn has(self, verdict: Verdict) -> bool {
        verdict == self.0 || verdict == self.1
    }

    fn max(self, other: Self) -> Self {
        Allowed(self.0.max(other.0), self.1.max(other.1))
    }
}

fn concluded(findings: &Findings<'_>, gap: bool) -> Allowed {
    let refused = findings.heads().any(|head| !head.accepted);
    match (refused, gap, findings.is_empty()) {
        (true, true, _) => Allowed(Verdict::Inconclusive, Verdict::Different),
        (true, false, _) => Allowed::only(Verdict::Different),
        (false, true, _) => Allowed::only(Verdict::Inconclusive),
        (false, false, false) => Allowed::only(Verdict::Equivalent),
        (false, false, true) => Allowed::only(Verdict::Identical),
    }
}

/// Whether both sides of a platform are one image, by the manifests or, where there are none, by the configs.
fn is_same(platform: &Platform<'_>) -> bool {
    let (original, rebuild) = (&platform.original, &platform.rebuild);
    match (&original.manifest_digest, &rebuild.manifest_digest) {
        (None, None) => original.image_id.is_some() && original.image_id == rebuild.image_id,
        (one, other) => one == other,
    }
}

fn rung_holds(platform: &Platform<'_>) -> bool {
    let manifest = &platform.original.manifest_digest;
    let same_manifest = manifest.is_some() && *manifest == platform.rebuild.manifest_digest;
    let canonical = platform.canonical_digest.as_ref().map(|pair| pair.original == pair.rebuild);
    match platform.rung {
        Rung::Manifest => same_manifest,
        Rung::Canonical => canonical != Some(false),
        // One manifest under two media types is at a lower rung, too.
        Rung::None | Rung::Tree | Rung::Image => true,
    }
}
