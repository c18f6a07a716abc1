//! Pairs compared in this process, as `reprove diff` would.

use std::sync::{Arc, LazyLock};

use jsonschema::Validator;
use reprove::digest::Digest;
use reprove::evidence::{Terms, compose};
use reprove::explain::Explanation;
use reprove::finding::Sides;
use reprove::limits::Limits;
use reprove::policy::{Date, Policy};
use reprove::report::{Pair, Report, json, text};
use reprove::source::progress::Progress;
use reprove::{Options, compare_images};
use serde_json::Value;

/// The day that fixtures are judged on: after everything in them that is not meant to be in the future.
const DAY: &str = "2027-01-31";

/// What must make no difference.
#[derive(Debug, Clone, Copy)]
pub(crate) struct How {
    threads: usize,
    /// All findings go to temporary files.
    spilled: bool,
}

impl How {
    pub(crate) const PLAIN: How = How { threads: 3, spilled: false };
    pub(crate) const ONE_THREAD: How = How { threads: 1, ..How::PLAIN };
    pub(crate) const SPILLED: How = How { spilled: true, ..How::PLAIN };
}

/// A pair that was compared.
pub(crate) struct Compared {
    pub(crate) explanation: Explanation,
    /// The JSON report, as it is printed.
    pub(crate) json: Vec<u8>,
    /// The report for people, everything in it.
    pub(crate) text: Vec<u8>,
}

impl Compared {
    /// The report as a value, which the published schema admits.
    pub(crate) fn document(&self) -> Result<Value, String> {
        static SCHEMA: LazyLock<Result<Validator, String>> = LazyLock::new(|| {
            jsonschema::validator_for(&reprove::report::schema::schema()).map_err(|error| error.to_string())
        });
        let schema = SCHEMA.as_ref().map_err(|error| format!("the schema is none: {error}"))?;
        let document = serde_json::from_slice(&self.json).map_err(|error| format!("the report is no JSON: {error}"))?;
        match schema.validate(&document) {
            Ok(()) => Ok(document),
            Err(error) => Err(format!("{}: {error}", error.instance_path())),
        }
    }
}

/// Compares a pair, under the default policy.
pub(crate) fn compare(references: &Sides<String>, how: How) -> Result<Compared, String> {
    let date = Date::parse(DAY).ok_or("the day is none")?;
    let mut limits = Limits::default();
    if how.spilled {
        limits.findings_memory_bytes = 0;
    }
    let mut options = Options::default();
    options.date = Some(date);
    options.limits = limits;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(how.threads).build().map_err(|error| error.to_string())?;
    let compare =
        || compare_images(&references.original, &references.rebuild, &options, &Arc::new(Progress::default()));
    let explanation = pool.install(compare).map_err(|error| format!("no report: {error}"))?;
    let (mut as_json, mut as_text) = (Vec::new(), Vec::new());
    let report = Report::new(&explanation, &Policy::default_policy(), date, "test");
    let options = text::Options::plain(100, text::Detail::Verbose);
    json::write(&report, &mut as_json).map_err(|error| error.to_string())?;
    text::write(&report, &options, &mut as_text).map_err(|error| error.to_string())?;
    stated(report, date)?;
    Ok(Compared { explanation, json: as_json, text: as_text })
}

/// Every report is consistent, and what is stated of it is positive exactly where it passes.
fn stated(mut report: Report<'_>, today: Date) -> Result<(), String> {
    let digest = Digest::of(b"");
    for platform in &mut report.platforms {
        // Not computed here; whether they hold is asked elsewhere.
        platform.canonical_digest = Some(Pair { original: digest.to_string(), rebuild: digest.to_string() });
    }
    let (name, version, verifier) = ("the report", "test", "https://verifier.example");
    let resource = Some("pkg:oci/app");
    let terms =
        Terms { name, digest: &digest, platforms: &[], verifier, version, resource, time: None, today, earlier: None };
    let composed = match compose(&report, &terms) {
        Err(_) if report.original.digest.is_none() => return Ok(()),
        composed => composed.map_err(|error| error.to_string())?,
    };
    let verdict = composed.comparison.predicate.verdict;
    match (verdict == report.verdict, composed.summary.is_some() == report.verdict.passes()) {
        (true, true) => Ok(()),
        _ => Err(format!("{verdict:?} is stated of what is {:?}", report.verdict)),
    }
}
