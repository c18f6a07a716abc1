//! # What differs
//!
//! How the image is divided into layers: their number in the manifest and the configuration, the steps that the history
//! has on one side only, and which steps it says made no layer. What all layers together hold is compared by itself.
//!
//! # Why it happens
//!
//! BuildKit makes a layer of every step, buildah one of all steps unless told otherwise, and some tools squash images.
//!
//! # How to fix the build
//!
//! Build both with the same builder and the same options for layers.
//!
//! # When it is not harmless
//!
//! The division alone changes nothing that runs. A file that one image deletes in a later layer can still be read from
//! the earlier one.

use serde_json::{Map, Value as Json};

use crate::causes::fixes::{builders, layers};
use crate::causes::scope::{Field, Place, VALUE};
use crate::causes::shape::history::{is_mark, step};
use crate::causes::shape::times::is_time;
use crate::causes::{Canonical, Cause, ImageFacts, Proof, Severity, View};
use crate::finding::{Aspect, Value};

/// The division into layers.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "layer-count-squash",
    title: "Division into layers",
    source: include_str!("layer_count_squash.rs"),
    severity: Severity::Cosmetic,
    scope: &[
        Place { aspects: &[Aspect::Value], field: Field::Like(&["/layers"]), ..Place::MANIFEST },
        Place { aspects: &[Aspect::Value], field: Field::Like(&["/rootfs/diff_ids"]), ..Place::CONFIG },
        Place { aspects: &[Aspect::Presence], field: Field::Like(&["/history/{n}"]), ..Place::CONFIG },
        Place { aspects: VALUE, field: Field::Like(&["/history/{n}/empty_layer"]), ..Place::CONFIG },
    ],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[&layers::BUILDAH_LAYERS, &layers::KANIKO_SNAPSHOT, &layers::SAME_SQUASH, &builders::ONE_BUILDER],
};

/// The position of the history entry that a field is, as a whole.
fn entry(field: &str) -> Option<usize> {
    field.strip_prefix("/history/")?.parse().ok()
}

fn empty_layer(field: &str) -> bool {
    field.strip_suffix("/empty_layer").is_some_and(|parent| entry(parent).is_some())
}

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    let field = view.location.field_name();
    let holds = match view.value {
        Value::Absent if entry(field).is_some() || empty_layer(field) => names_every_layer(view.image),
        Value::Json(Json::Bool(_)) if empty_layer(field) => names_every_layer(view.image),
        Value::Json(Json::Object(object)) if entry(field).is_some() => {
            names_every_layer(view.image) && is_told_elsewhere(object)
        }
        Value::Json(Json::Object(object)) if is_number_of_layers(object) => return Some(takers(view.image)),
        _ => false,
    };
    holds.then(Canonical::new)
}

/// Layers that Docker mounts at most (`maxLayerDepth` of moby's layer store), and that Podman and CRI-O do.
const MOUNTED: [usize; 2] = [125, 500];

/// Which of them can run an image of so many layers.
fn takers(image: &ImageFacts) -> Canonical {
    let layers = image.config.pointer("/rootfs/diff_ids").and_then(Json::as_array).map_or(0, Vec::len);
    MOUNTED.iter().map(|most| u8::from(layers <= *most)).collect()
}

/// Whether the finding is the number of layers that stand for one part of the image.
fn is_number_of_layers(object: &Map<String, Json>) -> bool {
    object.len() == 1 && object.get("layers").is_some_and(Json::is_u64)
}

/// Whether the history has one step for every layer, so that it says how the image is divided and nothing else.
fn names_every_layer(image: &ImageFacts) -> bool {
    let length = |pointer: &str| Some(image.config.pointer(pointer)?.as_array()?.len());
    let steps = image.config.get("history").and_then(Json::as_array);
    let made = steps.map(|steps| steps.iter().filter(|step| !is_empty(step.get("empty_layer"))).count());
    made.is_some() && made == length("/rootfs/diff_ids")
}

fn is_empty(member: Option<&Json>) -> bool {
    member == Some(&Json::Bool(true))
}

/// Whether what a step does is compared elsewhere: a layer in the merged tree, metadata in the configuration.
fn is_told_elsewhere(object: &Map<String, Json>) -> bool {
    let text = |name: &str| object.get(name).map_or(Some(""), Json::as_str);
    let known =
        |name: &String| matches!(name.as_str(), "created" | "created_by" | "comment" | "author" | "empty_layer");
    let time = text("created").is_some_and(|text| text.is_empty() || is_time(text));
    let comment = text("comment").is_some_and(is_mark);
    let author = text("author").is_some_and(|text| text.len() <= 512);
    let shape = object.keys().all(known) && time && comment && author;
    let metadata = || text("created_by").and_then(step).is_some_and(|step| sets_metadata(step.instruction));
    shape && (!is_empty(object.get("empty_layer")) || metadata())
}

fn sets_metadata(instruction: &str) -> bool {
    !matches!(instruction, "RUN" | "COPY" | "ADD")
}
