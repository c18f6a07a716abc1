//! The report for people, at a terminal.
//!
//! From the conclusion to its reasons: the verdict in one sentence, root causes, what follows from them in a line or two,
//! everything unexplained in full, what could not be looked at, hazards, what to change, the policy's own state, and what
//! to do next.

mod canvas;
mod catalogue;
mod cause;
mod finding;
mod headline;
mod notes;
pub(super) mod number;
mod place;
mod plan;
mod style;
mod value;

use std::io::{self, Write};

pub use catalogue::{list as write_catalogue, page as write_cause};
pub use style::Style;

use super::Report;
use canvas::Canvas;

/// Findings without explanation that are shown in full on a terminal.
const UNEXPLAINED: usize = 20;

/// How much is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// The verdict alone.
    Quiet,
    /// What a reader needs; long lists are cut.
    Normal,
    /// Every finding.
    Verbose,
}

/// How a report is written for people.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Plain or colored.
    pub style: Style,
    /// Columns of the terminal; narrower than 40 counts as 40.
    pub width: usize,
    /// How much.
    pub detail: Detail,
}

/// Writes the report.
///
/// # Errors
/// The writer's own.
pub fn write(report: &Report, options: &Options, to: impl Write) -> io::Result<()> {
    write_all(report, options, to)?;
    // What could not be read back is missing above.
    report.check()
}

fn write_all(report: &Report, options: &Options, mut to: impl Write) -> io::Result<()> {
    // A verdict alone stays on one line, for whoever reads it line by line.
    let width = if options.detail == Detail::Quiet { usize::MAX } else { options.width };
    let mut canvas = Canvas::new(&mut to, options.style, width);
    headline::write(report, &mut canvas)?;
    if options.detail == Detail::Quiet {
        return Ok(());
    }
    headline::write_images(report, &mut canvas)?;
    let verbose = options.detail == Detail::Verbose;
    cause::write_roots(report, verbose, &mut canvas)?;
    cause::write_derived(report, &mut canvas)?;
    finding::write_unexplained(report, if verbose { usize::MAX } else { UNEXPLAINED }, &mut canvas)?;
    notes::write_gaps(report, verbose, &mut canvas)?;
    notes::write_warnings(report, verbose, &mut canvas)?;
    if verbose {
        finding::write_explained(report, &mut canvas)?;
    }
    plan::write(report, &mut canvas)?;
    notes::write_policy(report, &mut canvas)?;
    notes::write_next(report, &mut canvas)
}

#[cfg(test)]
mod tests;
