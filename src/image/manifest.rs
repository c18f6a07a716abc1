//! Image manifests (OCI image specification, manifest.md) and Docker schema 2 manifests.

use std::collections::BTreeMap;

use super::json::{Cursor, Document, DocumentError};
use crate::codec::documents::MANIFEST;
use crate::digest::{Descriptor, Digest};
use crate::finding::{BadValue, Listed, Unfit};
use crate::limits::Limits;

/// An image manifest.
#[derive(Debug, Clone)]
pub struct Manifest {
    /// The bytes and values.
    pub document: Document,
    /// The config's descriptor.
    pub config: Descriptor,
    /// The layers, base first.
    pub layers: Vec<LayerDescriptor>,
    /// The annotations.
    pub annotations: BTreeMap<String, String>,
    /// What the manifest refers to, as attestations and signatures do.
    pub subject: Option<Descriptor>,
    /// The artifact type, where one is given.
    pub artifact_type: Option<String>,
}

/// The descriptor of one layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerDescriptor {
    /// What it points at.
    pub descriptor: Descriptor,
    /// The annotations.
    pub annotations: BTreeMap<String, String>,
    /// Whether it lists `urls`: the blob may be held elsewhere only (Windows base layers).
    pub foreign: bool,
}

impl Manifest {
    /// Reads a manifest out of a document.
    ///
    /// # Errors
    /// `Unsupported` for schema versions other than 2 and unknown digest algorithms, `Limit` for the number of layers,
    /// else `Malformed`.
    pub fn read(document: Document, limits: &Limits) -> Result<Self, DocumentError> {
        let document = document.checked(&MANIFEST)?;
        let root = Cursor::root(&document.root)?;
        if let Some(version) = root.count("schemaVersion")?.filter(|version| *version != 2) {
            return Err(DocumentError::unsupported(Unfit::SchemaVersion(version)));
        }
        let config = root.child("config")?.ok_or_else(|| root.error(BadValue::Without("config")))?.descriptor()?;
        root.at_most(limits.layers, "layers", Listed::Layers)?;
        let layers = root.objects("layers")?;
        let layers = layers.iter().map(LayerDescriptor::read).collect::<Result<_, _>>()?;
        let annotations = root.texts("annotations")?;
        let subject = root.child("subject")?.map(|subject| subject.descriptor()).transpose()?;
        let artifact_type = root.text("artifactType")?.map(str::to_owned);
        Ok(Manifest { document, config, layers, annotations, subject, artifact_type })
    }
}

impl Manifest {
    /// Whether it is a manifest of attestations, in BuildKit's older or newer form, about the manifest of this digest: its
    /// layers are in-toto statements and nothing else, which no runtime unpacks.
    pub fn attests(&self, subject: &Digest) -> bool {
        let statements = |layer: &LayerDescriptor| {
            let name = layer.descriptor.media_type.strip_prefix("application/vnd.in-toto");
            name.is_some_and(|rest| rest.ends_with("+json") || rest.ends_with("+dsse"))
        };
        !self.layers.is_empty()
            && self.layers.iter().all(statements)
            && CONFIGS.contains(&self.config.media_type.as_str())
            && self.subject.as_ref().is_none_or(|about| about.digest == *subject)
    }
}

/// The media types of the config of a manifest of attestations.
const CONFIGS: [&str; 2] = ["application/vnd.oci.image.config.v1+json", "application/vnd.oci.empty.v1+json"];

impl LayerDescriptor {
    fn read(cursor: &Cursor<'_>) -> Result<Self, DocumentError> {
        Ok(LayerDescriptor {
            descriptor: cursor.descriptor()?,
            annotations: cursor.texts("annotations")?,
            foreign: !cursor.list("urls")?.is_empty(),
        })
    }
}

/// What a document that a reference resolved to is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ManifestKind {
    /// An index or a Docker manifest list.
    Index,
    /// A manifest of one image or artifact.
    Manifest,
    /// Neither, or both: a document that two clients may read in two ways.
    Unknown,
}

