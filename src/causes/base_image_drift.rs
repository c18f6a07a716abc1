//! # What differs
//!
//! Anything in the layers of the base image, where both images record the digest of the base that they were built on,
//! and the two digests are not the same.
//!
//! # Why it happens
//!
//! `FROM name:tag` takes what the tag points at on that day.
//!
//! # How to fix the build
//!
//! Pin the base image by digest.
//!
//! # When it is not harmless
//!
//! Another base is other software. It is named, with its evidence, and never excused.

use serde_json::Value as Json;

use super::config_label_build_metadata::is_digest;
use super::{Cause, ImageFacts, Proof, Record, Remedy, Severity, View};
use crate::finding::{Aspect, Finding, Kind};

/// Another base image.
pub(super) const CAUSE: Cause = Cause {
    id: "base-image-drift",
    title: "Another base image",
    source: include_str!("base_image_drift.rs"),
    severity: Severity::Behavioural,
    scope,
    proof: Proof::Drift(record),
    witness: None,
    hazard: None,
    remedies: &[
        Remedy {
            builder: "any",
            text: "Pin the base: FROM NAME@sha256:… with the digest that docker buildx imagetools inspect \
                   NAME:TAG prints.",
        },
        Remedy {
            builder: "buildkit",
            text: "Pass a source policy that converts the tag to a digest \
                   (EXPERIMENTAL_BUILDKIT_SOURCE_POLICY; BuildKit 0.11).",
        },
    ],
};

fn scope(finding: &Finding) -> bool {
    // The same content compressed in another way is no other base.
    matches!(finding.location.kind, Kind::Layer | Kind::Entry) && finding.aspect != Aspect::Compression
}

/// The digest of the base, for what is in a layer of it.
fn record(view: &View<'_>) -> Option<Record> {
    let annotation = view.image.manifest.get("annotations")?.get("org.opencontainers.image.base.digest")?;
    let digest = annotation.as_str().filter(|digest| is_digest(digest))?;
    let layer = usize::try_from(view.layer?).ok()?;
    (layer < base_layers(view.image)?).then(|| Record { common: Vec::new(), input: digest.as_bytes().to_vec() })
}

/// The number of layers that are older than the first step of the build, which buildah marks with the name of the base.
fn base_layers(image: &ImageFacts) -> Option<usize> {
    let history = image.config.get("history")?.as_array()?;
    let starts =
        |entry: &Json| entry.get("comment").and_then(Json::as_str).is_some_and(|text| text.starts_with("FROM "));
    let first = history.iter().position(starts)?;
    let time = |entry: &Json| chrono::DateTime::parse_from_rfc3339(entry.get("created")?.as_str()?).ok();
    let start = time(history.get(first)?)?;
    let makes_layer = |entry: &&Json| entry.get("empty_layer") != Some(&Json::Bool(true));
    let base = history.iter().take(first).filter(makes_layer);
    Some(base.take_while(|entry| time(entry).is_some_and(|time| time < start)).count())
}
