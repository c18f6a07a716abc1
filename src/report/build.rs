//! From what the engine explained to the report: ids, numbers, and everything through `redact`.

use std::borrow::Cow;
use std::io;
use std::sync::Arc;

use super::layers::Layers;
use super::model::{
    Attestation, CauseSummary, Finding, Findings, Gap, Head, Image, ImageBuilder, Index, Location, Maybe, Pair, Plan,
    Platform, PlatformImage, PlatformName, PolicyRule, PolicyUsed, Report, SCHEMA_VERSION, Summary, Tool, Warning,
};
use super::numbers::Ids;
use super::{causes, fixes, inputs, ledger, redact};
use crate::causes::{Hazard, Proof};
use crate::explain::{self, BuiltBy, Claim, Explained, Explanation, FindingRef, PlatformExplanation, Store};
use crate::finding::{self, Side, Sides};
use crate::plan::{self, Seen, Setting};
use crate::policy::{Date, Judgement, Policy, Rule, Subject};
use crate::verdict::{Conclusion, Rung, Verdict};

impl<'a> Report<'a> {
    /// Judges a comparison by a policy, on a day, and writes down everything that is known of it. `version` is the
    /// program's.
    pub fn new(explanation: &'a Explanation, policy: &Policy, date: Date, version: &str) -> Self {
        let judgement = policy.judge_all(explanation, date);
        let conclusion = Conclusion::new(explanation, &judgement);
        let ids = Ids::new(explanation);
        let mut names = redact::Names::default();
        let mut layers = Layers::default();
        let tallies = causes::tallies(explanation, &judgement, &mut names, &mut layers);
        others(explanation).for_each(|location| names.see(location));
        let names = Arc::new(names);
        let index = &explanation.index;
        let judged_by_day = index.judged_by_day || explanation.platforms.iter().any(|platform| platform.judged_by_day);
        let index = (!index.findings.is_empty() || !index.gaps.is_empty()).then(|| Index {
            findings: Section::of(0, &index.findings, false, (&ids, &names), &judgement),
            gaps: index.gaps.iter().map(|gap| self::gap(gap, &names)).collect(),
        });
        let concluded = explanation.platforms.iter().zip(&conclusion.platforms).enumerate();
        let platforms: Vec<Platform> = concluded
            .map(|(position, (explained, (verdict, rung)))| {
                let canonical = explained.canonical_digest.is_some();
                let findings = Section::of(position + 1, &explained.findings, canonical, (&ids, &names), &judgement);
                Platform {
                    layers: layers.of(position + 1, explained),
                    ..platform(explained, *verdict, *rung, findings, &names)
                }
            })
            .collect();
        let summary = summary(explanation);
        let causes: Vec<CauseSummary> = tallies.iter().map(|tally| tally.summary(explanation, &ids)).collect();
        let mut plan = plan(&tallies, &summary, explanation);
        plan.iter_mut().for_each(|plan| fixes::locate(plan, &causes));
        Report {
            schema_version: SCHEMA_VERSION.to_owned(),
            tool: Tool { name: "reprove".to_owned(), version: version.to_owned() },
            original: image(Side::Original, explanation),
            rebuild: image(Side::Rebuild, explanation),
            policy: policy_used(policy, &judgement, date, judged_by_day),
            selected: Some(explanation.selected.clone()),
            verdict: conclusion.verdict,
            plan,
            summary,
            causes,
            inputs: inputs::of(explanation),
            index,
            platforms,
        }
    }

    /// Whether all findings that the report was made of, and those that were asked for since, could be read back from
    /// where they are kept. Where they could not, nothing that it says may be relied on; renderers return this error.
    ///
    /// # Errors
    /// When a temporary file could not be read.
    pub fn check(&self) -> io::Result<()> {
        self.index.iter().try_for_each(|index| index.findings.check())?;
        self.platforms.iter().try_for_each(|platform| platform.findings.check())
    }

    /// Whether every platform is at this rung or above. Without platforms only an identical index is, at any rung.
    pub fn reaches(&self, required: Rung) -> bool {
        match self.platforms.as_slice() {
            [] => self.verdict == Verdict::Identical,
            platforms => platforms.iter().all(|platform| platform.rung >= required),
        }
    }
}

/// The findings of one section of a comparison, and what it takes to write one of them down.
#[derive(Clone)]
pub(super) struct Section<'a> {
    number: usize,
    explained: &'a Store,
    /// Whether it is told what claims map both sides to.
    canonical: bool,
    ids: Ids,
    names: Arc<redact::Names>,
    accepted: Vec<bool>,
}

