//! # What differs
//!
//! The time in the configuration's `created` member (an RFC 3339 text, or nothing), and nothing else.
//!
//! # Why it happens
//!
//! Builders write the wall clock of the build there.
//!
//! # How to fix the build
//!
//! Give the builder one time for everything, `SOURCE_DATE_EPOCH`.
//!
//! # When it is not harmless
//!
//! Nothing that runs reads it. Registries and clean-up jobs that keep the newest images do. A text that programs written
//! in Go refuse, with the whole configuration, is no time here.

use crate::causes::{Canonical, Cause, Proof, Remedy, Severity, View};
use crate::codec::time;
use crate::finding::{Aspect, Finding, Kind, Value};

/// The time at which the image was made.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "config-created-time",
    title: "Creation time of the image",
    source: include_str!("config_created_time.rs"),
    severity: Severity::Cosmetic,
    scope,
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: REMEDIES,
};

/// What fixes the times in the documents of an image.
pub(in crate::causes) const REMEDIES: &[Remedy] = &[
    Remedy {
        builder: "buildkit",
        text: "Pass --build-arg SOURCE_DATE_EPOCH=$(git log -1 --pretty=%ct); BuildKit 0.11 or later. buildx 0.10 and \
               buildctl 0.13 forward the environment variable of that name by themselves.",
    },
    Remedy {
        builder: "buildah",
        text: "Pass --source-date-epoch $(git log -1 --pretty=%ct) (buildah 1.41, podman 5.6), or --timestamp \
               $(git log -1 --pretty=%ct) (buildah 1.16), which sets the times of the files too.",
    },
    Remedy { builder: "kaniko", text: "Pass --reproducible, which sets every time to 0." },
    Remedy { builder: "docker", text: "Build with BuildKit: the legacy builder cannot fix the time." },
];

fn scope(finding: &Finding) -> bool {
    finding.location.kind == Kind::Config
        && finding.location.field_name() == "/created"
        && matches!(finding.aspect, Aspect::Value | Aspect::Presence)
}

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    is_time_or_nothing(view.value).then(Canonical::new)
}

/// Whether a value is a time, or nothing: an absent or null member.
pub(in crate::causes) fn is_time_or_nothing(value: &Value) -> bool {
    match value {
        Value::Absent | Value::Json(serde_json::Value::Null) => true,
        _ => value.as_str().is_some_and(is_time),
    }
}

/// Whether a text is a time as every program reads it.
pub(in crate::causes) fn is_time(text: &str) -> bool {
    time::parse(text).is_some()
}
