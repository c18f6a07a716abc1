//! The report for people, at a terminal.
//!
//! From the conclusion to what to do: the verdict in one sentence, what was compared, which inputs and layers differ, what
//! is unexplained, not accepted or could not be looked at, what to change; then, a line each, what is accepted. The long
//! form has each cause and each finding in full.

pub(super) mod accepted;
pub(super) mod canvas;
mod catalogue;
pub(super) mod cause;
mod finding;
pub(super) mod headline;
mod inputs;
pub(super) mod instruction;
mod layers;
mod notes;
pub(super) mod number;
mod parts;
pub(super) mod place;
pub(super) mod plan;
pub(super) mod refused;
mod selection;
mod style;
pub(super) mod value;

use std::io::{self, Write};

pub use catalogue::{list as write_catalogue, page as write_cause, search as search_causes};
pub(super) use catalogue::{paragraphs, remedies};
pub use headline::line;
pub use parts::{write_finding, write_gaps, write_plan};
pub use selection::{Selection, UNEXPLAINED};
pub use style::Style;
pub(crate) use style::Tone;

use super::Report;
use canvas::Canvas;

/// Findings without explanation that are shown where not everything is asked for.
const MOST_UNEXPLAINED: usize = 10;

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
#[derive(Debug, Clone)]
pub struct Options {
    /// Plain or colored.
    pub style: Style,
    /// Columns of the terminal; narrower than 40 counts as 40.
    pub width: usize,
    /// How much.
    pub detail: Detail,
    /// Which findings to show in full, in place of all the rest.
    pub selection: Selection,
}

impl Options {
    /// Without colors, and of everything.
    pub const fn plain(width: usize, detail: Detail) -> Self {
        let selection = Selection { causes: Vec::new(), layers: Vec::new(), paths: Vec::new() };
        Options { style: Style::plain(), width, detail, selection }
    }
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
    if !options.selection.is_empty() {
        return finding::write_selected(report, &options.selection, &mut canvas);
    }
    let verbose = options.detail == Detail::Verbose;
    inputs::write(report, &mut canvas)?;
    layers::write(report, verbose, &mut canvas)?;
    if verbose { write_long(report, &mut canvas) } else { write_short(report, &mut canvas) }
}

/// What a reader needs: what needs a decision before what does not.
fn write_short(report: &Report, canvas: &mut Canvas<'_>) -> io::Result<()> {
    finding::write_unexplained(report, MOST_UNEXPLAINED, canvas)?;
    refused::write(report, canvas)?;
    notes::write_gaps(report, false, canvas)?;
    plan::write(report, canvas)?;
    accepted::write(report, canvas)?;
    accepted::write_warnings(report, canvas)?;
    notes::write_policy(report, canvas)?;
    notes::write_next(report, canvas)
}

/// Each cause, and each finding.
fn write_long(report: &Report, canvas: &mut Canvas<'_>) -> io::Result<()> {
    cause::write_roots(report, true, canvas)?;
    cause::write_derived(report, canvas)?;
    finding::write_unexplained(report, usize::MAX, canvas)?;
    notes::write_gaps(report, true, canvas)?;
    notes::write_warnings(report, canvas)?;
    finding::write_explained(report, canvas)?;
    plan::write(report, canvas)?;
    notes::write_policy(report, canvas)?;
    notes::write_next(report, canvas)
}

#[cfg(test)]
mod tests;
