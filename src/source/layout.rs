//! OCI image layouts (OCI image specification, image-layout.md), in a directory or as members of an archive.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;
use std::sync::Arc;

use serde::Deserialize;

use crate::codec::documents::{LAYOUT, MANIFEST};
use crate::digest::{Descriptor, Digest};
use crate::error::{Names, NoDirectory, Unchosen, Unopened, shown};
use crate::limits::Limits;

use super::choice::{Refusal, full_name, position};
use super::files::{Files, document, typed};
use super::{BlobReader, Blobs, OpenError, Root};
use referrers::Referrers;

/// The document that names the images.
const INDEX_JSON: &str = "index.json";
/// The media type of an index that names none (image-index.md).
pub(crate) const OCI_INDEX: &str = "application/vnd.oci.image.index.v1+json";
const REF_NAME: &str = "org.opencontainers.image.ref.name";
/// What containerd and BuildKit put beside a ref name that is a bare tag.
const FULL_NAME: &str = "io.containerd.image.name";
/// The manifest that BuildKit's attestation manifests are about.
const REFERENCE_DIGEST: &str = "vnd.docker.reference.digest";

#[derive(Deserialize)]
struct Version {
    #[serde(rename = "imageLayoutVersion")]
    version: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Index {
    #[serde(default)]
    media_type: Option<String>,
    manifests: Vec<Manifest>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Manifest {
    #[serde(default)]
    media_type: Option<String>,
    digest: String,
    #[serde(default)]
    size: Option<u64>,
    #[serde(default)]
    data: Option<String>,
    #[serde(default)]
    platform: Option<Platform>,
    #[serde(default)]
    annotations: Option<BTreeMap<String, Option<String>>>,
    #[serde(default)]
    artifact_type: Option<String>,
}

#[derive(Deserialize)]
struct Platform {
    #[serde(default)]
    os: Option<String>,
    #[serde(default)]
    architecture: Option<String>,
}

impl Platform {
    /// Whether no client picks it for any machine.
    fn is_nobodys(&self) -> bool {
        [&self.os, &self.architecture].into_iter().all(|name| name.as_deref() == Some("unknown"))
    }
}

/// Opens a layout and chooses an image of it.
///
/// The `oci-layout` file may be missing, as skopeo has it; one of another version is refused.
pub(crate) fn open(
    files: Arc<dyn Files>,
    image: Option<&str>,
    limits: &Limits,
) -> Result<(Root, Arc<dyn Blobs>), Refusal> {
    open_chosen(files, limits, |manifests| choose(manifests, image))
}

/// Opens `index.json` itself, with all that it lists.
pub(super) fn open_whole(files: Arc<dyn Files>, limits: &Limits) -> Result<(Root, Arc<dyn Blobs>), Refusal> {
    open_chosen(files, limits, |_| Ok(Choice::Whole))
}

fn open_chosen(
    files: Arc<dyn Files>,
    limits: &Limits,
    choose: impl FnOnce(&[Manifest]) -> Result<Choice<'_>, Refusal>,
) -> Result<(Root, Arc<dyn Blobs>), Refusal> {
    check_version(files.as_ref(), limits)?;
    let bytes = document(files.as_ref(), INDEX_JSON, limits.document_bytes)?.ok_or(NoDirectory::LayoutWithoutIndex)?;
    let index: Index = typed(&bytes, &MANIFEST, limits).map_err(malformed)?;
    if index.manifests.len() > limits.index_descriptors {
        return Err(NoDirectory::TooManyManifests(limits.index_descriptors).into());
    }
    let digest = Digest::of(&bytes);
    let held = Held { digest: digest.clone(), bytes: bytes.into() };
    check_repeated(&index.manifests)?;
    let (descriptor, held) = match choose(&index.manifests)? {
        Choice::One(manifest) => (manifest.descriptor()?, None),
        Choice::Whole => {
            let media_type = index.media_type.filter(|text| !text.is_empty()).unwrap_or_else(|| OCI_INDEX.to_owned());
            (Descriptor { media_type, digest, size: Some(held.bytes.len() as u64) }, Some(held))
        }
    };
    let referrers = Referrers::new(&index.manifests, limits.document_bytes);
    Ok((Root::Descriptor(descriptor), Arc::new(LayoutBlobs { files, held, referrers })))
}

fn malformed(said: String) -> Unopened {
    Unopened::Malformed(INDEX_JSON.to_owned(), said)
}

fn check_version(files: &dyn Files, limits: &Limits) -> Result<(), Unopened> {
    const NAME: &str = "oci-layout";
    let Some(bytes) = document(files, NAME, limits.document_bytes)? else { return Ok(()) };
    let version = typed(&bytes, &LAYOUT, limits).map_err(|said| Unopened::Malformed(NAME.to_owned(), said));
    let Version { version } = version?;
    if version == "1.0.0" { Ok(()) } else { Err(NoDirectory::LayoutVersion(shown(&version)).into()) }
}

/// Refuses an index that describes one blob twice and differently: clients differ in which of the two they believe.
fn check_repeated(manifests: &[Manifest]) -> Result<(), NoDirectory> {
    let mut known: BTreeMap<&str, &Manifest> = BTreeMap::new();
    for manifest in manifests {
        let first = *known.entry(manifest.digest.as_str()).or_insert(manifest);
        let said = |manifest: &Manifest| (manifest.media_type.clone().unwrap_or_default(), manifest.size);
        if said(first) != said(manifest) {
            return Err(NoDirectory::DescribedTwice(shown(&manifest.digest)));
        }
    }
    Ok(())
}

enum Choice<'a> {
    One(&'a Manifest),
    /// index.json is itself the index of one image.
    Whole,
}

fn choose<'a>(manifests: &'a [Manifest], image: Option<&str>) -> Result<Choice<'a>, Refusal> {
    if manifests.is_empty() {
        return Err(Unopened::NoImages(INDEX_JSON.to_owned()).into());
    }
    let Some(image) = image else { return choose_unnamed(manifests) };
    if let Some(at) = position(image) {
        let none = || Unchosen::NoPosition { image: image.to_owned(), count: manifests.len(), layout: true }.into();
        return manifests.get(at).map(Choice::One).ok_or_else(none);
    }
    if let Some(digest) = image.strip_prefix('@')
        && let Some(one) = manifests.iter().find(|manifest| manifest.digest == digest)
    {
        return Ok(Choice::One(one));
    }
    let full = full_name(image);
    // The first way of matching that matches anything decides. skopeo goes by the one annotation, containerd by the other.
    let ways: [&dyn Fn(&Manifest) -> bool; 2] = [
        &|manifest| {
            manifest.annotation(REF_NAME) == Some(image) || manifest.full_name().is_some_and(|name| name == full)
        },
        &|manifest| manifest.annotation(REF_NAME).and_then(tag_of) == Some(image),
    ];
    for way in ways {
        let matching: Vec<&Manifest> = manifests.iter().filter(|manifest| way(manifest)).collect();
        match distinct(&matching).as_slice() {
            [] => {}
            [one] => return named_alone(one, manifests).map(Choice::One),
            several => {
                let digests = several.iter().map(|manifest| manifest.digest.as_str());
                return Err(Unchosen::AmbiguousTag(Names::of_digests(digests)).into());
            }
        }
    }
    Err(Unchosen::UnknownTag(tags(manifests)).into())
}

