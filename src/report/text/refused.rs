//! What a cause explains and the policy does not accept: each cause with places and values of it.

use std::io;

use super::canvas::Canvas;
use super::cause::severity;
use super::finding::{LINES, write_diff};
use super::headline::sections;
use super::number::{count, grouped};
use super::place::place;
use super::style::Tone;
use super::value::write_sides;
use crate::explain::Claim;
use crate::report::words::{aspect, claim};
use crate::report::{CauseSummary, Finding, Report};

/// Findings that are shown of one cause.
const MOST: usize = 2;

/// The causes, in the order of the report.
pub(super) fn write(report: &Report, canvas: &mut Canvas<'_>) -> io::Result<()> {
    let refused = |cause: &&CauseSummary| !cause.accepted && cause.claim != Claim::Derived;
    let causes: Vec<&CauseSummary> = report.causes.iter().filter(refused).collect();
    if causes.is_empty() {
        return Ok(());
    }
    canvas.heading(&format!("Not accepted by the policy \"{}\"", report.policy.name))?;
    for (number, cause) in causes.into_iter().enumerate() {
        if number > 0 {
            canvas.gap()?;
        }
        write_cause(report, cause, canvas)?;
    }
    Ok(())
}

fn write_cause(report: &Report, cause: &CauseSummary, canvas: &mut Canvas<'_>) -> io::Result<()> {
    let refused = cause.findings - cause.accepted_findings;
    let all = if cause.accepted_findings > 0 { format!(" of {}", grouped(cause.findings)) } else { String::new() };
    let numbers = format!("{}{all}, {}, {}", count(refused, "finding"), severity(cause.severity), claim(cause.claim));
    canvas.paragraph(2, (Tone::Name, &cause.id), cause.id.len() + 2, (Tone::Caution, &numbers))?;
    canvas.paragraph(2, (Tone::Plain, ""), 0, (Tone::Strong, &cause.title))?;
    for finding in examples(report, &cause.id) {
        let what = match aspect(finding.aspect) {
            "content" | "value" => String::new(),
            aspect => format!(" · {aspect}"),
        };
        canvas.paragraph(4, (Tone::Plain, ""), 0, (Tone::Plain, &format!("{}{what}", place(&finding.location))))?;
        match &finding.diff {
            Some(diff) => write_diff(diff, 6, LINES, canvas)?,
            None => write_sides(6, &finding, canvas)?,
        }
    }
    match refused.saturating_sub(MOST as u64) {
        0 => Ok(()),
        more => {
            let text = format!("and {} more: --cause {} shows them", grouped(more), cause.id);
            canvas.paragraph(4, (Tone::Plain, ""), 0, (Tone::Faint, &text))
        }
    }
}

/// The first findings of a cause that are not accepted.
pub(in crate::report) fn examples(report: &Report, id: &str) -> Vec<Finding> {
    let found = sections(report).flat_map(|findings| {
        let heads = findings.heads().enumerate();
        let refused = heads.filter(|(_, head)| !head.accepted && head.cause == Some(id));
        refused.filter_map(|(position, _)| findings.get(position))
    });
    found.take(MOST).map(std::borrow::Cow::into_owned).collect()
}
