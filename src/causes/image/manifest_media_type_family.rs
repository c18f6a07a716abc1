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

use crate::causes::fixes::documents;
use crate::causes::scope::{Field, Place, VALUE, Whose};
use crate::causes::shape::media_types::{DOCKER, Role, is_mixed, needs_docker, role};
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
    let family = if needs_docker(&view.image.config) { Some(is_docker(view)) } else { None };
    Some(format!("{role:?} {family:?}").into_bytes())
}

fn is_docker(view: &View<'_>) -> bool {
    view.text().is_some_and(|media_type| media_type.starts_with(DOCKER))
}

fn own_role(view: &View<'_>) -> Role {
    let index = view.location.kind == Kind::Index && view.location.attestation.is_none();
    if index { Role::Index } else { Role::Manifest }
}
