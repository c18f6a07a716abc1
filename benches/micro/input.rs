//! Inputs made in memory, the same in every run.

use std::collections::BTreeMap;
use std::io::{self, Cursor, Write as _};
use std::sync::Arc;

use reprove::digest::{Descriptor, Digest};
use reprove::image::layer::{Expected, LayerReader, open};
use reprove::limits::Limits;
use reprove::source::{BlobReader, Blobs, OpenError, Opened, Root};

/// Bytes as executables and texts are on average: deflate makes a third of them.
pub(crate) fn content(size: usize, seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(2).wrapping_add(1);
    let mut random = move || {
        // Knuth's MMIX generator: the high bits are good enough.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize
    };
    let words: Vec<Vec<u8>> =
        (0..512).map(|_| (0..3 + random() % 9).map(|_| b' ' + (random() % 95) as u8).collect()).collect();
    let mut bytes = Vec::with_capacity(size + 16);
    while bytes.len() < size {
        let rank = random() % 512 * (random() % 512) / 512;
        bytes.extend_from_slice(words.get(rank).map_or(b"", Vec::as_slice));
    }
    bytes.truncate(size);
    bytes
}

/// A tar archive of files of one size, every fourth of which has the time `mtime`.
pub(crate) fn archive(files: usize, size: usize, mtime: u64) -> anyhow::Result<Vec<u8>> {
    let mut builder = tar::Builder::new(Vec::new());
    let content = content(size + files, 7);
    for number in 0..files {
        let mut header = tar::Header::new_ustar();
        header.set_size(size as u64);
        header.set_mode(0o644);
        header.set_mtime(if number % 4 == 0 { mtime } else { 1_600_000_000 });
        let name = format!("usr/share/folder{:04}/file-{number:07}.txt", number / 100);
        builder.append_data(&mut header, name, content.get(number..number + size).unwrap_or(&[]))?;
    }
    Ok(builder.into_inner()?)
}

pub(crate) fn gzip(bytes: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

/// As `zstd:chunked` has it: a frame for each piece of a file.
pub(crate) fn zstd_frames(bytes: &[u8]) -> anyhow::Result<Vec<u8>> {
    let frames: io::Result<Vec<_>> = bytes.chunks(64 * 1024).map(|piece| zstd::bulk::compress(piece, 3)).collect();
    Ok(frames?.concat())
}

/// A layer as it comes out of an image, with both digests to check.
#[derive(Clone)]
pub(crate) struct Stored {
    bytes: Arc<[u8]>,
    expected: Expected,
}

impl Stored {
    /// Of the bytes as they are in the image, and uncompressed.
    pub(crate) fn new(bytes: Vec<u8>, plain: &[u8]) -> Self {
        let blob = descriptor("application/vnd.oci.image.layer.v1.tar", &bytes);
        let expected = Expected { blob: Some(blob), diff_id: Some(Digest::of(plain)), as_envelope: true };
        Stored { bytes: bytes.into(), expected }
    }

    pub(crate) fn open(&self) -> LayerReader {
        open(BlobReader::new(Cursor::new(self.bytes.clone())), self.expected.clone(), &Limits::default())
    }
}

fn descriptor(media_type: &str, bytes: &[u8]) -> Descriptor {
    Descriptor { media_type: media_type.to_owned(), digest: Digest::of(bytes), size: Some(bytes.len() as u64) }
}

/// The blobs of an image.
struct InMemory(BTreeMap<Digest, Arc<[u8]>>);

impl Blobs for InMemory {
    fn open(&self, blob: &Descriptor) -> Result<BlobReader, OpenError> {
        let bytes = self.0.get(&blob.digest).ok_or_else(|| OpenError::Missing(blob.digest.clone()))?;
        Ok(BlobReader::new(Cursor::new(bytes.clone())))
    }
}

/// An image of one layer.
pub(crate) fn image(layer: &[u8]) -> Opened {
    let config = format!(
        r#"{{"architecture":"amd64","os":"linux","config":{{}},"rootfs":{{"type":"layers","diff_ids":["{}"]}},"history":[{{"created_by":"COPY . /"}}]}}"#,
        Digest::of(layer)
    );
    let point = |media_type: &str, bytes: &[u8]| {
        format!(r#"{{"mediaType":"{media_type}","digest":"{}","size":{}}}"#, Digest::of(bytes), bytes.len())
    };
    let manifest = format!(
        r#"{{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{},"layers":[{}]}}"#,
        point("application/vnd.oci.image.config.v1+json", config.as_bytes()),
        point("application/vnd.oci.image.layer.v1.tar", layer)
    );
    let root = descriptor("application/vnd.oci.image.manifest.v1+json", manifest.as_bytes());
    let blobs = [layer, config.as_bytes(), manifest.as_bytes()].map(|blob| (Digest::of(blob), blob.into()));
    Opened { reference: "image".to_owned(), root: Root::Descriptor(root), blobs: Arc::new(InMemory(blobs.into())) }
}
