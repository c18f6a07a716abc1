//! The provenance that is attached to an image: in an attestation manifest beside it, or in a referrer.

use std::sync::Arc;

use super::{PREDICATE_TYPE, Provenance};
use crate::codec::documents;
use crate::digest::{Descriptor, Digest};
use crate::image::json::{Document, DocumentError};
use crate::image::manifest::{LayerDescriptor, Manifest};
use crate::limits::Limits;

/// The media type of unsigned in-toto statements. Signed envelopes have others and are not read here.
const STATEMENT: &str = "application/vnd.in-toto+json";

/// The annotation of a layer that names the predicate type of its statement.
const TYPE_ANNOTATION: &str = "in-toto.io/predicate-type";

/// Attestation manifests of one image that are looked into.
const MANIFESTS: usize = 16;

/// Hands out the verified bytes of a blob.
pub type ReadDocument<'a> = dyn FnMut(&Descriptor) -> Result<Arc<[u8]>, DocumentError> + 'a;

/// What is attached to one image.
#[derive(Debug, Clone, Default)]
pub struct Attached {
    /// The first provenance that is about the image.
    pub provenance: Option<Arc<Provenance>>,
    /// The first provenance that names no subject at all, so that only the index ties it to the image: good to say where
    /// something stands, and no evidence.
    pub unbound: Option<Arc<Provenance>>,
    /// Provenance that is attached to the image and about another one, or about none.
    pub misplaced: Vec<Misplaced>,
}

/// A statement that is not about the manifest that it is attached to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misplaced {
    /// Its predicate type.
    pub predicate_type: String,
    /// The manifest that it is attached to.
    pub manifest: Digest,
    /// What it is about instead, as SHA-256.
    pub subjects: Vec<Digest>,
}

/// Looks for provenance of the image with this manifest in its attestation manifests, wherever they were found.
///
/// It is evidence and no part of what is compared: what cannot be read is passed over.
pub fn attached(manifest: &Digest, holders: &[Descriptor], limits: &Limits, read: &mut ReadDocument<'_>) -> Attached {
    let mut found = Attached::default();
    for holder in holders.iter().take(MANIFESTS) {
        let Some(bytes) = document(holder, limits, read) else { continue };
        let Ok(holder) = Manifest::read(bytes, limits) else { continue };
        let elsewhere = holder.subject.as_ref().is_some_and(|subject| subject.digest != *manifest);
        for layer in holder.layers.iter().filter(|layer| may_be_provenance(layer)) {
            let statement = document(&layer.descriptor, limits, read);
            let statement = statement.and_then(|statement| statement.checked(&documents::STATEMENT).ok());
            let Some(provenance) = statement.as_ref().and_then(Provenance::read) else { continue };
            if elsewhere || !provenance.is_about(manifest) {
                if !elsewhere && provenance.subjects.is_empty() && found.unbound.is_none() {
                    found.unbound = Some(Arc::new(provenance.clone()));
                }
                let predicate_type = match provenance.version {
                    super::Version::V02 => format!("{PREDICATE_TYPE}v0.2"),
                    super::Version::V1 => format!("{PREDICATE_TYPE}v1"),
                };
                let subjects = provenance.subjects;
                found.misplaced.push(Misplaced { predicate_type, manifest: manifest.clone(), subjects });
            } else if found.provenance.is_none() {
                found.provenance = Some(Arc::new(provenance));
            }
        }
    }
    found
}

fn may_be_provenance(layer: &LayerDescriptor) -> bool {
    let said = layer.annotations.get(TYPE_ANNOTATION);
    layer.descriptor.media_type == STATEMENT && said.is_none_or(|said| said.starts_with(PREDICATE_TYPE))
}

fn document(blob: &Descriptor, limits: &Limits, read: &mut ReadDocument<'_>) -> Option<Document> {
    if blob.size.is_some_and(|size| size > limits.document_bytes) {
        return None;
    }
    Document::parse(read(blob).ok()?, limits).ok()
}
