//! What a tag stands for, and putting it there (distribution specification, "Pulling" and "Pushing manifests").

use bytes::Bytes;
use oci_distribution::manifest::{
    IMAGE_MANIFEST_LIST_MEDIA_TYPE, IMAGE_MANIFEST_MEDIA_TYPE, OCI_IMAGE_INDEX_MEDIA_TYPE, OCI_IMAGE_MEDIA_TYPE,
};
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use serde::Deserialize;

use super::failure::{Failure, Kind};
use super::name::{Name, Version};
use super::repository::Repository;
use super::request::{Content, Request, body};
use super::retry::Tries;
use crate::digest::{Descriptor, Digest};
use crate::error::{Misplaced, Unfetched};
use crate::limits::Limits;

/// The media type of an index.
pub(crate) const INDEX: &str = OCI_IMAGE_INDEX_MEDIA_TYPE;
/// The media type of a manifest, of an image or of anything else.
pub(crate) const MANIFEST: &str = OCI_IMAGE_MEDIA_TYPE;

/// Everything that is understood, in one header.
pub(crate) const ACCEPT: &str = "application/vnd.oci.image.index.v1+json, \
     application/vnd.oci.image.manifest.v1+json, \
     application/vnd.docker.distribution.manifest.list.v2+json, \
     application/vnd.docker.distribution.manifest.v2+json";

/// The header that names the digest of what is sent.
const CONTENT_DIGEST: &str = "docker-content-digest";
/// The header of a registry that lists what refers to a manifest by itself.
const SUBJECT: &str = "oci-subject";

/// Whether a registry hands out what has this media type as a manifest and not as a blob.
pub(crate) fn is_manifest(media_type: &str) -> bool {
    [OCI_IMAGE_INDEX_MEDIA_TYPE, OCI_IMAGE_MEDIA_TYPE, IMAGE_MANIFEST_LIST_MEDIA_TYPE, IMAGE_MANIFEST_MEDIA_TYPE]
        .contains(&media_type)
}

/// A manifest or index as it was when it was asked for.
#[derive(Debug, Clone)]
pub(crate) struct Resolved {
    pub(crate) descriptor: Descriptor,
    pub(crate) bytes: std::sync::Arc<[u8]>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Typed {
    #[serde(default)]
    media_type: Option<String>,
}

/// Fetches what a name stands for now.
pub(crate) async fn resolve(repository: &Repository, name: &Name, limits: &Limits) -> Result<Resolved, Failure> {
    let request = Request { accept: Some(ACCEPT), ..Request::default() };
    let mut tries = Tries::new(limits);
    loop {
        let path = format!("manifests/{}", name.version());
        let response = repository.send(&path, &request, &mut tries).await?;
        let headers = response.headers().clone();
        match body(response, limits.document_bytes, limits).await {
            Ok(bytes) => return checked(name, &headers, bytes),
            Err(failure) => repository.wait_after(failure, &mut tries).await?,
        }
    }
}

fn checked(name: &Name, headers: &HeaderMap, bytes: Vec<u8>) -> Result<Resolved, Failure> {
    let promised = match &name.version {
        Version::Digest(digest) => Some(digest.clone()),
        Version::Tag(_) => content_digest(headers),
    };
    let digest = match promised {
        None => Digest::of(&bytes),
        Some(promised) => {
            let found = promised.of_same_algorithm(&bytes);
            if found != promised {
                let problem = Unfetched::AnotherDigest(found.to_string(), promised.to_string());
                return Err(Failure::permanent(problem));
            }
            found
        }
    };
    let named = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let named = named.map(|value| value.split(';').next().unwrap_or(value).trim()).filter(|value| is_manifest(value));
    let media_type = match named {
        Some(media_type) => media_type.to_owned(),
        // A registry that keeps no media types: the document says what it is.
        None => serde_json::from_slice::<Typed>(&bytes).ok().and_then(|typed| typed.media_type).unwrap_or_default(),
    };
    let descriptor = Descriptor { media_type, digest, size: Some(bytes.len() as u64) };
    Ok(Resolved { descriptor, bytes: bytes.into() })
}

fn content_digest(headers: &HeaderMap) -> Option<Digest> {
    Digest::parse(headers.get(CONTENT_DIGEST)?.to_str().ok()?).ok()
}

/// A small document. It is one only with the digest and size of its descriptor; else there is why not, which
/// is no failure of the registry.
pub(crate) async fn document(
    repository: &Repository,
    blob: &Descriptor,
    most: u64,
    limits: &Limits,
) -> Result<Result<Vec<u8>, Misplaced>, Failure> {
    if let Some(size) = blob.size.filter(|size| *size > most) {
        return Ok(Err(Misplaced::Size(size, most)));
    }
    let (folder, accept) = if is_manifest(&blob.media_type) { ("manifests", Some(ACCEPT)) } else { ("blobs", None) };
    let (path, request) = (format!("{folder}/{}", blob.digest), Request { accept, ..Request::default() });
    let mut tries = Tries::new(limits);
    loop {
        let response = match repository.send(&path, &request, &mut tries).await {
            Err(failure) if failure.kind == Kind::Missing => return Ok(Err(Misplaced::Absent)),
            other => other?,
        };
        match body(response, most, limits).await {
            Ok(bytes) => {
                let is_promised = blob.size.is_none_or(|size| size == bytes.len() as u64);
                if is_promised && blob.digest.of_same_algorithm(&bytes) == blob.digest {
                    return Ok(Ok(bytes));
                }
                return Ok(Err(Misplaced::Altered));
            }
            Err(failure) => repository.wait_after(failure, &mut tries).await?,
        }
    }
}

/// Whether the registry has a manifest or blob: `manifests/DIGEST`, `blobs/DIGEST`.
pub(crate) async fn has(repository: &Repository, path: &str, limits: &Limits) -> Result<bool, Failure> {
    let request = Request { method: Method::HEAD, accept: Some(ACCEPT), ..Request::default() };
    match repository.send(path, &request, &mut Tries::new(limits)).await {
        Ok(_) => Ok(true),
        Err(failure) if failure.kind == Kind::Missing => Ok(false),
        Err(failure) => Err(failure),
    }
}

/// What a registry says to a manifest that it took.
pub(crate) struct Taken {
    /// It understood that the manifest refers to another (`OCI-Subject`).
    pub(crate) knows_subject: bool,
}

/// Stores a manifest under a tag or digest. `replaces` is the `ETag` of what may be replaced.
pub(crate) async fn put(
    repository: &Repository,
    version: &str,
    media_type: &'static str,
    bytes: Bytes,
    replaces: Option<HeaderValue>,
    limits: &Limits,
) -> Result<Taken, Failure> {
    let content = Content { media_type: HeaderValue::from_static(media_type), bytes, from: None };
    let request = Request { method: Method::PUT, content: Some(content), replaces, ..Request::default() };
    let response = repository.send(&format!("manifests/{version}"), &request, &mut Tries::new(limits)).await?;
    Ok(Taken { knows_subject: response.headers().contains_key(SUBJECT) })
}

/// The digest of what a tag stands for now, without fetching it; `None` where the registry does not say.
pub(crate) async fn look(repository: &Repository, name: &Name, limits: &Limits) -> Result<Option<Digest>, Failure> {
    let request = Request { method: Method::HEAD, accept: Some(ACCEPT), ..Request::default() };
    let path = format!("manifests/{}", name.version());
    let response = repository.send(&path, &request, &mut Tries::new(limits)).await?;
    Ok(content_digest(response.headers()))
}
