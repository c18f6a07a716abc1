//! From a report to the statements that may be made of it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, SecondsFormat};

use super::earlier::Earlier;
use super::outcome::{Circumstances, Outcome};
use super::predicate::{
    Builders, ComparedPlatform, Comparison, IMAGE_COMPARISON, ImageDescriptor, PolicyDescriptor, REPORT, Reason,
    ReportDescriptor, Scope, Section, TimeSource, Verifier,
};
use super::statement::{DigestSet, Statement, Subject, digest_set};
use super::vsa::{self, VERIFICATION_SUMMARY, VerificationSummary};
use super::{consistent, refused};
use crate::digest::Digest;
use crate::error::{Result, Unstated};
use crate::policy::Date;
use crate::reference::{Reference, Remote, Transport};
use crate::report::{Image, Platform, PlatformName, Report};
use crate::verdict::Verdict;

/// What statements are made with beside the report.
#[derive(Debug, Clone)]
pub struct Terms<'a> {
    /// What errors call the report.
    pub name: &'a str,
    /// Of the report as written.
    pub digest: &'a Digest,
    /// The platforms to state something of; all where it is empty.
    pub platforms: &'a [String],
    /// The URI of who verifies.
    pub verifier: &'a str,
    /// This program's version.
    pub version: &'a str,
    /// Where consumers fetch the image; made of the reference where it is not given.
    pub resource: Option<&'a str>,
    /// A time in seconds since 1970 and where it is from; that of the images where it is not given.
    pub time: Option<(i64, TimeSource)>,
    /// The day it is.
    pub today: Date,
    /// What was stated of the image before.
    pub earlier: Option<&'a Earlier>,
}

/// All that can be stated of a report.
#[derive(Debug, Clone)]
pub struct Composed {
    /// What was found of the image, or of the platforms that were chosen.
    pub comparison: Statement<Comparison>,
    /// The same of each platform that has a better verdict than that.
    pub platforms: Vec<Statement<Comparison>>,
    /// That it passed; absent where it did not.
    pub summary: Option<Statement<VerificationSummary>>,
    /// Likewise, of single platforms.
    pub summaries: Vec<Statement<VerificationSummary>>,
    /// It passed, and there is no summary because nobody knows where consumers fetch the image.
    pub nameless: bool,
}

/// Makes all statements of a report.
///
/// # Errors
/// Where the report contradicts itself, is of another version of this program, or is about images without digests.
pub fn compose(report: &Report<'_>, terms: &Terms<'_>) -> Result<Composed> {
    consistent::check(report, terms.version).map_err(|problem| refused(terms.name, problem))?;
    let refuse = |problem: Unstated| refused(terms.name, problem);
    let parts = Parts::of(report, terms).map_err(refuse)?;
    let comparison = parts.statement(&parts.platforms.iter().collect::<Vec<_>>(), parts.scope);
    let better = |platform: &&ComparedPlatform| platform.verdict < comparison.predicate.verdict;
    let alone = parts.platforms.iter().filter(better).map(|platform| parts.statement(&[platform], Scope::Platforms));
    // A platform that is the image itself, or shares its manifest with a worse one, has no statement of its own.
    let platforms: Vec<_> = alone.filter(|statement| !statement.subject.is_empty()).collect();
    if comparison.subject.is_empty() {
        return Err(refuse(Unstated::NoDigest));
    }
    let resource = terms.resource.map(str::to_owned).or_else(|| repository(report).as_deref().map(purl));
    let summarize = |statement: &Statement<Comparison>| {
        let predicate = vsa::summary(&statement.predicate, resource.as_deref()?)?;
        Some(Statement::new(statement.subject.clone(), VERIFICATION_SUMMARY, predicate))
    };
    Ok(Composed {
        summary: summarize(&comparison),
        summaries: platforms.iter().filter_map(summarize).collect(),
        nameless: resource.is_none() && comparison.predicate.verdict.passes(),
        comparison,
        platforms,
    })
}

/// What statements of one report are made of.
struct Parts<'a> {
    report: &'a Report<'a>,
    terms: &'a Terms<'a>,
    scope: Scope,
    index: Option<Outcome>,
    platforms: Vec<ComparedPlatform>,
    /// The worst that is said of a digest: one manifest can stand for several platforms, or be the image itself.
    worst: BTreeMap<String, Verdict>,
}

