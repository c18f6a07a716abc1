//! Command-line definitions only: what can be typed, and the help that says so.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use reprove::policy::Date;
use reprove::verdict::Rung;

mod attest;
mod cache;
mod compared;
mod expect;
mod fix;
mod gate;
mod limits;
mod lint;
mod push;
mod registries;
mod shown;
mod verify;

pub(crate) use attest::{Around, Attest, GenerateKey, Kind, Others, StatedFormat};
pub(crate) use cache::{Cache, Place, Prune};
pub(crate) use compared::Compared;
pub(crate) use expect::Expect;
pub(crate) use fix::Fix;
pub(crate) use gate::Gate;
pub(crate) use limits::{Limited, Table};
pub(crate) use lint::{Lint, LintFormat};
pub(crate) use push::Push;
pub(crate) use registries::Registries;
pub(crate) use shown::{Format, Output, Shown};
pub(crate) use verify::Verify;

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
    /// Tell whether there is anything to publish: whether a new image is another one than the published.
    #[command(after_help = gate::EXIT_CODES)]
    #[command(after_long_help = format!("{REFERENCES}\n\n{}\n\n{}", gate::EXAMPLES, gate::EXIT_CODES))]
    Gate(Box<Gate>),
    /// State what a comparison found, as evidence that others can check: an in-toto statement, signed or not.
    #[command(after_help = attest::EXIT_CODES)]
    #[command(after_long_help = format!("{REFERENCES}\n\n{}\n\n{}", attest::EXAMPLES, attest::EXIT_CODES))]
    Attest(Box<Attest>),
    /// Keep evidence beside the image in its registry that it is about.
    #[command(after_help = push::EXIT_CODES)]
    #[command(after_long_help = format!("{}\n\n{}", push::EXAMPLES, push::EXIT_CODES))]
    Push(Box<Push>),
    /// Check evidence about an image: who signed it, that it is about it, and that it says enough.
    #[command(after_help = verify::EXIT_CODES)]
    #[command(after_long_help = format!("{}\n\n{}", verify::EXAMPLES, verify::EXIT_CODES))]
    Verify(Box<Verify>),
    /// Make a pair of keys (ECDSA P-256) to sign evidence with.
    #[command(after_help = attest::KEY_EXAMPLES)]
    GenerateKey(GenerateKey),
    /// Write down what is expected of a comparison, for --expect.
    #[command(after_long_help = expect::EXAMPLES)]
    Expect {
        #[command(subcommand)]
        command: Expect,
    },
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
    /// Look for what makes the next build of a Dockerfile come out differently.
    #[command(after_long_help = lint::LINT_EXAMPLES)]
    Lint(Box<Lint>),
    /// List the limits on time and memory that --limit sets.
    Limits(Table),
    /// Show the built-in policies, or draft one.
    #[command(after_long_help = POLICY_EXAMPLES)]
    Policy {
        #[command(subcommand)]
        command: Policy,
    },
    /// Print the JSON Schema of the report, or of statements.
    Schema {
        /// Of what.
        #[arg(value_enum, default_value = "report")]
        of: Described,
    },
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
    /// Exit with 1 unless every platform is at this rung of equality or above.
    #[arg(long, value_name = "RUNG")]
    pub(crate) require: Option<Required>,
    #[command(flatten)]
    pub(crate) shown: Shown,
    /// Hold the result against this file, which `reprove expect update` writes: exit with 0 where it is as expected and
    /// with 1 where it is not, and show what is another.
    #[arg(long, value_name = "FILE", conflicts_with = "require")]
    pub(crate) expect: Option<PathBuf>,
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
    // Last, because its heading goes for whatever follows it.
    #[command(flatten)]
    pub(crate) compared: Compared,
}

/// `reprove report`.
#[derive(Debug, Args)]
pub(crate) struct Again {
    /// The report, as written by `reprove diff -o json=FILE`.
    #[arg(value_name = "FILE")]
    pub(crate) report: PathBuf,
    /// The Dockerfile that both images were built from: SARIF then has the edits of it that the plan leads to.
    #[arg(long, value_name = "DOCKERFILE")]
    pub(crate) dockerfile: Option<PathBuf>,
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
    /// Accepts what `default` does, and other labels for revision and version.
    Gate,
}

/// What there is a JSON Schema of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Described {
    /// The report that `reprove diff` writes as JSON.
    Report,
    /// The statement that `reprove attest` makes.
    ImageComparison,
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
}
