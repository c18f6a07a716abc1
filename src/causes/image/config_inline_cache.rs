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
//! for the results of the steps whose digests stand there. Where both images have one, all but the times has to be the same:
//! the steps, their inputs, and which layers they made. Where one has none, the other's names each layer of its image once
//! at most, and after those that its step builds on. Anything else than digests, numbers of layers and times is not covered,
//! nor are arguments of the build or other sources of it.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::Value as Json;

use crate::causes::fixes::documents;
use crate::causes::scope::{Field, Place, VALUE};
use crate::causes::shape::identifiers::{is_digest, is_reference};
use crate::causes::shape::times::is_time_of_build;
use crate::causes::{Canonical, Cause, Day, Proof, Severity, View};
use crate::finding::{Aspect, Value};

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
    let is_on_both_sides = view.aspect != Aspect::Presence;
    let document = STANDARD.decode(view.text()?).ok()?;
    let holds = match view.location.field_name() {
        CACHE => {
            let layers = view.image.config.pointer("/rootfs/diff_ids").and_then(Json::as_array).map_or(0, Vec::len);
            let steps = serde_json::from_slice::<Vec<Step>>(&document).ok()?;
            is_cache(&steps, layers, view.day) && (is_on_both_sides || are_in_order(&steps))
        }
        _ => is_info(&serde_json::from_slice::<Info>(&document).ok()?),
    };
    // Where one side has none it does not matter what the other one says, as long as it holds.
    holds.then(|| if is_on_both_sides { untimed(&document) } else { Some(Canonical::new()) })?
}

/// A document without the times that layers were made at.
fn untimed(document: &[u8]) -> Option<Canonical> {
    let mut document: Json = serde_json::from_slice(document).ok()?;
    let steps = document.as_array_mut().into_iter().flatten();
    let made = steps.filter_map(Json::as_object_mut).flat_map(|step| {
        step.iter_mut().filter(|(name, _)| matches!(&name[..], "layers" | "chains")).map(|(_, made)| made)
    });
    for made in made.filter_map(Json::as_array_mut).flatten().filter_map(Json::as_object_mut) {
        made.remove("createdAt");
    }
    serde_json::to_vec(&document).ok()
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

/// Whether no layer is that of two steps, and each step's come after those of the steps that it begins with.
fn are_in_order(steps: &[Step]) -> bool {
    let made = |step: &Step| -> Vec<usize> {
        step.layers
            .iter()
            .map(|made| made.layer)
            .chain(step.chains.iter().filter_map(|chain| chain.layers.last().copied()))
            .collect()
    };
    let mut all = BTreeSet::new();
    steps.iter().all(|step| {
        let own = made(step);
        let first = own.iter().min().copied();
        let inputs = step.inputs.iter().flatten().filter_map(|input| steps.get(input.link)).flat_map(made);
        let is_after = inputs.max().is_none_or(|below| first.is_none_or(|first| below < first));
        is_after && own.into_iter().all(|layer| all.insert(layer))
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
