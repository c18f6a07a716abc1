//! `--prove`: the user's own command builds twice with the changed file, and both images are compared.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::os::fd::AsFd as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use reprove::causes::{self, Change};
use reprove::report::Advice;
use reprove::{Claim, Options, Policy, Report, Rung, Verdict};

use super::{compare, say, today};

/// Between the builds, so that the coarsest clocks that files are written by (zip's) show another time.
const PAUSE: Duration = Duration::from_secs(3);

/// A second build that takes less than this part of the first one has not run all steps again.
const SHORTEST: f64 = 0.2;

/// Builds that take less are not judged by that.
const QUICK: Duration = Duration::from_secs(2);

/// What two builds prove.
pub(crate) enum Proof {
    /// The patch does what it says.
    Proven(String),
    /// That is not shown, with the reason.
    Not(String),
}

/// Builds twice with the patched file.
pub(crate) fn run(command: &str, dockerfile: &Path, advice: &Advice) -> anyhow::Result<Proof> {
    for name in ["{dockerfile}", "{output}"] {
        ensure!(command.contains(name), "--prove: the command does not name {name}, and would prove nothing");
    }
    let folder =
        tempfile::Builder::new().prefix("reprove-fix-").tempdir().context("--prove: no temporary directory")?;
    let changed = folder.path().join("Dockerfile");
    fs::write(&changed, &advice.patched).with_context(|| format!("{}: cannot be written", changed.display()))?;
    // The file that only this Dockerfile's context is filtered by.
    let mut ignore = dockerfile.as_os_str().to_owned();
    ignore.push(".dockerignore");
    if Path::new(&ignore).is_file() {
        fs::copy(&ignore, folder.path().join("Dockerfile.dockerignore")).context("--prove: .dockerignore")?;
    }
    let (one, two) = (folder.path().join("original"), folder.path().join("rebuild"));
    let first = build(command, &changed, &one, "first")?;
    std::thread::sleep(PAUSE);
    let second = build(command, &changed, &two, "second")?;
    let judged = judge(&one, &two, advice)?;
    let is_cold = command.contains("--no-cache");
    let is_short = first > QUICK && second.as_secs_f64() < first.as_secs_f64() * SHORTEST;
    Ok(match judged {
        Proof::Proven(_) if !is_cold => Proof::Not(
            "the command does not say --no-cache: both builds may be the same only because the second took steps from the \
             first's cache"
                .to_owned(),
        ),
        Proof::Proven(_) if is_short => Proof::Not(format!(
            "the second build took {:.1} s, the first {:.1} s: it may have taken steps from a cache",
            second.as_secs_f64(),
            first.as_secs_f64()
        )),
        judged => judged,
    })
}

/// One build, and how long it took.
fn build(command: &str, dockerfile: &Path, output: &Path, which: &str) -> anyhow::Result<Duration> {
    let word = |path: &Path| format!("'{}'", path.display().to_string().replace('\'', "'\\''"));
    let line = command.replace("{dockerfile}", &word(dockerfile)).replace("{output}", &word(output));
    say(&format!("--prove: the {which} build"));
    let started = Instant::now();
    let log = io::stderr().as_fd().try_clone_to_owned().context("--prove: standard error")?;
    let status = Command::new("sh").arg("-c").arg(&line).stdin(Stdio::null()).stdout(log).status();
    let status = status.context("--prove: sh cannot be run")?;
    ensure!(status.success(), "--prove: the {which} build failed ({status}): {line}");
    ensure!(output.exists(), "--prove: the {which} build left nothing at {{output}}, {}", output.display());
    Ok(started.elapsed())
}

/// Compares both, and holds what differs against what the patch says it leaves.
fn judge(one: &Path, two: &Path, advice: &Advice) -> anyhow::Result<Proof> {
    let date = today()?;
    let mut options = Options::default();
    options.date = Some(date);
    let (one, two) = (one.display().to_string(), two.display().to_string());
    let (_session, explanation) = compare::run(&one, &two, options, false)?;
    let report = Report::new(&explanation, &Policy::strict(), date, env!("CARGO_PKG_VERSION"));
    report.check()?;
    if report.verdict == Verdict::Identical {
        return Ok(Proof::Proven("two builds with the changed file are identical".to_owned()));
    }
    let mut beside = report.index.iter().flat_map(|index| index.findings.iter());
    let only_beside = beside.all(|finding| finding.location.attestation.is_some() || finding.claim == Claim::Derived);
    if !report.platforms.is_empty() && report.reaches(Rung::Manifest) && only_beside && report.summary.gaps == 0 {
        return Ok(Proof::Proven(
            "two builds with the changed file are identical but for their attestations".to_owned(),
        ));
    }
    let may_stay = advice.may_stay();
    let mut found: BTreeMap<&str, u64> = BTreeMap::new();
    for cause in report.causes.iter().filter(|cause| cause.claim != Claim::Derived) {
        found.insert(cause.id.as_str(), cause.findings);
    }
    let list = |found: &BTreeMap<&str, u64>| {
        found.iter().map(|(id, findings)| format!("{id} ({findings})")).collect::<Vec<_>>().join(", ")
    };
    // What the history says of a step follows from what that made.
    let follows = |id: &str| {
        let fixes = causes::find(id).map(|cause| cause.remedies).unwrap_or_default();
        fixes.iter().any(|fix| matches!(fix.change, Change::Nothing(_)))
    };
    if found.keys().any(|id| !follows(id)) {
        found.retain(|id, _| !follows(id));
    }
    let as_said = list(&found);
    found.retain(|id, _| !may_stay.contains(id));
    let others = list(&found);
    let more = (report.summary.unexplained > 0)
        .then(|| format!("{} findings that nothing explains", report.summary.unexplained));
    let more = more.or_else(|| (report.summary.gaps > 0).then(|| "what could not be looked at".to_owned()));
    let others: Vec<String> = [others].into_iter().filter(|others| !others.is_empty()).chain(more).collect();
    Ok(if others.is_empty() {
        Proof::Proven(format!("two builds with the changed file differ in what the patch says it leaves: {as_said}"))
    } else {
        Proof::Not(format!("two builds with the changed file differ in {}", others.join(", ")))
    })
}
