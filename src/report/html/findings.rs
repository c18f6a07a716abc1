//! Single findings: where, what the sides hold, and the difference itself.

use std::borrow::Cow;
use std::io::{self, Write};

use similar::{Algorithm, ChangeTag, capture_diff_slices};

use super::text;
use crate::explain::Claim;
use crate::report::text::headline::sections;
use crate::report::text::number::{count, grouped};
use crate::report::text::place::place;
use crate::report::text::value::shown;
use crate::report::words::aspect;
use crate::report::{Diff, Finding, Report};

/// Findings without explanation that are shown.
const MOST: usize = 200;
/// Gaps that are shown.
const GAPS: usize = 100;

/// What no cause explains.
pub(super) fn write_unexplained(report: &Report<'_>, to: &mut impl Write) -> io::Result<()> {
    let total = report.summary.unexplained;
    if total == 0 {
        return Ok(());
    }
    writeln!(to, "<section>\n<h2 id=\"unexplained\">Unexplained: {}</h2>", count(total, "finding"))?;
    let open = sections(report).flat_map(|findings| {
        let open = findings.heads().enumerate().filter(|(_, head)| head.claim == Claim::Unexplained);
        open.filter_map(|(position, _)| findings.get(position)).map(Cow::into_owned)
    });
    for finding in open.take(MOST) {
        write(&finding, to)?;
    }
    if let Some(more) = total.checked_sub(MOST as u64).filter(|more| *more > 0) {
        let find = "data-find=\"claim:unexplained\"";
        writeln!(to, "<p class=\"mild\" {find}>{} more are not shown here: see the JSON report.</p>", grouped(more))?;
    }
    writeln!(to, "</section>")
}

/// One finding.
pub(super) fn write(finding: &Finding, to: &mut impl Write) -> io::Result<()> {
    writeln!(
        to,
        "<h3 id=\"{0}\"><a href=\"#{0}\">{0}</a> <span class=\"path\">{1}</span></h3>",
        finding.id,
        text(&place(&finding.location))
    )?;
    writeln!(to, "<dl><dt>what</dt><dd>{}</dd>", aspect(finding.aspect))?;
    for (label, side) in [("original", &finding.original), ("rebuild", &finding.rebuild)] {
        writeln!(to, "<dt>{label}</dt><dd><code>{}</code></dd>", text(&shown(finding, side.as_ref())))?;
    }
    if let Some(witness) = &finding.witness {
        writeln!(to, "<dt>witness</dt><dd>{}</dd>", text(witness))?;
    }
    writeln!(to, "</dl>")?;
    finding.diff.as_ref().map_or(Ok(()), |diff| write_diff(diff, to))
}

fn write_diff(diff: &Diff, to: &mut impl Write) -> io::Result<()> {
    write!(to, "<pre tabindex=\"0\">")?;
    for (sign, line) in lines(diff) {
        let line = text(&line);
        match sign {
            "- " => write!(to, "<del>{sign}{line}</del>")?,
            "+ " => write!(to, "<ins>{sign}{line}</ins>")?,
            _ => writeln!(to, "{sign}{line}")?,
        }
    }
    writeln!(to, "</pre>")
}

/// The lines of a difference, each after the sign that says what it is.
pub(super) fn lines(diff: &Diff) -> impl Iterator<Item = (&'static str, String)> + '_ {
    let hunks = diff.hunks.iter().enumerate().flat_map(|(number, hunk)| {
        let changes = capture_diff_slices(Algorithm::Myers, &hunk.original, &hunk.rebuild);
        let changes = changes.into_iter().flat_map(|change| {
            let lines = change.iter_changes(&hunk.original, &hunk.rebuild).map(|change| {
                let sign = match change.tag() {
                    ChangeTag::Equal => "  ",
                    ChangeTag::Delete => "- ",
                    ChangeTag::Insert => "+ ",
                };
                (sign, change.value_ref().clone())
            });
            lines.collect::<Vec<_>>()
        });
        (number > 0).then(|| ("⋮", String::new())).into_iter().chain(changes)
    });
    hunks.chain(diff.cut.then(|| ("⋮ the difference goes on", String::new())))
}

/// What could not be looked at.
pub(super) fn write_gaps(report: &Report<'_>, to: &mut impl Write) -> io::Result<()> {
    let total = report.summary.gaps;
    if total == 0 {
        return Ok(());
    }
    writeln!(to, "<section>\n<h2 id=\"gaps\">Not looked at: {}</h2>\n<ul>", count(total, "place"))?;
    let index = report.index.iter().flat_map(|index| &index.gaps);
    let gaps = index.chain(report.platforms.iter().flat_map(|platform| &platform.gaps));
    for gap in gaps.take(GAPS) {
        let place = text(&place(&gap.location));
        writeln!(to, "<li><span class=\"path\">{place}</span><br>{}</li>", text(&gap.detail))?;
    }
    writeln!(to, "</ul>")?;
    if let Some(more) = total.checked_sub(GAPS as u64).filter(|more| *more > 0) {
        writeln!(to, "<p class=\"mild\">{} more are not shown here: see the JSON report.</p>", grouped(more))?;
    }
    writeln!(to, "</section>")
}
