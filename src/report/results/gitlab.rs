//! GitLab Code Quality: one array of issues.
//!
//! <https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>

use std::io::{self, Write};

use serde_json::{Value, json};

use super::{Level, Outcome, Results};
use crate::report::json;

/// Writes the results; an empty array where there is none.
///
/// # Errors
/// The writer's own.
pub fn write(results: &Results, to: impl Write) -> io::Result<()> {
    let issues: Vec<Value> = results.outcomes.iter().map(issue).collect();
    json::document(&issues, to)
}

fn issue(outcome: &Outcome) -> Value {
    let severity = match outcome.level {
        Level::Accepted => "info",
        Level::Cosmetic => "minor",
        Level::Refused => "major",
        Level::Security => "critical",
        Level::Open => "blocker",
    };
    json!({
        "description": outcome.message,
        "check_name": outcome.rule,
        "fingerprint": outcome.fingerprint,
        "severity": severity,
        "location": { "path": outcome.anchor.path, "lines": { "begin": outcome.anchor.line } },
    })
}
