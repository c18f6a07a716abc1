//! What must hold of every comparison, whatever is compared.

use std::sync::Arc;

use reprove::digest::{Descriptor, Digest};
use reprove::error::Error;
use reprove::explain::Explanation;
use reprove::finding::Sides;
use reprove::policy::{Date, Policy};
use reprove::report::{Report, json, text};
use reprove::source::{Opened, Root};
use reprove::source::progress::Progress;
use reprove::verdict::Verdict;
use reprove::{Options, Session, compare_images};
use serde_json::Value;

use mirror::mirrored;
use oracle::Stored;

#[path = "../../tests/it/mirror.rs"]
mod mirror;
#[allow(dead_code, reason = "what overlayfs shows is held against it elsewhere")]
#[path = "../../tests/oracle/mod.rs"]
pub(crate) mod oracle;

/// A pair of images made by chance, as a fixture has it.
pub fn by_chance(choose: &mut dyn FnMut(usize) -> usize) -> Value {
    oracle::chance::pair(choose)
}

/// Compares what two references name.
pub fn references(original: &str, rebuild: &str) -> Verdict {
    let options = options();
    let stored = Sides::new(original, rebuild).map(Stored::of_layout).both();
    check(stored, &|swapped, same| {
        let (one, other) = if swapped { (rebuild, original) } else { (original, rebuild) };
        compare_images(one, if same { one } else { other }, &options, &Arc::new(Progress::default()))
    })
}

/// Compares two images that are made anew for every comparison.
pub fn images(original: &dyn Fn() -> Opened, rebuild: &dyn Fn() -> Opened) -> Verdict {
    let stored = Sides::new(original(), rebuild()).map(in_memory).both();
    check(stored, &|swapped, same| {
        let (one, other) = if swapped { (rebuild, original) } else { (original, rebuild) };
        let images = Sides::new(one(), if same { one() } else { other() });
        Session::of(images, options(), Arc::new(Progress::default()))?.compare()
    })
}

fn in_memory(image: Opened) -> Option<Stored<'static>> {
    let Root::Descriptor(root) = image.root else { return None };
    let blobs = move |digest: &str| {
        let blob = Descriptor { media_type: String::new(), digest: Digest::parse(digest).ok()?, size: None };
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut image.blobs.open(&blob).ok()?, &mut bytes).ok()?;
        Some(bytes)
    };
    Some(Stored { root: crate::image::written(&root), blobs: Box::new(blobs) })
}

fn options() -> Options {
    let mut options = Options::default();
    options.canonical_digest = true;
    options.limits = crate::limits();
    options
}

/// Makes the comparison: of the rebuild with the original where the first is set, of one with itself where the second is.
type Compare<'a> = dyn Fn(bool, bool) -> Result<Explanation, Error> + 'a;

fn check(stored: Option<Sides<Stored<'_>>>, compare: &Compare<'_>) -> Verdict {
    let (explanation, mirrored) = match (compare(false, false), compare(true, false)) {
        (Ok(explanation), Ok(mirrored)) => (explanation, mirrored),
        (one, other) => {
            assert!(one.is_err() && other.is_err(), "only one order of the sides can be compared");
            return Verdict::Inconclusive;
        }
    };
    let policy = Policy::default_policy();
    let report = report(&explanation, &policy);
    let written = round_trip(&report);
    let mirror = round_trip(&self::report(&mirrored, &policy));
    assert_eq!(written, self::mirrored(mirror), "swapped sides are no mirror image");
    check_canonical(&explanation, &report);
    check_ledger(&report);
    if let Some(stored) = stored.filter(|_| matches!(report.verdict, Verdict::Identical | Verdict::Equivalent)) {
        let noticed = oracle::noticed(&explanation, stored.as_ref());
        assert_eq!(noticed, None, "it passes, and a runtime sees this");
    }
    for swapped in [false, true] {
        let Ok(itself) = compare(swapped, true) else { continue };
        check_itself(&itself, &self::report(&itself, &Policy::strict()));
    }
    report.verdict
}

fn report<'a>(explanation: &'a Explanation, policy: &Policy) -> Report<'a> {
    Report::new(explanation, policy, Date::parse("2026-01-31").unwrap(), "fuzz")
}

/// The report as a value: it can be read again, and says the same then; as text it takes no control of a terminal.
fn round_trip(report: &Report<'_>) -> Value {
    let mut written = Vec::new();
    json::write(report, &mut written).unwrap();
    let read = json::read("report", &written).unwrap();
    let mut again = Vec::new();
    json::write(&read, &mut again).unwrap();
    assert!(written == again, "a report that was read is another one");
    as_text(&read);
    serde_json::from_slice(&written).unwrap()
}

/// Writes a report for people.
pub fn as_text(report: &Report<'_>) {
    for detail in [text::Detail::Quiet, text::Detail::Normal, text::Detail::Verbose] {
        let options = text::Options::plain(80, detail);
        let mut shown = Vec::new();
        text::write(report, &options, &mut shown).unwrap();
        let shown = String::from_utf8(shown).unwrap();
        let bad = |c: &char| (c.is_control() && *c != '\n') || ('\u{202a}'..='\u{202e}').contains(c);
        assert_eq!(shown.chars().find(bad), None, "{shown}");
    }
}

/// Green means equal after the canonicalizations that were claimed, and those digests say the same as the claims.
fn check_canonical(explanation: &Explanation, report: &Report<'_>) {
    let green = matches!(report.verdict, Verdict::Identical | Verdict::Equivalent);
    if green {
        assert_eq!(report.summary.gaps, 0, "green with gaps");
        assert_eq!(report.summary.unexplained, 0, "green, and something is unexplained");
    }
    if report.verdict == Verdict::Identical {
        assert!(explanation.platforms.iter().all(|platform| platform.same_manifest || platform.same_image));
        assert_eq!(report.summary.findings, 0);
    }
    for platform in &explanation.platforms {
        let converges = platform.findings.iter().all(|explained| explained.converges);
        match &platform.canonical_digest {
            Some(digests) => assert_eq!(digests.same(), converges, "canonical digests and claims disagree"),
            None => assert!(!platform.gaps.is_empty(), "no canonical digest, and no gap that says why"),
        }
    }
}

/// Every differing byte is claimed or unexplained.
fn check_ledger(report: &Report<'_>) {
    for platform in &report.platforms {
        let ledger = &platform.ledger;
        assert_eq!(ledger.differing_bytes, ledger.claimed_bytes + ledger.unexplained_bytes);
    }
}

fn check_itself(explanation: &Explanation, report: &Report<'_>) {
    assert_eq!(report.summary.findings, 0, "an image differs from itself");
    assert_eq!(explanation.layers_opened, 0, "a layer was opened to compare an image with itself");
    match report.summary.gaps {
        0 => assert_eq!(report.verdict, Verdict::Identical),
        _ => assert_eq!(report.verdict, Verdict::Inconclusive),
    }
}
