//! The list of what is said of a pair, beside its fixture: `NAME.claims`, a line for each finding, gap and warning in the
//! order of the report, below a line for each platform.
//!
//! It is written by the program for people to review, so a change of what is claimed anywhere shows in the change itself.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::Value;

/// The index and all platforms.
pub(crate) fn sections(report: &Value) -> impl Iterator<Item = &Value> {
    std::iter::once(&report["index"]).chain(report["platforms"].as_array().into_iter().flatten())
}

/// The list beside the fixture is what the report says; with `UPDATE` in the environment, it is made so.
pub(crate) fn hold(file: &Path, report: &Value) -> Result<(), String> {
    let said = list(report);
    if fs::read_to_string(file).is_ok_and(|kept| kept == said) {
        return Ok(());
    }
    if std::env::var_os("UPDATE").is_none() {
        let kept = fs::read_to_string(file).unwrap_or_default();
        let change = similar::TextDiff::from_lines(&kept, &said).unified_diff().context_radius(1).to_string();
        return Err(format!("{} is not what the report says; UPDATE=1 writes it anew\n{change}", file.display()));
    }
    if std::env::var_os("CI").is_some() {
        return Err("lists are for people to review: UPDATE is not for CI".to_owned());
    }
    fs::write(file, said).map_err(|error| format!("{}: {error}", file.display()))
}

fn list(report: &Value) -> String {
    let mut lines = format!("{}\n", word(&report["verdict"]));
    for section in sections(report) {
        if let Some(platform) = section["platform"].as_str() {
            // Writing to a string does not fail.
            let _ = writeln!(lines, "{platform}: {}, {}", word(&section["verdict"]), word(&section["rung"]));
        }
        for finding in rows(section, "findings") {
            let accepted = if finding["accepted"] == true { "accepted" } else { "refused" };
            let cause = finding["cause"].as_str().unwrap_or("-");
            let (claim, aspect) = (word(&finding["claim"]), word(&finding["aspect"]));
            let _ = writeln!(lines, "{accepted} {claim} {cause}: {aspect} of {}", place(&finding["location"]));
        }
        for gap in rows(section, "gaps") {
            let _ = writeln!(lines, "gap {}: {}", word(&gap["reason"]), place(&gap["location"]));
        }
        for warning in rows(section, "warnings") {
            let _ = writeln!(lines, "warning {}: {}", word(&warning["cause"]), place(&warning["location"]));
        }
    }
    lines
}

fn rows<'a>(section: &'a Value, member: &str) -> impl Iterator<Item = &'a Value> {
    section[member].as_array().into_iter().flatten()
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or("-")
}

/// A location in one line, without the ranges of bytes that an encoder may move.
fn place(location: &Value) -> String {
    let mut parts = vec![word(&location["kind"]).to_owned()];
    if let Some(layer) = location.get("layer") {
        let side = |name: &str| layer.get(name).map_or_else(|| "-".to_owned(), Value::to_string);
        let (original, rebuild) = (side("original"), side("rebuild"));
        parts.push(if original == rebuild { original } else { format!("{original}/{rebuild}") });
    }
    for name in ["pathHex", "path", "inside", "field", "attestation"] {
        let hidden = name == "path" && location.get("pathHex").is_some();
        if let Some(value) = location.get(name).filter(|_| !hidden) {
            parts.push(value.to_string());
        }
    }
    parts.join(" ")
}
