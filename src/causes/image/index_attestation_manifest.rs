//! # What differs
//!
//! Whether an index lists an attestation manifest beside an image, or the sequence of what an attestation manifest
//! holds. What two attestation manifests say is compared, and not covered.
//!
//! # Why it happens
//!
//! BuildKit attaches provenance by default, with an option an SBOM too.
//!
//! # How to fix the build
//!
//! Switch attestations off for both builds, or compare the manifests of the platforms.
//!
//! # When it is not harmless
//!
//! No runtime runs it. Policies that ask for provenance refuse an image without it. A manifest that only says that it is an
//! attestation, or that a client could pick for a machine, is not covered.

use serde_json::{Map, Value as Json, json};

use crate::causes::fixes::provenance;
use crate::causes::scope::{Field, Place, Whose};
use crate::causes::shape::identifiers::is_digest;
use crate::causes::shape::json::sorted;
use crate::causes::shape::media_types::{Role, role};
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::finding::{Aspect, Value};
use crate::image::index::ATTESTATION_ARTIFACT_TYPE;

/// Attestation manifests in the index.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "index-attestation-manifest",
    title: "Attestations beside the image",
    source: include_str!("index_attestation_manifest.rs"),
    severity: Severity::Cosmetic,
    scope: &[
        Place { aspects: &[Aspect::Presence], field: Field::Like(&["/manifests/*"]), ..ATTESTATION },
        Place { aspects: &[Aspect::Order], field: Field::Like(&["/layers", "/config/rootfs/diff_ids"]), ..ATTESTATION },
    ],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[&provenance::NO_ATTESTATIONS],
};

const ATTESTATION: Place = Place { document: Whose::Attestation, ..Place::INDEX };

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    match view.value {
        Value::Absent => Some(Canonical::new()),
        Value::Json(Json::Array(_)) => sorted(view.value),
        Value::Json(Json::Object(descriptor)) => is_plain(descriptor).then(Canonical::new),
        _ => None,
    }
}

/// Whether a descriptor has nothing but what that of an attestation needs. That it is one, and for no machine, is checked
/// where the index is read.
fn is_plain(descriptor: &Map<String, Json>) -> bool {
    descriptor.iter().all(|(name, value)| match name.as_str() {
        "digest" => value.as_str().is_some_and(is_digest),
        "size" => value.is_u64(),
        "mediaType" => value.as_str().and_then(role) == Some(Role::Manifest),
        "artifactType" => value == ATTESTATION_ARTIFACT_TYPE,
        "platform" => *value == json!({ "architecture": "unknown", "os": "unknown" }),
        "annotations" => value.as_object().is_some_and(|annotations| {
            annotations.iter().all(|(key, text)| match key.as_str() {
                "vnd.docker.reference.type" => text == "attestation-manifest",
                "vnd.docker.reference.digest" => text.as_str().is_some_and(is_digest),
                _ => false,
            })
        }),
        _ => false,
    })
}