/// The same image, where whoever loads all of them gives its full name to no other one, as containerd does to the last.
fn named_alone<'a>(one: &'a Manifest, manifests: &'a [Manifest]) -> Result<&'a Manifest, Refusal> {
    let of_one = manifests.iter().filter(|manifest| manifest.digest == one.digest);
    let names: BTreeSet<String> = of_one.filter_map(Manifest::full_name).collect();
    let mut others = manifests.iter().filter(|manifest| manifest.digest != one.digest);
    if others.any(|other| other.full_name().is_some_and(|name| names.contains(&name))) {
        return Err(Unchosen::SharedName(one.digest.clone()).into());
    }
    Ok(one)
}

fn choose_unnamed(manifests: &[Manifest]) -> Result<Choice<'_>, Refusal> {
    let all: Vec<&Manifest> = manifests.iter().collect();
    if let [one] = distinct(&all).as_slice() {
        return Ok(Choice::One(one));
    }
    if manifests.iter().all(|manifest| manifest.platform.is_some() && manifest.annotation(REF_NAME).is_none()) {
        return Ok(Choice::Whole);
    }
    let listed: BTreeSet<&str> = manifests.iter().map(|manifest| manifest.digest.as_str()).collect();
    let images: Vec<&Manifest> = manifests.iter().filter(|manifest| !manifest.is_referrer(&listed)).collect();
    if let [one] = distinct(&images).as_slice() {
        return Ok(Choice::One(one));
    }
    Err(Unchosen::SeveralInLayout(tags(manifests)).into())
}

