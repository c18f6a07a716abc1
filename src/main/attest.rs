//! `reprove attest`: what a comparison found, as statements that can be signed.

use std::io::{self, Write};
use std::path::Path;

use anyhow::{Context as _, bail, ensure};
use reprove::digest::{Digest, Hasher};
use reprove::evidence::bundle::Bundle;
use reprove::evidence::{Also, Composed, Earlier, Envelope, Restated, Terms, TimeSource, compose, unplaced};
use reprove::report::json;
use reprove::{Policy, Report, Verdict};

use super::cli::{Around, Attest, Kind, Others, StatedFormat};
use super::out::Out;
use super::sign::{Signer, public_key};
use super::{DIFFERENT, FINE, TROUBLE, chosen_policy, compare, input, options, outputs, say, today, warn};

pub(crate) fn run(arguments: &Attest, out: &mut Out) -> anyhow::Result<u8> {
    let signer = Signer::of(arguments)?;
    if let Some(output) = arguments.output.iter().find(|output| output.format.is_signed() && signer.is_none()) {
        bail!("{}: is to be signed: give --key or --sign-command", output.path.display());
    }
    let has_lines = arguments.output.iter().any(|output| output.format == StatedFormat::Jsonl);
    ensure!(
        arguments.also.is_empty() || has_lines,
        "--also: goes into -o jsonl=FILE; each alone is -o svr-bundle=FILE and so on"
    );
    let mut inputs: Vec<&str> =
        [&arguments.original, &arguments.rebuild].into_iter().flatten().map(String::as_str).collect();
    inputs.extend(arguments.report.iter().filter_map(|path| path.to_str()));
    arguments.output.iter().try_for_each(|output| outputs::check(&output.path, &inputs))?;
    match (&arguments.report, &arguments.original, &arguments.rebuild) {
        (Some(path), ..) => {
            let compared = &arguments.compared;
            let judged = compared.policy.is_some() || compared.strict || compared.date.is_some();
            ensure!(!judged, "--report: its findings are judged already: --policy, --strict and --date come too late");
            let bytes = input(path)?;
            let name = path.display().to_string();
            let report = json::read(&name, &bytes)?;
            let stated = Stated { report: &report, digest: Digest::of(&bytes), name: &name };
            stated.state(arguments, &compared.platform, signer.as_ref(), out)
        }
        (None, Some(original), Some(rebuild)) => fresh(arguments, (original, rebuild), signer.as_ref(), out),
        _ => bail!("two images or a report are needed"),
    }
}

/// Compares the images and states what was found.
fn fresh(
    arguments: &Attest,
    (original, rebuild): (&str, &str),
    signer: Option<&Signer>,
    out: &mut Out,
) -> anyhow::Result<u8> {
    let compared = &arguments.compared;
    let policy = chosen_policy(compared, Policy::default_policy)?;
    let date = compared.date.map_or_else(today, Ok)?;
    let mut options = options(compared, date)?;
    options.canonical_digest = true;
    let (session, explanation) = compare::run(original, rebuild, options, !compared.no_progress)?;
    warn(&session, &explanation, compared);
    drop(session);
    let mut report = Report::new(&explanation, &policy, date, env!("CARGO_PKG_VERSION"));
    report.check()?;
    unplaced(&mut report);
    let mut hashing = Hashing(Hasher::like(&Digest::of(b"")));
    json::write(&report, &mut hashing)?;
    let stated = Stated { report: &report, digest: hashing.0.finish(), name: original };
    let code = stated.state(arguments, &[], signer, out);
    report.check()?;
    code
}

/// A report, and what statements say of it.
struct Stated<'a> {
    report: &'a Report<'a>,
    digest: Digest,
    name: &'a str,
}

impl Stated<'_> {
    fn state(
        &self,
        arguments: &Attest,
        platforms: &[String],
        signer: Option<&Signer>,
        out: &mut Out,
    ) -> anyhow::Result<u8> {
        let earlier = arguments.track.as_deref().map(|path| earlier(path, arguments, signer)).transpose()?;
        let terms = Terms {
            name: self.name,
            digest: &self.digest,
            platforms,
            verifier: &arguments.verifier_id,
            version: env!("CARGO_PKG_VERSION"),
            resource: arguments.resource_uri.as_deref(),
            time: time(arguments.now)?,
            today: today()?,
            earlier: earlier.as_ref(),
        };
        let composed = compose(self.report, &terms)?;
        let is_untold = composed.comparison.predicate.previous.is_none();
        if let Some(path) = arguments.track.as_ref().filter(|_| is_untold) {
            bail!("--track: {}: is not about all that is stated now", path.display());
        }
        if arguments.output.is_empty() {
            out.print(&composed.comparison.bytes()?)?;
        }
        let mut written = true;
        for output in &arguments.output {
            written &= self.write(output.format, &output.path, &composed, (signer, &arguments.also))?;
        }
        let predicate = &composed.comparison.predicate;
        say(&reprove::evidence::line(predicate, composed.comparison.subject.len()));
        Ok(match predicate.verdict {
            _ if !written => TROUBLE,
            Verdict::Identical | Verdict::Equivalent => FINE,
            Verdict::Different => DIFFERENT,
            Verdict::Inconclusive => TROUBLE,
        })
    }

    /// Writes one file. Whether there was something to write, or rightly nothing.
    fn write(
        &self,
        format: StatedFormat,
        path: &Path,
        composed: &Composed,
        (signer, also): (Option<&Signer>, &[Others]),
    ) -> anyhow::Result<bool> {
        let (kind, around) = match format {
            StatedFormat::Report => return written(path, |to| json::write(self.report, to)),
            StatedFormat::Jsonl => {
                let lines = lines(composed, signer, also)?;
                return written(path, |to| to.write_all(&lines));
            }
            StatedFormat::One(kind, around) => (kind, around),
        };
        let statement = match statement(kind, composed)? {
            Ok(statement) => statement,
            Err(Unstated::Wanting(what)) => {
                say(&format!("error: {}: not written: {what}", path.display()));
                return Ok(false);
            }
            Err(Unstated::Negative) => {
                let stale = if path.exists() { ", and what is there is about another comparison" } else { "" };
                say(&format!("{}: not written{stale}: it says only what passed, and this did not", path.display()));
                return Ok(true);
            }
        };
        let bytes = match around {
            Around::Statement => statement,
            Around::Dsse => line(&envelope(&statement, signer)?)?,
            Around::Bundle => {
                let signer = signer.context("there is no key")?;
                line(&Bundle::new(signer.envelope(&statement)?, signer.public()))?
            }
        };
        written(path, |to| to.write_all(&bytes))
    }
}

