//! Single findings: where, what the two sides hold, and the difference itself.

use std::io;

use similar::{Algorithm, ChangeTag, DiffOp, capture_diff_slices};

use super::canvas::Canvas;
use super::headline::{heads, platform_name, sections};
use super::number::{count, grouped};
use super::place::place;
use super::selection::Selection;
use super::style::Tone;
use super::value::write_values;
use crate::explain::Claim;
use crate::report::words::claim;
use crate::report::{Diff, Finding, Findings, Head, Report};

/// Lines of a difference that are shown where not everything is asked for.
pub(super) const LINES: usize = 8;

/// Everything that no cause explains, up to `most`.
pub(super) fn write_unexplained(report: &Report, most: usize, canvas: &mut Canvas<'_>) -> io::Result<()> {
    let total = report.summary.unexplained;
    if total == 0 {
        return Ok(());
    }
    canvas.heading(&format!("Unexplained: {}", count(total, "finding")))?;
    let unexplained = |finding: Head<'_>| finding.claim == Claim::Unexplained;
    let lines = if most == usize::MAX { most } else { LINES };
    write_sections(report, (most, lines), unexplained, |_| true, canvas)?;
    let left = total.saturating_sub(most as u64);
    if left > 0 {
        canvas.gap()?;
        let text = format!("{} more are not shown here: see them with -v or -o json=FILE.", grouped(left));
        canvas.paragraph(2, (Tone::Plain, ""), 0, (Tone::Caution, &text))?;
    }
    Ok(())
}

/// The findings that were asked for, in full.
pub(super) fn write_selected(report: &Report, selection: &Selection, canvas: &mut Canvas<'_>) -> io::Result<()> {
    let is_meant = |finding: &Finding| selection.holds(finding);
    let total = sections(report).flat_map(Findings::iter).filter(|finding| is_meant(finding)).count() as u64;
    let of = heads(report).count() as u64;
    canvas.heading(&format!("{} of {}", grouped(total), count(of, "finding")))?;
    write_sections(report, (usize::MAX, usize::MAX), |_| true, is_meant, canvas)
}

/// Every finding that a cause explains.
pub(super) fn write_explained(report: &Report, canvas: &mut Canvas<'_>) -> io::Result<()> {
    let explained = |finding: Head<'_>| finding.claim != Claim::Unexplained;
    let total = heads(report).filter(|finding| explained(*finding)).count() as u64;
    if total == 0 {
        return Ok(());
    }
    canvas.heading(&format!("Explained: {}", count(total, "finding")))?;
    write_sections(report, (usize::MAX, usize::MAX), explained, |_| true, canvas)
}

/// Findings in document order, under the names of their platforms where there is more than one: at most so many, with so
/// many lines of the difference of each.
fn write_sections(
    report: &Report,
    (most, lines): (usize, usize),
    wanted: impl Fn(Head<'_>) -> bool,
    is_meant: impl Fn(&Finding) -> bool,
    canvas: &mut Canvas<'_>,
) -> io::Result<()> {
    let mut room = most;
    let index = report.index.iter().map(|index| ("above the platforms".to_owned(), &index.findings));
    let platforms = report.platforms.iter().map(|platform| (platform_name(&platform.platform), &platform.findings));
    let named = report.platforms.len() > 1;
    for (name, findings) in index.chain(platforms) {
        let places = findings.heads().enumerate().filter(|(_, head)| wanted(*head)).map(|(position, _)| position);
        let found = places.filter_map(|position| findings.get(position)).filter(|finding| is_meant(finding));
        let mut shown = found.take(room).peekable();
        if named && shown.peek().is_some() {
            canvas.gap()?;
            canvas.line(2, &[(Tone::Strong, &name)])?;
        }
        for finding in shown {
            canvas.gap()?;
            write(&finding, lines, canvas)?;
            room -= 1;
        }
    }
    Ok(())
}

/// One finding, with at most so many lines of its difference.
pub(super) fn write(finding: &Finding, lines: usize, canvas: &mut Canvas<'_>) -> io::Result<()> {
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
    finding.diff.as_ref().map_or(Ok(()), |diff| write_diff(diff, 4, lines, canvas))
}

/// What differs, at most so many lines of it.
pub(super) fn write_diff(diff: &Diff, indent: usize, most: usize, canvas: &mut Canvas<'_>) -> io::Result<()> {
    let mut room = most;
    for (number, hunk) in diff.hunks.iter().enumerate() {
        if number > 0 && room > 0 {
            canvas.line(indent, &[(Tone::Faint, "⋮")])?;
        }
        for operation in capture_diff_slices(Algorithm::Myers, &hunk.original, &hunk.rebuild) {
            room -= write_operation(&operation, (&hunk.original, &hunk.rebuild), (indent, room), canvas)?;
        }
    }
    if room == 0 {
        return canvas.line(indent, &[(Tone::Caution, "⋮ -v shows more of the difference")]);
    }
    if diff.cut {
        canvas.line(indent, &[(Tone::Caution, "⋮ the difference goes on; the limit of shown lines is reached")])?;
    }
    Ok(())
}

/// Says how many lines it has written, which are at most `room`.
fn write_operation(
    operation: &DiffOp,
    (original, rebuild): (&[String], &[String]),
    (indent, room): (usize, usize),
    canvas: &mut Canvas<'_>,
) -> io::Result<usize> {
    let mut written = 0;
    for change in operation.iter_changes(original, rebuild).take(room) {
        written += 1;
        let (tone, sign) = match change.tag() {
            ChangeTag::Equal => (Tone::Faint, "  "),
            ChangeTag::Delete => (Tone::Removed, "- "),
            ChangeTag::Insert => (Tone::Added, "+ "),
        };
        canvas.line(indent, &[(tone, sign), (tone, change.value_ref())])?;
    }
    Ok(written)
}
