//! Parts of a report by themselves, for whoever shows them one at a time.

use std::io::{self, Write};

use super::canvas::Canvas;
use super::{Options, finding, notes, plan};
use crate::report::{Finding, Report};

/// Writes one finding in full.
///
/// # Errors
/// The writer's own.
pub fn write_finding(of: &Finding, options: &Options, mut to: impl Write) -> io::Result<()> {
    finding::write(of, usize::MAX, &mut Canvas::new(&mut to, options.style, options.width))
}

/// Writes what to change, and what no change is known for.
///
/// # Errors
/// The writer's own.
pub fn write_plan(report: &Report, options: &Options, mut to: impl Write) -> io::Result<()> {
    plan::write(report, &mut Canvas::new(&mut to, options.style, options.width))
}

/// Writes what could not be looked at.
///
/// # Errors
/// The writer's own.
pub fn write_gaps(report: &Report, options: &Options, mut to: impl Write) -> io::Result<()> {
    notes::write_gaps(report, true, &mut Canvas::new(&mut to, options.style, options.width))
}
