//! What was found, for programs that show lists of results.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use super::image::{ImageHazard, ImageLint};
use super::{CASES, Hazard, Lint, RULES, fixes, rules, text};
use crate::causes::Severity;
use crate::report::escape::escape;
use crate::report::fix_text;
use crate::report::results::{Anchor, Level, NOT_COMPARED, Outcome, Results, Rule, Suite, of_cause};

/// What stands for a rule where a comment means to suppress something and does not.
const REFUSED: &str = "refused-suppression";
/// What stands for one where a comment suppresses nothing.
const UNUSED: &str = "unused-suppression";

/// What was found in the file of this path, and in the image of this reference.
pub fn results(file: Option<(&str, &Lint)>, image: Option<(&str, &ImageLint)>, version: &str) -> Results {
    let mut results = Results {
        verdict: text::verdict(file, image),
        version: version.to_owned(),
        run: "reprove-lint/",
        properties: Vec::new(),
        suites: Vec::new(),
        others: vec![NOT_COMPARED],
        describe,
        outcomes: Vec::new(),
    };
    let mut prints = Prints::default();
    if let Some((path, lint)) = file {
        let rules = RULES.iter().map(|rule| rule.id).chain([REFUSED]).collect();
        results.suites.push(Suite { name: path.to_owned(), rules });
        results.outcomes.extend(of_file(path, lint, &mut prints));
    }
    if let Some((reference, lint)) = image {
        let anchor = Anchor::of(file.map_or("", |(path, _)| path), 1);
        results.suites.push(Suite { name: reference.to_owned(), rules: vec![NOT_COMPARED] });
        results.outcomes.extend(of_image(reference, lint, &anchor, &mut prints));
    }
    results
}

fn of_file(path: &str, lint: &Lint, prints: &mut Prints) -> Vec<Outcome> {
    let hazards = lint.hazards.iter().map(|hazard| (hazard, None));
    let suppressed = lint.suppressed.iter().map(|(hazard, reason)| (hazard, Some(reason)));
    let mut outcomes: Vec<Outcome> =
        hazards.chain(suppressed).map(|(hazard, reason)| of_hazard(path, hazard, reason, prints)).collect();
    let mut add = |rule: &str, level, line, said: &str| {
        outcomes.push(Outcome {
            rule: rule.to_owned(),
            suite: path.to_owned(),
            place: path.to_owned(),
            level,
            count: 1,
            message: escape(said).into_owned(),
            fingerprint: prints.of(&[rule, path, said]),
            anchor: Anchor::of(path, line),
            reason: None,
            fixes: Vec::new(),
        });
    };
    for refused in &lint.refused {
        add(REFUSED, Level::Open, refused.line, &refused.wrong.to_string());
    }
    for (line, rules) in &lint.unused {
        add(UNUSED, Level::Accepted, *line, &format!("suppresses nothing: {}", rules.join(", ")));
    }
    outcomes
}

fn of_hazard(path: &str, hazard: &Hazard, reason: Option<&String>, prints: &mut Prints) -> Outcome {
    let rule = hazard.case.rule;
    let stage = hazard.stage.as_deref().unwrap_or_default();
    let suppressed = reason.map(|reason| format!("; suppressed: {reason}")).unwrap_or_default();
    let said = format!("{}: {}; {}; fix: {}", rule.title, hazard.words, hazard.case.why, hazard.fix());
    Outcome {
        rule: rule.id.to_owned(),
        suite: path.to_owned(),
        place: if stage.is_empty() { path.to_owned() } else { format!("{path}/stage {stage}") },
        level: if reason.is_some() { Level::Accepted } else { level(rule.severity) },
        count: 1,
        message: escape(&format!("{said}{suppressed}")).into_owned(),
        fingerprint: prints.of(&[rule.id, path, stage, &hazard.words]),
        anchor: Anchor::of(path, hazard.line),
        reason: reason.map(|reason| escape(reason).into_owned()),
        fixes: Vec::new(),
    }
}

fn of_image(reference: &str, lint: &ImageLint, anchor: &Anchor, prints: &mut Prints) -> Vec<Outcome> {
    let mut outcome = |rule: &str, platform: &str, level, count, said: &str| Outcome {
        rule: rule.to_owned(),
        suite: reference.to_owned(),
        place: format!("{reference}/{platform}").trim_end_matches('/').to_owned(),
        level,
        count,
        message: escape(said).into_owned(),
        fingerprint: prints.of(&[rule, reference, platform]),
        anchor: anchor.clone(),
        reason: None,
        fixes: Vec::new(),
    };
    let mut outcomes: Vec<Outcome> = Vec::new();
    for hazard in &lint.hazards {
        let ImageHazard { rule, title, severity, platform, detail, fix, count, .. } = hazard;
        let detail = detail.as_ref().map(|detail| format!("; {detail}")).unwrap_or_default();
        let said = format!("{title} in {reference} ({platform}): {}{detail}; fix: {fix}", text::places(hazard));
        outcomes.push(outcome(rule, platform, level(*severity), *count, &said));
    }
    if !lint.gaps.is_empty() {
        let said = format!("{reference}: {}", text::summary_of_image(lint));
        outcomes.push(outcome(NOT_COMPARED, "", Level::Open, lint.gaps.len() as u64, &said));
    }
    outcomes
}

const fn level(severity: Severity) -> Level {
    match severity {
        Severity::Cosmetic => Level::Cosmetic,
        Severity::Behavioural => Level::Refused,
        Severity::Security => Level::Security,
    }
}

/// What there is to say of a rule, be it one of images alone.
fn describe(id: &str) -> Rule {
    let own = |title: &str, help: &str| Rule {
        title: title.to_owned(),
        about: title.to_owned(),
        help: help.to_owned(),
        severity: Severity::Security,
    };
    match id {
        REFUSED => own("Comments that mean to suppress something and do not", "Write what is missing, or remove it."),
        UNUSED => own("Comments that suppress nothing", "Remove them."),
        _ => rules::find(id).map_or_else(|| of_cause(id), of_rule),
    }
}

fn of_rule(rule: &super::Rule) -> Rule {
    let cases = || CASES.iter().filter(|case| case.rule == rule);
    let mut fixes: Vec<String> = cases().filter_map(|case| fixes::find(case.fix)).map(fix_text).collect();
    fixes.dedup();
    let whys: Vec<&str> = cases().map(|case| case.why).collect();
    Rule {
        title: rule.title.to_owned(),
        about: format!("{}: {}", rule.title, whys.join("; ")),
        help: fixes.join("\n\n"),
        severity: rule.severity,
    }
}

/// Fingerprints that stay while lines move: of what is there several times, each has its number.
#[derive(Default)]
struct Prints(BTreeMap<Vec<u8>, u32>);

impl Prints {
    fn of(&mut self, parts: &[&str]) -> String {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        let number = self.0.entry(hash.clone().finalize().to_vec()).or_default();
        hash.update(number.to_le_bytes());
        *number += 1;
        hex::encode(&hash.finalize()[..8])
    }
}
