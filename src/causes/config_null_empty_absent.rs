//! # What differs
//!
//! Whether a member that says nothing is written as `null`, `[]`, `{}`, `""` or `false`, or left out. Only members of
//! a list for which all of these mean the same. `ArgsEscaped` has a meaning on Windows alone: for Linux `true` is the
//! same.
//!
//! # Why it happens
//!
//! Builders and versions of them differ in which empty members they write.
//!
//! # How to fix the build
//!
//! Build both images with the same version of the same builder.
//!
//! # When it is not harmless
//!
//! Every runtime reads these forms in one way.

use serde_json::Value as Json;

use super::config_history_created_time::history_member;
use super::{Canonical, Cause, Proof, Remedy, Severity, View};
use crate::finding::{Aspect, Finding, Kind, Value};

/// Empty members.
pub(super) const CAUSE: Cause = Cause {
    id: "config-null-empty-absent",
    title: "Empty members written in different ways",
    source: include_str!("config_null_empty_absent.rs"),
    severity: Severity::Cosmetic,
    scope,
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[Remedy { builder: "any", text: "Build both images with the same version of the same builder." }],
};

/// Members of `config` and `container_config`.
const CONTAINER: &[&str] = &[
    "ArgsEscaped",
    "AttachStderr",
    "AttachStdin",
    "AttachStdout",
    "Cmd",
    "Domainname",
    "Entrypoint",
    "Env",
    "ExposedPorts",
    "Healthcheck",
    "Hostname",
    "Image",
    "Labels",
    "MacAddress",
    "NetworkDisabled",
    "OnBuild",
    "OpenStdin",
    "Shell",
    "StdinOnce",
    "StopSignal",
    "StopTimeout",
    "Tty",
    "User",
    "Volumes",
    "WorkingDir",
];

/// Members of the configuration.
const CONFIG: &[&str] = &["author", "comment", "container", "docker_version", "os.features", "os.version", "parent"];

/// Members of a history entry.
const HISTORY: &[&str] = &["author", "comment", "created_by", "empty_layer"];

fn scope(finding: &Finding) -> bool {
    let field = finding.location.field_name();
    let listed = match finding.location.kind {
        Kind::Config => {
            let member = field.strip_prefix("/config/").or_else(|| field.strip_prefix("/container_config/"));
            member.is_some_and(|name| CONTAINER.contains(&name))
                || field.strip_prefix('/').is_some_and(|name| CONFIG.contains(&name))
                || history_member(finding).is_some_and(|name| HISTORY.contains(&name))
        }
        Kind::Manifest => field.ends_with("/annotations") || field.ends_with("/urls"),
        Kind::Index => finding.location.attestation.is_none() && field.ends_with("/annotations"),
        Kind::Layer | Kind::Entry => false,
    };
    listed && matches!(finding.aspect, Aspect::Value | Aspect::Presence)
}

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    let empty = match view.value {
        Value::Absent => true,
        Value::Json(value) => is_empty(value) || (value == &Json::Bool(true) && is_unread(view)),
        Value::Bytes(_) | Value::Content { .. } => false,
    };
    empty.then(Canonical::new)
}

fn is_empty(value: &Json) -> bool {
    match value {
        Json::Null | Json::Bool(false) => true,
        Json::String(text) => text.is_empty(),
        Json::Array(items) => items.is_empty(),
        Json::Object(members) => members.is_empty(),
        Json::Bool(true) | Json::Number(_) => false,
    }
}

/// Whether a member has no meaning on the operating system of the image.
fn is_unread(view: &View<'_>) -> bool {
    let linux = view.image.config.get("os").and_then(Json::as_str) == Some("linux");
    linux && view.location.field_name().ends_with("/ArgsEscaped")
}
