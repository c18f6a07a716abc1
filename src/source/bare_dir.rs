//! Directories of skopeo's `dir` transport: `version`, `manifest.json`, each blob under its bare hexadecimal digest,
//! and the manifests of an index as `<hex>.manifest.json`.

use std::sync::Arc;

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::digest::{Descriptor, Digest};
use crate::error::{NoDirectory, Unopened, shown};
use crate::limits::Limits;

use super::choice::Refusal;
use super::files::{FileError, Files, document};
use super::layout::{Held, OCI_INDEX};
use super::{BlobReader, Blobs, OpenError, Root};

const OCI_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const MANIFEST_JSON: &str = "manifest.json";
const VERSION: &str = "Directory Transport Version: ";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Manifest {
    #[serde(default)]
    media_type: Option<String>,
    #[serde(default)]
    manifests: Option<IgnoredAny>,
}

/// Opens a directory of this kind; its one image is the root, a manifest or an index.
pub(crate) fn open(files: Arc<dyn Files>, limits: &Limits) -> Result<(Root, Arc<dyn Blobs>), Refusal> {
    check_version(files.as_ref(), limits)?;
    let bytes = document(files.as_ref(), MANIFEST_JSON, limits.document_bytes)?.ok_or(NoDirectory::WithoutManifest)?;
    let malformed = |error: serde_json::Error| Unopened::Malformed(MANIFEST_JSON.to_owned(), error.to_string());
    let manifest: Manifest = serde_json::from_slice(&bytes).map_err(malformed)?;
    let implied = if manifest.manifests.is_some() { OCI_INDEX } else { OCI_MANIFEST };
    let media_type = manifest.media_type.filter(|text| !text.is_empty()).unwrap_or_else(|| implied.to_owned());
    let root = Held { digest: Digest::of(&bytes), bytes: bytes.into() };
    let descriptor = Descriptor { media_type, digest: root.digest.clone(), size: Some(root.bytes.len() as u64) };
    Ok((Root::Descriptor(descriptor), Arc::new(DirBlobs { files, root })))
}

/// A directory without the file is read, as skopeo does; another major version may hold anything.
fn check_version(files: &dyn Files, limits: &Limits) -> Result<(), Unopened> {
    let Some(bytes) = document(files, "version", limits.document_bytes)? else { return Ok(()) };
    let text = String::from_utf8_lossy(&bytes);
    match text.strip_prefix(VERSION) {
        Some(version) if version.starts_with("1.") => Ok(()),
        _ => Err(NoDirectory::Version(shown(text.trim_end())).into()),
    }
}

struct DirBlobs {
    files: Arc<dyn Files>,
    root: Held,
}

impl Blobs for DirBlobs {
    fn open(&self, blob: &Descriptor) -> Result<BlobReader, OpenError> {
        let blob = &blob.digest;
        if let Some(reader) = self.root.open(blob) {
            return Ok(reader);
        }
        let hex = blob.encoded();
        let opened = match self.files.open(&hex) {
            Err(FileError::Missing) => self.files.open(&format!("{hex}.manifest.json")),
            other => other,
        };
        opened.map(BlobReader::new).map_err(|error| error.of_blob(blob))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::super::blob::read_blob;
    use super::super::files::Folder;
    use super::*;

    fn opened(path: &Path) -> Result<(Descriptor, Arc<dyn Blobs>), Refusal> {
        let (root, blobs) = open(Arc::new(Folder::new(path)), &Limits::default())?;
        match root {
            Root::Descriptor(descriptor) => Ok((descriptor, blobs)),
            Root::Bare { .. } => panic!("not bare"),
        }
    }

    #[test]
    fn the_manifest_is_the_root_and_blobs_have_bare_names() {
        let dir = tempfile::tempdir().unwrap();
        let manifest = br#"{"schemaVersion":2,"config":{}}"#;
        fs::write(dir.path().join("version"), "Directory Transport Version: 1.1\n").unwrap();
        fs::write(dir.path().join("manifest.json"), manifest).unwrap();
        let (layer, member) = (Digest::of(b"layer"), Digest::of(b"member"));
        fs::write(dir.path().join(layer.encoded()), b"layer").unwrap();
        fs::write(dir.path().join(format!("{}.manifest.json", member.encoded())), b"member").unwrap();

        let (root, blobs) = opened(dir.path()).unwrap();
        assert_eq!((root.media_type.as_str(), &root.digest), (OCI_MANIFEST, &Digest::of(manifest)));
        assert_eq!(read_blob(blobs.as_ref(), &root, 1000).unwrap(), manifest);
        for (digest, bytes) in [(layer, &b"layer"[..]), (member, b"member")] {
            let descriptor = Descriptor { media_type: String::new(), digest, size: None };
            assert_eq!(read_blob(blobs.as_ref(), &descriptor, 1000).unwrap(), bytes);
        }
        assert!(matches!(blobs.open(&Descriptor::of(&Digest::of(b"none"))), Err(OpenError::Missing(_))));
    }

    #[test]
    fn an_index_is_recognized_with_and_without_a_media_type() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("manifest.json"), r#"{"manifests":[]}"#).unwrap();
        assert_eq!(opened(dir.path()).unwrap().0.media_type, OCI_INDEX);
        fs::write(dir.path().join("manifest.json"), r#"{"mediaType":"text/x"}"#).unwrap();
        assert_eq!(opened(dir.path()).unwrap().0.media_type, "text/x");
    }

    #[test]
    fn what_is_no_such_directory_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        assert!(
            matches!(opened(dir.path()).err(), Some(Refusal::Source(text)) if text.to_string().contains("no manifest.json"))
        );
        fs::write(dir.path().join("manifest.json"), "{").unwrap();
        assert!(matches!(opened(dir.path()).err(), Some(Refusal::Source(text)) if text.to_string().contains("EOF")));
        fs::write(dir.path().join("version"), "Directory Transport Version: 2.0\n").unwrap();
        assert!(
            matches!(opened(dir.path()).err(), Some(Refusal::Source(text)) if text.to_string().contains("only version 1"))
        );
    }
}
