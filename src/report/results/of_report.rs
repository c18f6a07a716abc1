//! The results of a report: one for each cause, platform and layer, never one for each file.

use std::collections::BTreeMap;
use std::io;

use sha2::{Digest as _, Sha256};

use super::anchor::{Anchor, Anchors};
use super::edits::Edits;
use super::{Level, NOT_COMPARED, Outcome, Results, Rule, Suite, UNEXPLAINED};
use crate::causes::{self, Severity};
use crate::explain::{Claim, GivenDockerfile};
use crate::report::causes::is_written_in_file;
use crate::report::escape::escape;
use crate::report::model::{Finding, Findings, Gap, Location, Maybe, Report, Step};
use crate::report::text::headline::{self, platform_name};
use crate::report::text::instruction::instruction;
use crate::report::text::number::count;
use crate::report::text::place::{layer_number, place};
use crate::report::text::{paragraphs, remedies};

/// Characters of a rule's full description that are shown.
const DESCRIPTION: usize = 1_000;

impl Results {
    /// What a report says. Where the Dockerfile is at hand, results have the edits of it that make them go away.
    ///
    /// # Errors
    /// When its findings cannot be read back from a temporary file.
    pub fn of(report: &Report<'_>, given: Option<&GivenDockerfile>) -> io::Result<Self> {
        let groups = groups(report);
        report.check()?;
        let edits = given.map(|given| Edits::new(report, given)).unwrap_or_default();
        let outcomes = groups.into_iter().map(|group| group.outcome(&edits)).collect();
        let digest = |digest: &Option<String>| digest.clone().unwrap_or_default();
        let suite = |platform: &crate::report::Platform<'_>| Suite {
            name: platform_name(&platform.platform),
            rules: vec![UNEXPLAINED, NOT_COMPARED],
        };
        let results = Results {
            verdict: headline::line(report),
            version: report.tool.version.clone(),
            run: "reprove/",
            properties: vec![
                ("original", format!("{} {}", report.original.reference, digest(&report.original.digest))),
                ("rebuild", format!("{} {}", report.rebuild.reference, digest(&report.rebuild.digest))),
            ],
            suites: report.platforms.iter().map(suite).collect(),
            others: vec![UNEXPLAINED, NOT_COMPARED],
            describe: rule,
            outcomes,
        };
        report.check()?;
        Ok(results)
    }
}

/// Places that a result names.
const PLACES: usize = 5;

/// Findings of one cause in one layer of a platform, or in its documents.
struct Group<'a> {
    /// The id of the cause, or what stands for it.
    rule: String,
    /// `index` above the platforms.
    platform: String,
    /// Numbers of the layer, as people say them; `None` for documents.
    layer: Option<String>,
    /// What made the layer.
    step: Option<&'a Step>,
    level: Level,
    findings: u64,
    /// Whether some of them are outside of files, and whether some are inside: fixes reach the one, the other or both.
    inside: [bool; 2],
    /// The first places.
    places: Vec<String>,
    /// Where it is anchored in the user's repository.
    anchor: Anchor,
}

/// The numbers of a layer on either side.
type Layers = (Option<u32>, Option<u32>);

/// What results are put together by: section, layer, rule, and whether they are accepted.
type Key = (usize, Option<Layers>, String, bool);

/// The results of a report, platform by platform and layer by layer. What only follows from other findings is left out.
fn groups<'a>(report: &'a Report<'_>) -> Vec<Group<'a>> {
    let mut all: BTreeMap<Key, Group<'a>> = BTreeMap::new();
    let anchors = Anchors::new(report);
    for (section, findings) in sections(report) {
        for finding in findings.iter().filter(|finding| finding.claim != Claim::Derived) {
            let key = key(&finding, section);
            let (layer, rule) = (key.1, key.2.clone());
            let group = all.entry(key).or_insert_with(|| {
                let step = step(report, section, layer);
                group(report, (section, layer), (rule, level(&finding)), step, &anchors)
            });
            group.add(&finding.location);
        }
    }
    for (section, gap) in gaps(report) {
        let layer = gap.location.layer.as_ref().map(numbers);
        let entry = all.entry((section, layer, NOT_COMPARED.to_owned(), false));
        let group = entry.or_insert_with(|| {
            let step = step(report, section, layer);
            group(report, (section, layer), (NOT_COMPARED.to_owned(), Level::Open), step, &anchors)
        });
        group.findings += 1;
        if group.places.len() < PLACES {
            group.places.push(format!("{}: {}", place(&gap.location), gap.detail));
        }
    }
    all.into_values().collect()
}

fn group<'a>(
    report: &Report<'_>,
    (section, layer): (usize, Option<Layers>),
    (rule, level): (String, Level),
    step: Option<&'a Step>,
    anchors: &Anchors,
) -> Group<'a> {
    let platform = section.checked_sub(1).and_then(|position| report.platforms.get(position));
    Group {
        rule,
        platform: platform.map_or_else(|| "index".to_owned(), |platform| platform_name(&platform.platform)),
        layer: layer.map(|(original, rebuild)| layer_number(&Maybe { original, rebuild })),
        step,
        level,
        findings: 0,
        inside: [false; 2],
        places: Vec::new(),
        anchor: anchors.of(step),
    }
}

