//! `reprove gate`: whether there is anything to publish.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, bail};
use reprove::report::text;
use reprove::{Error, Explanation, Policy, Report, Session, Verdict};

use super::cli::Gate;
use super::out::{FILE_WIDTH, Out};
use super::shown::{How, write_files};
use super::{DIFFERENT, FINE, TROUBLE, chosen_policy, compare, dockerfile, options, outputs, say, today, warn};

pub(crate) fn run(arguments: &Gate, out: &mut Out) -> anyhow::Result<u8> {
    let policy = chosen_policy(&arguments.compared, Policy::gate)?;
    let date = arguments.compared.date.map_or_else(today, Ok)?;
    for output in &arguments.output {
        outputs::check(&output.path, &[&arguments.new, &arguments.published])?;
    }
    let Some((session, explanation)) = compared(arguments, &arguments.published)? else {
        return unpublished(arguments, out);
    };
    warn(&session, &explanation, &arguments.compared);
    drop(session);
    let report = Report::new(&explanation, &policy, date, env!("CARGO_PKG_VERSION"));
    report.check()?;
    let given = arguments.compared.dockerfile.as_deref().map(dockerfile::read).transpose()?;
    let options = text::Options::plain(FILE_WIDTH, text::Detail::Verbose);
    let written = write_files(&report, &arguments.output, &How { options, given: given.as_ref() })?;
    if !arguments.quiet {
        say(&text::line(&report));
    }
    match report.verdict {
        _ if !written => Ok(TROUBLE),
        Verdict::Inconclusive => Ok(TROUBLE),
        Verdict::Identical | Verdict::Equivalent => tell(arguments, digest(&report.original)?, false, out),
        Verdict::Different => tell(arguments, digest(&report.rebuild)?, true, out),
    }
}

/// The comparison with the published image; `None` where nothing is published yet.
fn compared(arguments: &Gate, published: &str) -> anyhow::Result<Option<(Session, Explanation)>> {
    let date = arguments.compared.date.map_or_else(today, Ok)?;
    let is_shown = !arguments.compared.no_progress && !arguments.quiet;
    match compare::run(published, &arguments.new, options(&arguments.compared, date)?, is_shown) {
        Ok(compared) => Ok(Some(compared)),
        Err(error) => match error.downcast_ref::<Error>() {
            Some(Error::Missing { reference, .. }) if reference == published && *published != arguments.new => Ok(None),
            _ => Err(error),
        },
    }
}

/// Nothing is published yet. The new image still has to be one that can be read.
fn unpublished(arguments: &Gate, out: &mut Out) -> anyhow::Result<u8> {
    if let Some(output) = arguments.output.first() {
        say(&format!("warning: {}: not written, for there is nothing to compare with", output.path.display()));
    }
    let Some((_, explanation)) = compared(arguments, &arguments.new)? else { bail!("{}: is not there", arguments.new) };
    let report = Report::new(&explanation, &Policy::strict(), today()?, env!("CARGO_PKG_VERSION"));
    report.check()?;
    if report.verdict != Verdict::Identical {
        bail!("{}: {}", arguments.new, text::line(&report));
    }
    if !arguments.quiet {
        say(&format!("{}: nothing is published yet", arguments.published));
    }
    tell(arguments, digest(&report.rebuild)?, true, out)
}

fn digest(image: &reprove::report::Image) -> anyhow::Result<&str> {
    image.digest.as_deref().with_context(|| {
        format!("{}: has no manifest, and so no digest: name an OCI layout or a registry", image.reference)
    })
}

/// Prints the digest, and appends the variables.
fn tell(arguments: &Gate, digest: &str, publish: bool, out: &mut Out) -> anyhow::Result<u8> {
    if let Some(path) = &arguments.variables {
        append(path, &format!("REPROVE_DIGEST={digest}\nREPROVE_PUBLISH={publish}\n"))
            .with_context(|| format!("{}: cannot be written", path.display()))?;
    }
    out.print(format!("{digest}\n").as_bytes())?;
    Ok(if publish { DIFFERENT } else { FINE })
}

fn append(path: &Path, text: &str) -> std::io::Result<()> {
    OpenOptions::new().append(true).create(true).open(path)?.write_all(text.as_bytes())
}