impl<'a> Section<'a> {
    fn of(
        number: usize,
        explained: &'a Store,
        canonical: bool,
        (ids, names): (&Ids, &Arc<redact::Names>),
        judgement: &Judgement<'_>,
    ) -> Findings<'a> {
        let reasons = judgement.reasons.get(number).map(Vec::as_slice).unwrap_or_default();
        let accepted = reasons.iter().map(Option::is_some).collect();
        Findings::of(Section { number, explained, canonical, ids: ids.clone(), names: names.clone(), accepted })
    }

    pub(super) fn len(&self) -> usize {
        self.explained.len()
    }

    pub(super) fn check(&self) -> io::Result<()> {
        self.explained.check()
    }

    pub(super) fn head(&self, position: usize) -> Option<Head<'a>> {
        let explain::Head { claim, cause, witnessed, .. } = self.explained.head(position)?;
        Some(Head { claim, accepted: self.accepted(position), cause: cause.map(|cause| cause.id), witnessed })
    }

    fn accepted(&self, position: usize) -> bool {
        self.accepted.get(position).copied().unwrap_or(false)
    }

    pub(super) fn finding(&self, position: usize) -> Option<Finding> {
        Some(self.written(position, &self.explained.get(position)?))
    }

    /// All of them, in order, but for what cannot be read back.
    pub(super) fn findings(&self) -> impl Iterator<Item = Finding> + '_ {
        let mut reader = self.explained.reader();
        (0..self.len()).filter_map(move |position| Some(self.written(position, &reader.get(position)?)))
    }

    fn written(&self, position: usize, explained: &Explained) -> Finding {
        let derived = explained.claim == Claim::Derived;
        let found = &explained.finding;
        Finding {
            id: self.ids.of(FindingRef { section: self.number, position }),
            location: location(&found.location, &self.names),
            aspect: found.aspect,
            original: redact::value(&found.values.original, &found.location),
            rebuild: redact::value(&found.values.rebuild, &found.location),
            diff: explained.diff.as_ref().map(|diff| Box::new(redact::diff(diff, &found.location))),
            claim: explained.claim,
            accepted: self.accepted(position),
            cause: explained.cause.map(|cause| Cow::Borrowed(cause.id)),
            witness: explained.witness.as_deref().map(|witness| redact::text(witness).into_boxed_str()),
            from: derived.then(|| explained.from.iter().map(|at| self.ids.of(*at)).collect()),
            from_count: derived.then_some(explained.from_count),
            canonical: if self.canonical { canonical(explained) } else { None },
        }
    }
}

/// What a claim maps both sides to. Of a file with a secret in it that would tell whoever guesses the secret that he is right.
fn canonical(explained: &Explained) -> Option<Box<str>> {
    let values = &explained.finding.values;
    let withheld = [&values.original, &values.rebuild]
        .into_iter()
        .any(|value| matches!(value, finding::Value::Content { secret: Some(_), .. }));
    let form = explained.canonical.filter(|_| explained.claim == Claim::Proven);
    (explained.converges && !withheld).then(|| form.map(hex::encode).unwrap_or_default().into_boxed_str())
}

/// A platform but for what was concluded of it, and for its layers.
fn platform<'a>(
    explained: &PlatformExplanation,
    verdict: Verdict,
    rung: Rung,
    findings: Findings<'a>,
    names: &redact::Names,
) -> Platform<'a> {
    let Sides { original, rebuild } = explained.platform.clone();
    let name = if original == rebuild {
        PlatformName::Same(original)
    } else {
        PlatformName::Different(Pair { original, rebuild })
    };
    let image = |side| PlatformImage {
        manifest_digest: explained.manifest_digest.get(side).as_ref().map(ToString::to_string),
        image_id: explained.image_id.get(side).as_ref().map(ToString::to_string),
    };
    let canonical = explained.canonical_digest.as_ref().filter(|_| explained.gaps.is_empty());
    Platform {
        platform: name,
        verdict,
        rung,
        original: image(Side::Original),
        rebuild: image(Side::Rebuild),
        canonical_digest: canonical
            .map(|digests| Pair { original: digests.original.to_string(), rebuild: digests.rebuild.to_string() }),
        ledger: ledger::of(&explained.findings),
        layers: Vec::new(),
        findings,
        gaps: explained.gaps.iter().map(|gap| self::gap(gap, names)).collect(),
        warnings: explained.warnings.iter().map(|warning| self::warning(warning, names)).collect(),
    }
}

fn summary(explanation: &Explanation) -> Summary {
    let mut summary = Summary::default();
    let platforms = explanation.platforms.iter().flat_map(|platform| platform.findings.heads());
    for head in explanation.index.findings.heads().chain(platforms) {
        summary.findings += 1;
        *match head.claim {
            Claim::Proven => &mut summary.proven,
            Claim::Derived => &mut summary.derived,
            Claim::Attributed => &mut summary.attributed,
            Claim::Random => &mut summary.random,
            Claim::Excluded => &mut summary.excluded,
            Claim::Unexplained => &mut summary.unexplained,
        } += 1;
    }
    let gaps = explanation.platforms.iter().map(|platform| platform.gaps.len()).sum::<usize>();
    summary.gaps = (explanation.index.gaps.len() + gaps) as u64;
    summary.warnings = explanation.platforms.iter().map(|platform| platform.warnings.len() as u64).sum();
    summary
}

