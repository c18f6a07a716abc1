//! A draft of a policy that accepts what a report holds: the user adds the reasons, or strikes what has none.

use std::fmt::Write as _;

use super::escape::{escape, toml_string};
use super::model::{CauseSummary, Report};
use super::text::number::count;
use crate::causes::Severity;
use crate::explain::Claim;

/// The draft, a policy file that is refused until every reason is filled in.
pub fn draft(report: &Report) -> String {
    let mut text = String::from(
        "# A draft: it accepts what the report holds. Strike what should be fixed instead, narrow the rest with\n\
         # path = \"glob\" or field = \"glob\", give it a day with expires = \"YYYY-MM-DD\", and say why: the file is\n\
         # refused while a reason is empty.\n\n",
    );
    let name = toml_string(&format!("{} (edited)", report.policy.name));
    // Writing to a string cannot fail.
    let _ = writeln!(text, "name = {name}\nextends = \"strict\"");
    for cause in &report.causes {
        entry(cause, &mut text);
    }
    let unexplained = report.summary.unexplained;
    if unexplained > 0 {
        let _ = writeln!(text, "\n# Unexplained findings: {unexplained}. No rule accepts what no cause explains.");
    }
    text
}

fn entry(cause: &CauseSummary, text: &mut String) {
    let severity = match cause.severity {
        Severity::Cosmetic => "cosmetic",
        Severity::Behavioural => "behavioural",
        Severity::Security => "security",
    };
    let derived = if cause.claim == Claim::Derived { ", follows from the others" } else { "" };
    let CauseSummary { title, findings, entries, bytes, id, .. } = cause;
    let id = toml_string(id);
    let title = escape(title);
    let places = if *entries > 0 { format!(" in {}", count(*entries, "entry")) } else { String::new() };
    let (findings, bytes) = (count(*findings, "finding"), count(*bytes, "byte"));
    let _ = write!(
        text,
        "\n# {title} ({severity}{derived})\n# {findings}{places}, {bytes}\n\
         [[accept]]\ncause = {id}\nreason = \"\"\n"
    );
}
