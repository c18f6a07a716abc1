//! # What differs
//!
//! Annotations of a layer descriptor that say where the table of contents of a `zstd:chunked` layer is.
//!
//! # Why it happens
//!
//! podman and buildah write them when they compress as `zstd:chunked`, and their values follow from the compressed bytes.
//!
//! # How to fix the build
//!
//! Compress as `zstd` on both sides, or as `zstd:chunked` with one version.
//!
//! # When it is not harmless
//!
//! Lazy pulls read the table in place of the layer. The table itself (skippable frames of the blob) is not claimed: as
//! long as it is on one side only, the images are different.

use super::{Canonical, Cause, Proof, Remedy, Severity, View};
use crate::finding::{Finding, Kind, Value};

/// Annotations of zstd:chunked layers.
pub(super) const CAUSE: Cause = Cause {
    id: "zstd-chunked-toc",
    title: "Annotations of zstd:chunked layers",
    source: include_str!("zstd_chunked_toc.rs"),
    severity: Severity::Cosmetic,
    scope,
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[Remedy {
        builder: "buildah",
        text: "Push with --compression-format zstd (or gzip) --force-compression on both sides instead of zstd:chunked.",
    }],
};

const PREFIX: &str = "io.github.containers.zstd-chunked.";

fn scope(finding: &Finding) -> bool {
    finding.location.kind == Kind::Manifest
        && layer_annotation(finding).is_some_and(|key| key.is_empty() || key.starts_with(PREFIX))
}

/// The key of an annotation of a layer descriptor, as the JSON pointer has it; empty for all annotations as a whole.
pub(super) fn layer_annotation(finding: &Finding) -> Option<&str> {
    let (_, rest) = finding.location.field_name().strip_prefix("/layers/")?.split_once('/')?;
    let rest = rest.strip_prefix("annotations")?;
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix('/') }
}

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    annotations(view, |key, value| match key.strip_prefix(PREFIX) {
        Some("manifest-checksum") => is_digest(value),
        Some("manifest-position" | "tarsplit-position" | "tarsplit-checksum") => is_digest(value) || is_position(value),
        _ => false,
    })
}

/// Canonical where this side has no annotation there, or only known ones.
pub(super) fn annotations(view: &View<'_>, known: fn(&str, &str) -> bool) -> Option<Canonical> {
    let key = view.location.field_name().rsplit('/').next()?.replace("~1", "/").replace("~0", "~");
    let all = match view.value {
        Value::Absent => true,
        Value::Json(serde_json::Value::String(value)) => known(&key, value),
        Value::Json(serde_json::Value::Object(all)) => {
            all.iter().all(|(key, value)| value.as_str().is_some_and(|value| known(key, value)))
        }
        _ => false,
    };
    all.then(Canonical::new)
}

pub(super) fn is_digest(value: &str) -> bool {
    let digits = value.strip_prefix("sha256:");
    digits.is_some_and(|digits| digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Offset, lengths and type, with colons between.
fn is_position(value: &str) -> bool {
    let numbers = value.split(':').filter(|number| number.len() <= 20 && !number.is_empty());
    let count = numbers.filter(|number| number.bytes().all(|byte| byte.is_ascii_digit())).count();
    (3..=4).contains(&count) && count == value.split(':').count()
}