fn plan(tallies: &[causes::Tally<'_>], summary: &Summary, explanation: &Explanation) -> Option<Plan> {
    let seen: Vec<Seen> = tallies.iter().filter_map(causes::Tally::seen).collect();
    let platforms = explanation.platforms.iter();
    let images = platforms.flat_map(|platform| Side::BOTH.map(|side| platform.built_by.get(side).as_ref()));
    let setting = Setting::new(images);
    let mut warned = explanation.platforms.iter().flat_map(|platform| &platform.warnings).map(|warning| warning.cause);
    let cached = warned.find(|cause| matches!(cause.proof, Proof::Warning(Hazard::OlderStep)));
    let plan = plan::Plan::new(&seen, summary.unexplained, &setting);
    fixes::plan(&match cached {
        Some(cause) => plan.against(cause, &setting),
        None => plan,
    })
}

fn image(side: Side, explanation: &Explanation) -> Image {
    let named = explanation.images.get(side);
    let built_by = same(explanation.platforms.iter().map(|platform| platform.built_by.get(side).as_ref()));
    let created = same(explanation.platforms.iter().map(|platform| platform.created.get(side).as_ref()));
    let builder = |built_by: &BuiltBy| ImageBuilder {
        name: built_by.builder.name().to_owned(),
        version: built_by.version.clone(),
    };
    Image {
        reference: redact::text(&named.reference),
        media_type: named.media_type.clone(),
        digest: named.digest.as_ref().map(ToString::to_string),
        builder: built_by.map(builder),
        created: created.cloned(),
    }
}

/// What all of them are, if they are.
fn same<T: PartialEq>(mut all: impl Iterator<Item = Option<T>>) -> Option<T> {
    let first = all.next()??;
    all.all(|other| other.as_ref() == Some(&first)).then_some(first)
}

fn policy_used(policy: &Policy, judgement: &Judgement<'_>, date: Date, judged_by_day: bool) -> PolicyUsed {
    PolicyUsed {
        name: policy.name.clone(),
        digest: policy.digest().to_string(),
        date: (policy.expires() || judged_by_day).then(|| date.to_string()),
        unused: judgement.unused.iter().map(|rule| policy_rule(rule, 0)).collect(),
        expired: judgement.expired.iter().map(|(rule, findings)| policy_rule(rule, *findings)).collect(),
    }
}

fn policy_rule(rule: &Rule, findings: u64) -> PolicyRule {
    let (cause, severity) = match &rule.subject {
        Subject::Cause(id) => (Some(id.clone()), None),
        Subject::Severity(severity) => (None, Some(*severity)),
    };
    PolicyRule {
        entry: rule.entry.map(|place| place.number),
        line: rule.entry.map(|place| place.line),
        cause,
        severity,
        path: rule.path.as_ref().map(|pattern| pattern.as_str().to_owned()),
        field: rule.field.as_ref().map(|pattern| pattern.as_str().to_owned()),
        reason: rule.reason.clone(),
        expires: rule.expires.map(|date| date.to_string()),
        findings,
    }
}

/// The places of a comparison that are not those of findings.
fn others(explanation: &Explanation) -> impl Iterator<Item = &finding::Location> {
    let gaps = explanation.index.gaps.iter().chain(explanation.platforms.iter().flat_map(|platform| &platform.gaps));
    let warnings = explanation.platforms.iter().flat_map(|platform| &platform.warnings);
    gaps.map(|gap| &gap.location).chain(warnings.map(|warning| &warning.location))
}

fn gap(gap: &finding::Gap, names: &redact::Names) -> Gap {
    Gap { location: location(&gap.location, names), reason: gap.reason, detail: redact::text(&gap.detail.to_string()) }
}

fn warning(warning: &explain::Warning, names: &redact::Names) -> Warning {
    let detail = |detail: &Option<String>| detail.as_deref().map(redact::text);
    Warning {
        cause: warning.cause.id.to_owned(),
        location: location(&warning.location, names),
        count: warning.count,
        original: detail(&warning.details.original),
        rebuild: detail(&warning.details.rebuild),
    }
}

fn location(location: &finding::Location, names: &redact::Names) -> Location {
    let lossy = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let range = location.range.map(|range| range.map(|(from, to)| [from, to]));
    let path = location.path.as_deref();
    let withheld = path.and_then(|path| names.shown(&lossy(path)));
    let is_lossy = |path: &&[u8]| withheld.is_none() && std::str::from_utf8(path).is_err();
    let member = |member: &Arc<[u8]>| names.shown(&lossy(member)).unwrap_or_else(|| lossy(member));
    Location {
        kind: location.kind,
        layer: maybe(location.layer),
        path_hex: path.filter(is_lossy).map(hex::encode),
        path: withheld.or_else(|| path.map(lossy)),
        inside: location.inside.iter().map(member).collect(),
        field: location
            .field
            .as_deref()
            .map(|field| names.field(field).map_or_else(|| field.to_owned().into(), Into::into)),
        range: maybe(range),
        attestation: location.attestation.as_ref().map(|place| {
            Box::new(Attestation {
                platform: place.platform.clone(),
                predicate_type: redact::text(&place.predicate_type),
            })
        }),
    }
}

/// Absent as a whole where both sides are.
fn maybe<T>(sides: Sides<Option<T>>) -> Option<Maybe<T>> {
    let Sides { original, rebuild } = sides;
    (original.is_some() || rebuild.is_some()).then_some(Maybe { original, rebuild })
}
