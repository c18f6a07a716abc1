//! Archives that describe their images twice, as `docker save` (since version 25) and BuildKit's exporter make them: once
//! as an OCI image layout, once in `manifest.json`. skopeo and older engines read the one, containerd and newer engines
//! the other.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::codec::documents::MANIFEST;
use crate::digest::{Descriptor, Digest};
use crate::limits::Limits;

use super::choice::Refusal;
use super::docker;
use super::files::{Files, typed};
use super::{Blobs, Root, read_blob};

#[derive(Deserialize)]
struct Document {
    #[serde(default)]
    config: Option<Blob>,
    #[serde(default)]
    layers: Option<Vec<Blob>>,
    #[serde(default)]
    manifests: Option<Vec<Blob>>,
}

#[derive(Deserialize)]
struct Blob {
    digest: String,
}

/// An image as either description names it: its config, and the names of its layers in the archive.
pub(super) type Named = (Digest, Vec<String>);

/// Refuses an archive in which `manifest.json` names another image than the one that was chosen from the layout.
///
/// # Errors
/// [`Refusal::Source`].
pub(super) fn check(
    files: &dyn Files,
    image: Option<&str>,
    root: &Root,
    blobs: &dyn Blobs,
    limits: &Limits,
) -> Result<(), Refusal> {
    let Root::Descriptor(root) = root else { return Ok(()) };
    let mut images = BTreeSet::new();
    let mut left = limits.index_descriptors;
    if !collect(root, blobs, limits, 0, &mut left, &mut images) {
        // What cannot be read is a gap of the comparison.
        return Ok(());
    }
    let named = docker::named(files, image, limits)?;
    if named.iter().any(|named| images.contains(named)) {
        return Ok(());
    }
    Err(Refusal::Source(
        "the archive describes its images twice: manifest.json names another one than index.json".into(),
    ))
}

/// Collects the images that a descriptor stands for; whether all of them could be read.
fn collect(
    descriptor: &Descriptor,
    blobs: &dyn Blobs,
    limits: &Limits,
    depth: usize,
    left: &mut usize,
    images: &mut BTreeSet<Named>,
) -> bool {
    let Ok(bytes) = read_blob(blobs, descriptor, limits.document_bytes) else { return false };
    let Ok(document) = typed::<Document>(&bytes, &MANIFEST, limits) else { return false };
    if let Some(config) = document.config.as_ref().and_then(|config| Digest::parse(&config.digest).ok()) {
        let layers = document.layers.iter().flatten();
        images.insert((config, layers.map(|layer| layer.digest.replacen(':', "/", 1)).collect()));
    }
    let inner = document.manifests.iter().flatten().filter_map(|blob| Digest::parse(&blob.digest).ok());
    for digest in inner {
        let Some(rest) = left.checked_sub(1).filter(|_| depth < limits.index_depth) else { return false };
        *left = rest;
        // An archive of one platform lists the others without holding them.
        collect(&Descriptor::of(&digest), blobs, limits, depth + 1, left, images);
    }
    true
}
