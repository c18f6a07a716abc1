//! What a builder put into an index beside the images: statements that nobody signed, in attestation manifests. They are
//! worth a note and no evidence, so what cannot be read is passed over.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;

use super::failure::Failure;
use super::manifests::{document, is_manifest};
use super::repository::Repository;
use crate::digest::{Descriptor, Digest};
use crate::limits::Limits;

/// What BuildKit calls the manifests that hold them, and the images that they are about.
const KIND: &str = "vnd.docker.reference.type";
const ATTESTATION: &str = "attestation-manifest";
const ABOUT: &str = "vnd.docker.reference.digest";
/// The media type of a statement that nobody signed.
const STATEMENT: &str = "application/vnd.in-toto+json";
/// Bytes of an index, a manifest and a statement.
const LARGEST: u64 = 1 << 20;
/// Statements that are read.
const MOST: usize = 32;

/// A statement in an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Embedded {
    /// The manifest that holds it.
    pub manifest: Digest,
    /// The image of the index that the index says it is about.
    pub about: Digest,
    /// The statement, which anybody can have written.
    pub bytes: Vec<u8>,
}

#[derive(Deserialize)]
struct Index {
    #[serde(default)]
    manifests: Vec<Entry>,
}

#[derive(Deserialize)]
struct Manifest {
    #[serde(default)]
    layers: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    #[serde(default)]
    media_type: String,
    digest: String,
    #[serde(default)]
    size: Option<u64>,
    #[serde(default)]
    annotations: BTreeMap<String, String>,
}

impl Entry {
    fn descriptor(self) -> Option<Descriptor> {
        let digest = Digest::parse(&self.digest).ok()?;
        Some(Descriptor { media_type: self.media_type, digest, size: self.size })
    }
}

/// The statements in an index, no longer than the limits allow; none where it is no index.
pub(crate) async fn statements(repository: &Repository, image: &Descriptor, limits: &Limits) -> Vec<Embedded> {
    let mut found = Vec::new();
    let time = Duration::from_secs(limits.evidence_seconds);
    let _ = tokio::time::timeout(time, look(repository, image, limits, &mut found)).await;
    found
}

async fn look(
    repository: &Repository,
    image: &Descriptor,
    limits: &Limits,
    found: &mut Vec<Embedded>,
) -> Result<(), Failure> {
    let Some(index) = read::<Index>(repository, image, limits).await? else { return Ok(()) };
    for entry in index.manifests {
        let about = entry.annotations.get(ABOUT).and_then(|about| Digest::parse(about).ok());
        let is_attestation = entry.annotations.get(KIND).is_some_and(|kind| kind == ATTESTATION);
        let Some(about) = about.filter(|_| is_attestation) else { continue };
        let Some(manifest) = entry.descriptor().filter(|entry| is_manifest(&entry.media_type)) else { continue };
        let Some(read) = read::<Manifest>(repository, &manifest, limits).await? else { continue };
        for layer in read.layers.into_iter().filter(|layer| layer.media_type == STATEMENT) {
            let Some(layer) = layer.descriptor() else { continue };
            if found.len() == MOST {
                return Ok(());
            }
            if let Ok(bytes) = document(repository, &layer, LARGEST, limits).await? {
                found.push(Embedded { manifest: manifest.digest.clone(), about: about.clone(), bytes });
            }
        }
    }
    Ok(())
}

async fn read<T: for<'a> Deserialize<'a>>(
    repository: &Repository,
    from: &Descriptor,
    limits: &Limits,
) -> Result<Option<T>, Failure> {
    let bytes = document(repository, from, LARGEST, limits).await?;
    Ok(bytes.ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()))
}
