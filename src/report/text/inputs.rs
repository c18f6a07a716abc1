//! The inputs of the builds that differ: what most of the rest may follow from.

use std::io;

use super::canvas::{Canvas, pad};
use super::number::{count, grouped};
use super::style::Tone;
use super::value::short;
use crate::explain::Claim;
use crate::report::{Input, Report};

/// Inputs that are shown.
const MOST: usize = 5;

/// Each of them with what the sides have, those that most follows from first.
pub(super) fn write(report: &Report, canvas: &mut Canvas<'_>) -> io::Result<()> {
    if report.inputs.is_empty() {
        return Ok(());
    }
    let follow: u64 = report.inputs.iter().map(|input| input.findings).sum();
    let roots: u64 =
        report.causes.iter().filter(|cause| cause.claim != Claim::Derived).map(|cause| cause.findings).sum();
    let roots = roots + report.summary.unexplained;
    let what = if report.inputs.len() == 1 { "another input" } else { "other inputs" };
    canvas.heading(&format!("Built from {what}: {} of {} follow", grouped(follow), count(roots, "finding")))?;
    for input in report.inputs.iter().take(MOST) {
        write_input(input, canvas)?;
    }
    match report.inputs.len().saturating_sub(MOST) {
        0 => Ok(()),
        more => canvas.line(2, &[(Tone::Faint, &format!("and {}", count(more as u64, "more input")))]),
    }
}

fn write_input(input: &Input, canvas: &mut Canvas<'_>) -> io::Result<()> {
    let text = format!("{}: {}", input.name, count(input.findings, "finding"));
    canvas.paragraph(2, (Tone::Plain, ""), 0, (Tone::Strong, &text))?;
    for (label, value) in [("original", &input.original), ("rebuild", &input.rebuild)] {
        if let Some(value) = value {
            let is_digest = value.starts_with("sha256:") && value.len() == "sha256:".len() + 64;
            let value = if is_digest { short(value) } else { value.clone() };
            canvas.paragraph(4, (Tone::Faint, &pad(label, 10)), 10, (Tone::Plain, &value))?;
        }
    }
    Ok(())
}