impl ManifestKind {
    /// The kind that a media type names.
    pub fn of_media_type(media_type: &str) -> Option<Self> {
        match media_type {
            "application/vnd.oci.image.index.v1+json" | "application/vnd.docker.distribution.manifest.list.v2+json" => {
                Some(ManifestKind::Index)
            }
            "application/vnd.oci.image.manifest.v1+json"
            | "application/vnd.docker.distribution.manifest.v2+json"
            | "application/vnd.docker.distribution.manifest.v1+json"
            | "application/vnd.docker.distribution.manifest.v1+prettyjws" => Some(ManifestKind::Manifest),
            _ => None,
        }
    }
}

/// What a document is, by its own media type, that of its descriptor, and its members.
///
/// All that speak must agree (image specification, advisory GHSA-77vh-xpmg-72qh): a document with `manifests` beside
/// `layers` or `config` is neither.
pub fn recognise(media_type: &str, document: &Document) -> ManifestKind {
    let root = &document.root;
    let own = root.member("mediaType").and_then(|node| node.as_str()).unwrap_or_default();
    let index = root.member("manifests").is_some().then_some(ManifestKind::Index);
    let image = ["layers", "config", "fsLayers"].iter().any(|key| root.member(key).is_some());
    let voices = [
        ManifestKind::of_media_type(own),
        ManifestKind::of_media_type(media_type),
        index,
        image.then_some(ManifestKind::Manifest),
    ];
    let mut spoken = voices.into_iter().flatten();
    match spoken.next() {
        Some(kind) if spoken.all(|other| other == kind) => kind,
        _ => ManifestKind::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::GapReason;

    fn document(json: &str) -> Document {
        Document::parse(json.as_bytes().into(), &Limits::default()).unwrap()
    }

    #[test]
    fn kinds_are_recognised_by_type_and_shape() {
        let index = "application/vnd.oci.image.index.v1+json";
        let manifest = "application/vnd.oci.image.manifest.v1+json";
        assert_eq!(recognise("", &document(r#"{"manifests":[]}"#)), ManifestKind::Index);
        assert_eq!(recognise("", &document(r#"{"layers":[]}"#)), ManifestKind::Manifest);
        assert_eq!(recognise(index, &document("{}")), ManifestKind::Index);
        assert_eq!(recognise("", &document(&format!(r#"{{"mediaType":"{manifest}"}}"#))), ManifestKind::Manifest);
        assert_eq!(recognise("", &document("{}")), ManifestKind::Unknown);
        assert_eq!(recognise("", &document("[]")), ManifestKind::Unknown);
    }

    #[test]
    fn a_document_of_two_kinds_is_neither() {
        let index = "application/vnd.oci.image.index.v1+json";
        assert_eq!(recognise("", &document(r#"{"manifests":[],"layers":[]}"#)), ManifestKind::Unknown);
        assert_eq!(recognise(index, &document(r#"{"layers":[]}"#)), ManifestKind::Unknown);
    }

    #[test]
    fn manifests_are_read_and_old_ones_refused() {
        let digest = Digest::of(b"");
        let blob = format!(r#"{{"mediaType":"x","digest":"{digest}","size":0}}"#);
        let foreign = format!(r#"{{"digest":"{digest}","size":0,"urls":["https://example.com"]}}"#);
        let json = format!(r#"{{"schemaVersion":2,"config":{blob},"layers":[{blob},{foreign}],"subject":{blob}}}"#);
        let manifest = Manifest::read(document(&json), &Limits::default()).unwrap();
        assert_eq!(manifest.config.digest, digest);
        assert_eq!(manifest.layers.iter().map(|layer| layer.foreign).collect::<Vec<_>>(), [false, true]);
        assert_eq!(manifest.subject.map(|subject| subject.media_type).as_deref(), Some("x"));

        let old = Manifest::read(document(r#"{"schemaVersion":1,"fsLayers":[]}"#), &Limits::default());
        assert_eq!(old.unwrap_err().reason, GapReason::Unsupported);
        let none = Manifest::read(document(r#"{"schemaVersion":2,"layers":null}"#), &Limits::default());
        assert_eq!(none.unwrap_err().reason, GapReason::Malformed);
    }
}
