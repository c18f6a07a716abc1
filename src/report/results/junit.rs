//! `JUnit` XML, in the dialect that all consumers read: a suite for each platform, in it a case for each cause, one for
//! what is unexplained and one for what could not be looked at.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::{Level, NOT_COMPARED, Outcome, UNEXPLAINED, outcomes, title};
use crate::report::Report;
use crate::report::escape::escape;
use crate::report::text::headline::{self, platform_name};

/// Results of one rule.
type Cases<'a> = BTreeMap<String, Vec<Outcome<'a>>>;

/// Writes the document.
///
/// # Errors
/// The writer's own.
pub fn write(report: &Report<'_>, mut to: impl Write) -> io::Result<()> {
    let mut suites: BTreeMap<String, Cases<'_>> = BTreeMap::new();
    for platform in &report.platforms {
        suites.insert(platform_name(&platform.platform), Cases::new());
    }
    for outcome in outcomes(report) {
        let cases = suites.entry(outcome.platform.clone()).or_default();
        cases.entry(outcome.rule.clone()).or_default().push(outcome);
    }
    for cases in suites.values_mut() {
        for rule in [UNEXPLAINED, NOT_COMPARED] {
            cases.entry(rule.to_owned()).or_default();
        }
    }
    report.check()?;
    let [tests, failures, errors] = totals(suites.values());
    writeln!(to, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(
        to,
        "<testsuites name=\"reprove\" tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"0\" time=\"0\">"
    )?;
    for (name, cases) in &suites {
        write_suite(report, name, cases, &mut to)?;
    }
    writeln!(to, "</testsuites>")
}

/// Cases, those with a failure, those with an error.
fn totals<'a, 'r: 'a>(suites: impl Iterator<Item = &'a Cases<'r>>) -> [usize; 3] {
    let mut totals = [0; 3];
    for outcomes in suites.flat_map(BTreeMap::values) {
        let refused = outcomes.iter().any(|outcome| outcome.level != Level::Accepted);
        let open = outcomes.iter().any(|outcome| outcome.rule == NOT_COMPARED);
        totals[0] += 1;
        totals[1] += usize::from(refused && !open);
        totals[2] += usize::from(open);
    }
    totals
}

fn write_suite(report: &Report<'_>, name: &str, cases: &Cases<'_>, to: &mut impl Write) -> io::Result<()> {
    let [tests, failures, errors] = totals(std::iter::once(cases));
    let suite = xml(name);
    writeln!(
        to,
        "  <testsuite name=\"{suite}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"0\" time=\"0\">"
    )?;
    writeln!(to, "    <properties>")?;
    let digest = |digest: &Option<String>| digest.clone().unwrap_or_default();
    for (property, value) in [
        ("verdict", headline::line(report)),
        ("original", format!("{} {}", report.original.reference, digest(&report.original.digest))),
        ("rebuild", format!("{} {}", report.rebuild.reference, digest(&report.rebuild.digest))),
    ] {
        writeln!(to, "      <property name=\"{property}\" value=\"{}\"/>", xml(value.trim_end()))?;
    }
    writeln!(to, "    </properties>")?;
    for (rule, outcomes) in cases {
        write_case(&suite, rule, outcomes, to)?;
    }
    writeln!(to, "  </testsuite>")
}

fn write_case(suite: &str, rule: &str, outcomes: &[Outcome<'_>], to: &mut impl Write) -> io::Result<()> {
    let refused: Vec<&Outcome<'_>> = outcomes.iter().filter(|outcome| outcome.level != Level::Accepted).collect();
    // The first line that matters; a class names the suite, for some consumers show nothing else of it.
    let anchor = refused.first().copied().or(outcomes.first()).map(|outcome| &outcome.anchor);
    let place = anchor.map(|anchor| format!(" file=\"{}\" line=\"{}\"", xml(&anchor.path), anchor.line));
    write!(
        to,
        "    <testcase classname=\"reprove.{suite}\" name=\"{}\" time=\"0\"{}>",
        xml(rule),
        place.unwrap_or_default()
    )?;
    let lines = |outcomes: &[&Outcome<'_>]| {
        outcomes.iter().map(|outcome| xml(&outcome.message())).collect::<Vec<_>>().join("\n")
    };
    let element = if rule == NOT_COMPARED { "error" } else { "failure" };
    if !refused.is_empty() {
        let message = xml(title(rule));
        write!(
            to,
            "\n      <{element} message=\"{message}\" type=\"{}\">{}</{element}>\n    ",
            xml(rule),
            lines(&refused)
        )?;
    } else if !outcomes.is_empty() {
        let all: Vec<&Outcome<'_>> = outcomes.iter().collect();
        write!(to, "\n      <system-out>{}</system-out>\n    ", lines(&all))?;
    }
    writeln!(to, "</testcase>")
}

/// Text of XML 1.0, which has no way to write most control characters: they are shown by their code.
fn xml(text: &str) -> String {
    let is_legal = |character: char| !matches!(character, '\u{fffe}' | '\u{ffff}');
    let text: String =
        escape(text).chars().map(|character| if is_legal(character) { character } else { '\u{fffd}' }).collect();
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&apos;")
}
