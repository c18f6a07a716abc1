//! The report as JSON: the contract itself.

use std::io::{self, Write};

use super::Report;
use crate::error::{Error, Result};

/// Writes the report, indented, with a newline at its end.
///
/// # Errors
/// The writer's own.
pub fn write(report: &Report, mut to: impl Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut to, report)?;
    report.check()?;
    to.write_all(b"\n")
}

/// Reads a report back.
///
/// # Errors
/// [`Error::Report`] for what is no report of a version that this program understands.
pub fn read(name: &str, bytes: &[u8]) -> Result<Report<'static>> {
    let wrong = |detail: String| Error::Report { name: name.to_owned(), detail };
    let report: Report = serde_json::from_slice(bytes).map_err(|error| wrong(format!("not a report: {error}")))?;
    match report.schema_version.split_once('.') {
        Some(("1", _)) => Ok(report),
        _ => Err(wrong(format!("a report of version {:?}, this program reads version 1", report.schema_version))),
    }
}
