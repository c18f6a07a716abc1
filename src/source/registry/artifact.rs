//! What is kept beside an image: an artifact of one layer that refers to it (image specification, "Guidelines for Artifact
//! Usage"), and the list of those where the registry keeps none itself (distribution specification, "Pushing Manifests with
//! Subject").

use std::collections::BTreeMap;

use bytes::Bytes;
use serde::Serialize;
use serde_json::{Value, json};

use super::failure::Failure;
use super::manifests::{INDEX, MANIFEST, has, put};
use super::referrers::{self, Referrer};
use super::repository::Repository;
use super::retry::jittered;
use super::tagged::{Edited, change};
use super::upload::upload;
use crate::digest::{Descriptor, Digest};
use crate::error::Unattached;
use crate::limits::Limits;

/// The config of what needs none.
const EMPTY: (&str, &[u8]) = ("application/vnd.oci.empty.v1+json", b"{}");

/// Bytes to be kept beside an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// What it is, for whoever looks at the list.
    pub artifact_type: String,
    /// What its bytes are.
    pub media_type: String,
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Of its manifest; the list shows them too.
    pub annotations: BTreeMap<String, String>,
    /// Of the bytes alone: the name of a file, for one.
    pub layer_annotations: BTreeMap<String, String>,
}

/// An artifact that a registry keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pushed {
    /// Of its manifest.
    pub digest: Digest,
    /// Whether it, or its place in the list, was not there before.
    pub is_new: bool,
    /// The tag of the list of what refers to the image; `None` where the registry keeps the list.
    pub tag: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Manifest<'a> {
    schema_version: u8,
    media_type: &'a str,
    artifact_type: &'a str,
    config: Blob<'a>,
    layers: [Blob<'a>; 1],
    subject: Blob<'a>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    annotations: &'a BTreeMap<String, String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Blob<'a> {
    media_type: &'a str,
    digest: String,
    size: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    annotations: Option<&'a BTreeMap<String, String>>,
}

impl<'a> Blob<'a> {
    fn of(media_type: &'a str, bytes: &[u8]) -> Self {
        let digest = Digest::of(bytes).to_string();
        Blob { media_type, digest, size: bytes.len() as u64, data: None, annotations: None }
    }
}

impl Artifact {
    /// Its manifest, the same bytes for the same artifact and image.
    fn manifest(&self, subject: &Descriptor) -> Result<Vec<u8>, Failure> {
        let annotations = Some(&self.layer_annotations).filter(|annotations| !annotations.is_empty());
        let manifest = Manifest {
            schema_version: 2,
            media_type: MANIFEST,
            artifact_type: &self.artifact_type,
            config: Blob { data: Some("e30="), ..Blob::of(EMPTY.0, EMPTY.1) },
            layers: [Blob { annotations, ..Blob::of(&self.media_type, &self.bytes) }],
            subject: Blob {
                media_type: &subject.media_type,
                digest: subject.digest.to_string(),
                size: subject.size.unwrap_or(0),
                data: None,
                annotations: None,
            },
            annotations: &self.annotations,
        };
        serde_json::to_vec(&manifest).map_err(|error| Failure::permanent(Unattached::Unwritten(error.to_string())))
    }
}

/// Times that a registry is asked whether it lists what it took.
const LOOKS: u32 = 6;
const FIRST: std::time::Duration = std::time::Duration::from_millis(200);

/// Stores an artifact that refers to `subject`, and sees to it that it is listed.
pub(crate) async fn push(
    repository: &Repository,
    subject: &Descriptor,
    artifact: &Artifact,
    limits: &Limits,
) -> Result<Pushed, Failure> {
    let manifest = artifact.manifest(subject)?;
    let digest = Digest::of(&manifest);
    let by_api = referrers::by_api(repository, &subject.digest, limits).await?;
    let tag = referrers::tag(&subject.digest);
    let listed = match &by_api {
        Some(list) => list.clone(),
        None => referrers::by_tag(repository, &subject.digest, limits).await?,
    };
    if is_in(&listed, &digest) && has(repository, &format!("manifests/{digest}"), limits).await? {
        return Ok(Pushed { digest, is_new: false, tag: by_api.is_none().then_some(tag) });
    }
    for blob in [Bytes::from_static(EMPTY.1), Bytes::from(artifact.bytes.clone())] {
        upload(repository, &blob, limits).await?;
    }
    let size = manifest.len();
    let taken = put(repository, &digest.to_string(), MANIFEST, manifest.into(), None, limits).await?;
    if by_api.is_some() && is_listed(repository, subject, &digest, taken.knows_subject, limits).await? {
        return Ok(Pushed { digest, is_new: true, tag: None });
    }
    if taken.knows_subject && by_api.is_some() {
        return Err(Failure::permanent(Unattached::Unlisted(digest.to_string())));
    }
    let entry = json!({
        "mediaType": MANIFEST, "digest": digest.to_string(), "size": size,
        "artifactType": artifact.artifact_type, "annotations": artifact.annotations,
    });
    change(repository, &tag, limits, async |index| with(index, &entry, limits)).await?;
    Ok(Pushed { digest, is_new: true, tag: Some(tag) })
}

