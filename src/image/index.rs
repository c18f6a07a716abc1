//! Image indexes (OCI image specification, image-index.md) and Docker manifest lists.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::json::{Cursor, Document, DocumentError};
use super::manifest::{ManifestKind, recognise};
use super::platform::Platform;
use crate::codec::documents::MANIFEST;
use crate::digest::{Descriptor, Digest};
use crate::finding::{Listed, Unfit};
use crate::limits::Limits;

/// The artifact type of BuildKit's attestation manifests in their newer form.
pub const ATTESTATION_ARTIFACT_TYPE: &str = "application/vnd.docker.attestation.manifest.v1+json";

/// An image index.
#[derive(Debug, Clone)]
pub struct Index {
    /// The bytes and values.
    pub document: Document,
    /// The descriptors in order.
    pub descriptors: Vec<IndexEntry>,
}

/// One descriptor of an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexEntry {
    /// What it points at.
    pub descriptor: Descriptor,
    /// The platform, where one is given.
    pub platform: Option<Platform>,
    /// The annotations.
    pub annotations: BTreeMap<String, String>,
    /// The artifact type, where one is given.
    pub artifact_type: Option<String>,
    /// Position in the `manifests` of its own index, from 0.
    pub position: usize,
}

impl Index {
    /// Reads an index out of a document.
    ///
    /// # Errors
    /// `Malformed`, `Unsupported` (digest algorithm) or `Limit` (number of descriptors).
    pub fn read(document: Document, limits: &Limits) -> Result<Self, DocumentError> {
        let document = document.checked(&MANIFEST)?;
        let root = Cursor::root(&document.root)?;
        root.at_most(limits.index_descriptors, "manifests", Listed::Descriptors)?;
        let manifests = root.objects("manifests")?;
        let entries = manifests.iter().enumerate().map(|(position, cursor)| IndexEntry::read(cursor, position));
        let descriptors = entries.collect::<Result<_, _>>()?;
        Ok(Index { document, descriptors })
    }
}

fn too_many(limits: &Limits) -> DocumentError {
    DocumentError::limit(Unfit::Descriptors(limits.index_descriptors))
}

impl IndexEntry {
    fn read(cursor: &Cursor<'_>, position: usize) -> Result<Self, DocumentError> {
        Ok(IndexEntry {
            descriptor: cursor.descriptor()?,
            platform: cursor.child("platform")?.map(|platform| Platform::read(&platform)).transpose()?,
            annotations: cursor.texts("annotations")?,
            artifact_type: cursor.text("artifactType")?.map(str::to_owned),
            position,
        })
    }

    /// What stands for a single image, whose platform is that of its config.
    pub const fn single(descriptor: Descriptor, platform: Platform) -> Self {
        let platform = Some(platform);
        IndexEntry { descriptor, platform, annotations: BTreeMap::new(), artifact_type: None, position: 0 }
    }

    /// Whether it says that it points at an attestation manifest of BuildKit, and no client picks it for a machine.
    ///
    /// The annotation alone protects nothing: containerd and skopeo run what its platform fits.
    pub fn is_attestation(&self) -> bool {
        self.annotations.get("vnd.docker.reference.type").is_some_and(|kind| kind == "attestation-manifest")
            && self.is_nobodys()
    }

    /// Whether its platform is one that no client picks.
    pub fn is_nobodys(&self) -> bool {
        self.platform.as_ref().is_some_and(Platform::is_nobodys)
    }

    /// The manifest that an attestation manifest is about, where the annotation says so.
    pub fn attested(&self) -> Option<Digest> {
        Digest::parse(self.annotations.get("vnd.docker.reference.digest")?).ok()
    }

    /// Whether it points at another index.
    pub fn is_index(&self) -> bool {
        ManifestKind::of_media_type(&self.descriptor.media_type) == Some(ManifestKind::Index)
    }
}

/// Hands out the verified bytes of an index.
pub type ReadIndex<'a> = dyn FnMut(&Descriptor) -> Result<Arc<[u8]>, DocumentError> + 'a;

/// An index with the indexes inside it.
#[derive(Debug, Clone)]
pub struct IndexTree {
    /// The outer index.
    pub index: Index,
    /// The indexes that its descriptors point at, by position.
    pub nested: BTreeMap<usize, IndexTree>,
}

impl IndexTree {
    /// Reads the indexes inside an index. `read` hands out the verified bytes of one.
    ///
    /// # Errors
    /// What `read` says; `Limit` for depth and number of descriptors; what is wrong with an inner index.
    pub fn read(index: Index, limits: &Limits, read: &mut ReadIndex<'_>) -> Result<Self, DocumentError> {
        let mut left = limits.index_descriptors;
        Self::read_level(index, limits, read, 0, &mut left)
    }