/// The evidence that was made before, by somebody who is trusted.
fn earlier(path: &Path, arguments: &Attest, signer: Option<&Signer>) -> anyhow::Result<Earlier> {
    let key = match &arguments.track_key {
        Some(path) => public_key(path)?,
        None => signer.context("--track: give --track-key, or sign with the same key as then")?.public().clone(),
    };
    Earlier::read(&input(path)?, &[key]).with_context(|| format!("--track: {}", path.display()))
}

fn written(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> anyhow::Result<bool> {
    outputs::write(path, write).with_context(|| format!("{}: cannot be written", path.display()))?;
    Ok(true)
}

/// Why there is no statement of a kind.
enum Unstated {
    /// It could only say something good.
    Negative,
    /// Something is to be given.
    Wanting(&'static str),
}

const TIMELESS: &str = "it has to say when the images were compared: give --now or set SOURCE_DATE_EPOCH";

/// The statement of a kind on all that was compared.
fn statement(kind: Kind, composed: &Composed) -> io::Result<Result<Vec<u8>, Unstated>> {
    let also = match kind {
        Kind::Comparison => return composed.comparison.bytes().map(Ok),
        Kind::Vsa => {
            return match &composed.summary {
                Some(summary) => summary.bytes().map(Ok),
                None if composed.nameless => Ok(Err(Unstated::Wanting("give --resource-uri"))),
                None => Ok(Err(Unstated::Negative)),
            };
        }
        Kind::Svr => Also::Svr,
        Kind::TestResult => Also::TestResult,
        Kind::Scai => Also::Scai,
    };
    Ok(match also.state(&composed.comparison)? {
        Restated::Document(bytes) => Ok(bytes),
        Restated::Negative => Err(Unstated::Negative),
        Restated::Undated => Err(Unstated::Wanting(TIMELESS)),
    })
}

fn envelope(statement: &[u8], signer: Option<&Signer>) -> anyhow::Result<Envelope> {
    signer.context("there is no key")?.envelope(statement)
}

/// All statements, one envelope a line.
fn lines(composed: &Composed, signer: Option<&Signer>, also: &[Others]) -> anyhow::Result<Vec<u8>> {
    let comparisons: Vec<_> = std::iter::once(&composed.comparison).chain(&composed.platforms).collect();
    let mut statements = comparisons.iter().map(|statement| statement.bytes()).collect::<io::Result<Vec<_>>>()?;
    for summary in composed.summary.iter().chain(&composed.summaries) {
        statements.push(summary.bytes()?);
    }
    for others in also {
        let also = match others {
            Others::Svr => Also::Svr,
            Others::TestResult => Also::TestResult,
            Others::Scai => Also::Scai,
        };
        for comparison in &comparisons {
            match also.state(comparison)? {
                Restated::Document(bytes) => statements.push(bytes),
                Restated::Negative => {}
                Restated::Undated => bail!("--also: {TIMELESS}"),
            }
        }
    }
    let mut lines = Vec::new();
    for statement in statements {
        lines.extend(line(&envelope(&statement, signer)?)?);
    }
    Ok(lines)
}

fn line(value: &impl serde::Serialize) -> anyhow::Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec(value)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// The time that was asked for; that of the images where there is none.
fn time(now: bool) -> anyhow::Result<Option<(i64, TimeSource)>> {
    if now {
        return Ok(Some((super::now()?, TimeSource::Clock)));
    }
    match std::env::var("SOURCE_DATE_EPOCH") {
        Ok(text) => {
            let seconds = text.parse().ok().filter(|seconds| *seconds >= 0);
            Ok(Some((seconds.context("SOURCE_DATE_EPOCH is no number of seconds")?, TimeSource::SourceDateEpoch)))
        }
        Err(_) => Ok(None),
    }
}

/// Hashes what is written.
struct Hashing(Hasher);

impl Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
