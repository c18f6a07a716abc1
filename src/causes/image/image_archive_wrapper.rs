//! # What differs
//!
//! One image has a manifest of its own, the other is an archive of `docker save`, which lists the layers without one.
//! The configuration and the layers are compared all the same.
//!
//! # Why it happens
//!
//! The images were exported in different forms.
//!
//! # How to fix the build
//!
//! Export both in the same form.
//!
//! # When it is not harmless
//!
//! The wrapper is no part of the image. Without a manifest the image has no digest by which a registry could name it. A
//! manifest that says more than the archive implies is not covered: layers from elsewhere, foreign or encrypted ones, tables
//! for lazy pulls, an artifact, annotations but those of builders. Nor is one of the OCI where the configuration has a health
//! check, `ONBUILD` or `SHELL`, which Podman and buildah heed in Docker's images alone, as those of archives are.

use serde_json::{Map, Value as Json};

use crate::causes::fixes::documents;
use crate::causes::scope::{Field, Place};
use crate::causes::shape::annotations::is_of_builder;
use crate::causes::shape::identifiers::is_digest;
use crate::causes::shape::labels::records_build;
use crate::causes::shape::media_types::{DOCKER, Role, is_mixed, needs_docker, role};
use crate::causes::{Canonical, Cause, ImageFacts, Proof, Severity, View};
use crate::finding::Aspect;

/// The form of the archive.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "image-archive-wrapper",
    title: "Form of the image archive",
    source: include_str!("image_archive_wrapper.rs"),
    severity: Severity::Cosmetic,
    scope: &[Place { aspects: &[Aspect::Presence], field: Field::Whole, ..Place::MANIFEST }],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[&documents::BUILDKIT_LAYOUT, &documents::BUILDAH_LAYOUT, &documents::DOCKER_BY_DIGEST],
};

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    let ImageFacts { manifest, config, .. } = view.image;
    let is_docker = if view.is_absent() {
        true
    } else if view.text().is_some_and(is_digest) && is_implied(manifest) {
        own_type(manifest)?.starts_with(DOCKER)
    } else {
        return None;
    };
    Some(vec![u8::from(needs_docker(config) && !is_docker)])
}

/// The media type of a manifest, or what says as much.
fn own_type(manifest: &Json) -> Option<&str> {
    manifest.get("mediaType").or_else(|| manifest.pointer("/config/mediaType"))?.as_str()
}

/// Whether a manifest says no more than an archive does, which lists a configuration and layers.
fn is_implied(manifest: &Json) -> bool {
    let known = ["schemaVersion", "mediaType", "config", "layers", "annotations"];
    let Some(members) = manifest.as_object().filter(|members| has_only(members, &known)) else { return false };
    let is_manifest = |document: &Json| media_role(document).is_none_or(|found| found == Some(Role::Manifest));
    let is_config = |document: &Json| media_role(document) == Some(Some(Role::Config)) && is_plain(document);
    let is_layer = |document: &Json| matches!(media_role(document), Some(Some(Role::Layer(_)))) && is_plain(document);
    let layers = members.get("layers").and_then(Json::as_array);
    !is_mixed(manifest)
        && is_manifest(manifest)
        && is_annotated_by_builders(manifest)
        && members.get("config").is_some_and(is_config)
        && layers.is_some_and(|layers| layers.iter().all(is_layer))
}

fn has_only(members: &Map<String, Json>, known: &[&str]) -> bool {
    members.keys().all(|key| known.contains(&&key[..]))
}

/// The role that a media type names, where there is one.
fn media_role(document: &Json) -> Option<Option<Role>> {
    document.get("mediaType").map(|media_type| media_type.as_str().and_then(role))
}

/// Whether a descriptor says where a blob is to be found by its digest, and nothing else.
fn is_plain(descriptor: &Json) -> bool {
    let known = ["mediaType", "digest", "size", "annotations"];
    descriptor.as_object().is_some_and(|members| has_only(members, &known)) && is_annotated_by_builders(descriptor)
}

/// What is said of digests would have to be held against them.
fn is_annotated_by_builders(document: &Json) -> bool {
    let of_digests = ["containerd.io/uncompressed", "containerimage.config.digest"];
    let is_known = |(key, value): (&String, &Json)| {
        let holds = |text: &str| is_of_builder(key, text) || records_build(key, text);
        !of_digests.contains(&&key[..]) && value.as_str().is_some_and(holds)
    };
    document.get("annotations").is_none_or(|all| all.as_object().is_some_and(|all| all.iter().all(is_known)))
}
