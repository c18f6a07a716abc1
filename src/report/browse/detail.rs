//! What is known of one row, as the report for people says it.

use std::io;

use super::View;
use super::rows::{self, Row};
use crate::causes;
use crate::report::Report;
use crate::report::escape::escape;
use crate::report::text::number::{count, grouped};
use crate::report::text::{Detail, Options, cause::severity, write_cause, write_finding, write_gaps, write_plan};
use crate::report::words::claim;

/// Findings that are named of a cause or layer.
const NAMED: usize = 100;

/// In lines of so many columns.
pub(super) fn lines(report: &Report<'_>, row: Row, width: usize) -> Vec<String> {
    let options = Options::plain(width, Detail::Verbose);
    let mut text = Vec::new();
    let written = match row {
        Row::Unexplained => listed(report, row, &mut text),
        Row::Gaps => write_gaps(report, &options, &mut text),
        Row::Cause(number) => of_cause(report, number, &options, &mut text),
        Row::Layer(..) => of_layer(report, row, &mut text),
        Row::Finding(section, position) => match rows::finding(report, section, position) {
            Some(finding) => write_finding(&finding, &options, &mut text),
            None => Ok(()),
        },
        Row::Change(_) => write_plan(report, &options, &mut text),
    };
    let mut lines: Vec<String> = String::from_utf8_lossy(&text).lines().map(str::to_owned).collect();
    if let Err(error) = written.and_then(|()| report.check()) {
        lines.push(format!("This could not be read back: {error}"));
    }
    // The first line of a part is the gap before it.
    if lines.first().is_some_and(String::is_empty) {
        lines.remove(0);
    }
    lines
}

fn of_cause(report: &Report<'_>, number: usize, options: &Options, to: &mut Vec<u8>) -> io::Result<()> {
    let Some(cause) = report.causes.get(number) else { return Ok(()) };
    push(to, &cause.title);
    let entries = if cause.entries == 1 { "entry" } else { "entries" };
    push(
        to,
        &format!(
            "{}, {} accepted, in {} {entries}; {}; {}, {}",
            count(cause.findings, "finding"),
            grouped(cause.accepted_findings),
            grouped(cause.entries),
            count(cause.bytes, "byte"),
            claim(cause.claim),
            severity(cause.severity)
        ),
    );
    if let Some(reason) = &cause.reason {
        push(to, &format!("Accepted: {reason}"));
    }
    push(to, "");
    for remedy in &cause.remedies {
        push(to, &format!("{}: {}", remedy.builder, remedy.text));
    }
    push(to, "");
    listed(report, Row::Cause(number), to)?;
    match causes::find(&cause.id) {
        Some(known) => {
            push(to, "");
            write_cause(known, options, to)
        }
        None => Ok(()),
    }
}

fn of_layer(report: &Report<'_>, row: Row, to: &mut Vec<u8>) -> io::Result<()> {
    let Some(layer) = rows::layer(report, row) else { return Ok(()) };
    push(to, &rows::name(report, row));
    if let Some(step) = &layer.step {
        push(to, &step.created_by);
        if let Some(line) = &step.dockerfile {
            push(to, &format!("{}:{}", line.path, line.line));
        }
    }
    if layer.follows {
        push(to, "All of it follows from findings elsewhere.");
    }
    push(to, "");
    listed(report, row, to)
}

/// The first findings of a row.
fn listed(report: &Report<'_>, row: Row, to: &mut Vec<u8>) -> io::Result<()> {
    let findings = rows::list(report, View::Findings, Some(row));
    for finding in findings.iter().take(NAMED) {
        push(to, &rows::label(report, *finding));
    }
    if findings.len() > NAMED {
        push(to, &format!("{} more: Enter lists them all", grouped((findings.len() - NAMED) as u64)));
    }
    Ok(())
}

/// A line, with nothing in it that steers a terminal.
fn push(to: &mut Vec<u8>, line: &str) {
    to.extend_from_slice(escape(line).as_bytes());
    to.push(b'\n');
}