fn is_in(list: &[Referrer], digest: &Digest) -> bool {
    list.iter().any(|referrer| referrer.descriptor.digest == *digest)
}

/// Whether the registry lists the artifact. One that says that it does may take a moment.
async fn is_listed(
    repository: &Repository,
    subject: &Descriptor,
    digest: &Digest,
    promised: bool,
    limits: &Limits,
) -> Result<bool, Failure> {
    for look in 0..if promised { LOOKS } else { 1 } {
        if look > 0 {
            tokio::time::sleep(jittered(FIRST * (1 << look))).await;
        }
        let list = referrers::by_api(repository, &subject.digest, limits).await?;
        if is_in(&list.unwrap_or_default(), digest) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The index with the entry in it, whatever else is there left as it is; `None` where it is there.
fn with(index: Option<&[u8]>, entry: &Value, limits: &Limits) -> Result<Option<Edited>, Failure> {
    let mut index = match index {
        None => json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": [] }),
        Some(bytes) => serde_json::from_slice(bytes).unwrap_or_default(),
    };
    // What somebody else keeps under the tag stays.
    let is_index = index["mediaType"].as_str().is_none_or(|media_type| media_type == INDEX);
    let list = index.get_mut("manifests").and_then(Value::as_array_mut).filter(|_| is_index);
    let list = list.ok_or_else(|| Failure::permanent(Unattached::NoList))?;
    if list.iter().any(|known| known["digest"] == entry["digest"]) {
        return Ok(None);
    }
    if list.len() >= limits.index_descriptors {
        return Err(Failure::permanent(Unattached::ListFull(limits.index_descriptors)));
    }
    list.push(entry.clone());
    let bytes =
        serde_json::to_vec(&index).map_err(|error| Failure::permanent(Unattached::Unwritten(error.to_string())))?;
    Ok(Some(Edited { media_type: INDEX, bytes }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_artifact_has_the_same_manifest_each_time() {
        let artifact = Artifact {
            artifact_type: "a/b".to_owned(),
            media_type: "c/d".to_owned(),
            bytes: b"bytes".to_vec(),
            annotations: BTreeMap::from([("k".to_owned(), "v".to_owned())]),
            layer_annotations: BTreeMap::new(),
        };
        let subject = Descriptor { media_type: MANIFEST.to_owned(), digest: Digest::of(b"image"), size: Some(5) };
        let manifest: Value = serde_json::from_slice(&artifact.manifest(&subject).unwrap()).unwrap();
        assert_eq!(
            manifest,
            json!({
                "schemaVersion": 2, "mediaType": MANIFEST, "artifactType": "a/b",
                "config": { "mediaType": EMPTY.0, "digest": Digest::of(b"{}").to_string(), "size": 2, "data": "e30=" },
                "layers": [{ "mediaType": "c/d", "digest": Digest::of(b"bytes").to_string(), "size": 5 }],
                "subject": { "mediaType": MANIFEST, "digest": Digest::of(b"image").to_string(), "size": 5 },
                "annotations": { "k": "v" },
            })
        );
    }

    #[test]
    fn an_index_keeps_what_is_in_it() {
        let limits = Limits { index_descriptors: 2, ..Limits::default() };
        let edit = |index: Option<&Value>, digest: &str| {
            let bytes = index.map(|index| index.to_string().into_bytes());
            with(bytes.as_deref(), &json!({ "digest": digest }), &limits)
                .map(|edited| edited.map(|edited| serde_json::from_slice::<Value>(&edited.bytes).unwrap()))
                .map_err(|failure| failure.problem)
        };
        let first = edit(None, "one").unwrap().unwrap();
        assert_eq!(first["manifests"], json!([{ "digest": "one" }]));
        let other = json!({ "manifests": [{ "digest": "one", "x": 1 }], "annotations": { "a": "b" }, "y": 2 });
        let both = edit(Some(&other), "two").unwrap().unwrap();
        assert_eq!(both["manifests"], json!([{ "digest": "one", "x": 1 }, { "digest": "two" }]));
        assert_eq!((&both["annotations"], &both["y"]), (&other["annotations"], &other["y"]));
        assert_eq!(edit(Some(&both), "two"), Ok(None));
        assert_eq!(edit(Some(&both), "three"), Err(Unattached::ListFull(2).into()));
        for no_index in [json!({}), json!([]), json!({ "mediaType": MANIFEST, "manifests": [] })] {
            assert_eq!(edit(Some(&no_index), "one"), Err(Unattached::NoList.into()), "{no_index}");
        }
    }
}
