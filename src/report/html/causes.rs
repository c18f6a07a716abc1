//! Causes: those that need a decision with their places, then all of them with what is known of each.

use std::io::{self, Write};

use super::{close_table, data, findings, open_table, text};
use crate::causes;
use crate::explain::Claim;
use crate::report::text::number::grouped;
use crate::report::text::place::place;
use crate::report::text::{accepted, cause::severity, paragraphs, refused};
use crate::report::words::claim;
use crate::report::{CauseSummary, Report};

/// Whether a cause that does not only follow from others is not accepted.
pub(super) fn is_any_refused(report: &Report<'_>) -> bool {
    report.causes.iter().any(is_refused)
}

fn is_refused(cause: &CauseSummary) -> bool {
    !cause.accepted && cause.claim != Claim::Derived
}

/// What is explained and not accepted, with the first places.
pub(super) fn write_refused(report: &Report<'_>, to: &mut impl Write) -> io::Result<()> {
    if !is_any_refused(report) {
        return Ok(());
    }
    writeln!(to, "<section>\n<h2 id=\"refused\">Not accepted</h2>")?;
    for cause in report.causes.iter().filter(|cause| is_refused(cause)) {
        writeln!(to, "<h3>{} <a href=\"#cause-{1}\"><code>{1}</code></a></h3>", text(&cause.title), text(&cause.id))?;
        for finding in refused::examples(report, &cause.id) {
            findings::write(&finding, to)?;
        }
    }
    writeln!(to, "</section>")
}

/// All causes, and behind each what it means and what to change.
pub(super) fn write_all(report: &Report<'_>, to: &mut impl Write) -> io::Result<()> {
    if report.causes.is_empty() {
        return Ok(());
    }
    writeln!(to, "<section>\n<h2 id=\"causes\">Causes</h2>")?;
    open_table(to, "Why they differ", &["Cause", "#Findings", "#Accepted", "#Bytes", "Severity", "Claim", "What"])?;
    for cause in &report.causes {
        let tone = if cause.accepted { "good" } else { "bad" };
        writeln!(
            to,
            "<tr><th scope=\"row\"><a href=\"#cause-{0}\"><code>{0}</code></a></th>\
             <td class=\"number\" data-find=\"{7}\">{1}</td>\
             <td class=\"number {tone}\">{2}</td><td class=\"number\">{3}</td><td>{4}</td><td>{5}</td><td>{6}</td></tr>",
            text(&cause.id),
            grouped(cause.findings),
            grouped(cause.accepted_findings),
            grouped(cause.bytes),
            severity(cause.severity),
            claim(cause.claim),
            text(&cause.title),
            text(&data::query("cause", &cause.id))
        )?;
    }
    close_table(to)?;
    for cause in &report.causes {
        write_page(cause, to)?;
    }
    writeln!(to, "</section>")
}

fn write_page(cause: &CauseSummary, to: &mut impl Write) -> io::Result<()> {
    writeln!(
        to,
        "<details id=\"cause-{0}\"><summary><code>{0}</code> {1}</summary>",
        text(&cause.id),
        text(&cause.title)
    )?;
    if let Some(known) = causes::find(&cause.id) {
        for heading in ["What differs", "When it is not harmless"] {
            for paragraph in paragraphs(known, heading).split("\n\n").filter(|paragraph| !paragraph.is_empty()) {
                writeln!(to, "<p>{}</p>", text(paragraph))?;
            }
        }
    }
    if !cause.remedies.is_empty() {
        writeln!(to, "<ul>")?;
        for remedy in &cause.remedies {
            writeln!(to, "<li>{}: {}</li>", text(&remedy.builder), text(&remedy.text))?;
        }
        writeln!(to, "</ul>")?;
    }
    if let Some(reason) = &cause.reason {
        writeln!(to, "<p class=\"soft\">Accepted: {}</p>", text(reason))?;
    }
    writeln!(to, "</details>")
}

/// Hazards, one line for each kind, with the first place of each.
pub(super) fn write_warnings(report: &Report<'_>, to: &mut impl Write) -> io::Result<()> {
    if report.summary.warnings == 0 {
        return Ok(());
    }
    writeln!(to, "<section>\n<h2 id=\"warnings\">Worth knowing</h2>\n<ul>")?;
    for (id, count) in accepted::hazards(report) {
        let title = causes::find(id).map_or(id, |cause| cause.title);
        let mut all = report.platforms.iter().flat_map(|platform| &platform.warnings);
        let first = all.find(|warning| warning.cause == id).map(|warning| place(&warning.location)).unwrap_or_default();
        writeln!(
            to,
            "<li>{}: {} <code>{}</code><br><span class=\"path\">{}</span></li>",
            grouped(count),
            text(title),
            text(id),
            text(&first)
        )?;
    }
    writeln!(to, "</ul>\n</section>")
}
