//! What a fixture asks for.

use serde_json::Value;

use crate::claims::sections;
use crate::fixture::Expect;
use crate::fixtures::{Fixture, Group, Kind};

/// The findings, gaps or warnings of the index and of all platforms.
fn all<'a>(report: &'a Value, member: &str) -> Vec<&'a Value> {
    sections(report).filter_map(|section| section[member].as_array()).flatten().collect()
}

/// The report says what must be said of this pair, and the fixture by whom it was seen to matter.
pub(crate) fn hold(fixture: &Fixture, expect: &Expect, report: &Value) -> Result<(), String> {
    if fixture.group == Group::Causes && expect.cause != fixture.folder {
        return Err(format!("expect.cause is {:?}, the folder is {:?}", expect.cause, fixture.folder));
    }
    if expect.seen.as_ref().is_some_and(|seen| !seen.contains(|letter: char| letter.is_ascii_digit())) {
        return Err("expect.seen names no version of what was tried".to_owned());
    }
    match fixture.kind {
        Kind::Claimed => must_be_claimed(report, expect)?,
        Kind::Passes => must_pass(report)?,
        Kind::Refused => must_not_pass(report, expect)?,
    }
    must_say_what_is_expected(report, expect)
}

fn must_be_claimed(report: &Value, expect: &Expect) -> Result<(), String> {
    let claim = expect.claim.as_deref().unwrap_or("proven");
    let of_cause = |rows: Vec<&Value>| rows.into_iter().filter(|row| row["cause"] == expect.cause.as_str()).count();
    if claim == "warning" {
        return match of_cause(all(report, "warnings")) {
            0 => Err("there is no such warning".to_owned()),
            _ => Ok(()),
        };
    }
    let findings = all(report, "findings");
    if let Some(other) = findings.iter().find(|row| row["cause"] == expect.cause.as_str() && row["claim"] != claim) {
        return Err(format!("claimed, but as {}, not {claim}", other["claim"]));
    }
    let unexplained = unexplained(&findings);
    if unexplained.len() as u64 != expect.unexplained.unwrap_or(0) {
        return Err(format!("{} findings are unexplained: {}", unexplained.len(), listed(unexplained)));
    }
    if of_cause(findings.clone()) == 0 {
        let all: Vec<_> = findings.iter().map(|finding| &finding["cause"]).collect();
        return Err(format!("the cause is not claimed; these are: {all:?}"));
    }
    Ok(())
}

fn must_pass(report: &Value) -> Result<(), String> {
    if passes(report) {
        return Ok(());
    }
    Err(format!("the verdict is {}: {}", report["verdict"], listed(refused(&all(report, "findings")))))
}

fn must_not_pass(report: &Value, expect: &Expect) -> Result<(), String> {
    let findings = all(report, "findings");
    let unexplained = unexplained(&findings).len() as u64;
    if expect.unexplained.is_some_and(|wanted| unexplained != wanted) {
        return Err(format!("{unexplained} findings are unexplained, of {}", findings.len()));
    }
    if passes(report) {
        return Err(format!("the verdict is {}", report["verdict"]));
    }
    match (&expect.untampered, expect.tampered.as_slice()) {
        (None, []) => {
            let red = refused(&findings).into_iter().map(place);
            Err(format!("it does not say what was tampered with; not accepted are {}", Value::from_iter(red)))
        }
        // Digests of what could not be looked at follow from the gap.
        (Some(_), [])
            if refused(&findings).iter().all(|row| row["claim"] == "derived") && !all(report, "gaps").is_empty() =>
        {
            Ok(())
        }
        (Some(_), []) => Err(format!("expect.untampered, but there are places: {}", listed(refused(&findings)))),
        (Some(_), _) => Err("expect.untampered is for pairs without expect.tampered".to_owned()),
        (None, places) => places.iter().try_for_each(|place| must_be_refused(&findings, place)),
    }
}

/// There are findings at a place, and none of them is accepted.
fn must_be_refused(findings: &[&Value], place: &Value) -> Result<(), String> {
    let there: Vec<_> = findings.iter().filter(|finding| has_members(finding, place)).collect();
    match there.iter().find(|finding| finding["accepted"] != false) {
        Some(accepted) => Err(format!("the tampered place is accepted: {accepted}")),
        None if there.is_empty() => Err(format!("no finding at the tampered place {place}")),
        None => Ok(()),
    }
}

fn must_say_what_is_expected(report: &Value, expect: &Expect) -> Result<(), String> {
    let gaps = all(report, "gaps");
    if gaps.len() as u64 != expect.gaps.unwrap_or(0) {
        return Err(format!("{} gaps: {}", gaps.len(), Value::from_iter(gaps.into_iter().cloned())));
    }
    let warnings = all(report, "warnings").len() as u64;
    if let Some(wanted) = expect.warnings.filter(|wanted| warnings != *wanted) {
        return Err(format!("{warnings} warnings, not {wanted}"));
    }
    let rung = &report["platforms"][0]["rung"];
    for (what, said, wanted) in [("verdict", &report["verdict"], &expect.verdict), ("rung", rung, &expect.rung)] {
        if wanted.as_ref().is_some_and(|wanted| said != wanted.as_str()) {
            return Err(format!("the {what} is {said}, not {wanted:?}"));
        }
    }
    Ok(())
}

/// Whether the verdict is a good one.
pub(crate) fn passes(report: &Value) -> bool {
    ["identical", "equivalent"].iter().any(|good| report["verdict"] == *good)
}

fn unexplained<'a>(findings: &[&'a Value]) -> Vec<&'a Value> {
    findings.iter().filter(|finding| finding["claim"] == "unexplained").copied().collect()
}

fn refused<'a>(findings: &[&'a Value]) -> Vec<&'a Value> {
    findings.iter().filter(|finding| finding["accepted"] == false).copied().collect()
}

/// What tells the place of a finding from others, as fixtures write it.
fn place(finding: &Value) -> Value {
    let location = finding["location"].as_object().into_iter().flatten();
    let kept = location.filter(|(name, _)| !["layer", "range"].contains(&name.as_str()));
    let location: serde_json::Map<_, _> = kept.map(|(name, value)| (name.clone(), value.clone())).collect();
    serde_json::json!({ "location": location, "aspect": finding["aspect"] })
}

/// Whether a value has all members of another one, at any depth.
fn has_members(value: &Value, wanted: &Value) -> bool {
    match wanted {
        Value::Object(members) => {
            members.iter().all(|(name, wanted)| value.get(name).is_some_and(|value| has_members(value, wanted)))
        }
        wanted => value == wanted,
    }
}

/// The first few places.
fn listed(findings: Vec<&Value>) -> String {
    let places: Vec<String> = findings.into_iter().take(5).map(|finding| place(finding).to_string()).collect();
    places.join("; ")
}
