//! Images in memory.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::Arc;

use reprove::digest::{Descriptor, Digest};
use reprove::source::{BlobReader, Blobs, OpenError, Opened, Root};
use serde_json::{Value, json};

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar";

/// Blobs by digest.
#[derive(Default)]
pub struct Memory(BTreeMap<String, Arc<[u8]>>);

impl Blobs for Memory {
    fn open(&self, blob: &Descriptor) -> Result<BlobReader, OpenError> {
        let bytes = self.0.get(&blob.digest.to_string()).ok_or_else(|| OpenError::Missing(blob.digest.clone()))?;
        Ok(BlobReader::new(Cursor::new(bytes.clone())))
    }
}

impl Memory {
    /// Holds a blob.
    pub fn add(&mut self, media_type: &str, bytes: &[u8]) -> Descriptor {
        let digest = Digest::of(bytes);
        self.0.insert(digest.to_string(), bytes.into());
        Descriptor { media_type: media_type.to_owned(), digest, size: Some(bytes.len() as u64) }
    }

    /// The image or index that a descriptor points at.
    pub fn open(self, descriptor: Descriptor) -> Opened {
        Opened { reference: "memory".to_owned(), root: Root::Descriptor(descriptor), blobs: Arc::new(self) }
    }
}

/// An image of layers that are stored like this, with the digests that they have. Where the bytes cannot be decompressed
/// the diff ID is that of the stored ones.
pub fn of_layers(layers: &[&[u8]], created: &str) -> Opened {
    let mut memory = Memory::default();
    let (mut descriptors, mut diff_ids) = (Vec::new(), Vec::new());
    for stored in layers {
        let blob = memory.add(LAYER, stored);
        diff_ids.push(Digest::of(&uncompressed(stored)).to_string());
        descriptors.push(written(&blob));
    }
    let history: Vec<_> = layers.iter().map(|_| json!({ "created": created, "created_by": "RUN make" })).collect();
    let config = json!({ "architecture": "amd64", "os": "linux", "created": created, "config": { "Cmd": ["app"] },
        "rootfs": { "type": "layers", "diff_ids": diff_ids }, "history": history });
    let config = memory.add(CONFIG, config.to_string().as_bytes());
    let manifest =
        json!({ "schemaVersion": 2, "mediaType": MANIFEST, "config": written(&config), "layers": descriptors });
    let manifest = memory.add(MANIFEST, manifest.to_string().as_bytes());
    memory.open(manifest)
}

/// A descriptor as documents hold it.
pub fn written(descriptor: &Descriptor) -> Value {
    json!({ "mediaType": descriptor.media_type, "digest": descriptor.digest.to_string(), "size": descriptor.size })
}

fn uncompressed(stored: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut reader = reprove::codec::compression::Decompressor::new(stored, &crate::limits());
    let mut limited = std::io::Read::take(&mut reader, crate::limits().layer_bytes + 1);
    match std::io::Read::read_to_end(&mut limited, &mut bytes) {
        Ok(_) => bytes,
        Err(_) => stored.to_vec(),
    }
}