    fn read_level(
        index: Index,
        limits: &Limits,
        read: &mut ReadIndex<'_>,
        depth: usize,
        left: &mut usize,
    ) -> Result<Self, DocumentError> {
        *left = left.checked_sub(index.descriptors.len()).ok_or_else(|| too_many(limits))?;
        let mut nested = BTreeMap::new();
        for entry in index.descriptors.iter().filter(|entry| entry.is_index()) {
            let blob = &entry.descriptor.digest;
            if depth >= limits.index_depth {
                return Err(DocumentError::limit(Unfit::Depth(limits.index_depth)).in_blob(blob));
            }
            let bytes = read(&entry.descriptor)?;
            let inner = parse_index(bytes, &entry.descriptor, limits).map_err(|error| error.in_blob(blob))?;
            nested.insert(entry.position, Self::read_level(inner, limits, read, depth + 1, left)?);
        }
        Ok(IndexTree { index, nested })
    }

    /// The descriptors that point at something other than an index, outer ones in order with inner ones in place.
    pub fn members(&self) -> Vec<&IndexEntry> {
        let mut members = Vec::new();
        self.collect(&mut members);
        members
    }

    fn collect<'a>(&'a self, members: &mut Vec<&'a IndexEntry>) {
        for entry in &self.index.descriptors {
            match self.nested.get(&entry.position) {
                Some(inner) => inner.collect(members),
                None => members.push(entry),
            }
        }
    }
}

fn parse_index(bytes: Arc<[u8]>, descriptor: &Descriptor, limits: &Limits) -> Result<Index, DocumentError> {
    let document = Document::parse(bytes, limits)?;
    match recognise(&descriptor.media_type, &document) {
        ManifestKind::Index => Index::read(document, limits),
        _ => Err(DocumentError::malformed(Unfit::NoIndex)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(json: &str) -> Result<Index, DocumentError> {
        let limits = Limits::default();
        Document::parse(json.as_bytes().into(), &limits).and_then(|document| Index::read(document, &limits))
    }

    fn nested_in(digest: &Digest) -> String {
        let media_type = "application/vnd.oci.image.index.v1+json";
        format!(r#"{{"manifests":[{{"mediaType":"{media_type}","digest":"{digest}","size":1}}]}}"#)
    }

    #[test]
    fn attestations_are_what_says_so_and_is_for_no_machine() {
        let digest = Digest::of(b"image");
        let said = format!(
            r#""annotations":{{"vnd.docker.reference.type":"attestation-manifest","vnd.docker.reference.digest":"{digest}"}}"#
        );
        let entry = |more: &str| format!(r#"{{"digest":"{digest}","size":5,{more}}}"#);
        let entries = [
            entry(r#""platform":{"os":"linux","architecture":"arm64","variant":"v8"}"#),
            entry(&format!(r#""platform":{{"os":"unknown","architecture":"unknown"}},{said}"#)),
            entry(&said),
            entry(&format!(r#""platform":{{"os":"linux","architecture":"arm64"}},{said}"#)),
            entry(&format!(r#""platform":{{"architecture":"unknown"}},{said}"#)),
            entry(&format!(r#""artifactType":"{ATTESTATION_ARTIFACT_TYPE}""#)),
        ];
        let index = index(&format!(r#"{{"manifests":[{}]}}"#, entries.join(","))).unwrap();
        let found: Vec<bool> = index.descriptors.iter().map(IndexEntry::is_attestation).collect();
        assert_eq!(found, [false, true, false, false, false, false]);
        assert_eq!(index.descriptors[1].attested(), Some(digest));
        assert_eq!(index.descriptors[0].platform.as_ref().unwrap().to_string(), "linux/arm64/v8");
    }

    #[test]
    fn an_index_inside_itself_ends_at_the_limit() {
        let json = nested_in(&Digest::of(b"x"));
        let mut reads = 0;
        let error = IndexTree::read(index(&json).unwrap(), &Limits::default(), &mut |_| {
            reads += 1;
            Ok(json.as_bytes().into())
        });
        assert_eq!(error.unwrap_err().reason, crate::finding::GapReason::Limit);
        assert_eq!(reads, Limits::default().index_depth);
    }

    #[test]
    fn members_of_inner_indexes_take_the_place_of_their_index() {
        let leaf = Digest::of(b"leaf");
        let inner = format!(r#"{{"manifests":[{{"digest":"{leaf}","size":4}}]}}"#);
        let outer = index(&nested_in(&Digest::of(inner.as_bytes()))).unwrap();
        let tree = IndexTree::read(outer, &Limits::default(), &mut |_| Ok(inner.as_bytes().into())).unwrap();
        let digests: Vec<&Digest> = tree.members().iter().map(|entry| &entry.descriptor.digest).collect();
        assert_eq!(digests, [&leaf]);
    }

    #[test]
    fn a_descriptor_without_digest_or_size_is_malformed() {
        for json in [
            r#"{"manifests":[{"size":1}]}"#,
            r#"{"manifests":[{"digest":"sha256:00","size":1}]}"#,
            r#"{"manifests":{}}"#,
            r#"{"manifests":[1]}"#,
            r#"[]"#,
        ] {
            assert_eq!(index(json).unwrap_err().reason, crate::finding::GapReason::Malformed, "{json}");
        }
    }
}
