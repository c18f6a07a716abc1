//! What is attached to an image: found in its index or among its referrers, read once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use crate::compare::index::{AttestationPair, Root};
use crate::digest::{Descriptor, Digest};
use crate::finding::{Gap, Kind, Location, Side, Sides, Unfit};
use crate::image::index::IndexEntry;
use crate::image::json::{Document, DocumentError};
use crate::image::load::{Image, Origin};
use crate::image::manifest::Manifest;
use crate::image::provenance::{Attached, attached};
use crate::limits::Limits;

use super::{Resolved, Session};

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

/// Manifests that say that they are attestations, on one side.
#[derive(Default)]
pub(super) struct Doubts {
    /// Those that are something else.
    pub(super) refuted: BTreeSet<Digest>,
    /// Those that could not be read.
    unread: BTreeMap<Digest, DocumentError>,
}

impl Session {
    /// Looks into what says that it is an attestation and is not the same on both sides: what is taken for one and is
    /// none could be anything.
    pub(super) fn doubts(&self, roots: Sides<&Root>) -> Sides<Doubts> {
        let listed = roots.map(|root| match root {
            Root::Index(tree) => tree.members(),
            Root::Manifest(entry) => vec![entry],
        });
        let digests = listed.as_ref().map(|list| list.iter().map(|entry| &entry.descriptor.digest).collect());
        let digests: Sides<BTreeSet<&Digest>> = digests;
        Sides::from_fn(|side| {
            let mut doubts = Doubts::default();
            let elsewhere = digests.get(side.other());
            let said = listed.get(side).iter().filter(|entry| entry.is_attestation());
            for entry in said.filter(|entry| !elsewhere.contains(&entry.descriptor.digest)) {
                let Some(about) = entry.attested() else { continue };
                match self.sides.get(side).manifest(&entry.descriptor, &self.options.limits) {
                    Ok(manifest) if manifest.attests(&about) => {}
                    Ok(_) => drop(doubts.refuted.insert(entry.descriptor.digest.clone())),
                    Err(error) => drop(doubts.unread.insert(entry.descriptor.digest.clone(), error)),
                }
            }
            doubts
        })
    }
}

/// The gaps of what could not be read and has no counterpart; what has one is read again where it is compared.
pub(super) fn unread_alone(doubts: &Sides<Doubts>, pairs: &[AttestationPair]) -> Vec<Gap> {
    let mut gaps = Vec::new();
    for side in Side::BOTH {
        let paired: BTreeSet<&Digest> = pairs.iter().map(|pair| &pair.members.get(side).descriptor.digest).collect();
        let alone = doubts.get(side).unread.iter().filter(|(digest, _)| !paired.contains(digest));
        gaps.extend(alone.map(|(_, error)| Gap {
            location: Location::new(Kind::Index),
            reason: error.reason,
            detail: error.detail.clone(),
        }));
    }
    gaps
}

impl Resolved {
    fn manifest(&self, descriptor: &Descriptor, limits: &Limits) -> Result<Manifest, DocumentError> {
        let bytes = self.documents.read(descriptor, limits)?;
        Document::parse(bytes, limits).and_then(|document| Manifest::read(document, limits))
    }

    /// The provenance attached to an image: in its index, else among its referrers.
    pub(super) fn attached(&self, image: &IndexEntry, limits: &Limits) -> Arc<Attached> {
        let manifest = &image.descriptor.digest;
        self.evidence.once(manifest, |listed| {
            let referrers = || self.origin.blobs.referrers(manifest).unwrap_or_default();
            // Only evidence: without it there are fewer explanations and no other verdict.
            let found = if listed.is_empty() && self.bare.is_none() { referrers() } else { Vec::new() };
            let holders = if found.is_empty() { listed } else { &found };
            attached(manifest, holders, limits, &mut |blob| self.documents.read(blob, limits))
        })
    }
}

/// What the index of one side lists about each image, and what was found there, once for each image.
#[derive(Default)]
pub(super) struct Evidence {
    listed: BTreeMap<Digest, Vec<Descriptor>>,
    found: Mutex<BTreeMap<Digest, Arc<OnceLock<Arc<Attached>>>>>,
}

impl Evidence {
    /// That of an image or an index.
    pub(super) fn of(root: Option<&Root>) -> Self {
        let mut listed: BTreeMap<Digest, Vec<Descriptor>> = BTreeMap::new();
        if let Some(Root::Index(tree)) = root {
            for entry in tree.members().into_iter().filter(|entry| entry.is_attestation()) {
                if let Some(about) = entry.attested() {
                    listed.entry(about).or_default().push(entry.descriptor.clone());
                }
            }
        }
        Evidence { listed, found: Mutex::default() }
    }

    /// The attestation manifests about an image that its index lists.
    pub(super) fn holders(&self, image: &Digest) -> &[Descriptor] {
        self.listed.get(image).map_or(&[], Vec::as_slice)
    }

    fn once(&self, image: &Digest, find: impl FnOnce(&[Descriptor]) -> Attached) -> Arc<Attached> {
        let place = self.found.lock().unwrap_or_else(PoisonError::into_inner).entry(image.clone()).or_default().clone();
        place.get_or_init(|| Arc::new(find(self.holders(image)))).clone()
    }
}

/// What is not compared of the attestations of one side, as there is too much.
pub(super) fn too_much(limits: &Limits) -> DocumentError {
    DocumentError::limit(Unfit::AttestationBytes(limits.attestation_bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_attached_to_an_image_is_looked_for_once() {
        let evidence = Evidence::of(None);
        let mut looks = 0;
        for image in [b"one", b"one", b"two", b"one"] {
            evidence.once(&Digest::of(image), |holders| {
                looks += 1;
                assert!(holders.is_empty());
                Attached::default()
            });
        }
        assert_eq!(looks, 2);
    }
}
