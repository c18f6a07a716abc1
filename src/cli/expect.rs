//! The commands about what is expected of a comparison.

use std::path::PathBuf;

use clap::Subcommand;

pub(crate) const EXAMPLES: &str = "\
Examples:
  Write down what the last comparison came to, and keep the file with the sources:
    reprove diff -o json=report.json oci:one:app oci:two:app
    reprove expect update reprove.expect report.json
  Fail where another comparison comes to something else, and show how:
    reprove diff --expect reprove.expect oci:one:app oci:two:app";

/// `reprove expect`.
#[derive(Debug, Subcommand)]
pub(crate) enum Expect {
    /// Write a file that expects what a report holds, and show what changes in it.
    Update {
        /// The file.
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// The report, as written by `reprove diff -o json=REPORT`.
        #[arg(value_name = "REPORT")]
        report: PathBuf,
    },
}
