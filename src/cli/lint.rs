//! `reprove lint`.

use std::path::PathBuf;

use clap::{ArgAction, Args, ValueEnum};

use super::Registries;

pub(crate) const LINT_EXAMPLES: &str = "\
Examples:
  Look at ./Dockerfile, or ./Containerfile:
    reprove lint
  One that is built with another directory as its context:
    reprove lint --context . docker/app.Dockerfile
  From standard input, for a program:
    reprove lint --format json - < Dockerfile
  Look into an image, too: keys, lists and logs in its layers, credentials in its config:
    reprove lint Dockerfile oci:build/app
  Make the changes that are safe, and show what is left:
    reprove lint --fix

A hazard that is known stays out of the list where a comment right above the instruction, or
for all of the file at its top, says why:
  # reprove: ignore=base-image-drift reason: the digest comes from a source policy
  # reprove: ignore-file=dpkg-log,ldconfig-aux-cache reason: the final stage copies one file

Exit codes:
  0  no hazard was found
  1  a hazard was found
  2  bad usage, unreadable input, or a suppression that does not say why";

/// What hazards can be written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LintFormat {
    /// For people.
    Text,
    /// Everything, for machines.
    Json,
    /// For the summary of a job, or a comment.
    Markdown,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// JUnit XML: a case for each rule.
    Junit,
    /// GitLab Code Quality.
    Gitlab,
    /// Annotations of GitHub Actions.
    Github,
}

/// Arguments of `reprove lint`.
#[derive(Debug, Args)]
pub(crate) struct Lint {
    /// The Dockerfile, `-` for standard input, and an image to look into, each with or without the other; ./Dockerfile or
    /// else ./Containerfile where none is given. A file of text is a Dockerfile, anything else an image.
    #[arg(value_names = ["DOCKERFILE", "IMAGE"], num_args = 0..=2)]
    pub(crate) inputs: Vec<String>,
    /// The directory that the build copies from; that of the Dockerfile where it is not given.
    #[arg(long, value_name = "DIR")]
    pub(crate) context: Option<PathBuf>,
    /// The stage that the build ends with; the last one where it is not given.
    #[arg(long, value_name = "STAGE")]
    pub(crate) target: Option<String>,
    /// What to print.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: LintFormat,
    /// Change the file where that is safe, and report what is left.
    #[arg(long)]
    pub(crate) fix: bool,
    /// Look only at this platform of the image; can be given more than once.
    #[arg(long, value_name = "OS/ARCH[/VARIANT]")]
    pub(crate) platform: Vec<String>,
    /// Also list what is suppressed.
    #[arg(short, long, action = ArgAction::SetTrue)]
    pub(crate) verbose: bool,
    /// List the rules.
    #[arg(long, conflicts_with_all = ["inputs", "context", "target", "format", "fix"])]
    pub(crate) rules: bool,
    // Last, because its heading goes for whatever follows it.
    #[command(flatten)]
    pub(crate) registries: Registries,
}
