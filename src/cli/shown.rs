//! How a report is shown, by whatever command.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{ArgAction, Args, ValueEnum};
use reprove::policy::Pattern;

/// How a report is shown.
#[derive(Debug, Args)]
pub(crate) struct Shown {
    /// What to print.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: Format,
    /// Also write the report to a file; can be given more than once.
    #[arg(short, long, value_name = "FORMAT=FILE")]
    pub(crate) output: Vec<Output>,
    /// Open the HTML report that `-o html=FILE` writes.
    #[arg(long)]
    pub(crate) open: bool,
    /// Look through the report on the terminal instead of printing it: causes, layers, findings and the plan, with a search.
    #[arg(long, conflicts_with_all = ["format", "quiet", "verbose", "cause", "layer", "path"])]
    pub(crate) browse: bool,
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

/// What a report can be written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// Everything, for machines.
    Json,
    /// The least that is needed, in 4 KB of JSON.
    Brief,
    /// One page that opens from disk.
    Html,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outputs_are_a_format_and_a_file() {
        let output = |text: &str| text.parse::<Output>();
        assert_eq!(output("json=a=b.json"), Ok(Output { format: Format::Json, path: "a=b.json".into() }));
        assert!(output("json=").is_err());
        assert!(output("report.json").is_err());
        assert_eq!(
            output("yaml=x").unwrap_err(),
            "unknown format \"yaml\" (there are text, json, brief, html, markdown, sarif, junit, gitlab, github, dotenv, openmetrics)"
        );
    }
}
