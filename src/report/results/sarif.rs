//! SARIF 2.1.0, as code scanning reads it: results are anchored at lines of the Dockerfile.
//!
//! <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>, and what GitHub demands beyond it: locations, help of
//! each rule, and a fingerprint that stays the same while bytes change.

use std::collections::BTreeSet;
use std::io::{self, Write};

use serde_json::{Value, json};

use super::edits::Edits;
use super::{Level, Outcome, UNEXPLAINED, outcomes, title};
use crate::causes::{self, Severity};
use crate::explain::GivenDockerfile;
use crate::report::text::{paragraphs, remedies};
use crate::report::{Report, json};

/// Characters of a rule's full description that are shown.
const DESCRIPTION: usize = 1_000;

/// Writes the log: one run, with one result for each cause, platform and layer. Where the Dockerfile is at hand, results
/// have the edits of it that make them go away.
///
/// # Errors
/// The writer's own.
pub fn write(report: &Report<'_>, dockerfile: Option<&GivenDockerfile>, to: impl Write) -> io::Result<()> {
    let outcomes = outcomes(report);
    report.check()?;
    let rules: BTreeSet<&str> = outcomes.iter().map(|outcome| outcome.rule.as_str()).collect();
    let rules: Vec<&str> = rules.into_iter().collect();
    let edits = dockerfile.map(|given| Edits::new(report, given)).unwrap_or_default();
    let driver = json!({
        "name": report.tool.name,
        "semanticVersion": report.tool.version,
        "rules": rules.iter().map(|id| rule(id)).collect::<Vec<_>>(),
    });
    let run = json!({
        "tool": { "driver": driver },
        "automationDetails": { "id": "reprove/" },
        "columnKind": "unicodeCodePoints",
        "results": outcomes.iter().map(|outcome| result(outcome, &rules, &edits)).collect::<Vec<_>>(),
    });
    let log = json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    });
    json::document(&log, to)
}

fn rule(id: &str) -> Value {
    let cause = causes::find(id);
    let described = cause.map(|cause| paragraphs(cause, "What differs"));
    let full = described.filter(|text| !text.is_empty()).unwrap_or_else(|| title(id).to_owned());
    let help = match (cause, id) {
        (Some(cause), _) => [paragraphs(cause, "How to fix the build")].into_iter().chain(remedies(cause)).collect(),
        (None, UNEXPLAINED) => vec!["Look at what differs: reprove report --cause unexplained FILE.".to_owned()],
        (None, _) => vec!["Make the places readable and compare again.".to_owned()],
    };
    let level = match cause.map(|cause| cause.severity) {
        Some(Severity::Cosmetic) => "note",
        Some(Severity::Behavioural) => "warning",
        Some(Severity::Security) | None => "error",
    };
    json!({
        "id": id,
        "name": pascal_case(id),
        "shortDescription": { "text": sentence(title(id)) },
        "fullDescription": { "text": sentence(&full.chars().take(DESCRIPTION).collect::<String>()) },
        "help": { "text": help.join("\n\n") },
        "defaultConfiguration": { "level": level },
        "properties": { "tags": ["reproducible-builds"] },
    })
}

fn result(outcome: &Outcome<'_>, rules: &[&str], edits: &Edits) -> Value {
    let level = match outcome.level {
        Level::Accepted => "note",
        Level::Refused => "warning",
        Level::Security | Level::Open => "error",
    };
    let logical = match &outcome.layer {
        Some(layer) => format!("{}/layer {layer}", outcome.platform),
        None => outcome.platform.clone(),
    };
    let anchor = &outcome.anchor;
    let mut result = json!({
        "ruleId": outcome.rule,
        "ruleIndex": rules.iter().position(|id| *id == outcome.rule),
        "level": level,
        "message": { "text": sentence(&outcome.message()) },
        "locations": [{
            "physicalLocation": {
                "artifactLocation": { "uri": uri(&anchor.path), "uriBaseId": "%SRCROOT%" },
                "region": { "startLine": anchor.line },
            },
            "logicalLocations": [{ "fullyQualifiedName": logical, "kind": "module" }],
        }],
        "partialFingerprints": { "primaryLocationLineHash": format!("{}:1", outcome.fingerprint()) },
        "occurrenceCount": outcome.findings,
    });
    let fixes = edits.of(outcome);
    if !fixes.is_empty() {
        result["fixes"] = fixes.into();
    }
    result
}

/// What the rules of SARIF ask of texts: that they end as sentences do.
pub(super) fn sentence(text: &str) -> String {
    let text = text.trim_end();
    if text.ends_with(['.', '!', '?', '…']) { text.to_owned() } else { format!("{text}.") }
}

fn pascal_case(id: &str) -> String {
    let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
    id.split('-').filter(|word| !word.is_empty()).map(capital).collect()
}

/// A path as the reference of a URI (RFC 3986).
pub(super) fn uri(path: &str) -> String {
    let mut uri = String::new();
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(byte)),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}
