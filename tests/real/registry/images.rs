//! Images that are made for one test, as OCI layouts.

use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::path::Path;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// A layer that was written, as a descriptor has it.
#[derive(Clone)]
pub(crate) struct Layer {
    pub(crate) digest: String,
    pub(crate) size: u64,
}

/// Random bytes, the same for the same seed: nothing makes them shorter.
pub(crate) struct Noise(pub(crate) u64);

impl Read for Noise {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        for bytes in buffer.chunks_mut(8) {
            // xorshift64*
            self.0 ^= self.0 >> 12;
            self.0 ^= self.0 << 25;
            self.0 ^= self.0 >> 27;
            let random = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d).to_le_bytes();
            bytes.copy_from_slice(&random[..bytes.len()]);
        }
        Ok(buffer.len())
    }
}

/// Writes what it is given, and takes its digest on the way.
struct Hashing<W> {
    to: W,
    hash: Sha256,
    size: u64,
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.to.write(bytes)?;
        self.hash.update(&bytes[..written]);
        self.size += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

fn blobs(layout: &Path) -> std::path::PathBuf {
    layout.join("blobs/sha256")
}

/// Adds an uncompressed layer of one file to a layout.
pub(crate) fn add_layer(layout: &Path, name: &str, size: u64, content: impl Read) -> Layer {
    fs::create_dir_all(blobs(layout)).unwrap();
    let temporary = layout.join("layer");
    let to = BufWriter::with_capacity(1 << 20, File::create(&temporary).unwrap());
    let mut archive = tar::Builder::new(Hashing { to, hash: Sha256::new(), size: 0 });
    let mut header = tar::Header::new_ustar();
    header.set_mode(0o644);
    header.set_size(size);
    archive.append_data(&mut header, name, content.take(size)).unwrap();
    let mut written = archive.into_inner().unwrap();
    written.flush().unwrap();
    let (encoded, size) = (hex::encode(written.hash.finalize()), written.size);
    fs::rename(temporary, blobs(layout).join(&encoded)).unwrap();
    Layer { digest: format!("sha256:{encoded}"), size }
}

fn add_document(layout: &Path, document: &Value) -> Layer {
    let bytes = document.to_string().into_bytes();
    let encoded = hex::encode(Sha256::digest(&bytes));
    fs::write(blobs(layout).join(&encoded), &bytes).unwrap();
    Layer { digest: format!("sha256:{encoded}"), size: bytes.len() as u64 }
}

/// Makes a layout with the image of these layers; those that it lacks it shares with `from`.
pub(crate) fn write_image(layout: &Path, from: &Path, layers: &[Layer]) {
    fs::create_dir_all(blobs(layout)).unwrap();
    for layer in layers {
        let file = layer.digest.trim_start_matches("sha256:");
        if !blobs(layout).join(file).exists() {
            fs::hard_link(blobs(from).join(file), blobs(layout).join(file)).unwrap();
        }
    }
    let diff_ids: Vec<&str> = layers.iter().map(|layer| layer.digest.as_str()).collect();
    let config = json!({
        "architecture": "amd64", "os": "linux", "rootfs": { "type": "layers", "diff_ids": diff_ids },
        "history": layers.iter().map(|_| json!({ "created_by": "COPY" })).collect::<Vec<_>>(),
    });
    let descriptor = |media_type: &str, blob: &Layer| json!({ "mediaType": format!("application/vnd.oci.image.{media_type}"), "digest": blob.digest, "size": blob.size });
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": descriptor("config.v1+json", &add_document(layout, &config)),
        "layers": layers.iter().map(|layer| descriptor("layer.v1.tar", layer)).collect::<Vec<_>>(),
    });
    let manifest = descriptor("manifest.v1+json", &add_document(layout, &manifest));
    fs::write(layout.join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#).unwrap();
    let index = json!({ "schemaVersion": 2, "manifests": [manifest] });
    fs::write(layout.join("index.json"), index.to_string()).unwrap();
}
