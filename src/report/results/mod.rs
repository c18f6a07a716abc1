//! What a report says, put together for programs that show a list of results: one for each cause, platform and layer,
//! never one for each file.

mod anchor;
mod edits;
pub mod github;
pub mod gitlab;
pub mod junit;
pub mod sarif;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use super::causes::is_written_in_file;
use super::escape::escape;
use super::model::{Finding, Findings, Location, Maybe, Report, Step};
use super::text::headline::platform_name;
use super::text::instruction::instruction;
use super::text::number::count;
use super::text::place::{layer_number, place};
use crate::causes::{self, Severity};
use crate::explain::Claim;
use anchor::{Anchor, Anchors};

/// Places that a result names.
const PLACES: usize = 5;

/// What stands for a cause where there is none.
const UNEXPLAINED: &str = "unexplained";
/// What stands for a cause where something could not be looked at.
const NOT_COMPARED: &str = "not-compared";

/// How much a result matters, least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    /// Explained, and accepted by the policy.
    Accepted,
    /// Explained, and not accepted.
    Refused,
    /// Explained, not accepted, and of severity `security`.
    Security,
    /// Unexplained, or not looked at.
    Open,
}

/// Findings of one cause in one layer of a platform, or in its documents.
struct Outcome<'a> {
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
fn outcomes<'a>(report: &'a Report<'_>) -> Vec<Outcome<'a>> {
    let mut all: BTreeMap<Key, Outcome<'a>> = BTreeMap::new();
    let anchors = Anchors::new(report);
    for (section, findings) in sections(report) {
        for finding in findings.iter().filter(|finding| finding.claim != Claim::Derived) {
            let key = key(&finding, section);
            let (layer, rule) = (key.1, key.2.clone());
            let outcome = all.entry(key).or_insert_with(|| {
                let step = step(report, section, layer);
                outcome(report, (section, layer), (rule, level(&finding)), step, &anchors)
            });
            outcome.add(&finding.location);
        }
    }
    for (section, gap) in gaps(report) {
        let layer = gap.location.layer.as_ref().map(numbers);
        let entry = all.entry((section, layer, NOT_COMPARED.to_owned(), false));
        let outcome = entry.or_insert_with(|| {
            let step = step(report, section, layer);
            outcome(report, (section, layer), (NOT_COMPARED.to_owned(), Level::Open), step, &anchors)
        });
        outcome.findings += 1;
        if outcome.places.len() < PLACES {
            outcome.places.push(format!("{}: {}", place(&gap.location), gap.detail));
        }
    }
    all.into_values().collect()
}

fn outcome<'a>(
    report: &Report<'_>,
    (section, layer): (usize, Option<Layers>),
    (rule, level): (String, Level),
    step: Option<&'a Step>,
    anchors: &Anchors,
) -> Outcome<'a> {
    let platform = section.checked_sub(1).and_then(|position| report.platforms.get(position));
    Outcome {
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

fn gaps<'a>(report: &'a Report<'_>) -> impl Iterator<Item = (usize, &'a super::Gap)> {
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

impl Outcome<'_> {
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
