//! What is attached to an image: found in its index or among its referrers, read once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::compare::index::Root;
use crate::digest::{Descriptor, Digest};
use crate::finding::Kind;
use crate::image::index::IndexEntry;
use crate::image::json::DocumentError;
use crate::image::load::{Image, Origin};
use crate::image::provenance::{Attached, attached};
use crate::limits::Limits;

use super::Resolved;

/// Bytes of attestation documents of one side that are kept between their two uses, as evidence and as what is compared.
const KEPT: usize = 8 << 20;

/// Reads attestation documents, each of them once as long as they are small.
pub(super) struct Documents {
    origin: Origin,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    bytes: usize,
    blobs: BTreeMap<Digest, Arc<[u8]>>,
}

impl Documents {
    pub(super) fn of(origin: Origin) -> Self {
        Documents { origin, kept: Mutex::default() }
    }

    /// The verified bytes of a document.
    pub(super) fn read(&self, blob: &Descriptor, limits: &Limits) -> Result<Arc<[u8]>, DocumentError> {
        let known = self.kept().blobs.get(&blob.digest).cloned();
        // A descriptor with another size names no blob that was read.
        if let Some(bytes) = known.filter(|bytes| blob.size.is_none_or(|size| size == bytes.len() as u64)) {
            return Ok(bytes);
        }
        let bytes = Image::read(&self.origin, blob, limits, Kind::Index);
        let bytes = bytes.map_err(|gap| DocumentError { reason: gap.reason, detail: gap.detail })?;
        let mut kept = self.kept();
        let total = kept.bytes.saturating_add(bytes.len());
        if total <= KEPT && kept.blobs.insert(blob.digest.clone(), bytes.clone()).is_none() {
            kept.bytes = total;
        }
        Ok(bytes)
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Resolved {
    /// The attestation manifests about an image that its index lists.
    pub(super) fn attestations(&self, image: &IndexEntry) -> Vec<Descriptor> {
        let Ok(Root::Index(tree)) = &self.root else { return Vec::new() };
        let about = |entry: &&IndexEntry| entry.attested().as_ref() == Some(&image.descriptor.digest);
        let members = tree.members().into_iter();
        members.filter(|entry| entry.is_attestation()).filter(about).map(|entry| entry.descriptor.clone()).collect()
    }

    /// The provenance attached to an image: in its index, else among its referrers.
    pub(super) fn attached(&self, image: &IndexEntry, limits: &Limits) -> Attached {
        let manifest = &image.descriptor.digest;
        let mut holders = self.attestations(image);
        if holders.is_empty() && self.bare.is_none() {
            // Only evidence: without it there are fewer explanations and no other verdict.
            holders = self.origin.blobs.referrers(manifest).unwrap_or_default();
        }
        attached(manifest, &holders, limits, &mut |blob| self.documents.read(blob, limits))
    }
}
