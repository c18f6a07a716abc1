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
//! A client picks by platform. Where several manifests fit it equally, it takes the first one: the sequence of those that
//! are for one platform once it is normalized (or for versions of it, or in several compressions) is not covered, and
//! none at all where a manifest names no operating system or architecture, because it may fit any machine.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::causes::fixes::inputs;
use crate::causes::scope::{Field, Place, Whose};
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::finding::{Aspect, Value};

/// The sequence of the manifests in an index.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "index-manifest-order",
    title: "Order of manifests in the index",
    source: include_str!("index_manifest_order.rs"),
    severity: Severity::Cosmetic,
    scope: &[Place {
        aspects: &[Aspect::Order],
        document: Whose::Own,
        field: Field::Like(&["**/manifests"]),
        ..Place::INDEX
    }],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[&inputs::PLATFORM_ORDER],
};

/// The platforms that stand alone, sorted; then the rest as they are.
fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    let Value::Json(Json::Array(names)) = view.value else { return None };
    let names: Vec<&str> = names.iter().map(Json::as_str).collect::<Option<_>>()?;
    if names.iter().any(|name| fits_anything(name)) {
        return None;
    }
    let mut platforms: BTreeMap<String, usize> = BTreeMap::new();
    for name in &names {
        *platforms.entry(platform(name)).or_default() += 1;
    }
    let (mut alone, several): (Vec<&str>, Vec<&str>) =
        names.into_iter().partition(|name| platforms.get(&platform(name)) == Some(&1));
    alone.sort_unstable();
    serde_json::to_vec(&[alone, several]).ok()
}

/// Whether a name is that of something other than an image for one platform, or of an attestation about one.
fn fits_anything(name: &str) -> bool {
    let platform = name.strip_suffix(" attestation").unwrap_or(name);
    let parts: Vec<&str> = platform.split('/').collect();
    !(2..=3).contains(&parts.len()) || parts.iter().any(|part| matches!(*part, "" | "unknown"))
}

/// The platform in a name, without what tells several images of it apart: `windows/amd64` of `windows(10.0.17763)/amd64`,
/// `linux/amd64` of `linux/amd64#2`, `linux/amd64+zstd` and `linux/amd64/v3`: clients that name no variant (crane, kaniko, oras)
/// take the first of the architecture, of arm's too. Attestations, which nobody picks, have platforms of their own.
fn platform(name: &str) -> String {
    let (image, attestation) = name.strip_suffix(" attestation").map_or((name, ""), |image| (image, " attestation"));
    let image = image.split(['#', '+']).next().unwrap_or_default();
    let (system, rest) = image.split_once('/').unwrap_or((image, ""));
    let system = system.split('(').next().unwrap_or_default();
    let machine = rest.split_once('/').map_or(rest, |(machine, _)| machine);
    format!("{system}/{machine}{attestation}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tells_images_of_one_platform_apart_is_no_part_of_it() {
        for (name, of) in [
            ("linux/amd64#2", "linux/amd64"),
            ("linux/arm/v5", "linux/arm"),
            ("windows(10.0.17763)/amd64", "windows/amd64"),
            ("linux/amd64+zstd", "linux/amd64"),
            ("linux/amd64/v3", "linux/amd64"),
            ("linux/arm64 attestation", "linux/arm64 attestation"),
        ] {
            assert_eq!(platform(name), of);
            assert!(!fits_anything(name), "{name}");
        }
        for name in ["unknown/unknown", "linux/unknown", "unknown/amd64", "index", "other", "a/b/c/d"] {
            assert!(fits_anything(name), "{name}");
        }
    }
}
