//! What needs no decision, a line each: accepted causes, what follows from others, hazards.

use std::io;

use super::canvas::{Canvas, pad};
use super::number::{count, grouped};
use super::style::Tone;
use crate::causes;
use crate::explain::Claim;
use crate::report::{CauseSummary, Report};

/// The accepted causes, and what follows from any.
pub(super) fn write(report: &Report, canvas: &mut Canvas<'_>) -> io::Result<()> {
    let is_shown = |cause: &&CauseSummary| cause.accepted && cause.claim != Claim::Derived;
    let causes: Vec<&CauseSummary> = report.causes.iter().filter(is_shown).collect();
    let (ids, counts) = columns(&causes);
    if !causes.is_empty() {
        canvas.heading("Accepted")?;
    }
    for cause in &causes {
        let number = format!("{:>counts$}  ", grouped(cause.findings));
        let id = pad(&cause.id, ids + 2);
        canvas.line(2, &[(Tone::Plain, &number), (Tone::Name, &id), (Tone::Faint, &cause.title)])?;
    }
    write_derived(report, canvas)
}

fn columns(causes: &[&CauseSummary]) -> (usize, usize) {
    let ids = causes.iter().map(|cause| cause.id.chars().count()).max().unwrap_or(0);
    let counts = causes.iter().map(|cause| grouped(cause.findings).len()).max().unwrap_or(0);
    (ids, counts)
}

/// What follows from the root causes, in a line.
fn write_derived(report: &Report, canvas: &mut Canvas<'_>) -> io::Result<()> {
    let derived = || report.causes.iter().filter(|cause| cause.claim == Claim::Derived);
    let total: u64 = derived().map(|cause| cause.findings).sum();
    let refused: u64 = derived().map(|cause| cause.findings - cause.accepted_findings).sum();
    if total == 0 {
        return Ok(());
    }
    let follow = if total == 1 { "follows" } else { "follow" };
    let refused = match refused {
        0 => String::new(),
        refused => format!(", {} of them from what is not accepted", grouped(refused)),
    };
    let text =
        format!("{} {follow} from what is named here{refused}: sizes, checksums, digests.", count(total, "finding"));
    canvas.gap()?;
    canvas.paragraph(2, (Tone::Plain, ""), 0, (Tone::Faint, &text))
}

/// The kinds of hazards of either image, each with the number of its places.
pub(in crate::report) fn hazards<'a>(report: &'a Report<'_>) -> Vec<(&'a str, u64)> {
    let mut kinds: Vec<(&str, u64)> = Vec::new();
    for warning in report.platforms.iter().flat_map(|platform| &platform.warnings) {
        match kinds.iter_mut().find(|(id, _)| *id == warning.cause) {
            Some((_, count)) => *count += warning.count,
            None => kinds.push((&warning.cause, warning.count)),
        }
    }
    kinds
}

/// Hazards of either image, one line for each kind.
pub(super) fn write_warnings(report: &Report, canvas: &mut Canvas<'_>) -> io::Result<()> {
    let kinds = hazards(report);
    if kinds.is_empty() {
        return Ok(());
    }
    canvas.heading("Worth knowing")?;
    let widest = kinds.iter().map(|(_, count)| grouped(*count).len()).max().unwrap_or(0);
    for (id, count) in kinds {
        let number = format!("{:>widest$}  ", grouped(count));
        // A report may be of a version that knows others.
        let text = causes::find(id).map_or_else(|| id.to_owned(), |cause| format!("{} ({id})", cause.title));
        canvas.paragraph(2, (Tone::Caution, &number), widest + 2, (Tone::Plain, &text))?;
    }
    Ok(())
}
