//! Command-line definitions only: what can be typed, and the help that says so.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use reprove::policy::{Date, Pattern};
use reprove::verdict::Rung;

mod cache;
mod fix;
mod limits;
mod registries;

pub(crate) use cache::{Cache, Place, Prune};
pub(crate) use fix::Fix;
pub(crate) use limits::{Limited, Table};
pub(crate) use registries::Registries;

const EXIT_CODES: &str = "\
Exit codes:
  0  identical, or equivalent: every difference is explained and accepted by the policy
  1  different, or below the rung that --require asks for
  2  inconclusive, bad usage, unreadable input or output";

const REFERENCES: &str = "\
References:
  docker://HOST/NAME[:TAG|@DIGEST]    a registry
  docker-daemon:REF                   the Docker engine
  containers-storage:REF              the store of podman and buildah
  oci:DIR[:TAG]                       OCI image layout
  oci-archive:FILE[:TAG]              the same as a tar file
  docker-archive:FILE[:REF]           written by docker save
  dir:DIR                             written by skopeo
Without a transport, an existing path is recognized by what it holds. Anything else is an
image in a registry, with Docker's short names: debian:12 is docker.io/library/debian:12.";

const DIFF_EXAMPLES: &str = "\
Examples:
  Compare a release with your own build of it:
    reprove diff ghcr.io/example/app:1.2 oci:build/app
  In CI, with the full report as a file beside the log:
    reprove diff -o json=report.json app.tar rebuilt.tar
  Ask for identical layers, whatever the policy accepts:
    reprove diff --require image oci:one:app oci:two:app
  Every finding of one cause below one directory:
    reprove diff --cause text-timestamp --path 'srv/**' app.tar rebuilt.tar
  Two tags of a private registry, with a password from elsewhere:
    pass show registry | reprove diff --username me --password-stdin \\
      registry.example/app:1.2 registry.example/app:1.2-rebuilt";

const REPORT_EXAMPLES: &str = "\
Examples:
  What the job of last night found:
    reprove report report.json
  Everything that no cause explains:
    reprove report --cause unexplained report.json";

const CACHE_EXAMPLES: &str = "\
Examples:
  What is kept, the blob that was not used for the longest time first:
    reprove cache list
  Keep 10 GiB at most, and nothing that was not used for a month:
    reprove cache prune --older-than 30d --keep 10GiB
  Start anew:
    reprove cache prune --all

Exit codes:
  0  done, also where there is nothing
  2  bad usage, or a cache that cannot be read or changed";

const POLICY_EXAMPLES: &str = "\
A policy file:
  name = \"release\"
  extends = \"default\"           # the default; \"strict\" starts from no rules

  [[accept]]
  cause = \"pyc-header-mtime\"    # or severity = \"cosmetic\"
  path = \"usr/lib/python3/**\"   # optional glob; * does not cross a slash, ** does
  field = \"header.mtime\"        # optional, exact or glob
  reason = \"sources are checked by hash here\"
  expires = \"2026-12-31\"        # optional, the last day on which the rule holds";

