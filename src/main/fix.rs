//! `reprove fix`: the Dockerfile changed, where a program can change it.

use std::fs;
use std::io::{self, IsTerminal as _, Write};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, bail, ensure};
use reprove::dockerfile::Dockerfile;
use reprove::explain::GivenDockerfile;
use reprove::report::{Advice, json};
use reprove::spill::Unpublished;
use reprove::{Options, Policy, Report};

use super::cli::{Fix, Listing};
use super::out::Out;
use super::prove::Proof;
use super::{DIFFERENT, FINE, compare, dockerfile, outputs, prove, registries, say, today};

pub(crate) fn run(arguments: &Fix, out: &mut Out) -> anyhow::Result<u8> {
    let path = arguments.dockerfile.as_path();
    let bytes = fs::read(path).with_context(|| format!("{}: cannot be read", path.display()))?;
    let file = dockerfile::parse(&path.display().to_string(), &bytes)?;
    let target = match &arguments.target {
        Some(name) => Some(file.target(name).with_context(|| format!("{}: has no stage {name:?}", path.display()))?),
        None => None,
    };
    let advise = |report: &Report| Advice::new(report, &shown(path), &file, target);
    let mut advice = match &arguments.report {
        Some(report) => {
            let bytes = fs::read(report).with_context(|| format!("{}: cannot be read", report.display()))?;
            advise(&json::read(&report.display().to_string(), &bytes)?)
        }
        None => compared(arguments, &file, advise)?,
    };
    let proof = arguments.prove.as_deref().map(|command| prove::run(command, path, &advice)).transpose()?;
    advice.proven = proof.as_ref().is_some_and(|proof| matches!(proof, Proof::Proven(_)));
    let is_refused = proof.is_some() && !advice.proven;
    if arguments.write && !is_refused && !advice.diff.is_empty() {
        write(path, &bytes, advice.patched.as_bytes())?;
        advice.diff.clear();
        say(&format!("{}: written", path.display()));
    }
    out.write(|to| match arguments.format {
        Listing::Json => json::document(&advice, to),
        Listing::Text if io::stdout().is_terminal() => advice.write_escaped(to),
        Listing::Text => advice.write(to),
    })?;
    match proof {
        Some(Proof::Proven(how)) => say(&format!("proven: {how}")),
        Some(Proof::Not(why)) => say(&format!("not proven: {why}")),
        None => {}
    }
    Ok(if is_refused { DIFFERENT } else { FINE })
}

/// What two images say that is to be changed.
fn compared(arguments: &Fix, file: &Dockerfile, advise: impl Fn(&Report) -> Advice) -> anyhow::Result<Advice> {
    let (Some(original), Some(rebuild)) = (&arguments.original, &arguments.rebuild) else {
        bail!("name two images, or a report");
    };
    let date = today()?;
    let mut options = Options::default();
    options.date = Some(date);
    options.limits = arguments.limited.limits();
    options.access = registries::access(&arguments.registries)?;
    let path = arguments.dockerfile.display().to_string();
    options.dockerfile = Some(Arc::new(GivenDockerfile { path, file: file.clone() }));
    let (_session, explanation) = compare::run(original, rebuild, options, !arguments.no_progress)?;
    let report = Report::new(&explanation, &Policy::default_policy(), date, env!("CARGO_PKG_VERSION"));
    let advice = advise(&report);
    report.check()?;
    Ok(advice)
}

/// The path as a patch has it: from the current directory on, where the file is below it.
fn shown(path: &Path) -> String {
    let below = std::env::current_dir().ok().and_then(|here| Some(path.strip_prefix(here).ok()?.to_owned()));
    below.unwrap_or_else(|| path.to_owned()).display().to_string()
}

/// Replaces the file as a whole, if it is still the one that was read.
fn write(path: &Path, before: &[u8], after: &[u8]) -> anyhow::Result<()> {
    let failed = || format!("{}: cannot be written", path.display());
    let target = outputs::target(path).with_context(failed)?;
    let permissions = fs::metadata(&target).with_context(failed)?.permissions();
    let mut file = Unpublished::new(outputs::folder(&target), 0o600).with_context(failed)?;
    file.write_all(after).with_context(failed)?;
    let now = fs::read(&target).with_context(failed)?;
    ensure!(now == before, "{}: has changed meanwhile, and stays as it is", path.display());
    file.publish_over(&target).with_context(failed)?;
    fs::set_permissions(&target, permissions).with_context(failed)
}
