//! Archives that describe their images twice, as `docker save` (since version 25) and BuildKit's exporter make them: once
//! as an OCI image layout, once in `manifest.json`. skopeo and older engines read the one, containerd and newer engines
//! the other.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Deserialize;

use crate::codec::documents::MANIFEST;
use crate::digest::{Descriptor, Digest};
use crate::error::NoArchive;
use crate::limits::Limits;

use super::archive::Archive;
use super::choice::{Refusal, position};
use super::docker::Named;
use super::files::typed;
use super::{Blobs, Root, docker, layout, read_blob};

/// What a reference resolves to, and where its blobs are.
type Opened = Result<(Root, Arc<dyn Blobs>), Refusal>;

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

/// Opens an image of the layout in an archive.
///
/// # Errors
/// [`Refusal::Source`] also where there is a `manifest.json` that names another image.
pub(super) fn open_layout(archive: Arc<Archive>, image: Option<&str>, limits: &Limits) -> Opened {
    let (root, blobs) = layout::open(archive.clone(), image, limits)?;
    if let Root::Descriptor(descriptor) = &root
        && archive.has("manifest.json")
    {
        let mut images = BTreeSet::new();
        // What cannot be read is a gap of the comparison.
        if collect(descriptor, blobs.as_ref(), limits, 0, &mut limits.index_descriptors.clone(), &mut images) {
            check(&images, &docker::named(archive.as_ref(), by_name(image), limits)?, image.is_none())?;
        }
    }
    Ok((root, blobs))
}

/// Opens an image that `manifest.json` of an archive names.
///
/// # Errors
/// [`Refusal::Source`] also where there is a layout that holds another image, or none that can be read.
pub(super) fn open_docker(archive: Arc<Archive>, image: Option<&str>, limits: &Limits) -> Opened {
    let opened = docker::open(archive.clone(), image, limits)?;
    if archive.has("index.json") {
        let (root, blobs) = match layout::open(archive.clone(), by_name(image), limits) {
            // The layout knows no such name, or several images by it: then it is any of them.
            Err(Refusal::Choice(_)) if image.is_some() => layout::open_whole(archive.clone(), limits)?,
            Err(Refusal::Choice(_)) => return Err(disagreement()),
            chosen => chosen?,
        };
        let mut images = BTreeSet::new();
        if let Root::Descriptor(root) = &root {
            collect(root, blobs.as_ref(), limits, 0, &mut limits.index_descriptors.clone(), &mut images);
        }
        check(&images, &docker::named(archive.as_ref(), image, limits)?, image.is_none())?;
    }
    Ok(opened)
}

/// A name that both descriptions may know: the positions in them are not the same.
fn by_name(image: Option<&str>) -> Option<&str> {
    image.filter(|image| position(image).is_none())
}

/// Whether what `manifest.json` names is there: one of the images or, where nobody chose, all that engines would load.
fn check(images: &BTreeSet<Named>, named: &BTreeSet<Named>, all: bool) -> Result<(), Refusal> {
    let is_there = |named: &Named| images.contains(named);
    let agree = if all { !named.is_empty() && named.iter().all(is_there) } else { named.iter().any(is_there) };
    if agree { Ok(()) } else { Err(disagreement()) }
}

fn disagreement() -> Refusal {
    NoArchive::Disagreement.into()
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
