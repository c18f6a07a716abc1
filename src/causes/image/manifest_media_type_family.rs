//! # What differs
//!
//! Whether a media type of the index, the manifest, the configuration or a layer is Docker's or that of the OCI. Both
//! stand for the same role and the same compression.
//!
//! # Why it happens
//!
//! Builders write one family or the other, by default or by option; attestations force the OCI's.
//!
//! # How to fix the build
//!
//! Name the family in the options of the exporter.
//!
//! # When it is not harmless
//!
//! Very old clients know only Docker's. An image of both families is refused by Podman, CRI-O and skopeo, and is not covered. A health check, `ONBUILD` or `SHELL` is heeded by Podman and buildah in images of
//! Docker's family alone: where `config` or `container_config` has one, the family is not covered.

use serde_json::Value as Json;

use crate::causes::fixes::documents;
use crate::causes::scope::{Field, Place, VALUE, Whose};
use crate::causes::shape::media_types::{DOCKER, Role, is_mixed, role};
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::finding::{Kind, Value};

/// Media types of Docker and of the OCI.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "manifest-media-type-family",
    title: "Docker or OCI media types",
    source: include_str!("manifest_media_type_family.rs"),
    severity: Severity::Cosmetic,
    scope: &[Place {
        kinds: &[Kind::Index, Kind::Manifest],
        aspects: VALUE,
        document: Whose::Listed,
        field: Field::Like(&["**/mediaType"]),
        ..Place::INDEX
    }],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[&documents::BUILDKIT_TYPES, &documents::BUILDAH_TYPES],
};

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    if is_mixed(&view.image.manifest) {
        return None;
    }
    let role = match view.value {
        // Documents of the OCI may leave out their own media type.
        Value::Absent if view.location.field_name() == "/mediaType" => own_role(view),
        value => role(value.as_str()?)?,
    };
    let family = if needs_docker(view) { Some(is_docker(view)) } else { None };
    Some(format!("{role:?} {family:?}").into_bytes())
}

/// Whether the configuration has members that Podman and buildah heed in images of Docker's family alone (seen in
/// `HealthCheck` of podman's libimage; the OCI's configuration has no such members), be it in the container of the last
/// step, which the OCI does not know either.
fn needs_docker(view: &View<'_>) -> bool {
    let says = |config: &Json, name: &str| match config.get(name) {
        None | Some(Json::Null) => false,
        Some(Json::Array(items)) => !items.is_empty(),
        Some(_) => true,
    };
    let mut configs = ["config", "container_config"].into_iter().filter_map(|member| view.image.config.get(member));
    configs.any(|config| ["Healthcheck", "OnBuild", "Shell"].into_iter().any(|name| says(config, name)))
}

fn is_docker(view: &View<'_>) -> bool {
    view.text().is_some_and(|media_type| media_type.starts_with(DOCKER))
}

fn own_role(view: &View<'_>) -> Role {
    let index = view.location.kind == Kind::Index && view.location.attestation.is_none();
    if index { Role::Index } else { Role::Manifest }
}
