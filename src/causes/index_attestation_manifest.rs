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
//! No runtime runs it. Policies that ask for provenance refuse an image without it.

use serde_json::Value as Json;

use super::config_env_order::sorted;
use super::config_label_build_metadata::is_digest;
use super::{Canonical, Cause, Proof, Remedy, Severity, View};
use crate::finding::{Aspect, Finding, Kind, Value};

/// Attestation manifests in the index.
pub(super) const CAUSE: Cause = Cause {
    id: "index-attestation-manifest",
    title: "Attestations beside the image",
    source: include_str!("index_attestation_manifest.rs"),
    severity: Severity::Cosmetic,
    scope,
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[Remedy {
        builder: "buildkit",
        text: "Pass --provenance=false --sbom=false, or set BUILDX_NO_DEFAULT_ATTESTATIONS=1 (buildx 0.11).",
    }],
};

fn scope(finding: &Finding) -> bool {
    let location = &finding.location;
    let field = location.field_name();
    let manifest = location.attestation.as_ref().is_some_and(|place| place.predicate_type.is_empty());
    let listed = match finding.aspect {
        Aspect::Presence => field.strip_prefix("/manifests/").is_some_and(|name| !name.contains('/')),
        Aspect::Order => matches!(field, "/layers" | "/config/rootfs/diff_ids"),
        _ => false,
    };
    location.kind == Kind::Index && manifest && listed
}

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    match view.value {
        Value::Absent => Some(Canonical::new()),
        Value::Json(Json::Array(_)) => sorted(view.value),
        Value::Json(Json::Object(descriptor)) => {
            let runs =
                descriptor.get("platform").and_then(|platform| platform.get("os")).is_some_and(|os| os != "unknown");
            let digest = descriptor.get("digest").and_then(Json::as_str).is_some_and(is_digest);
            (digest && !runs).then(Canonical::new)
        }
        _ => None,
    }
}