impl<'a> Parts<'a> {
    fn of(report: &'a Report<'a>, terms: &'a Terms<'a>) -> std::result::Result<Self, Unstated> {
        let future =
            report.policy.date.as_deref().is_some_and(|date| Date::parse(date).is_none_or(|d| d > terms.today));
        let gaps_above = report.index.as_ref().is_some_and(|index| !index.gaps.is_empty());
        let index = report.index.as_ref().map(|index| {
            // Reports have no verdict of the index alone; it is no better than what its findings say. With a gap these may
            // follow from nothing else: where they prove a difference, the report's own verdict says so.
            let any_gap = report.summary.gaps > 0;
            let verdict = match (any_gap, index.findings.is_empty()) {
                (true, _) => Verdict::Inconclusive,
                (false, true) => Verdict::Identical,
                (false, false) => Verdict::Equivalent,
            };
            let around = Circumstances { gaps_above: any_gap, future };
            Outcome::of(verdict, &index.findings, &index.gaps, around)
        });
        let around = Circumstances { gaps_above, future };
        let compared = report.platforms.iter().map(|platform| compared(platform, around));
        let mut platforms = compared.collect::<std::result::Result<Vec<_>, _>>()?;
        // Only a report that says so was of the whole image.
        let whole = report.selected.as_ref().is_some_and(Vec::is_empty) && terms.platforms.is_empty();
        let mut worst = BTreeMap::new();
        for platform in &platforms {
            note(&mut worst, platform.original.as_ref(), platform.verdict);
        }
        let scope = if whole { Scope::Image } else { Scope::Platforms };
        let image = platforms.iter().map(|platform| platform.verdict).chain(index.iter().map(|index| index.verdict));
        let image = image.max().unwrap_or(report.verdict).max(report.verdict);
        note(&mut worst, report.original.digest.as_deref().and_then(digest_set).as_ref(), image);
        for wanted in terms.platforms {
            if !platforms.iter().any(|platform| platform.platform == *wanted) {
                return Err(Unstated::NoPlatform(wanted.clone()));
            }
        }
        platforms.retain(|platform| terms.platforms.is_empty() || terms.platforms.contains(&platform.platform));
        if scope == Scope::Platforms && platforms.is_empty() {
            return Err(Unstated::NoPlatforms);
        }
        Ok(Parts { report, terms, scope, index, platforms, worst })
    }

    fn statement(&self, platforms: &[&ComparedPlatform], scope: Scope) -> Statement<Comparison> {
        let index = self.index.as_ref().filter(|_| scope == Scope::Image);
        let verdicts = platforms.iter().map(|platform| platform.verdict).chain(index.map(|index| index.verdict));
        let mut verdict = verdicts.max().unwrap_or(Verdict::Inconclusive);
        let mut reasons: BTreeSet<Reason> = platforms.iter().flat_map(|platform| platform.reasons.clone()).collect();
        reasons.extend(index.iter().flat_map(|index| index.reasons.iter().copied()));
        if scope == Scope::Image {
            // The report's own is the floor: for an image without platforms it is all there is.
            verdict = if platforms.is_empty() && index.is_none() {
                self.report.verdict
            } else {
                verdict.max(self.report.verdict)
            };
        }
        let (original, rebuild) = (&self.report.original.digest, &self.report.rebuild.digest);
        if scope == Scope::Image && verdict == Verdict::Identical && original != rebuild {
            verdict = Verdict::Inconclusive;
        }
        if !verdict.passes() && reasons.is_empty() {
            reasons.insert(Reason::NotTheSame);
        }
        let subject = self.subjects(platforms, scope, verdict);
        let index = index.map(|index| index.section.clone());
        let mut predicate = self.predicate(verdict, reasons, scope, index, platforms);
        predicate.previous = self.terms.earlier.and_then(|earlier| earlier.of(&subject, &predicate));
        Statement::new(subject, IMAGE_COMPARISON, predicate)
    }

    /// The images for which the verdict holds: for one that passes all that pass, for any other those that have it.
    fn subjects(&self, platforms: &[&ComparedPlatform], scope: Scope, verdict: Verdict) -> Vec<Subject> {
        let repository = repository(self.report);
        let mut seen = BTreeSet::new();
        let mut subjects = Vec::new();
        let holds = |digest: &DigestSet| match self.worst.get(&key(digest)) {
            Some(worst) => {
                if verdict.passes() {
                    worst.passes()
                } else {
                    *worst == verdict
                }
            }
            None => false,
        };
        let image = self.report.original.digest.as_deref().and_then(digest_set).filter(|_| scope == Scope::Image);
        if let Some(digest) = image.filter(holds) {
            seen.insert(key(&digest));
            subjects.push(Subject { name: repository.clone(), digest });
        }
        for platform in platforms {
            let Some(digest) = platform.original.clone().filter(holds) else { continue };
            if seen.insert(key(&digest)) {
                let name = repository.as_ref().map(|name| format!("{name}?platform={}", platform.platform));
                subjects.push(Subject { name, digest });
            }
        }
        subjects
    }

