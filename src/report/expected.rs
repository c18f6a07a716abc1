//! What is expected of a comparison: a text for the user's repository, of which a difference is a change to look at.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use similar::{ChangeTag, TextDiff};

use super::escape::{escape, toml_string};
use super::text::headline::{platform_name, verdict_name};
use super::{Findings, Report};
use crate::explain::Claim;
use crate::verdict::Verdict;

/// What a comparison came to: the digest of the original, and for each platform verdict, rung and causes.
pub fn expectation(report: &Report<'_>) -> String {
    let mut text = String::from("# What reprove diff is expected to find; written by reprove expect update.\n\n");
    // Writing to a string cannot fail.
    if let Some(digest) = &report.original.digest {
        let _ = writeln!(text, "original = {}", toml_string(digest));
    }
    let _ = writeln!(text, "verdict = \"{}\"", verdict_name(report.verdict));
    if let Some(index) = &report.index {
        let _ = writeln!(text, "\n[index]");
        causes(&index.findings, &mut text);
    }
    for platform in &report.platforms {
        let _ = writeln!(text, "\n[[platform]]\nplatform = {}", toml_string(&platform_name(&platform.platform)));
        let _ = writeln!(text, "verdict = \"{}\"\nrung = \"{}\"", verdict_name(platform.verdict), platform.rung.name());
        causes(&platform.findings, &mut text);
    }
    text
}

/// The causes, a line each: a change of one is a change of one line.
fn causes(findings: &Findings<'_>, text: &mut String) {
    let roots = findings.heads().filter(|head| head.claim != Claim::Derived);
    let ids: BTreeSet<&str> = roots.map(|head| head.cause.unwrap_or("unexplained")).collect();
    let _ = writeln!(text, "causes = [");
    for id in ids {
        let _ = writeln!(text, "    {},", toml_string(id));
    }
    let _ = writeln!(text, "]");
}

/// Why a comparison is not as expected, for people; `None` where it is. What is unexplained or could not be looked at is
/// never as expected: it may be something else each time.
pub fn unexpected(report: &Report<'_>, expected: &str) -> Option<String> {
    let found = expectation(report);
    if report.summary.unexplained > 0 {
        return Some(format!("{} findings are unexplained, which nobody can expect\n", report.summary.unexplained));
    }
    if report.verdict == Verdict::Inconclusive || report.summary.gaps > 0 {
        return Some(format!("{} places could not be looked at\n", report.summary.gaps));
    }
    (normalized(expected) != normalized(&found)).then(|| difference(expected, &found))
}

/// The text as it is on any system.
fn normalized(text: &str) -> String {
    text.replace("\r\n", "\n")
}

/// The lines that are in one of two texts, with what is around them.
pub fn difference(before: &str, after: &str) -> String {
    let (before, after) = (normalized(before), normalized(after));
    let diff = TextDiff::from_lines(&before, &after);
    let mut text = String::new();
    for change in diff.grouped_ops(3).iter().flatten().flat_map(|operation| diff.iter_changes(operation)) {
        let sign = match change.tag() {
            ChangeTag::Equal => ' ',
            ChangeTag::Delete => '-',
            ChangeTag::Insert => '+',
        };
        let _ = writeln!(text, "{sign}{}", escape(change.value().trim_end_matches('\n')));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::sample;
    use crate::policy::{Date, Policy};

    #[test]
    fn what_was_found_is_expected_and_nothing_else() {
        let date = Date::parse("2026-01-31").unwrap();
        let (equivalent, different) = (sample::equivalent(), sample::different());
        let report = |explanation| Report::new(explanation, &Policy::default_policy(), date, "0.1.0");
        let text = expectation(&report(&equivalent));
        assert!(text.contains("\nrung = \"canonical\"\ncauses = [\n    \"entry-mtime\",\n]\n"), "{text}");
        assert_eq!(unexpected(&report(&equivalent), &text), None);
        assert_eq!(unexpected(&report(&equivalent), &text.replace('\n', "\r\n")), None);
        let other = text.replace("entry-mtime", "pyc-header-mtime");
        let why = unexpected(&report(&equivalent), &other).unwrap();
        assert!(why.contains("\n-    \"pyc-header-mtime\",\n+    \"entry-mtime\",\n"), "{why}");
        let own = expectation(&report(&different));
        assert!(unexpected(&report(&different), &own).unwrap().contains("unexplained"), "never expected");
        let mut gap = sample::equivalent();
        gap.platforms[0].gaps.push(sample::gap(crate::finding::Location::new(crate::finding::Kind::Manifest)));
        let own = expectation(&report(&gap));
        assert!(unexpected(&report(&gap), &own).is_some());
    }
}
