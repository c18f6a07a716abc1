//! Artifacts about an image that `index.json` lists beside it, as `oras copy --recursive` leaves them.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::{Manifest, REFERENCE_DIGEST};
use crate::digest::{Descriptor, Digest};
use crate::source::{Blobs, read_blob};

/// The listed artifacts.
pub(super) struct Referrers {
    listed: Vec<Listed>,
    document_bytes: u64,
}

struct Listed {
    descriptor: Descriptor,
    /// What it is about, where `index.json` itself says so.
    subject: Option<String>,
}

#[derive(Deserialize)]
struct Artifact {
    subject: Option<Subject>,
}

#[derive(Deserialize)]
struct Subject {
    digest: String,
}

impl Referrers {
    /// Notes which entries of `index.json` are no images. Reads nothing.
    pub(super) fn new(manifests: &[Manifest], document_bytes: u64) -> Self {
        let digests: BTreeSet<&str> = manifests.iter().map(|manifest| manifest.digest.as_str()).collect();
        let artifacts = manifests.iter().filter(|manifest| manifest.is_referrer(&digests));
        let listed = artifacts.filter_map(|manifest| {
            let subject = manifest.annotation(REFERENCE_DIGEST).map(str::to_owned);
            Some(Listed { descriptor: manifest.descriptor().ok()?, subject })
        });
        Referrers { listed: listed.collect(), document_bytes }
    }

    /// Those that are about this manifest. One whose manifest cannot be read is about nothing that is known.
    pub(super) fn of(&self, subject: &Digest, blobs: &dyn Blobs) -> Vec<Descriptor> {
        let wanted = subject.to_string();
        let about = |listed: &&Listed| match &listed.subject {
            Some(subject) => *subject == wanted,
            None => self.subject_of(&listed.descriptor, blobs).is_some_and(|subject| subject == wanted),
        };
        self.listed.iter().filter(about).map(|listed| listed.descriptor.clone()).collect()
    }

    fn subject_of(&self, manifest: &Descriptor, blobs: &dyn Blobs) -> Option<String> {
        let bytes = read_blob(blobs, manifest, self.document_bytes).ok()?;
        let artifact: Artifact = serde_json::from_slice(&bytes).ok()?;
        artifact.subject.map(|subject| subject.digest)
    }
}
