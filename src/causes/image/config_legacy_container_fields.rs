//! # What differs
//!
//! What the legacy builder records of the container that it built in: its id, its host name, the id of the image before
//! the last step, and the instruction of the last step. All of them are random or say what is said elsewhere.
//!
//! # Why it happens
//!
//! The legacy builder and `docker commit` write the configuration of a real container into the image.
//!
//! # How to fix the build
//!
//! Build with BuildKit.
//!
//! # When it is not harmless
//!
//! No runtime reads these members. A `container_config` that says anything else than `config` is not covered.

use serde_json::{Map, Value as Json};

use crate::causes::fixes::builders;
use crate::causes::scope::{Field, Place, VALUE};
use crate::causes::shape::history::step;
use crate::causes::shape::identifiers::is_digest;
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::finding::Value;

/// Members about the container of the build.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "config-legacy-container-fields",
    title: "Traces of the legacy builder's container",
    source: include_str!("config_legacy_container_fields.rs"),
    severity: Severity::Cosmetic,
    scope: &[Place {
        aspects: VALUE,
        field: Field::Like(&[
            "/container",
            "/config/Hostname",
            "/config/Image",
            "/container_config",
            "/container_config/Hostname",
            "/container_config/Image",
            "/container_config/Cmd/**",
        ]),
        ..Place::CONFIG
    }],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[&builders::DOCKER_BUILDKIT],
};

/// Whether a member is a word of the last step's command.
fn is_command(field: &str) -> bool {
    field.starts_with("/container_config/Cmd/")
}

/// What the text of a member has to look like.
fn shape(field: &str) -> Option<fn(&str) -> bool> {
    match field {
        "/container" => Some(|text| is_hex(text, 64)),
        "/config/Hostname" | "/container_config/Hostname" => Some(|text| is_hex(text, 12)),
        "/config/Image" | "/container_config/Image" => Some(|text| is_hex(text, 64) || is_digest(text)),
        _ => None,
    }
}

fn is_hex(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    let field = view.location.field_name();
    if is_command(field) {
        let text = view.text()?.strip_prefix("#(nop)")?;
        return Some(step(text)?.canonical());
    }
    let holds = match (view.value, shape(field)) {
        (Value::Absent, _) => true,
        (Value::Json(Json::String(text)), Some(shape)) => text.is_empty() || shape(text),
        (Value::Json(Json::Object(container)), None) => says_nothing_new(container, &view.image.config),
        _ => false,
    };
    holds.then(Canonical::new)
}

/// Whether `container_config` is `config` but for the identity of the container and the last step.
fn says_nothing_new(container: &Map<String, Json>, config: &Json) -> bool {
    let Some(config) = config.get("config").and_then(Json::as_object) else { return false };
    container.iter().all(|(name, value)| match (name.as_str(), value) {
        ("Hostname", Json::String(text)) => text.is_empty() || is_hex(text, 12),
        ("Image", Json::String(text)) => text.is_empty() || is_hex(text, 64) || is_digest(text),
        ("Cmd", Json::Array(words)) => {
            let last = words.last().and_then(Json::as_str);
            Some(value) == config.get("Cmd") || last.is_some_and(|last| last.starts_with("#(nop)"))
        }
        _ => Some(value) == config.get(name) || value.is_null(),
    })
}
