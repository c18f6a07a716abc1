//! What is expected of a comparison.

use std::fs;
use std::io;
use std::path::Path;

use anyhow::Context as _;
use reprove::report::expected::{difference, expectation, unexpected};
use reprove::{Report, Verdict};

use super::cli::Expect;
use super::out::Out;
use super::{DIFFERENT, FINE, TROUBLE, outputs, read_report, say};

pub(crate) fn run(command: &Expect, out: &mut Out) -> anyhow::Result<()> {
    let Expect::Update { file, report } = command;
    outputs::check(file, &[&report.to_string_lossy()])?;
    let after = expectation(&read_report(report)?);
    let before = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error).with_context(|| format!("{}: cannot be read", file.display())),
    };
    let written = outputs::write(file, |to| to.write_all(after.as_bytes()));
    written.with_context(|| format!("{}: cannot be written", file.display()))?;
    out.print(difference(&before, &after).as_bytes())
}

/// What a file says is expected.
pub(crate) fn read(path: &Path) -> anyhow::Result<String> {
    let missing = || format!("{}: cannot be read; reprove expect update writes it from a report", path.display());
    fs::read_to_string(path).with_context(missing)
}

/// Fine where everything is as expected; of the rest it is said how it is not.
pub(crate) fn exit_code(report: &Report, expected: &str) -> u8 {
    match unexpected(report, expected) {
        None => FINE,
        Some(why) => {
            say("not as expected:");
            why.lines().for_each(say);
            if report.verdict == Verdict::Inconclusive { TROUBLE } else { DIFFERENT }
        }
    }
}
