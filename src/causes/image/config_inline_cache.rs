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
//! Nothing that runs reads it. A later build that imports the cache from the image does: it takes the layers of this image
//! for the results of the steps whose digests stand there. Anything else than such digests, the numbers of this image's
//! layers and times is not covered, nor are arguments of the build.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::Value as Json;

use crate::causes::fixes::documents;
use crate::causes::scope::{Field, Place, VALUE};
use crate::causes::shape::identifiers::{is_digest, is_reference};
use crate::causes::shape::times::is_time_of_build;
use crate::causes::{Canonical, Cause, Day, Proof, Severity, View};
use crate::finding::Value;

/// The cache of BuildKit inside the configuration.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "config-inline-cache",
    title: "Inline build cache",
    source: include_str!("config_inline_cache.rs"),
    severity: Severity::Cosmetic,
    scope: &[Place { aspects: VALUE, field: Field::Like(&[CACHE, INFO]), ..Place::CONFIG }],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[&documents::BUILDKIT_CACHE],
};

const CACHE: &str = "/moby.buildkit.cache.v0";

const INFO: &str = "/moby.buildkit.buildinfo.v1";

/// A step of the build (BuildKit, `cache/remotecache/v1/types`).
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    #[serde(default)]
    layers: Vec<Layer>,
    #[serde(default)]
    chains: Vec<Chain>,
    #[serde(default)]
    digest: Option<String>,
    #[serde(default)]
    inputs: Vec<Vec<Link>>,
}

/// The layer of the image that a step made.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Layer {
    layer: usize,
    created_at: Option<String>,
}

/// The layers of the image that a step made.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Chain {
    layers: Vec<usize>,
    created_at: Option<String>,
}

/// Another step that a step begins with.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Link {
    selector: Option<String>,
    link: usize,
}

/// What BuildKit 0.10 noted of a build (`util/buildinfo/types`).
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Info {
    #[serde(default)]
    frontend: String,
    #[serde(default)]
    attrs: BTreeMap<String, Option<String>>,
    #[serde(default)]
    sources: Vec<Source>,
}

/// One input of a build.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Source {
    r#type: String,
    r#ref: String,
    pin: String,
}

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    if matches!(view.value, Value::Absent | Value::Json(Json::Null)) {
        return Some(Canonical::new());
    }
    let document = STANDARD.decode(view.text()?).ok()?;
    let holds = match view.location.field_name() {
        CACHE => {
            let layers = view.image.config.pointer("/rootfs/diff_ids").and_then(Json::as_array).map_or(0, Vec::len);
            is_cache(&serde_json::from_slice::<Vec<Step>>(&document).ok()?, layers, view.day)
        }
        _ => is_info(&serde_json::from_slice::<Info>(&document).ok()?),
    };
    holds.then(Canonical::new)
}

/// Whether the steps are about each other and about the layers of this image, and hold nothing but digests and times.
fn is_cache(steps: &[Step], layers: usize, day: &Day) -> bool {
    let timed = |time: &Option<String>| time.as_deref().is_none_or(|time| is_time_of_build(time, day));
    steps.iter().all(|step| {
        step.digest.as_deref().is_none_or(is_digest)
            && step.layers.iter().all(|made| made.layer < layers && timed(&made.created_at))
            && step.chains.iter().all(|made| made.layers.iter().all(|layer| *layer < layers) && timed(&made.created_at))
            && step
                .inputs
                .iter()
                .flatten()
                .all(|input| input.link < steps.len() && input.selector.as_deref().is_none_or(is_digest))
    })
}

/// Whether the notes name inputs and the file of the frontend, and no arguments of the build.
fn is_info(info: &Info) -> bool {
    let is_name = |text: &str| text.is_empty() || is_reference(text);
    let known = |name: &str| matches!(name, "cmdline" | "filename" | "source" | "target");
    let pinned = |pin: &str| is_digest(pin) || (pin.len() == 40 && pin.bytes().all(|byte| byte.is_ascii_hexdigit()));
    is_name(&info.frontend)
        && info.attrs.iter().all(|(name, text)| known(name) && text.as_deref().is_none_or(is_name))
        && info.sources.iter().all(|source| {
            matches!(source.r#type.as_str(), "docker-image" | "git" | "http")
                && is_reference(&source.r#ref)
                && pinned(&source.pin)
        })
}
