use super::*;
use crate::explain::{Certainty, Claim, Explanation, InstructionPlace, sample};
use crate::finding::Value;
use crate::image::provenance::SourceLine;
use crate::policy::{Date, Policy};
use crate::report::Report;
use crate::report::{brief, markdown, values};

/// What an image may try on readers of any of the formats.
const HOSTILE: &[&str] = &[
    "<script>alert(1)</script>",
    "<!--",
    "]]>",
    "&#x3c;b&#x3e;",
    "::error file=a::x",
    "a\r\n::set-env name=A::b",
    "a\n## Owned",
    "| a | b |",
    "`` `id` ``",
    "[x](javascript:alert(1))",
    "![x](https://x.example/y)",
    "@everyone #1 !1",
    "$(id) `id` ${A}",
    "a=b\nREPROVE_VERDICT=identical",
    "\"} 0\n# EOF\n",
    "\u{1b}[2J\u{9b}31m",
    "exe\u{202e}gpj.\u{200b}",
    "\u{fffe}\u{ffff}",
    "%0A%25,x:y",
];

fn with(name: &str) -> Explanation {
    let mut explanation = sample::different();
    explanation.images.original.reference = name.to_owned();
    let platform = &mut explanation.platforms[0];
    platform.gaps[0].detail = sample::said(name);
    platform.steps.original[2] = name.to_owned();
    platform.steps.rebuild[2] = name.to_owned();
    let line = SourceLine { path: name.to_owned(), line: 7 };
    let place = InstructionPlace { line, stage: None, certainty: Certainty::Matched };
    platform.lines.original = vec![None, None, Some(place)];
    sample::edit(&mut platform.findings, |findings| {
        for explained in findings {
            explained.finding.location.path = Some(name.as_bytes().into());
            explained.finding.values.original = Value::text(name.to_owned());
        }
    });
    explanation
}

fn report(explanation: &Explanation) -> Report<'_> {
    Report::new(explanation, &Policy::default_policy(), Date::parse("2026-01-31").unwrap(), "0.1.0")
}

