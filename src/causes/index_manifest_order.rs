//! # What differs
//!
//! The sequence in which an index lists the manifests of the platforms.
//!
//! # Why it happens
//!
//! The platforms were given, or finished, in another sequence.
//!
//! # How to fix the build
//!
//! Name the platforms in one fixed sequence.
//!
//! # When it is not harmless
//!
//! A client picks by platform. Where several manifests fit it, it takes the first one.

use super::config_env_order::sorted;
use super::{Canonical, Cause, Proof, Remedy, Severity, View};
use crate::finding::{Aspect, Finding, Kind};

/// The sequence of the manifests in an index.
pub(super) const CAUSE: Cause = Cause {
    id: "index-manifest-order",
    title: "Order of manifests in the index",
    source: include_str!("index_manifest_order.rs"),
    severity: Severity::Cosmetic,
    scope,
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[Remedy {
        builder: "any",
        text: "List the platforms in one sequence: --platform linux/amd64,linux/arm64",
    }],
};

fn scope(finding: &Finding) -> bool {
    let location = &finding.location;
    location.kind == Kind::Index
        && location.attestation.is_none()
        && finding.aspect == Aspect::Order
        && location.field_name().ends_with("/manifests")
}

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    sorted(view.value)
}
