//! The command that changes a Dockerfile.

use std::path::PathBuf;

use clap::Args;

use super::{Limited, Listing, Registries};

pub(crate) const EXAMPLES: &str = "\
Examples:
  What to change, as a patch of the Dockerfile and options for the build:
    reprove fix --dockerfile Dockerfile oci:one:app oci:two:app
  The same from a report, into the file:
    reprove diff --dockerfile Dockerfile -o json=report.json oci:one:app oci:two:app
    reprove fix --dockerfile Dockerfile --report report.json --write
  Build twice with the changed file, compare, and write it only if that is proven:
    reprove fix --dockerfile Dockerfile --report report.json --write --prove \\
      'buildah build --no-cache --timestamp 0 --build-arg SOURCE_DATE_EPOCH=0 \\
         --file {dockerfile} --tag app . && buildah push app oci:{output}:app'
  What is printed can be applied as it is:
    reprove fix --dockerfile Dockerfile --report report.json | git apply";

pub(crate) const EXIT_CODES: &str = "\
Exit codes:
  0  done, also where there is nothing to change or something is left to people
  1  not proven: the images that --prove built differ in more than the patch leaves, or
     may be the same only because a step was not run again
  2  bad usage, unreadable input or output, a command that failed";

/// `reprove fix`.
#[derive(Debug, Args)]
pub(crate) struct Fix {
    /// The image that was built first, or published.
    #[arg(value_name = "ORIGINAL", required_unless_present = "report")]
    pub(crate) original: Option<String>,
    /// The image that was built again.
    #[arg(value_name = "REBUILD", required_unless_present = "report")]
    pub(crate) rebuild: Option<String>,
    /// The Dockerfile that both were built from.
    #[arg(long, value_name = "FILE")]
    pub(crate) dockerfile: PathBuf,
    /// Take what differs from a report instead, as written by `reprove diff --dockerfile FILE -o json=REPORT`.
    #[arg(long, value_name = "REPORT", conflicts_with_all = ["original", "rebuild"])]
    pub(crate) report: Option<PathBuf>,
    /// The stage that is built; the last one where it is not given.
    #[arg(long, value_name = "STAGE")]
    pub(crate) target: Option<String>,
    /// Change the file, and print no patch of it.
    #[arg(long)]
    pub(crate) write: bool,
    /// Run this command twice, by `sh -c`, with the changed file, and compare what it builds. In it, `{dockerfile}` is the
    /// path of the changed file and `{output}` one where the command leaves an OCI layout or an archive. It must not take
    /// steps from a cache.
    #[arg(long, value_name = "CMD")]
    pub(crate) prove: Option<String>,
    /// What to print.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: Listing,
    /// Show no progress.
    #[arg(long)]
    pub(crate) no_progress: bool,
    #[command(flatten)]
    pub(crate) limited: Limited,
    // Last, because its heading goes for whatever follows it.
    #[command(flatten)]
    pub(crate) registries: Registries,
}