fn key(finding: &Finding, section: usize) -> Key {
    let rule = finding.cause.as_deref().unwrap_or(UNEXPLAINED).to_owned();
    (section, finding.location.layer.as_ref().map(numbers), rule, finding.accepted)
}

const fn numbers(layer: &Maybe<u32>) -> Layers {
    (layer.original, layer.rebuild)
}

fn level(finding: &Finding) -> Level {
    let severity = finding.cause.as_deref().and_then(causes::find).map(|cause| cause.severity);
    match (finding.accepted, finding.claim, severity) {
        (true, ..) => Level::Accepted,
        (false, Claim::Unexplained, _) => Level::Open,
        (false, _, Some(Severity::Security)) => Level::Security,
        (false, ..) => Level::Refused,
    }
}

/// The sections of a report with their numbers: 0 above the platforms.
fn sections<'a, 'e>(report: &'a Report<'e>) -> impl Iterator<Item = (usize, &'a Findings<'e>)> {
    let index = report.index.iter().map(|index| (0, &index.findings));
    index.chain((1..).zip(report.platforms.iter().map(|platform| &platform.findings)))
}

fn gaps<'a>(report: &'a Report<'_>) -> impl Iterator<Item = (usize, &'a Gap)> {
    let index = report.index.iter().flat_map(|index| &index.gaps).map(|gap| (0, gap));
    let platforms = (1..).zip(&report.platforms);
    index.chain(platforms.flat_map(|(section, platform)| platform.gaps.iter().map(move |gap| (section, gap))))
}

/// The instruction that made a layer of a platform.
fn step<'a>(report: &'a Report<'_>, section: usize, layer: Option<Layers>) -> Option<&'a Step> {
    let platform = report.platforms.get(section.checked_sub(1)?)?;
    let layer = layer?;
    let found = platform.layers.iter().find(|known| (known.original, known.rebuild) == layer);
    found.and_then(|known| known.step.as_ref())
}

impl Group<'_> {
    fn outcome(self, edits: &Edits) -> Outcome {
        let place = match &self.layer {
            Some(layer) => format!("{}/layer {layer}", self.platform),
            None => self.platform.clone(),
        };
        Outcome {
            message: self.message(),
            fingerprint: self.fingerprint(),
            fixes: edits.of(&self.rule, self.inside),
            rule: self.rule,
            suite: self.platform,
            place,
            level: self.level,
            count: self.findings,
            anchor: self.anchor,
            reason: None,
        }
    }

    fn add(&mut self, location: &Location) {
        self.findings += 1;
        self.inside[usize::from(is_written_in_file(location))] = true;
        if self.places.len() < PLACES {
            let place = location.path.clone().unwrap_or_else(|| place(location));
            if !self.places.contains(&place) {
                self.places.push(place);
            }
        }
    }

    /// In one line, with nothing in it that steers a terminal.
    fn message(&self) -> String {
        let title = title(&self.rule);
        let thing = if self.rule == NOT_COMPARED { "place" } else { "finding" };
        let accepted = if self.level == Level::Accepted { ", accepted" } else { "" };
        let layer = self.layer.as_ref().map(|layer| format!(", layer {layer}")).unwrap_or_default();
        let step = self.step.map(|step| format!(" ({})", instruction(&step.created_by))).unwrap_or_default();
        let places = self.places.join(", ");
        let more = if self.findings > self.places.len() as u64 { ", …" } else { "" };
        let findings = count(self.findings, thing);
        let text = format!("{title}: {findings}{accepted} in {}{layer}{step}: {places}{more}", self.platform);
        escape(&text).into_owned()
    }

    /// The same for what is the same in the next run, however its bytes changed: 16 hexadecimal digits.
    fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        for part in [&self.rule, &self.platform, self.layer.as_deref().unwrap_or_default()] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        hash.update([u8::from(self.level == Level::Accepted)]);
        hex::encode(&hash.finalize()[..8])
    }
}

/// What a rule is about, in one line.
fn title(rule: &str) -> &str {
    match rule {
        UNEXPLAINED => "Differences that no cause explains",
        NOT_COMPARED => "Places that could not be looked at",
        id => causes::find(id).map_or(id, |cause| cause.title),
    }
}

/// What there is to say of a cause, or of what stands for one.
pub(crate) fn rule(id: &str) -> Rule {
    let cause = causes::find(id);
    let described = cause.map(|cause| paragraphs(cause, "What differs"));
    let about = described.filter(|text| !text.is_empty()).unwrap_or_else(|| title(id).to_owned());
    let help = match (cause, id) {
        (Some(cause), _) => [paragraphs(cause, "How to fix the build")].into_iter().chain(remedies(cause)).collect(),
        (None, UNEXPLAINED) => vec!["Look at what differs: reprove report --cause unexplained FILE.".to_owned()],
        (None, _) => vec!["Make the places readable and compare again.".to_owned()],
    };
    Rule {
        title: title(id).to_owned(),
        about: about.chars().take(DESCRIPTION).collect(),
        help: help.join("\n\n"),
        severity: cause.map_or(Severity::Security, |cause| cause.severity),
    }
}
