//! What a tag stands for (distribution specification, "Pulling manifests").

use oci_distribution::manifest::{
    IMAGE_MANIFEST_LIST_MEDIA_TYPE, IMAGE_MANIFEST_MEDIA_TYPE, OCI_IMAGE_INDEX_MEDIA_TYPE, OCI_IMAGE_MEDIA_TYPE,
};
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use serde::Deserialize;

use super::failure::Failure;
use super::name::{Name, Version};
use super::repository::Repository;
use super::request::{Request, body};
use super::retry::Tries;
use crate::digest::{Descriptor, Digest};
use crate::limits::Limits;

/// Everything that is understood, in one header.
pub(crate) const ACCEPT: &str = "application/vnd.oci.image.index.v1+json, \
     application/vnd.oci.image.manifest.v1+json, \
     application/vnd.docker.distribution.manifest.list.v2+json, \
     application/vnd.docker.distribution.manifest.v2+json";

/// The header that names the digest of what is sent.
const CONTENT_DIGEST: &str = "docker-content-digest";

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
        let response = repository.get(&path, &request, &mut tries).await?;
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
                let detail =
                    format!("the registry answers with a manifest that has the digest {found}, not {promised}");
                return Err(Failure::permanent(detail));
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

/// The digest of what a tag stands for now, without fetching it; `None` where the registry does not say.
pub(crate) async fn look(repository: &Repository, name: &Name, limits: &Limits) -> Result<Option<Digest>, Failure> {
    let request = Request { method: Method::HEAD, accept: Some(ACCEPT), ..Request::default() };
    let path = format!("manifests/{}", name.version());
    let response = repository.get(&path, &request, &mut Tries::new(limits)).await?;
    Ok(content_digest(response.headers()))
}
