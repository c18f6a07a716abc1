//! Reports are written: to standard output and to files, in the formats that were asked for.

use std::io::{self, Write};

use reprove::Report;
use reprove::explain::GivenDockerfile;
use reprove::report::results::Results;
use reprove::report::text::{Selection, UNEXPLAINED};
use reprove::report::{brief, html, json, markdown, results, text, values};

use super::cli::{Format, Output, Shown};
use super::out::{FILE_WIDTH, Out};
use super::{browse, known_cause, open, outputs, say};

/// How a report is written.
pub(crate) struct How<'a> {
    /// For people.
    pub(crate) options: text::Options,
    /// What the images were built from, for formats that have edits of it.
    pub(crate) given: Option<&'a GivenDockerfile>,
}

/// Writes the report to all its files, and to standard output or to be looked through. Whether all files could be written.
pub(crate) fn write_all(
    report: &Report,
    given: Option<&GivenDockerfile>,
    shown: &Shown,
    out: &mut Out,
) -> anyhow::Result<bool> {
    let mut how = How { options: file_options(shown), given };
    let all = write_files(report, &shown.output, &how)?;
    if shown.browse {
        browse::run(report)?;
        return opened(shown, all);
    }
    how.options = text::Options { detail: detail(shown), selection: selection(shown)?, ..out.options() };
    let written = out.write(|to| write(report, shown.format, &how, to));
    report.check()?;
    written?;
    opened(shown, all)
}

/// Opens the page, where that is asked for and it is written.
fn opened(shown: &Shown, all: bool) -> anyhow::Result<bool> {
    match open::wanted(shown)?.filter(|_| all).map(open::open) {
        Some(Err(error)) => {
            say(&format!("error: {error:#}"));
            Ok(false)
        }
        _ => Ok(all),
    }
}

/// Writes the report to files. Whether all could be written.
pub(crate) fn write_files(report: &Report, outputs: &[Output], how: &How<'_>) -> anyhow::Result<bool> {
    let mut all = true;
    for output in outputs {
        let written = outputs::write(&output.path, |to| write(report, output.format, how, to));
        report.check()?;
        // Named, and no reason not to write the others.
        if let Err(error) = written {
            say(&format!("error: {}: cannot be written: {error:#}", output.path.display()));
            all = false;
        }
    }
    Ok(all)
}

/// Which findings to show; an error where there is no such cause.
pub(crate) fn selection(shown: &Shown) -> anyhow::Result<Selection> {
    for id in shown.cause.iter().filter(|id| *id != UNEXPLAINED) {
        known_cause(id)?;
    }
    Ok(Selection { causes: shown.cause.clone(), layers: shown.layer.clone(), paths: shown.path.clone() })
}

fn detail(shown: &Shown) -> text::Detail {
    match (shown.quiet, shown.verbose) {
        (true, _) => text::Detail::Quiet,
        (false, true) => text::Detail::Verbose,
        (false, false) => text::Detail::Normal,
    }
}

/// A file is read later and elsewhere: no colors, and everything in it.
fn file_options(shown: &Shown) -> text::Options {
    let detail = match detail(shown) {
        text::Detail::Normal => text::Detail::Verbose,
        given => given,
    };
    text::Options::plain(FILE_WIDTH, detail)
}

fn write(report: &Report, format: Format, how: &How<'_>, to: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Text => text::write(report, &how.options, to),
        Format::Json => json::write(report, to),
        Format::Brief => brief::write(report, to),
        Format::Html => html::write(report, to),
        Format::Markdown => markdown::write(report, to),
        Format::Sarif => results::sarif::write(&Results::of(report, how.given)?, to),
        Format::Junit => results::junit::write(&Results::of(report, None)?, to),
        Format::Gitlab => results::gitlab::write(&Results::of(report, None)?, to),
        Format::Github => results::github::write(&Results::of(report, None)?, to),
        Format::Dotenv => values::dotenv(report, to),
        Format::Openmetrics => values::openmetrics(report, to),
    }
}
