//! What is beside an image and may be evidence: as cosign 3 keeps it (a Sigstore bundle that refers to the image), and as
//! cosign 2 does (an envelope under a tag). Nothing of it is believed here; it is as many bytes as the limits allow.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::Deserialize;

use super::cosign;
use super::failure::Failure;
use super::manifests::{MANIFEST, document};
use super::referrers;
use super::repository::Repository;
use crate::digest::{Descriptor, Digest};
use crate::error::{Misplaced, Unattached};
use crate::limits::Limits;

/// What the type of every version of a Sigstore bundle begins with.
const BUNDLE: &str = "application/vnd.dev.sigstore.bundle";
/// What cosign 3.1 and earlier write into the list under the tag, whatever it is.
const EMPTY: &str = "application/vnd.oci.empty.v1+json";
/// Bytes of a manifest, and of an envelope or bundle: nothing that is evidence has more.
const LARGEST: u64 = 1 << 20;

/// Something beside an image that may be evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Where it is.
    pub holder: Holder,
    /// The bytes, which anybody can have written, or why they are no evidence whatever they say.
    pub bytes: Result<Vec<u8>, Misplaced>,
}

/// Where something is that may be evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    /// The manifest of an artifact that refers to the image and holds a Sigstore bundle.
    Referrer(Digest),
    /// A layer, a DSSE envelope, of the manifest under cosign's tag.
    CosignTag(Digest),
}

/// All that is beside an image.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lookup {
    /// What may be evidence, in the order of the lists.
    pub found: Vec<Candidate>,
    /// How many things there are that are no bundles.
    pub others: usize,
}

#[derive(Deserialize)]
struct Manifest {
    #[serde(default)]
    layers: Vec<Layer>,
    #[serde(default)]
    subject: Option<Subject>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Layer {
    #[serde(default)]
    media_type: String,
    digest: String,
    size: u64,
}

#[derive(Deserialize)]
struct Subject {
    digest: String,
}

/// Looks for evidence about an image, no longer than the limits allow.
pub(crate) async fn look(repository: &Repository, image: &Digest, limits: &Limits) -> Result<Lookup, Failure> {
    let seconds = limits.evidence_seconds;
    let found = tokio::time::timeout(Duration::from_secs(seconds), look_for_long(repository, image, limits)).await;
    found.unwrap_or_else(|_| Err(Failure::permanent(Unattached::SearchTime(seconds))))
}

async fn look_for_long(repository: &Repository, image: &Digest, limits: &Limits) -> Result<Lookup, Failure> {
    let mut lookup = Lookup::default();
    let mut left = Left { count: limits.evidence_count, bytes: limits.evidence_bytes, limits };
    let mut listed = referrers::by_api(repository, image, limits).await?.unwrap_or_default();
    // Also where the registry keeps the list: it may not have done so when something was put there.
    listed.extend(referrers::by_tag(repository, image, limits).await?);
    let mut seen = BTreeSet::new();
    listed.retain(|referrer| seen.insert(referrer.descriptor.digest.clone()));
    for referrer in listed {
        let kind = referrer.artifact_type.as_deref().unwrap_or("");
        let may_be = kind.is_empty() || kind == EMPTY || kind.starts_with(BUNDLE);
        if !may_be || referrer.descriptor.media_type != MANIFEST {
            lookup.others += 1;
            continue;
        }
        left.another()?;
        match bundle(repository, &referrer.descriptor, image, &mut left).await? {
            Some(bytes) => {
                lookup.found.push(Candidate { holder: Holder::Referrer(referrer.descriptor.digest), bytes });
            }
            None => lookup.others += 1,
        }
    }
    for layer in cosign::layers(repository, image, limits).await? {
        left.another()?;
        let bytes = left.fetch(repository, &layer).await?;
        lookup.found.push(Candidate { holder: Holder::CosignTag(layer.digest), bytes });
    }
    Ok(lookup)
}

/// The bundle of an artifact, or why it is none about this image; `None` for an artifact of another kind.
async fn bundle(
    repository: &Repository,
    manifest: &Descriptor,
    image: &Digest,
    left: &mut Left<'_>,
) -> Result<Option<Result<Vec<u8>, Misplaced>>, Failure> {
    let bytes = match left.fetch(repository, manifest).await? {
        Ok(bytes) => bytes,
        Err(why) => return Ok(Some(Err(why))),
    };
    let Ok(manifest) = serde_json::from_slice::<Manifest>(&bytes) else {
        return Ok(Some(Err(Misplaced::Manifest)));
    };
    if !manifest.layers.iter().any(|layer| layer.media_type.starts_with(BUNDLE)) {
        return Ok(None);
    }
    // A list can name anything: what its own manifest refers to is what it is about.
    if manifest.subject.is_none_or(|subject| Digest::parse(&subject.digest).as_ref() != Ok(image)) {
        return Ok(Some(Err(Misplaced::AnotherImage)));
    }
    let [layer] = manifest.layers.as_slice() else {
        return Ok(Some(Err(Misplaced::Layers(manifest.layers.len()))));
    };
    let Ok(digest) = Digest::parse(&layer.digest) else {
        return Ok(Some(Err(Misplaced::NoDigest)));
    };
    // As a blob, whatever its type says.
    let blob = Descriptor { media_type: String::new(), digest, size: Some(layer.size) };
    left.fetch(repository, &blob).await.map(Some)
}

/// How much more is read.
struct Left<'a> {
    count: usize,
    bytes: u64,
    limits: &'a Limits,
}

impl Left<'_> {
    fn another(&mut self) -> Result<(), Failure> {
        let left = self.count.checked_sub(1);
        self.count = left.ok_or_else(|| Failure::permanent(Unattached::SearchCount(self.limits.evidence_count)))?;
        Ok(())
    }

    /// What could be left unread must not be: it may be a statement against the image.
    async fn fetch(
        &mut self,
        repository: &Repository,
        blob: &Descriptor,
    ) -> Result<Result<Vec<u8>, Misplaced>, Failure> {
        let bytes = document(repository, blob, LARGEST, self.limits).await?;
        let length = bytes.as_ref().map_or(0, |bytes| bytes.len() as u64);
        let left = self.bytes.checked_sub(length);
        self.bytes = left.ok_or_else(|| Failure::permanent(Unattached::SearchSize(self.limits.evidence_bytes)))?;
        Ok(bytes)
    }
}