/// Prove that a container image rebuilds bit for bit, or explain every bit that does not.
#[derive(Debug, Parser)]
#[command(name = "reprove", version, propagate_version = true, after_help = EXIT_CODES)]
#[command(after_long_help = format!("{REFERENCES}\n\n{EXIT_CODES}"))]
pub(crate) struct Cli {
    /// When to use colors; `auto` asks the terminal and respects `NO_COLOR`.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: Color,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Compare two builds of an image and explain what differs.
    #[command(after_help = EXIT_CODES)]
    #[command(after_long_help = format!("{REFERENCES}\n\n{DIFF_EXAMPLES}\n\n{EXIT_CODES}"))]
    Diff(Box<Diff>),
    /// Show a report again that was written as JSON, in any format. The exit code is that of its verdict.
    #[command(after_help = EXIT_CODES)]
    #[command(after_long_help = format!("{REPORT_EXAMPLES}\n\n{EXIT_CODES}"))]
    Report(Box<Again>),
    /// Change a Dockerfile so that it builds the same image again.
    #[command(after_help = fix::EXIT_CODES)]
    #[command(after_long_help = format!("{REFERENCES}\n\n{}\n\n{}", fix::EXAMPLES, fix::EXIT_CODES))]
    Fix(Box<Fix>),
    /// Show or shrink the cache of blobs from registries.
    #[command(after_long_help = CACHE_EXAMPLES)]
    Cache {
        #[command(subcommand)]
        command: Cache,
    },
    /// List the causes that are known, or show the page of one.
    Causes {
        /// The cause to explain, or a word that the causes to list have in their pages.
        #[arg(value_name = "ID|WORD")]
        id: Option<String>,
    },
    /// List the limits on time and memory that --limit sets.
    Limits(Table),
    /// Show the built-in policies, or draft one.
    #[command(after_long_help = POLICY_EXAMPLES)]
    Policy {
        #[command(subcommand)]
        command: Policy,
    },
    /// Print the JSON Schema of the report.
    Schema,
    /// Print a script that completes commands and options.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Print the manual page of the program, or of one command.
    Man {
        /// The command.
        command: Option<String>,
    },
}

/// `reprove diff`.
#[derive(Debug, Args)]
pub(crate) struct Diff {
    /// The image that was built first, or published.
    #[arg(value_name = "ORIGINAL")]
    pub(crate) original: String,
    /// The image that was built again.
    #[arg(value_name = "REBUILD")]
    pub(crate) rebuild: String,
    /// Compare only this platform; can be given more than once.
    #[arg(long, value_name = "OS/ARCH[/VARIANT]")]
    pub(crate) platform: Vec<String>,
    /// Judge by this policy file instead of the built-in policy `default`.
    #[arg(long, value_name = "FILE", conflicts_with = "strict")]
    pub(crate) policy: Option<PathBuf>,
    /// Accept nothing: only identical images pass.
    #[arg(long)]
    pub(crate) strict: bool,
    /// Exit with 1 unless every platform is at this rung of equality or above.
    #[arg(long, value_name = "RUNG")]
    pub(crate) require: Option<Required>,
    /// The day that expiring rules of the policy are judged on, and after which nothing counts as a time of a build; today
    /// where it is not given.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date)]
    pub(crate) date: Option<Date>,
    /// The Dockerfile that both were built from: the report then names the lines of the steps that differ. Provenance in
    /// the images tells them without it.
    #[arg(long, value_name = "FILE")]
    pub(crate) dockerfile: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) shown: Shown,
    /// Write the contents of unexplained findings below this directory. A file that cannot be written is named and passed
    /// over, and the exit code is then 2. One that holds a secret is named and left out.
    #[arg(long, value_name = "DIR")]
    pub(crate) extract: Option<PathBuf>,
    /// Also write the files that hold a secret, for nobody but you to read (mode 0600).
    #[arg(long, requires = "extract")]
    pub(crate) extract_secrets: bool,
    /// Compute the canonical digest of both images.
    #[arg(long)]
    pub(crate) canonical_digest: bool,
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

/// How a report is shown.
#[derive(Debug, Args)]
pub(crate) struct Shown {
    /// What to print.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: Format,
    /// Also write the report to a file; can be given more than once.
    #[arg(short, long, value_name = "FORMAT=FILE")]
    pub(crate) output: Vec<Output>,
    /// List every finding.
    #[arg(short, long, conflicts_with = "quiet")]
    pub(crate) verbose: bool,
    /// Show only findings of this cause, each in full; `unexplained` for those without one. Can be given more than once, as
    /// can --layer and --path.
    #[arg(long, value_name = "ID", conflicts_with = "quiet", help_heading = "Findings to show")]
    pub(crate) cause: Vec<String>,
    /// Show only findings in this layer, from 0 at the base.
    #[arg(long, value_name = "N", conflicts_with = "quiet", help_heading = "Findings to show")]
    pub(crate) layer: Vec<u32>,
    /// Show only findings at paths that match; * does not cross a slash, ** does.
    #[arg(long, value_name = "GLOB", conflicts_with = "quiet", value_parser = Pattern::new)]
    #[arg(help_heading = "Findings to show")]
    pub(crate) path: Vec<Pattern>,
    /// Print the verdict alone.
    #[arg(short, long, action = ArgAction::SetTrue)]
    pub(crate) quiet: bool,
}

