//! `JUnit` XML, in the dialect that all consumers read: a suite for each platform or file, in it a case for each rule, among
//! them one for what is unexplained and one for what could not be looked at.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::{Level, NOT_COMPARED, Outcome, Results};
use crate::report::escape::escape;

/// Results of one rule.
type Cases<'a> = BTreeMap<&'a str, Vec<&'a Outcome>>;

/// Writes the document.
///
/// # Errors
/// The writer's own.
pub fn write(results: &Results, mut to: impl Write) -> io::Result<()> {
    let suites = suites(results);
    let [tests, failures, errors] = totals(suites.values());
    writeln!(to, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(
        to,
        "<testsuites name=\"reprove\" tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"0\" time=\"0\">"
    )?;
    for (name, cases) in &suites {
        write_suite(results, name, cases, &mut to)?;
    }
    writeln!(to, "</testsuites>")
}

/// The cases of each suite, those among them in which nothing was found.
fn suites(results: &Results) -> BTreeMap<&str, Cases<'_>> {
    let named = |rules: &[&'static str]| rules.iter().map(|rule| (*rule, Vec::new())).collect::<Cases<'_>>();
    let mut suites: BTreeMap<&str, Cases<'_>> =
        results.suites.iter().map(|suite| (suite.name.as_str(), named(&suite.rules))).collect();
    for outcome in &results.outcomes {
        let cases = suites.entry(&outcome.suite).or_insert_with(|| named(&results.others));
        cases.entry(&outcome.rule).or_default().push(outcome);
    }
    suites
}

/// Cases, those with a failure, those with an error.
fn totals<'a, 'r: 'a>(suites: impl Iterator<Item = &'a Cases<'r>>) -> [usize; 3] {
    let mut totals = [0; 3];
    for (rule, outcomes) in suites.flatten() {
        let refused = outcomes.iter().any(|outcome| outcome.level != Level::Accepted);
        let open = refused && *rule == NOT_COMPARED;
        totals[0] += 1;
        totals[1] += usize::from(refused && !open);
        totals[2] += usize::from(open);
    }
    totals
}

fn write_suite(results: &Results, name: &str, cases: &Cases<'_>, to: &mut impl Write) -> io::Result<()> {
    let [tests, failures, errors] = totals(std::iter::once(cases));
    let suite = xml(name);
    writeln!(
        to,
        "  <testsuite name=\"{suite}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"0\" time=\"0\">"
    )?;
    writeln!(to, "    <properties>")?;
    let verdict = ("verdict", results.verdict.clone());
    for (property, value) in std::iter::once(&verdict).chain(&results.properties) {
        writeln!(to, "      <property name=\"{property}\" value=\"{}\"/>", xml(value.trim_end()))?;
    }
    writeln!(to, "    </properties>")?;
    for (rule, outcomes) in cases {
        write_case(&suite, (rule, &results.title(rule)), outcomes, to)?;
    }
    writeln!(to, "  </testsuite>")
}

fn write_case(suite: &str, (rule, title): (&str, &str), outcomes: &[&Outcome], to: &mut impl Write) -> io::Result<()> {
    let refused: Vec<&Outcome> = outcomes.iter().copied().filter(|outcome| outcome.level != Level::Accepted).collect();
    // The first line that matters; a class names the suite, for some consumers show nothing else of it.
    let anchor = refused.first().or(outcomes.first()).map(|outcome| &outcome.anchor);
    let place = anchor.map(|anchor| format!(" file=\"{}\" line=\"{}\"", xml(&anchor.path), anchor.line));
    write!(
        to,
        "    <testcase classname=\"reprove.{suite}\" name=\"{}\" time=\"0\"{}>",
        xml(rule),
        place.unwrap_or_default()
    )?;
    let lines =
        |outcomes: &[&Outcome]| outcomes.iter().map(|outcome| xml(&outcome.message)).collect::<Vec<_>>().join("\n");
    let element = if rule == NOT_COMPARED { "error" } else { "failure" };
    if !refused.is_empty() {
        let message = xml(title);
        write!(
            to,
            "\n      <{element} message=\"{message}\" type=\"{}\">{}</{element}>\n    ",
            xml(rule),
            lines(&refused)
        )?;
    } else if !outcomes.is_empty() {
        write!(to, "\n      <system-out>{}</system-out>\n    ", lines(outcomes))?;
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
