//! What was found, for programs.

use serde::Serialize;

use super::image::{ImageHazard, ImageLint};
use super::rule::Practice;
use super::{Hazard, Lint};
use crate::causes::Severity;

/// The version of the shape: a member more is no other version, and a member less is.
const VERSION: &str = "1";

/// All that was found in one file.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    schema_version: &'static str,
    path: Option<&'a str>,
    hazards: Vec<Entry<'a>>,
    suppressed: Vec<Entry<'a>>,
    unused_suppressions: Vec<Unused<'a>>,
    refused_suppressions: Vec<Refused>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<Image<'a>>,
}

/// What was found in an image.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Image<'a> {
    reference: &'a str,
    hazards: Vec<Shown<'a>>,
    /// How many places could not be looked at.
    gaps: usize,
}

/// A hazard of an image.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown<'a> {
    rule: &'static str,
    title: &'static str,
    severity: Severity,
    platform: &'a str,
    place: &'a str,
    count: u64,
    detail: Option<&'a str>,
    fix: &'a str,
}

fn shown(hazard: &ImageHazard) -> Shown<'_> {
    let ImageHazard { rule, title, severity, platform, place, count, detail, fix } = hazard;
    let (rule, title, severity, count) = (*rule, *title, *severity, *count);
    Shown { rule, title, severity, platform, place, count, detail: detail.as_deref(), fix }
}

/// A hazard.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry<'a> {
    rule: &'static str,
    title: &'static str,
    severity: Severity,
    line: usize,
    stage: Option<&'a str>,
    words: &'a str,
    why: &'static str,
    fix: Fix,
    practice: Option<Practice>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
}

/// What to change.
#[derive(Debug, Serialize)]
struct Fix {
    id: &'static str,
    text: String,
}

/// A suppression that suppresses nothing.
#[derive(Debug, Serialize)]
struct Unused<'a> {
    line: usize,
    rules: &'a [String],
}

/// A comment that means to suppress something and does not.
#[derive(Debug, Serialize)]
struct Refused {
    line: usize,
    wrong: String,
}

fn entry<'a>(hazard: &'a Hazard, reason: Option<&'a str>) -> Entry<'a> {
    let rule = hazard.case.rule;
    Entry {
        rule: rule.id,
        title: rule.title,
        severity: rule.severity,
        line: hazard.line,
        stage: hazard.stage.as_deref(),
        words: &hazard.words,
        why: hazard.case.why,
        fix: Fix { id: hazard.case.fix, text: hazard.fix() },
        practice: rule.practice,
        reason,
    }
}

/// What was found in the file of this path, and in the image of this reference, as JSON.
///
/// # Errors
/// None that a value made of texts and numbers could have.
pub fn document(file: Option<(&str, &Lint)>, image: Option<(&str, &ImageLint)>) -> serde_json::Result<String> {
    let nothing = Lint::default();
    let lint = file.map_or(&nothing, |(_, lint)| lint);
    let document = Document {
        schema_version: VERSION,
        path: file.map(|(path, _)| path),
        hazards: lint.hazards.iter().map(|hazard| entry(hazard, None)).collect(),
        suppressed: lint.suppressed.iter().map(|(hazard, reason)| entry(hazard, Some(reason))).collect(),
        unused_suppressions: lint.unused.iter().map(|(line, rules)| Unused { line: *line, rules }).collect(),
        refused_suppressions: lint
            .refused
            .iter()
            .map(|refused| Refused { line: refused.line, wrong: refused.wrong.to_string() })
            .collect(),
        image: image.map(|(reference, lint)| Image {
            reference,
            hazards: lint.hazards.iter().map(shown).collect(),
            gaps: lint.gaps.len(),
        }),
    };
    serde_json::to_string_pretty(&document).map(|text| text + "\n")
}
