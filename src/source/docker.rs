//! What `docker save`, `podman save` and `skopeo copy … docker-archive:` write: `manifest.json` names for each image
//! its config and its layers, and there is no manifest.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Deserialize;

use crate::codec::documents::{CONFIG, DOCKER_ARCHIVE};
use crate::digest::{Descriptor, Digest, DigestError};
use crate::error::{Names, NoArchive, Unchosen, Unopened, shown};
use crate::limits::Limits;

use super::choice::{Refusal, full_name, position};
use super::files::{Files, document, typed};
use super::layout::Held;
use super::{BlobReader, Blobs, OpenError, Root};

/// The document that names the images.
const MANIFEST_JSON: &str = "manifest.json";

/// An image as either description names it: its config, and the names of its layers in the archive.
pub(super) type Named = (Digest, Vec<String>);

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Image {
    config: String,
    #[serde(default)]
    repo_tags: Option<Vec<String>>,
    #[serde(default)]
    layers: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Config {
    rootfs: RootFs,
}

#[derive(Deserialize)]
struct RootFs {
    #[serde(default)]
    diff_ids: Option<Vec<String>>,
}

/// Opens an archive of this kind and chooses an image of it.
pub(crate) fn open(
    files: Arc<dyn Files>,
    image: Option<&str>,
    limits: &Limits,
) -> Result<(Root, Arc<dyn Blobs>), Refusal> {
    let images = images(files.as_ref(), limits)?;
    let image = choose(&images, image)?;

    let bytes = document(files.as_ref(), &image.config, limits.document_bytes)?
        .ok_or_else(|| NoArchive::ConfigMissing(shown(&image.config)))?;
    let layers = diff_ids(&bytes, limits)?;
    let names = image.layers.as_deref().unwrap_or_default();
    if layers.len() != names.len() {
        return Err(NoArchive::Layers(layers.len(), names.len()).into());
    }
    // A diff ID that stands twice is the same bytes, wherever they are read.
    let members = layers.iter().cloned().zip(names.iter().cloned()).collect();
    let config = Held { digest: Digest::of(&bytes), bytes: bytes.into() };
    let size = Some(config.bytes.len() as u64);
    let descriptor = Descriptor { media_type: String::new(), digest: config.digest.clone(), size };
    Ok((Root::Bare { config: descriptor, layers }, Arc::new(DockerBlobs { files, config, members })))
}

fn images(files: &dyn Files, limits: &Limits) -> Result<Vec<Image>, Unopened> {
    let bytes = document(files, MANIFEST_JSON, limits.document_bytes)?.ok_or(NoArchive::WithoutManifestJson)?;
    typed(&bytes, &DOCKER_ARCHIVE, limits).map_err(|said| Unopened::Malformed(MANIFEST_JSON.to_owned(), said))
}

/// The images that a name chooses; all of them where it chooses none. An error where a tag is that of several images:
/// engines give it to the last.
pub(super) fn named(files: &dyn Files, image: Option<&str>, limits: &Limits) -> Result<BTreeSet<Named>, Unopened> {
    let images = images(files, limits)?;
    let mut tagged: BTreeMap<String, &Image> = BTreeMap::new();
    for (tag, image) in images.iter().flat_map(|image| image.tags().map(move |tag| (full_name(tag), image))) {
        if !tagged.entry(tag).or_insert(image).same(image) {
            return Err(NoArchive::NameTwice.into());
        }
    }
    let chosen = match choose(&images, image) {
        Ok(image) => std::slice::from_ref(image),
        Err(_) => images.as_slice(),
    };
    let mut named = BTreeSet::new();
    for image in chosen {
        let config = document(files, &image.config, limits.document_bytes)?;
        // A config that is not there is that of no image of the layout.
        let Some(config) = config else { continue };
        let below = |name: &String| name.strip_prefix("blobs/").unwrap_or(name).to_owned();
        named.insert((Digest::of(&config), image.layers.iter().flatten().map(below).collect()));
    }
    Ok(named)
}

fn choose<'a>(images: &'a [Image], image: Option<&str>) -> Result<&'a Image, Refusal> {
    let Some(first) = images.first() else {
        return Err(Unopened::NoImages(MANIFEST_JSON.to_owned()).into());
    };
    let Some(name) = image else {
        return if images.iter().all(|image| image.same(first)) {
            Ok(first)
        } else {
            Err(Unchosen::SeveralInArchive(tags(images)).into())
        };
    };
    if let Some(at) = position(name) {
        let none = || Unchosen::NoPosition { image: name.to_owned(), count: images.len(), layout: false }.into();
        return images.get(at).ok_or_else(none);
    }
    let full = full_name(name);
    let mut matching = images.iter().filter(|image| image.tags().any(|tag| full_name(tag) == full));
    let Some(found) = matching.next() else {
        return Err(Unchosen::UnknownName(tags(images)).into());
    };
    if matching.all(|image| image.same(found)) { Ok(found) } else { Err(Unchosen::AmbiguousName.into()) }
}

fn tags(images: &[Image]) -> Names {
    Names::of(images.iter().flat_map(Image::tags))
}

fn diff_ids(config: &[u8], limits: &Limits) -> Result<Vec<Digest>, Unopened> {
    let config: Config = typed(config, &CONFIG, limits).map_err(Unopened::ConfigMalformed)?;
    let texts = config.rootfs.diff_ids.unwrap_or_default();
    if texts.len() > limits.layers {
        return Err(Unopened::TooManyLayers(texts.len(), limits.layers));
    }
    let malformed = |error: DigestError| Unopened::ConfigMalformed(error.to_string());
    texts.iter().map(|text| Digest::parse(text).map_err(malformed)).collect()
}

impl Image {
    fn tags(&self) -> impl Iterator<Item = &str> {
        self.repo_tags.iter().flatten().map(String::as_str)
    }

    fn same(&self, other: &Image) -> bool {
        self.config == other.config && self.layers == other.layers
    }
}

struct DockerBlobs {
    files: Arc<dyn Files>,
    config: Held,
    /// Diff ID to member.
    members: BTreeMap<Digest, String>,
}

impl Blobs for DockerBlobs {
    fn open(&self, blob: &Descriptor) -> Result<BlobReader, OpenError> {
        let blob = &blob.digest;
        if let Some(reader) = self.config.open(blob) {
            return Ok(reader);
        }
        let member = self.members.get(blob).ok_or_else(|| OpenError::Missing(blob.clone()))?;
        self.files.open(member).map(BlobReader::new).map_err(|error| error.of_blob(blob))
    }
}

#[cfg(test)]
mod tests;
