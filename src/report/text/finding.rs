//! Single findings: where, what the two sides hold, and the difference itself.

use std::io;

use similar::{Algorithm, ChangeTag, DiffOp, capture_diff_slices};

use super::canvas::Canvas;
use super::headline::{heads, platform_name};
use super::number::{count, grouped};
use super::place::place;
use super::style::Tone;
use super::value::write_values;
use crate::explain::Claim;
use crate::report::words::claim;
use crate::report::{Diff, Finding, Head, Report};

/// Everything that no cause explains, up to `most`.
pub(super) fn write_unexplained(report: &Report, most: usize, canvas: &mut Canvas<'_>) -> io::Result<()> {
    let total = report.summary.unexplained;
    if total == 0 {
        return Ok(());
    }
    canvas.heading(&format!("Unexplained: {}", count(total, "finding")))?;
    let unexplained = |finding: Head<'_>| finding.claim == Claim::Unexplained;
    write_sections(report, most, unexplained, canvas)?;
    let left = total.saturating_sub(most as u64);
    if left > 0 {
        canvas.gap()?;
        let text = format!("{} more are not shown here: see them with -v or -o json=FILE.", grouped(left));
        canvas.paragraph(2, (Tone::Plain, ""), 0, (Tone::Caution, &text))?;
    }
    Ok(())
}

/// Every finding that a cause explains.
pub(super) fn write_explained(report: &Report, canvas: &mut Canvas<'_>) -> io::Result<()> {
    let explained = |finding: Head<'_>| finding.claim != Claim::Unexplained;
    let total = heads(report).filter(|finding| explained(*finding)).count() as u64;
    if total == 0 {
        return Ok(());
    }
    canvas.heading(&format!("Explained: {}", count(total, "finding")))?;
    write_sections(report, usize::MAX, explained, canvas)
}

/// Findings in document order, under the names of their platforms where there is more than one.
fn write_sections(
    report: &Report,
    most: usize,
    wanted: impl Fn(Head<'_>) -> bool,
    canvas: &mut Canvas<'_>,
) -> io::Result<()> {
    let mut room = most;
    let index = report.index.iter().map(|index| ("above the platforms".to_owned(), &index.findings));
    let platforms = report.platforms.iter().map(|platform| (platform_name(&platform.platform), &platform.findings));
    let named = report.platforms.len() > 1;
    for (name, findings) in index.chain(platforms) {
        let places = findings.heads().enumerate().filter(|(_, head)| wanted(*head)).map(|(position, _)| position);
        let mut shown = places.take(room).filter_map(|position| findings.get(position)).peekable();
        if named && shown.peek().is_some() {
            canvas.gap()?;
            canvas.line(2, &[(Tone::Strong, &name)])?;
        }
        for finding in shown {
            canvas.gap()?;
            write(&finding, canvas)?;
            room -= 1;
        }
    }
    Ok(())
}

fn write(finding: &Finding, canvas: &mut Canvas<'_>) -> io::Result<()> {
    let id = finding.id.to_string();
    let place = place(&finding.location);
    canvas.paragraph(2, (Tone::Name, &id), id.len() + 2, (Tone::Strong, &place))?;
    if let Some(cause) = &finding.cause {
        let accepted = if finding.accepted { "accepted" } else { "not accepted" };
        let witness = finding.witness.as_deref().map(|witness| format!("; {witness}")).unwrap_or_default();
        let text = format!("{cause}, {}, {accepted}{witness}", claim(finding.claim));
        canvas.paragraph(4, (Tone::Plain, ""), 0, (Tone::Faint, &text))?;
    }
    write_values(4, finding, canvas)?;
    finding.diff.as_ref().map_or(Ok(()), |diff| write_diff(diff, canvas))
}

fn write_diff(diff: &Diff, canvas: &mut Canvas<'_>) -> io::Result<()> {
    for (number, hunk) in diff.hunks.iter().enumerate() {
        if number > 0 {
            canvas.line(4, &[(Tone::Faint, "⋮")])?;
        }
        for operation in capture_diff_slices(Algorithm::Myers, &hunk.original, &hunk.rebuild) {
            write_operation(&operation, &hunk.original, &hunk.rebuild, canvas)?;
        }
    }
    if diff.cut {
        canvas.line(4, &[(Tone::Caution, "⋮ the difference goes on; the limit of shown lines is reached")])?;
    }
    Ok(())
}

fn write_operation(
    operation: &DiffOp,
    original: &[String],
    rebuild: &[String],
    canvas: &mut Canvas<'_>,
) -> io::Result<()> {
    for change in operation.iter_changes(original, rebuild) {
        let (tone, sign) = match change.tag() {
            ChangeTag::Equal => (Tone::Faint, "  "),
            ChangeTag::Delete => (Tone::Removed, "- "),
            ChangeTag::Insert => (Tone::Added, "+ "),
        };
        canvas.line(4, &[(tone, sign), (tone, change.value_ref())])?;
    }
    Ok(())
}
