//! How two images are compared and judged, by whatever command.

use std::path::PathBuf;

use clap::Args;
use reprove::policy::Date;

use super::{Limited, Registries, date};

/// How two images are compared and judged.
#[derive(Debug, Args)]
pub(crate) struct Compared {
    /// Compare only this platform; can be given more than once.
    #[arg(long, value_name = "OS/ARCH[/VARIANT]")]
    pub(crate) platform: Vec<String>,
    /// Judge by this policy file instead of the built-in policy.
    #[arg(long, value_name = "FILE", conflicts_with = "strict")]
    pub(crate) policy: Option<PathBuf>,
    /// Accept nothing: only identical images pass.
    #[arg(long)]
    pub(crate) strict: bool,
    /// The day that expiring rules of the policy are judged on, and after which nothing counts as a time of a build; today
    /// where it is not given.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date)]
    pub(crate) date: Option<Date>,
    /// The Dockerfile that both were built from: the report then names the lines of the steps that differ. Provenance in
    /// the images tells them without it.
    #[arg(long, value_name = "FILE")]
    pub(crate) dockerfile: Option<PathBuf>,
    /// Read and verify every blob, also those that the comparison does not need.
    #[arg(long)]
    pub(crate) verify_all: bool,
    /// Show no progress.
    #[arg(long)]
    pub(crate) no_progress: bool,
    #[command(flatten)]
    pub(crate) limited: Limited,
    // Last, because its heading goes for whatever follows it.
    #[command(flatten)]
    pub(crate) registries: Registries,
}