    fn predicate(
        &self,
        verdict: Verdict,
        reasons: BTreeSet<Reason>,
        scope: Scope,
        index: Option<Section>,
        platforms: &[&ComparedPlatform],
    ) -> Comparison {
        let (report, terms) = (self.report, self.terms);
        let canonical = platforms.iter().any(|platform| platform.canonical_digest.is_some());
        let time = terms.time.and_then(|(seconds, source)| Some((written(seconds)?, source)));
        let (compared_on, source) = time.or_else(|| of_images(report)).unzip();
        Comparison {
            verdict,
            reasons: if verdict.passes() { Vec::new() } else { reasons.into_iter().collect() },
            scope,
            original: descriptor(&report.original),
            rebuild: descriptor(&report.rebuild),
            index,
            platforms: platforms.iter().map(|platform| (*platform).clone()).collect(),
            canonical_form: canonical.then(|| crate::canonical::VERSION.to_owned()),
            policy: PolicyDescriptor {
                name: report.policy.name.clone(),
                digest: digest_set(&report.policy.digest).unwrap_or_default(),
                date: report.policy.date.clone(),
            },
            builders: Builders {
                original: builder(&report.original),
                rebuild: builder(&report.rebuild),
                independent: None,
            },
            report: ReportDescriptor {
                media_type: REPORT.to_owned(),
                digest: digest_set(&terms.digest.to_string()).unwrap_or_default(),
            },
            verifier: Verifier {
                id: terms.verifier.to_owned(),
                version: BTreeMap::from([(report.tool.name.clone(), report.tool.version.clone())]),
            },
            compared_on,
            compared_on_source: source,
            previous: None,
        }
    }
}

fn compared(platform: &Platform<'_>, around: Circumstances) -> std::result::Result<ComparedPlatform, Unstated> {
    let outcome = Outcome::of(platform.verdict, &platform.findings, &platform.gaps, around);
    let name = match &platform.platform {
        PlatformName::Same(name) => name,
        PlatformName::Different(pair) => &pair.original,
    };
    if outcome.verdict == Verdict::Equivalent && platform.canonical_digest.is_none() {
        return Err(Unstated::NoCanonicalDigests);
    }
    let digest = |digest: &Option<String>| digest.as_deref().and_then(digest_set);
    Ok(ComparedPlatform {
        platform: name.clone(),
        verdict: outcome.verdict,
        reasons: outcome.reasons.into_iter().collect(),
        rung: platform.rung,
        original: digest(&platform.original.manifest_digest),
        rebuild: digest(&platform.rebuild.manifest_digest),
        canonical_digest: platform.canonical_digest.clone(),
        differences: outcome.section,
    })
}

fn key(digest: &DigestSet) -> String {
    digest.iter().map(|(algorithm, hex)| format!("{algorithm}:{hex}")).collect()
}

fn note(worst: &mut BTreeMap<String, Verdict>, digest: Option<&DigestSet>, verdict: Verdict) {
    if let Some(digest) = digest {
        let known = worst.entry(key(digest)).or_insert(verdict);
        *known = verdict.max(*known);
    }
}

fn descriptor(image: &Image) -> ImageDescriptor {
    ImageDescriptor {
        name: is_registry(&image.reference).then(|| image.reference.clone()),
        media_type: image.media_type.clone(),
        digest: image.digest.as_deref().and_then(digest_set),
    }
}

fn builder(image: &Image) -> Option<String> {
    let builder = image.builder.as_ref()?;
    Some(builder.version.as_ref().map_or_else(|| builder.name.clone(), |version| format!("{} {version}", builder.name)))
}

fn written(seconds: i64) -> Option<String> {
    DateTime::from_timestamp(seconds, 0).map(|time| time.to_rfc3339_opts(SecondsFormat::Secs, true))
}

/// The later of the times that the images say they were made.
fn of_images(report: &Report<'_>) -> Option<(String, TimeSource)> {
    let made = [&report.original, &report.rebuild].into_iter().filter_map(|image| image.created.as_deref());
    let latest = made.filter_map(|text| DateTime::parse_from_rfc3339(text).ok()).map(|time| time.timestamp()).max()?;
    Some((written(latest)?, TimeSource::Images))
}

/// Takes the names of places on somebody's own disk out of a report, so that it is the same wherever the images lie.
pub fn unplaced(report: &mut Report<'_>) {
    for image in [&mut report.original, &mut report.rebuild] {
        if let Some(digest) = image.digest.as_ref().filter(|_| !is_registry(&image.reference)) {
            image.reference.clone_from(digest);
        }
    }
}

fn is_registry(reference: &str) -> bool {
    Reference::parse(reference)
        .is_ok_and(|reference| matches!(reference.transport, Transport::Remote(Remote::Registry(_))))
}

/// The repository of the original, host first; `None` where it is none of a registry by its transport.
fn repository(report: &Report<'_>) -> Option<String> {
    let Transport::Remote(Remote::Registry(name)) = Reference::parse(&report.original.reference).ok()?.transport else {
        return None;
    };
    let name = name.split_once('@').map_or(name.as_str(), |(name, _)| name);
    let (folder, last) = name.rsplit_once('/').map_or((None, name), |(folder, last)| (Some(folder), last));
    let last = last.split_once(':').map_or(last, |(last, _)| last);
    let host =
        |folder: &str| folder.split('/').next().is_some_and(|host| host.contains(['.', ':']) || host == "localhost");
    Some(match folder {
        None => format!("docker.io/library/{last}"),
        Some(folder) if host(folder) => format!("{folder}/{last}"),
        Some(folder) => format!("docker.io/{folder}/{last}"),
    })
}

/// A package URL without tag and digest, so that consumers can know it beforehand.
fn purl(repository: &str) -> String {
    let last = repository.rsplit('/').next().unwrap_or(repository);
    format!("pkg:oci/{last}?repository_url={repository}")
}