/// One of each digest, in order: an image with several tags is one image.
fn distinct<'a>(manifests: &[&'a Manifest]) -> Vec<&'a Manifest> {
    let mut seen = BTreeSet::new();
    manifests.iter().copied().filter(|manifest| seen.insert(manifest.digest.as_str())).collect()
}

fn tags(manifests: &[Manifest]) -> Names {
    let names = manifests.iter().filter_map(|manifest| manifest.annotation(REF_NAME));
    let digests = manifests.iter().map(|manifest| manifest.digest.as_str());
    if names.clone().next().is_some() { Names::of(names) } else { Names::of_digests(digests) }
}

/// The tag at the end of a whole image name.
fn tag_of(name: &str) -> Option<&str> {
    name.rsplit_once(':').map(|(_, tag)| tag).filter(|tag| !tag.contains('/'))
}

impl Manifest {
    fn annotation(&self, key: &str) -> Option<&str> {
        self.annotations.as_ref()?.get(key)?.as_deref()
    }

    /// The name that containerd gives it, in full.
    fn full_name(&self) -> Option<String> {
        self.annotation(FULL_NAME).map(full_name)
    }

    /// Whether it is an artifact about one of the images that are listed and no image of its own: one that runs on a
    /// machine is an image, whatever its annotations say, and so is one that clients pick by a name.
    fn is_referrer(&self, listed: &BTreeSet<&str>) -> bool {
        let about = self.annotation(REFERENCE_DIGEST).is_some_and(|digest| listed.contains(digest));
        let runs = self.platform.as_ref().is_some_and(|platform| !platform.is_nobodys());
        let is_named = [REF_NAME, FULL_NAME].iter().any(|key| self.annotation(key).is_some());
        !runs && !is_named && (about || self.artifact_type.as_deref().is_some_and(|kind| !kind.is_empty()))
    }

    fn descriptor(&self) -> Result<Descriptor, Unopened> {
        let digest = Digest::parse(&self.digest).map_err(|error| malformed(error.to_string()))?;
        let media_type = self.media_type.clone().unwrap_or_default();
        let descriptor = Descriptor { media_type, digest, size: self.size };
        match &self.data {
            Some(data) if !descriptor.is_embedded_in(data) => {
                Err(NoDirectory::EmbeddedData(descriptor.digest.to_string()).into())
            }
            _ => Ok(descriptor),
        }
    }
}

/// A document that is held in memory because it is not among the blobs.
pub(crate) struct Held {
    pub(crate) digest: Digest,
    pub(crate) bytes: Arc<[u8]>,
}

impl Held {
    /// A reader of it, if it is the blob that is asked for.
    pub(crate) fn open(&self, blob: &Digest) -> Option<BlobReader> {
        (self.digest == *blob).then(|| BlobReader::new(Cursor::new(self.bytes.clone())))
    }
}

struct LayoutBlobs {
    files: Arc<dyn Files>,
    held: Option<Held>,
    referrers: Referrers,
}

impl Blobs for LayoutBlobs {
    fn open(&self, blob: &Descriptor) -> Result<BlobReader, OpenError> {
        let blob = &blob.digest;
        if let Some(reader) = self.held.as_ref().and_then(|held| held.open(blob)) {
            return Ok(reader);
        }
        let name = format!("blobs/{}/{}", blob.algorithm(), blob.encoded());
        self.files.open(&name).map(BlobReader::new).map_err(|error| error.of_blob(blob))
    }

    fn referrers(&self, subject: &Digest) -> Result<Vec<Descriptor>, OpenError> {
        Ok(self.referrers.of(subject, self))
    }
}

mod referrers;
#[cfg(test)]
mod tests;
