//! Images made for tests: sets of named files, as a directory or as an archive.

use std::fs;
use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};

use crate::digest::{Descriptor, Digest};
use crate::finding::GapReason;

use super::files::{FileError, Files};
use super::{Blobs, read_blob};

/// Named files in order.
pub(crate) type Named = Vec<(String, Vec<u8>)>;

/// Files in memory.
pub(crate) struct Memory(pub(crate) Named);

impl Files for Memory {
    fn open(&self, name: &str) -> Result<Box<dyn Read + Send>, FileError> {
        let found = self.0.iter().find(|(stored, _)| stored == name).ok_or(FileError::Missing)?;
        Ok(Box::new(Cursor::new(found.1.clone())))
    }
}

/// A tar archive of files.
pub(crate) fn tar_of(files: &Named) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        append(&mut builder, name, bytes);
    }
    builder.into_inner().unwrap()
}

/// Adds a file to an archive.
pub(crate) fn append(builder: &mut tar::Builder<Vec<u8>>, name: &str, bytes: &[u8]) {
    let mut header = tar::Header::new_gnu();
    header.set_size(bytes.len() as u64);
    header.set_mode(0o644);
    builder.append_data(&mut header, name, bytes).unwrap();
}

/// Adds a link or another member without data to an archive.
pub(crate) fn append_link(builder: &mut tar::Builder<Vec<u8>>, kind: tar::EntryType, name: &str, target: &str) {
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(kind);
    header.set_size(0);
    builder.append_link(&mut header, name, target).unwrap();
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}

/// Writes files below a new directory.
pub(crate) fn unpack(root: &Path, files: &Named) {
    for (name, bytes) in files {
        let path = root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

/// Writes one file into a directory and returns its path.
pub(crate) fn put(root: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = root.join(name);
    fs::write(&path, bytes).unwrap();
    path
}

/// A layout without images, but with these blobs.
pub(crate) fn layout(index: &str, blobs: &[&[u8]]) -> Named {
    let mut files = vec![
        ("oci-layout".to_owned(), br#"{"imageLayoutVersion":"1.0.0"}"#.to_vec()),
        ("index.json".to_owned(), index.as_bytes().to_vec()),
    ];
    for blob in blobs {
        files.push((format!("blobs/sha256/{}", Digest::of(blob).encoded()), blob.to_vec()));
    }
    files
}

/// An index entry for a manifest of these bytes, with annotations and a platform as JSON texts where not empty.
pub(crate) fn entry(manifest: &[u8], annotations: &str, platform: &str) -> String {
    let member = |name: &str, json: &str| {
        if json.is_empty() { String::new() } else { format!(r#","{name}":{json}"#) }
    };
    format!(
        r#"{{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"{}","size":{}{}{}}}"#,
        Digest::of(manifest),
        manifest.len(),
        member("annotations", annotations),
        member("platform", platform)
    )
}

/// The annotations of an index entry with a tag.
pub(crate) fn tagged(tag: &str) -> String {
    format!(r#"{{"org.opencontainers.image.ref.name":"{tag}"}}"#)
}

/// An index with these entries.
pub(crate) fn index(entries: &[String]) -> String {
    format!(r#"{{"schemaVersion":2,"manifests":[{}]}}"#, entries.join(","))
}

/// What `docker save` puts in front of layers with these contents: a config, and its `rootfs.diff_ids`.
pub(crate) fn config(layers: &[&[u8]]) -> Vec<u8> {
    let ids: Vec<String> = layers.iter().map(|layer| format!("\"{}\"", Digest::of(layer))).collect();
    format!(r#"{{"architecture":"amd64","os":"linux","rootfs":{{"type":"layers","diff_ids":[{}]}}}}"#, ids.join(","))
        .into_bytes()
}

/// One element of a `docker save` `manifest.json`.
pub(crate) fn saved(config: &str, tags: &[&str], layers: &[&str]) -> String {
    serde_json::json!({"Config": config, "RepoTags": tags, "Layers": layers}).to_string()
}

/// Reads a blob by digest.
pub(crate) fn read(blobs: &dyn Blobs, digest: &Digest) -> Result<Vec<u8>, GapReason> {
    let descriptor = Descriptor { media_type: String::new(), digest: digest.clone(), size: None };
    read_blob(blobs, &descriptor, 1 << 20).map_err(|error| error.reason())
}
