//! # What differs
//!
//! What eStargz adds to a layer: landmark files, the layout of its index, annotations of the descriptor.
//!
//! # Why it happens
//!
//! eStargz layers carry an index (`stargz.index.json`) for lazy pulls, and a landmark file that says up to where to
//! prefetch. The index holds offsets into the compressed layer, which depend on the encoder.
//!
//! # How to fix the build
//!
//! Export both images in the same format.
//!
//! # When it is not harmless
//!
//! Lazy pulls read the index in place of the layer. It is claimed only where it lists the same files on both sides; an
//! index on one side only stays unexplained.

use super::leftovers::is_plain_file;
use super::zstd_chunked_toc::{annotations, is_digest, layer_annotation};
use super::{Canonical, Cause, Proof, Remedy, Severity, View};
use crate::content::json;
use crate::finding::{Aspect, Finding, Kind};

/// What eStargz adds to a layer.
pub(super) const CAUSE: Cause = Cause {
    id: "estargz-toc",
    title: "Landmarks, offsets and annotations of eStargz layers",
    source: include_str!("estargz_toc.rs"),
    severity: Severity::Cosmetic,
    scope,
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[Remedy {
        builder: "buildkit",
        text: "Pass the same compression=gzip (or estargz) and force-compression=true for both images.",
    }],
};

const LANDMARKS: [&[u8]; 2] = [b".prefetch.landmark", b".no.prefetch.landmark"];
const INDEX: &[u8] = b"stargz.index.json";
const ANNOTATIONS: [&str; 2] =
    ["containerd.io~1snapshot~1stargz~1toc.digest", "io.containers.estargz.uncompressed-size"];

fn scope(finding: &Finding) -> bool {
    let location = &finding.location;
    let path = location.path_bytes();
    match location.kind {
        Kind::Manifest => layer_annotation(finding).is_some_and(|key| key.is_empty() || ANNOTATIONS.contains(&key)),
        Kind::Entry if finding.aspect == Aspect::Presence => LANDMARKS.contains(&path) && location.inside.is_empty(),
        Kind::Entry => path == INDEX && finding.aspect == Aspect::Content && location.inside.is_empty(),
        _ => false,
    }
}

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    if view.location.kind == Kind::Manifest {
        return annotations(view, |key, value| match key {
            "containerd.io/snapshot/stargz/toc.digest" => is_digest(value),
            "io.containers.estargz.uncompressed-size" => {
                value.len() <= 20 && value.bytes().all(|byte| byte.is_ascii_digit())
            }
            _ => false,
        });
    }
    if view.location.path_bytes() == INDEX {
        return listing(view.file?);
    }
    // A landmark holds one byte, 0x0f (estargz.md, "Prioritized files and landmark files").
    let landmark = view.is_absent() || (is_plain_file(view) && view.file? == b"\x0f");
    landmark.then(Canonical::new)
}

/// The index without the offsets.
fn listing(file: &[u8]) -> Option<Canonical> {
    let mut index: serde_json::Value = json::value(file)?;
    index.get("version")?;
    for entry in index.get_mut("entries")?.as_array_mut()? {
        entry.as_object_mut()?.shift_remove("offset");
    }
    serde_json::to_vec(&index).ok()
}
