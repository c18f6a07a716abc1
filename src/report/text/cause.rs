//! The causes: how many findings, where they come from, what they look like.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;

use super::canvas::{Canvas, pad};
use super::headline::{heads, sections};
use super::instruction::{instruction, written};
use super::number::{count, grouped};
use super::place::place;
use super::style::Tone;
use super::value::write_values;
use crate::causes::Severity;
use crate::explain::Claim;
use crate::report::words::claim;
use crate::report::{CauseSummary, Finding, FindingId, Report, Step};

/// Instructions shown of one cause.
const STEPS: usize = 3;

/// Root causes, in the order of the report, with all that is known to make each go away where that is asked for.
pub(super) fn write_roots(report: &Report, remedies: bool, canvas: &mut Canvas<'_>) -> io::Result<()> {
    let roots: Vec<&CauseSummary> = report.causes.iter().filter(|cause| cause.claim != Claim::Derived).collect();
    if roots.is_empty() {
        return Ok(());
    }
    let witnesses = witnesses(report);
    canvas.heading(if roots.len() == 1 {
        "Why they differ: one root cause"
    } else {
        "Why they differ: root causes"
    })?;
    for cause in roots {
        canvas.gap()?;
        canvas.paragraph(2, (Tone::Plain, ""), 0, (Tone::Strong, &cause.title))?;
        write_numbers(cause, witnesses.get(cause.id.as_str()).copied().unwrap_or(0), canvas)?;
        write_steps(cause, canvas)?;
        if let Some(example) = cause.examples.first().and_then(|id| by_id(report, *id)) {
            canvas.paragraph(4, (Tone::Faint, "e.g."), 6, (Tone::Plain, &place(&example.location)))?;
            write_values(6, &example, canvas)?;
        }
        for remedy in cause.remedies.iter().filter(|_| remedies) {
            canvas.paragraph(4, (Tone::Name, &remedy.builder), 10, (Tone::Plain, &remedy.text))?;
        }
    }
    Ok(())
}

/// What follows from the root causes, in a line or two.
pub(super) fn write_derived(report: &Report, canvas: &mut Canvas<'_>) -> io::Result<()> {
    let derived = || report.causes.iter().filter(|cause| cause.claim == Claim::Derived);
    let total: u64 = derived().map(|cause| cause.findings).sum();
    if total == 0 {
        return Ok(());
    }
    let counts: Vec<String> = derived().map(|cause| format!("{} {}", grouped(cause.findings), cause.id)).collect();
    canvas.gap()?;
    let refused = if derived().all(|cause| cause.accepted) { "" } else { " (not all accepted)" };
    let follow = if total == 1 { "follows" } else { "follow" };
    let text = format!("{} {follow} from these{refused}: {}.", count(total, "finding"), counts.join(", "));
    canvas.paragraph(2, (Tone::Plain, ""), 0, (Tone::Faint, &text))
}

/// Findings of each cause whose value other data of the same image predicted.
fn witnesses<'a>(report: &'a Report) -> BTreeMap<&'a str, u64> {
    let mut counts = BTreeMap::new();
    for cause in heads(report).filter(|finding| finding.witnessed).filter_map(|finding| finding.cause) {
        *counts.entry(cause).or_insert(0) += 1;
    }
    counts
}

fn write_numbers(cause: &CauseSummary, witnesses: u64, canvas: &mut Canvas<'_>) -> io::Result<()> {
    let mut text = count(cause.findings, "finding");
    if cause.entries > 0 {
        text = format!("{text} in {}", count(cause.entries, "entry"));
    }
    text = format!("{text}, {}; {}, {}", count(cause.bytes, "byte"), severity(cause.severity), claim(cause.claim));
    if witnesses > 0 {
        let evidence = match cause.claim {
            Claim::Attributed => "told by what the builds recorded",
            _ => "predicted from the image itself",
        };
        text = format!("{text}, {} {evidence}", grouped(witnesses));
    }
    let (tone, accepted) = match (cause.accepted, cause.accepted_findings) {
        (true, _) => (Tone::Good, "accepted".to_owned()),
        (false, 0) => (Tone::Caution, "not accepted".to_owned()),
        (false, some) => (Tone::Caution, format!("{} of {} accepted", grouped(some), grouped(cause.findings))),
    };
    canvas.line(4, &[(Tone::Name, &cause.id), (Tone::Plain, "  "), (tone, &accepted)])?;
    canvas.paragraph(4, (Tone::Plain, ""), 0, (Tone::Faint, &text))
}

/// The instructions that made the layers; where both images were built by the same one it stands there once.
fn write_steps(cause: &CauseSummary, canvas: &mut Canvas<'_>) -> io::Result<()> {
    let (original, rebuild) = (&cause.steps.original, &cause.steps.rebuild);
    let mut rows: Vec<(u32, &str, &Step)> = Vec::new();
    for step in original {
        rows.push((step.layer, if rebuild.contains(step) { "" } else { "original" }, step));
    }
    for step in rebuild.iter().filter(|step| !original.contains(step)) {
        rows.push((step.layer, "rebuild", step));
    }
    rows.sort();
    let label = |(layer, side, _): &(u32, &str, &Step)| format!("layer {layer} {side}").trim_end().to_owned();
    let column = rows.iter().take(STEPS).map(|row| label(row).len()).max().unwrap_or(0) + 2;
    for row in rows.iter().take(STEPS) {
        let (_, _, step) = row;
        let instruction = instruction(&step.created_by);
        let line = written(step, true);
        let label = pad(&label(row), column);
        canvas.line(4, &[(Tone::Faint, &label), (Tone::Name, &line), (Tone::Plain, &instruction)])?;
    }
    if rows.len() > STEPS {
        let more = format!("and {} more", count((rows.len() - STEPS) as u64, "instruction"));
        canvas.line(4, &[(Tone::Faint, &more)])?;
    }
    Ok(())
}

/// The finding with this id: ids count findings in document order.
pub(super) fn by_id<'a>(report: &'a Report, id: FindingId) -> Option<Cow<'a, Finding>> {
    let position = usize::try_from(id.0.checked_sub(1)?).ok()?;
    let mut before = 0;
    for section in sections(report) {
        if let Some(finding) = position.checked_sub(before).and_then(|at| section.get(at)) {
            return Some(finding).filter(|finding| finding.id == id);
        }
        before += section.len();
    }
    None
}

/// How a severity is written.
pub(in crate::report) const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Cosmetic => "cosmetic",
        Severity::Behavioural => "behavioural",
        Severity::Security => "security",
    }
}
