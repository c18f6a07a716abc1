//! One image of one platform: its documents read and verified, its layers ready to be opened.

use std::sync::Arc;

use super::config::Config;
use super::json::{Document, DocumentError};
use super::layer::{self, Expected, LayerError, LayerReader};
use super::manifest::{Manifest, ManifestKind};
use crate::digest::{Descriptor, Digest};
use crate::finding::{Gap, GapReason, Kind, Location, Unfit, Unread};
use crate::limits::Limits;
use crate::source::progress::Progress;
use crate::source::{Blobs, OpenError, read_blob};

/// An image of one platform.
pub struct Image {
    /// The manifest with its descriptor; absent for an image out of a `docker save` archive.
    pub manifest: Option<(Descriptor, Manifest)>,
    /// Digest of the config blob: the image id.
    pub id: Digest,
    /// The config.
    pub config: Config,
    /// The layers, base first.
    pub layers: Vec<Layer>,
    blobs: Arc<dyn Blobs>,
    progress: Arc<Progress>,
}

/// A layer of an image, not opened yet.
#[derive(Debug, Clone)]
pub struct Layer {
    /// The blob; absent for an image without a manifest.
    pub descriptor: Option<Descriptor>,
    /// Digest of the uncompressed layer.
    pub diff_id: Digest,
}

/// Where an image's blobs come from, and who is told of the progress.
#[derive(Clone)]
pub struct Origin {
    /// The blobs.
    pub blobs: Arc<dyn Blobs>,
    /// Counts what is read.
    pub progress: Arc<Progress>,
}

impl Image {
    /// Reads manifest and config of the image that a descriptor points at.
    ///
    /// # Errors
    /// A [`Gap`] for a document that is missing, broken, or not understood.
    pub fn of_manifest(origin: &Origin, descriptor: Descriptor, limits: &Limits) -> Result<Self, Box<Gap>> {
        let at_manifest = |error| gap(Kind::Manifest, &descriptor.digest, error);
        let document = document(origin, &descriptor, limits, Kind::Manifest)?;
        let manifest = Manifest::read(document, limits).map_err(at_manifest)?;
        check_type(&descriptor, &manifest).map_err(at_manifest)?;
        let config = config(origin, &manifest.config, limits)?;
        if config.diff_ids.len() != manifest.layers.len() {
            let (layers, diff_ids) = (manifest.layers.len(), config.diff_ids.len());
            return Err(at_manifest(DocumentError::malformed(Unfit::LayersAndDiffIds(layers, diff_ids))));
        }
        let layers = manifest.layers.iter().zip(&config.diff_ids);
        let layers = layers
            .map(|(layer, diff_id)| Layer { descriptor: Some(layer.descriptor.clone()), diff_id: diff_id.clone() });
        let layers = layers.collect();
        let id = manifest.config.digest.clone();
        let manifest = Some((descriptor, manifest));
        Ok(Image { manifest, id, config, layers, blobs: origin.blobs.clone(), progress: origin.progress.clone() })
    }

    /// Reads the config of an image without a manifest.
    ///
    /// # Errors
    /// A [`Gap`] for a config that is missing, broken, or not understood.
    pub fn of_config(origin: &Origin, descriptor: &Descriptor, limits: &Limits) -> Result<Self, Box<Gap>> {
        let config = config(origin, descriptor, limits)?;
        let layers =
            config.diff_ids.iter().map(|diff_id| Layer { descriptor: None, diff_id: diff_id.clone() }).collect();
        let id = descriptor.digest.clone();
        Ok(Image { manifest: None, id, config, layers, blobs: origin.blobs.clone(), progress: origin.progress.clone() })
    }

    /// Opens a layer at its start, for what is in it: its envelope can be compared with that of other content only.
    ///
    /// # Errors
    /// [`LayerError`] where the blob is not there or not readable.
    pub fn open_layer(&self, index: u32, limits: &Limits) -> Result<LayerReader, LayerError> {
        self.open(index, limits, false)
    }

    /// Opens a layer at its start, for an envelope to compare with another one of the same content.
    ///
    /// # Errors
    /// Those of [`Image::open_layer`].
    pub fn open_envelope(&self, index: u32, limits: &Limits) -> Result<LayerReader, LayerError> {
        self.open(index, limits, true)
    }

    fn open(&self, index: u32, limits: &Limits, as_envelope: bool) -> Result<LayerReader, LayerError> {
        let Some(layer) = self.layers.get(index as usize) else {
            return Err(LayerError { reason: GapReason::Missing, detail: Unread::NotThere(index).into() });
        };
        let blob = layer.descriptor.clone().unwrap_or_else(|| Descriptor::of(&layer.diff_id));
        let failed = |error: OpenError| LayerError { reason: error.reason(), detail: error.detail() };
        let reader = self.progress.open_layer(self.blobs.open(&blob).map_err(failed)?, blob.size);
        let expected = Expected { blob: layer.descriptor.clone(), diff_id: Some(layer.diff_id.clone()), as_envelope };
        let reader = layer::open(reader, expected, limits);
        Ok(if self.config.platform.folds_names() { reader.folding_names() } else { reader })
    }

    /// Reads a small blob whole: an attestation statement.
    ///
    /// # Errors
    /// A [`Gap`] of this kind of location.
    pub fn read(origin: &Origin, descriptor: &Descriptor, limits: &Limits, kind: Kind) -> Result<Arc<[u8]>, Box<Gap>> {
        let bytes = read_blob(&*origin.blobs, descriptor, limits.document_bytes);
        bytes.map(Into::into).map_err(|error| {
            Box::new(Gap { location: Location::new(kind), reason: error.reason(), detail: error.detail() })
        })
    }
}

fn config(origin: &Origin, descriptor: &Descriptor, limits: &Limits) -> Result<Config, Box<Gap>> {
    let document = document(origin, descriptor, limits, Kind::Config)?;
    Config::read(document, limits).map_err(|error| gap(Kind::Config, &descriptor.digest, error))
}

/// Refuses a manifest that calls itself something else than what points at it does: clients differ in whom they believe,
/// and read the configuration by it. Docker's manifests always say what they are.
fn check_type(descriptor: &Descriptor, manifest: &Manifest) -> Result<(), DocumentError> {
    let told = descriptor.media_type.as_str();
    let own = manifest.document.get("/mediaType").and_then(|node| node.as_str()).unwrap_or_default();
    let silent = own.is_empty() && !told.starts_with("application/vnd.docker.");
    // Registries that know no better say application/json, and clients look into the manifest.
    if ManifestKind::of_media_type(told).is_none() || told == own || silent {
        return Ok(());
    }
    Err(DocumentError::malformed(Unfit::MediaType))
}

/// Reads and parses the document that a descriptor points at.
///
/// # Errors
/// A [`Gap`] of this kind of location.
pub fn document(origin: &Origin, descriptor: &Descriptor, limits: &Limits, kind: Kind) -> Result<Document, Box<Gap>> {
    let bytes = Image::read(origin, descriptor, limits, kind)?;
    Document::parse(bytes, limits).map_err(|error| gap(kind, &descriptor.digest, error))
}

fn gap(kind: Kind, blob: &Digest, error: DocumentError) -> Box<Gap> {
    let error = error.in_blob(blob);
    Box::new(Gap { location: Location::new(kind), reason: error.reason, detail: error.detail })
}
