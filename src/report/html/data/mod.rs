//! All findings, as the page's script reads them: columns of text in compressed chunks.
//!
//! They are collected in one walk over the report and wait in temporary files, for what takes how much room is known at
//! its end. Where the page would grow too long, differences of contents are left out first, then values, then findings
//! from the last on; the page says so.

mod chunks;
mod index;
mod rows;
mod values;

use std::io::{self, Write};

use self::chunks::Collected;
use self::rows::Rows;
use self::values::{Diffs, Values};
use super::{grouped, plain};
use crate::report::Report;
use crate::report::text::headline::sections;
use crate::report::text::number::count;

/// Bytes that the findings may take in a page: what GitHub and GitLab still show.
const MOST: u64 = 24 << 20;

const SCRIPT: &str = include_str!("../page.js");

/// The script of the page; none where there is nothing to look through.
pub(super) fn script(report: &Report<'_>) -> Option<&'static str> {
    (report.summary.findings > 0).then_some(SCRIPT)
}

/// The section that the script fills.
pub(super) fn write_section(report: &Report<'_>, to: &mut impl Write) -> io::Result<()> {
    let total = report.summary.findings;
    if total == 0 {
        return Ok(());
    }
    writeln!(to, "<section id=\"all\">\n<h2 id=\"findings\">All findings: {}</h2>", grouped(total))?;
    writeln!(
        to,
        "<p id=\"unscripted\" class=\"soft\">They are listed here, to be searched and filtered, where scripts run. The \
         JSON report has them too.</p>\n</section>"
    )
}

/// A word of the script's filter.
pub(super) fn query(key: &str, value: &str) -> String {
    format!("{key}:\"{}\"", plain(value).replace('\\', "\\\\").replace('"', "\\\""))
}

/// What the script reads, and the script.
pub(super) fn write(report: &Report<'_>, to: &mut impl Write) -> io::Result<()> {
    let Some(script) = script(report) else { return Ok(()) };
    collect(report, MOST)?.write(report, to)?;
    writeln!(to, "<script>{script}</script>")
}

/// The chunks of a report.
struct Data {
    rows: Collected,
    values: Collected,
    diffs: Collected,
    /// Findings in the rows, and those with their values.
    listed: u64,
    valued: u64,
    /// There were differences for which no room was left.
    lacks_diffs: bool,
    /// Bytes that they may take.
    most: u64,
}

fn collect(report: &Report<'_>, most: u64) -> io::Result<Data> {
    let (mut rows, mut values, mut diffs) = (Rows::new(), Values::new(), Diffs::new());
    let (mut listed, mut valued, mut lacks_diffs) = (0, 0, false);
    // The index has the number 0, whether there is one or not.
    let first = usize::from(report.index.is_none());
    'all: for (section, findings) in (first..).zip(sections(report)) {
        for finding in findings.iter() {
            if rows.size() >= most {
                break 'all;
            }
            // What will not fit is not collected either.
            let with_values = rows.size() + values.size() < most;
            let are_times = with_values && values.push(&finding)?;
            rows.push(section, &finding, are_times)?;
            if rows.size() + values.size() + diffs.size() < most {
                diffs.push(listed, &finding)?;
            } else {
                lacks_diffs |= finding.diff.is_some();
            }
            listed += 1;
            valued += u64::from(with_values);
        }
    }
    let (rows, values, diffs) = (rows.finish()?, values.finish()?, diffs.finish()?);
    Ok(Data { rows, values, diffs, listed, valued, lacks_diffs, most })
}

impl Data {
    fn write(&self, report: &Report<'_>, to: &mut impl Write) -> io::Result<()> {
        let (rows, of_rows) = self.rows.within(u64::MAX);
        let left = self.most.saturating_sub(of_rows);
        let (values, of_values) = self.values.within(left);
        let (diffs, of_diffs) = self.diffs.within(left - of_values);
        self.rows.write(of_rows, to)?;
        self.values.write(of_values, to)?;
        self.diffs.write(of_diffs, to)?;
        let firsts = [(&self.rows, rows), (&self.values, values), (&self.diffs, diffs)];
        let firsts = firsts.map(|(chunks, count)| chunks.firsts(count));
        let left_out = self.left_out(report, (values, diffs));
        let index = serde_json::to_vec(&index::document(report, firsts, self.listed, &left_out))?;
        to.write_all(chunks::element("data-index", &index)?.as_bytes())
    }

    /// What is not in the page, in a sentence; nothing where all is.
    fn left_out(&self, report: &Report<'_>, (values, diffs): (usize, usize)) -> String {
        let missing = report.summary.findings.saturating_sub(self.listed);
        let parts = [
            (missing > 0, format!("the last {}", count(missing, "finding"))),
            (self.valued < self.listed || values < self.values.len(), "the values of some".to_owned()),
            (self.lacks_diffs || diffs < self.diffs.len(), "differences of contents".to_owned()),
        ];
        let parts: Vec<String> = parts.into_iter().filter(|(is_so, _)| *is_so).map(|(_, part)| part).collect();
        if parts.is_empty() {
            return String::new();
        }
        format!(
            "With everything in it this page would be too long. Left out: {}. See the JSON report.",
            parts.join(", ")
        )
    }
}

#[cfg(test)]
mod tests;