/// `reprove report`.
#[derive(Debug, Args)]
pub(crate) struct Again {
    /// The report, as written by `reprove diff -o json=FILE`.
    #[arg(value_name = "FILE")]
    pub(crate) report: PathBuf,
    #[command(flatten)]
    pub(crate) shown: Shown,
}

/// `reprove policy`.
#[derive(Debug, Subcommand)]
pub(crate) enum Policy {
    /// Print a built-in policy.
    Show {
        /// Which one.
        #[arg(value_enum, default_value = "default")]
        name: BuiltIn,
    },
    /// Print a draft that accepts what a JSON report shows as not accepted: the fewest rules on top of the built-in policy.
    /// It is refused until every reason is filled in.
    Init {
        /// The report, as written by `reprove diff -o json=FILE`.
        report: PathBuf,
        /// The last day on which the rules hold; 90 days from now where it is not given.
        #[arg(long, value_name = "YYYY-MM-DD", value_parser = date)]
        expires: Option<Date>,
    },
}

/// A built-in policy.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum BuiltIn {
    /// Accepts causes of severity `cosmetic`.
    Default,
    /// Accepts nothing.
    Strict,
}

/// When to use colors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal that can.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What a list can be printed as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Listing {
    /// For people.
    Text,
    /// For machines.
    Json,
}

/// What a report can be written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// Everything, for machines.
    Json,
    /// The least that is needed, in 4 KB of JSON.
    Brief,
    /// For the summary of a job, or a comment.
    Markdown,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// JUnit XML: a case for each cause.
    Junit,
    /// GitLab Code Quality.
    Gitlab,
    /// Annotations of GitHub Actions.
    Github,
    /// Variables for the next step of a job.
    Dotenv,
    /// OpenMetrics text.
    Openmetrics,
}

/// A rung that can be asked for.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Required {
    /// The manifests are the same, byte for byte.
    Manifest,
    /// Config and every layer are; compression and manifest may differ.
    Image,
    /// The merged file systems are the same; tar encoding and the split into layers may differ.
    Tree,
    /// They are equal after the canonicalizations that the report names.
    Canonical,
}

impl From<Required> for Rung {
    fn from(required: Required) -> Self {
        match required {
            Required::Manifest => Rung::Manifest,
            Required::Image => Rung::Image,
            Required::Tree => Rung::Tree,
            Required::Canonical => Rung::Canonical,
        }
    }
}

/// A file to write the report to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Output {
    /// As what.
    pub(crate) format: Format,
    /// Where.
    pub(crate) path: PathBuf,
}

impl FromStr for Output {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "write FORMAT=FILE, as in json=report.json".to_owned();
        let (format, path) = text.split_once('=').filter(|(_, path)| !path.is_empty()).ok_or_else(wrong)?;
        let format = Format::from_str(format, false).map_err(|_| {
            let names: Vec<_> = Format::value_variants().iter().filter_map(ValueEnum::to_possible_value).collect();
            let names: Vec<&str> = names.iter().map(clap::builder::PossibleValue::get_name).collect();
            format!("unknown format {format:?} (there are {})", names.join(", "))
        })?;
        Ok(Output { format, path: path.into() })
    }
}

fn date(text: &str) -> Result<Date, String> {
    Date::parse(text).ok_or_else(|| "write a date that exists as YYYY-MM-DD".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_definitions_are_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn outputs_are_a_format_and_a_file() {
        let output = |text: &str| text.parse::<Output>();
        assert_eq!(output("json=a=b.json"), Ok(Output { format: Format::Json, path: "a=b.json".into() }));
        assert!(output("json=").is_err());
        assert!(output("report.json").is_err());
        assert_eq!(
            output("yaml=x").unwrap_err(),
            "unknown format \"yaml\" (there are text, json, brief, markdown, sarif, junit, gitlab, github, dotenv, openmetrics)"
        );
    }
}