type Writer = fn(&Report<'_>, &mut Vec<u8>) -> std::io::Result<()>;

const WRITERS: &[(&str, Writer)] = &[
    ("brief", |report, to| brief::write(report, to)),
    ("markdown", |report, to| markdown::write(report, to)),
    ("sarif", |report, to| sarif::write(&Results::of(report, None)?, to)),
    ("junit", |report, to| junit::write(&Results::of(report, None)?, to)),
    ("gitlab", |report, to| gitlab::write(&Results::of(report, None)?, to)),
    ("github", |report, to| github::write(&Results::of(report, None)?, to)),
    ("dotenv", |report, to| values::dotenv(report, to)),
    ("openmetrics", |report, to| values::openmetrics(report, to)),
];

fn written(name: &str, report: &Report<'_>) -> String {
    let (_, write) = WRITERS.iter().find(|(known, _)| *known == name).unwrap();
    let mut bytes = Vec::new();
    write(report, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn nothing_from_an_image_is_read_as_anything_but_text() {
    let plain = with("x");
    let plain = report(&plain);
    for hostile in HOSTILE {
        let explanation = with(hostile);
        let report = report(&explanation);
        for (name, _) in WRITERS {
            let text = written(name, &report);
            let steers = text.chars().any(|character| character != '\n' && crate::report::escape::is_unsafe(character));
            assert!(!steers, "{name}: {hostile:?}");
            // As many lines as with a harmless name: nothing begins one.
            let lines = |text: &str| text.lines().count();
            assert_eq!(lines(&text), lines(&written(name, &plain)), "{name}: {hostile:?}\n{text}");
        }
        let junit = written("junit", &report);
        assert!(!junit.contains("<script") && !junit.contains("]]>") && !junit.contains("<!--"), "{hostile}");
        for line in written("github", &report).lines() {
            let known = ["::error file=", "::warning file=", "::notice title=reprove::"];
            assert!(known.iter().any(|prefix| line.starts_with(prefix)), "{line}");
        }
    }
}

#[test]
fn a_result_is_a_cause_in_a_layer_and_keeps_its_fingerprint() {
    let explanation = sample::different();
    let report = report(&explanation);
    let outcomes = Results::of(&report, None).unwrap().outcomes;
    let found: Vec<_> = outcomes
        .iter()
        .map(|outcome| (outcome.rule.as_str(), outcome.place.as_str(), outcome.count, outcome.level))
        .collect();
    assert_eq!(
        found,
        [
            ("package-drift", "linux/amd64/layer 1", 1, Level::Refused),
            ("pyc-header-mtime", "linux/amd64/layer 1", 1, Level::Accepted),
            ("entry-mtime", "linux/amd64/layer 2", 2, Level::Accepted),
            (UNEXPLAINED, "linux/amd64/layer 2", 3, Level::Open),
            (NOT_COMPARED, "linux/amd64/layer 4", 1, Level::Open),
        ]
    );
    let prints: std::collections::BTreeSet<_> = outcomes.iter().map(|outcome| outcome.fingerprint.clone()).collect();
    assert_eq!(prints.len(), outcomes.len());
    let again = with("another/name");
    let again =
        Results::of(&self::report(&again), None).unwrap().outcomes.into_iter().map(|outcome| outcome.fingerprint);
    let again = again.collect();
    assert_eq!(prints, again, "names and values do not count");
}

#[test]
fn the_formats_hold_what_their_readers_ask_for() {
    let explanation = with("usr/bin/x");
    let report = report(&explanation);
    let sarif: serde_json::Value = serde_json::from_str(&written("sarif", &report)).unwrap();
    let run = &sarif["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    for result in run["results"].as_array().unwrap() {
        assert_eq!(rules[usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()]["id"], result["ruleId"]);
        let place = &result["locations"][0]["physicalLocation"];
        let line = if result["message"]["text"].as_str().unwrap().contains("layer 2") { 7 } else { 1 };
        assert_eq!(
            (&place["artifactLocation"]["uri"], &place["region"]["startLine"]),
            (&"usr/bin/x".into(), &line.into())
        );
        assert_eq!(result["partialFingerprints"]["primaryLocationLineHash"].as_str().unwrap().len(), 18);
    }
    let issues: Vec<serde_json::Value> = serde_json::from_str(&written("gitlab", &report)).unwrap();
    assert_eq!(issues.len(), 5);
    assert!(issues.iter().all(|issue| issue["location"]["lines"]["begin"].is_u64()));
    let junit = written("junit", &report);
    assert!(junit.contains("<testsuite name=\"linux/amd64\" tests=\"5\" failures=\"2\" errors=\"1\""), "{junit}");
    let same = sample::explanation(vec![sample::platform(Vec::new())]);
    let same = self::report(&same);
    assert_eq!(written("gitlab", &same), "[]\n");
    assert!(written("junit", &same).contains("tests=\"2\" failures=\"0\" errors=\"0\""));
    let variables = written("dotenv", &report);
    assert!(variables.starts_with("REPROVE_VERDICT=different\nREPROVE_RUNG=none\nREPROVE_FINDINGS=9\n"), "{variables}");
    assert!(variables.lines().all(|line| line.split_once('=').is_some_and(|(_, value)| !value.contains([' ', '"']))));
    assert!(written("openmetrics", &report).ends_with("# EOF\n"));
}

#[test]
fn the_brief_report_stays_within_its_size() {
    let unexplained = |number: u32| {
        sample::explained(
            sample::mtime(number % 60, &format!("{number}/{}", "x".repeat(200))),
            Claim::Unexplained,
            None,
        )
    };
    let explanation = sample::explanation(vec![sample::platform((0..600).map(unexplained).collect())]);
    let text = written("brief", &report(&explanation));
    assert!(text.len() <= 4096, "{}", text.len());
    let brief: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(brief["verdict"], "different");
    assert!(
        brief["leftOut"].as_u64() > Some(0) && brief["unexplained"].as_array().is_some_and(|list| !list.is_empty())
    );
}
