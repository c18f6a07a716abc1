//! The command for jobs that publish.

use std::path::PathBuf;

use clap::Args;

use super::{Compared, Output};

pub(crate) const EXAMPLES: &str = "\
Examples:
  Push only what is another image than the one that is published:
    reprove gate oci:build registry.example/app:latest ||
      skopeo copy oci:build docker://registry.example/app:latest
  The digest to deploy, be it the published one or the new one:
    digest=$(reprove gate oci:build registry.example/app:latest) || [ $? = 1 ]";

pub(crate) const EXIT_CODES: &str = "\
Exit codes:
  0  nothing to publish: the new image is identical or equivalent to the published one,
     whose digest is printed
  1  publish the new image: it is different, or nothing is published yet; its digest is
     printed
  2  inconclusive, bad usage, unreadable input or output; nothing is printed";

/// `reprove gate`.
#[derive(Debug, Args)]
pub(crate) struct Gate {
    /// The image that was just built.
    #[arg(value_name = "NEW")]
    pub(crate) new: String,
    /// The image that is published. It need not be there yet.
    #[arg(value_name = "PUBLISHED")]
    pub(crate) published: String,
    /// Write the report to a file; can be given more than once.
    #[arg(short, long, value_name = "FORMAT=FILE")]
    pub(crate) output: Vec<Output>,
    /// Append `REPROVE_DIGEST` and `REPROVE_PUBLISH` (`true` or `false`) to this file, as `$GITHUB_OUTPUT` and GitLab's
    /// dotenv reports take them.
    #[arg(long, value_name = "FILE")]
    pub(crate) variables: Option<PathBuf>,
    /// Say nothing on standard error but errors.
    #[arg(short, long)]
    pub(crate) quiet: bool,
    #[command(flatten)]
    pub(crate) compared: Compared,
}
