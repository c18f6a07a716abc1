//! SARIF 2.1.0, as code scanning reads it: results are anchored at lines of the Dockerfile.
//!
//! <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>, and what GitHub demands beyond it: locations, help of
//! each rule, and a fingerprint that stays the same while bytes change.

use std::collections::BTreeSet;
use std::io::{self, Write};

use serde_json::{Value, json};

use super::{Level, Outcome, Results};
use crate::causes::Severity;
use crate::report::json;

/// Writes the log: one run with all results.
///
/// # Errors
/// The writer's own.
pub fn write(results: &Results, to: impl Write) -> io::Result<()> {
    let rules: BTreeSet<&str> = results.outcomes.iter().map(|outcome| outcome.rule.as_str()).collect();
    let rules: Vec<&str> = rules.into_iter().collect();
    let driver = json!({
        "name": "reprove",
        "semanticVersion": results.version,
        "rules": rules.iter().map(|id| rule(results, id)).collect::<Vec<_>>(),
    });
    let run = json!({
        "tool": { "driver": driver },
        "automationDetails": { "id": results.run },
        "columnKind": "unicodeCodePoints",
        "results": results.outcomes.iter().map(|outcome| result(outcome, &rules)).collect::<Vec<_>>(),
    });
    let log = json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    });
    json::document(&log, to)
}

fn rule(results: &Results, id: &str) -> Value {
    let rule = (results.describe)(id);
    let level = match rule.severity {
        Severity::Cosmetic => "note",
        Severity::Behavioural => "warning",
        Severity::Security => "error",
    };
    json!({
        "id": id,
        "name": pascal_case(id),
        "shortDescription": { "text": sentence(&rule.title) },
        "fullDescription": { "text": sentence(&rule.about) },
        "help": { "text": rule.help },
        "defaultConfiguration": { "level": level },
        "properties": { "tags": ["reproducible-builds"] },
    })
}

fn result(outcome: &Outcome, rules: &[&str]) -> Value {
    let level = match outcome.level {
        Level::Accepted | Level::Cosmetic => "note",
        Level::Refused => "warning",
        Level::Security | Level::Open => "error",
    };
    let anchor = &outcome.anchor;
    let mut result = json!({
        "ruleId": outcome.rule,
        "ruleIndex": rules.iter().position(|id| *id == outcome.rule),
        "level": level,
        "message": { "text": sentence(&outcome.message) },
        "locations": [{
            "physicalLocation": {
                "artifactLocation": { "uri": uri(&anchor.path), "uriBaseId": "%SRCROOT%" },
                "region": { "startLine": anchor.line },
            },
            "logicalLocations": [{ "fullyQualifiedName": outcome.place, "kind": "module" }],
        }],
        "partialFingerprints": { "primaryLocationLineHash": format!("{}:1", outcome.fingerprint) },
        "occurrenceCount": outcome.count,
    });
    if !outcome.fixes.is_empty() {
        result["fixes"] = outcome.fixes.clone().into();
    }
    if let Some(reason) = &outcome.reason {
        result["suppressions"] = json!([{ "kind": "inSource", "justification": reason }]);
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
