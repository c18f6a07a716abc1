//! Attestation manifests of BuildKit: the manifest, its config, and the in-toto statements in its layers.

use std::sync::Arc;

use super::platforms::AttestationPair;
use super::statement::StatementLists;
use crate::codec::documents::{CONFIG, STATEMENT};
use crate::compare::alignment::{Alignment, ByPosition, Containers, by_key};
use crate::compare::json::compare_documents;
use crate::digest::Descriptor;
use crate::finding::{AttestationPlace, Finding, Gap, Kind, Location, Side, Sides, Unfit};
use crate::image::json::{Document, DocumentError, Node, Shape};
use crate::image::manifest::{LayerDescriptor, Manifest};
use crate::limits::Limits;

/// The annotation of a layer that names the predicate type of its statement.
const PREDICATE_TYPE: &str = "in-toto.io/predicate-type";

/// What a comparison of attestation manifests found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Attestations {
    /// What differs inside them.
    pub findings: Vec<Finding>,
    /// What could not be looked at.
    pub gaps: Vec<Gap>,
}

/// Hands out the verified bytes of a blob of one side.
pub type ReadBlob<'a> = dyn FnMut(Side, &Descriptor) -> Result<Vec<u8>, DocumentError> + 'a;

/// Compares two attestation manifests and everything they hold. Statements are matched by predicate type. Nothing is
/// read of what has equal digests.
///
/// Pointers into the config, which in the older form is that of an image, have `/config` in front.
pub fn compare_attestations(pair: &AttestationPair, limits: &Limits, read: &mut ReadBlob<'_>) -> Attestations {
    let mut work = Work { pair, limits, read, found: Attestations::default() };
    work.manifests();
    work.found.gaps.sort_by(|one, other| {
        let key = |gap: &Gap| (gap.location.attestation.clone(), gap.detail.clone());
        key(one).cmp(&key(other))
    });
    work.found.gaps.dedup();
    work.found
}

struct Work<'a, 'r> {
    pair: &'a AttestationPair,
    limits: &'a Limits,
    read: &'a mut ReadBlob<'r>,
    found: Attestations,
}

impl Work<'_, '_> {
    fn place(&self, predicate_type: &str) -> Location {
        let place =
            AttestationPlace { platform: self.pair.platform.clone(), predicate_type: predicate_type.to_owned() };
        Location { attestation: Some(Box::new(place)), ..Location::new(Kind::Index) }
    }

    fn manifests(&mut self) {
        let blobs = self.pair.members.as_ref().map(|entry| &entry.descriptor);
        let place = self.place("");
        let limits = self.limits;
        let manifests = self.load(&place, blobs, |document| Manifest::read(document, limits));
        let Some(manifests) = manifests else { return };
        let layers =
            LayerLists { layers: by_key(manifests.as_ref().map(|manifest| predicate_types(&manifest.layers))) };
        let documents = manifests.as_ref().map(|manifest| &manifest.document);
        self.found.findings.extend(compare_documents(&place, documents, &layers, limits));
        let configs = manifests.as_ref().map(|manifest| &manifest.config);
        self.documents(&place.with_field("/config"), configs, &CONFIG, &layers);
        for row in &layers.layers.rows {
            let blobs = manifests.as_ref().zip(row.elements).map(|(manifest, layer)| manifest.layers.get(layer?));
            if let Some(blobs) = blobs.both() {
                let place = self.place(&row.name);
                self.documents(&place, blobs.map(|layer| &layer.descriptor), &STATEMENT, &StatementLists);
            }
        }
    }

    fn documents(&mut self, place: &Location, blobs: Sides<&Descriptor>, shape: &Shape, containers: &dyn Containers) {
        if let Some(documents) = self.load(place, blobs, |document| document.checked(shape)) {
            let findings = compare_documents(place, documents.as_ref(), containers, self.limits);
            self.found.findings.extend(findings);
        }
    }

    /// Reads both blobs; `None` where they are the same or where one of them is a gap.
    fn load<T>(
        &mut self,
        place: &Location,
        blobs: Sides<&Descriptor>,
        parse: impl Fn(Document) -> Result<T, DocumentError>,
    ) -> Option<Sides<T>> {
        if blobs.map(|blob| &blob.digest).same() {
            return None;
        }
        let loaded = Sides::from_fn(|side| {
            let blob = *blobs.get(side);
            let document = self.document(side, blob);
            let parsed = document.and_then(|document| parse(document).map_err(|error| error.in_blob(&blob.digest)));
            parsed.map_err(|error| self.gap(place, error)).ok()
        });
        loaded.both()
    }

    fn document(&mut self, side: Side, blob: &Descriptor) -> Result<Document, DocumentError> {
        if blob.size.is_some_and(|size| size > self.limits.document_bytes) {
            return Err(DocumentError::limit(Unfit::Bytes(self.limits.document_bytes)).in_blob(&blob.digest));
        }
        let bytes: Arc<[u8]> = (self.read)(side, blob)?.into();
        Document::parse(bytes, self.limits).map_err(|error| error.in_blob(&blob.digest))
    }

    fn gap(&mut self, place: &Location, error: DocumentError) {
        self.found.gaps.push(Gap { location: place.clone(), reason: error.reason, detail: error.detail });
    }
}

fn predicate_types(layers: &[LayerDescriptor]) -> Vec<String> {
    let name = |layer: &LayerDescriptor| match layer.annotations.get(PREDICATE_TYPE) {
        Some(predicate_type) => predicate_type.clone(),
        None => layer.descriptor.media_type.clone(),
    };
    layers.iter().map(name).collect()
}

/// The layers of an attestation manifest, and what stands for them in its config, by predicate type.
struct LayerLists {
    layers: Alignment,
}

impl Containers for LayerLists {
    fn align(&self, pointer: &str, elements: Sides<&[Node]>) -> Option<Alignment> {
        let lengths = Sides::from_fn(|side| {
            let positions = self.layers.rows.iter().filter_map(|row| *row.elements.get(side));
            positions.max().map_or(0, |last| last + 1)
        });
        let applies = matches!(pointer, "/layers" | "/rootfs/diff_ids") && elements.map(<[Node]>::len) == lengths;
        if applies { Some(self.layers.clone()) } else { ByPosition.align(pointer, elements) }
    }
}
