//! # What differs
//!
//! The members `moby.buildkit.cache.v0` and `moby.buildkit.buildinfo.v1` of the configuration: JSON in Base64 in which
//! BuildKit keeps what it needs to reuse the layers, with the times of the steps.
//!
//! # Why it happens
//!
//! The image was exported with an inline cache, or by BuildKit 0.10 or 0.11, which recorded the sources of the build.
//!
//! # How to fix the build
//!
//! Leave the inline cache out of images that are released.
//!
//! # When it is not harmless
//!
//! Nothing that runs reads it. A later build that imports the cache from the image does.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value as Json;

use super::{Canonical, Cause, Proof, Remedy, Severity, View};
use crate::finding::{Aspect, Finding, Kind, Value};

/// The cache of BuildKit inside the configuration.
pub(super) const CAUSE: Cause = Cause {
    id: "config-inline-cache",
    title: "Inline build cache",
    source: include_str!("config_inline_cache.rs"),
    severity: Severity::Cosmetic,
    scope,
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[Remedy {
        builder: "buildkit",
        text: "Export the cache elsewhere (--cache-to type=registry,ref=…) instead of --cache-to type=inline, and pass \
               --build-arg BUILDKIT_INLINE_CACHE=0.",
    }],
};

fn scope(finding: &Finding) -> bool {
    finding.location.kind == Kind::Config
        && matches!(finding.aspect, Aspect::Value | Aspect::Presence)
        && members(finding.location.field_name()).is_some()
}

/// The members that the document in Base64 may have.
fn members(field: &str) -> Option<&'static [&'static str]> {
    match field {
        "/moby.buildkit.cache.v0" => Some(&["layers", "records"]),
        "/moby.buildkit.buildinfo.v1" => Some(&["attrs", "deps", "frontend", "sources"]),
        _ => None,
    }
}

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    let known = members(view.location.field_name())?;
    if matches!(view.value, Value::Absent | Value::Json(Json::Null)) {
        return Some(Canonical::new());
    }
    let document: Json = serde_json::from_slice(&STANDARD.decode(view.text()?).ok()?).ok()?;
    let is_known = |document: &Json| {
        document.as_object().is_some_and(|object| object.keys().all(|key| known.contains(&key.as_str())))
    };
    let holds = document.as_array().map_or_else(|| is_known(&document), |items| items.iter().all(is_known));
    holds.then(Canonical::new)
}
