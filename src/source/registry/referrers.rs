//! What refers to a manifest (distribution specification, "Listing Referrers"), with the fall-back for registries that do
//! not know the question: an index under a tag made of the digest.

use reqwest::Response;
use reqwest::header::{CONTENT_TYPE, LINK};
use serde::Deserialize;

use super::failure::{Failure, Kind};
use super::manifests::{ACCEPT, INDEX};
use super::repository::Repository;
use super::request::{Request, body};
use super::retry::Tries;
use crate::digest::{Descriptor, Digest};
use crate::error::Unfetched;
use crate::limits::Limits;

#[derive(Deserialize)]
struct Index {
    #[serde(default)]
    manifests: Vec<Listed>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    #[serde(default)]
    media_type: String,
    digest: String,
    #[serde(default)]
    size: Option<u64>,
    #[serde(default)]
    artifact_type: Option<String>,
}

/// Something that a registry lists as referring to a manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Referrer {
    pub(crate) descriptor: Descriptor,
    /// What the list says that it is; some clients write something else there than its manifest says.
    pub(crate) artifact_type: Option<String>,
}

/// Pages that are asked for at most.
const PAGES: usize = 100;
/// Characters of a media type (RFC 6838, section 4.2: twice 127 and a slash).
const MEDIA_TYPE: usize = 255;

/// The descriptors of everything that refers to a manifest, in the registry's order; empty where nothing does.
pub(crate) async fn list(
    repository: &Repository,
    subject: &Digest,
    limits: &Limits,
) -> Result<Vec<Descriptor>, Failure> {
    let found = match by_api(repository, subject, limits).await? {
        Some(found) => found,
        None => by_tag(repository, subject, limits).await?,
    };
    Ok(found.into_iter().map(|referrer| referrer.descriptor).collect())
}

/// What the registry answers to the question; `None` where it does not know it.
pub(crate) async fn by_api(
    repository: &Repository,
    subject: &Digest,
    limits: &Limits,
) -> Result<Option<Vec<Referrer>>, Failure> {
    let mut found = Vec::new();
    let mut path = format!("referrers/{subject}");
    for page in 0..PAGES {
        let response = match ask(repository, &path, limits).await {
            Err(failure) if matches!(failure.kind, Kind::Missing | Kind::Unknown) && page == 0 => return Ok(None),
            other => other?,
        };
        // "If the registry supports the referrers API", the answer has this media type; a page for people has another.
        if !is_index(&response) && page == 0 {
            return Ok(None);
        }
        let next = response.headers().get(LINK).and_then(|value| next_page(value.to_str().ok()?));
        take(&mut found, &body(response, limits.document_bytes, limits).await?, limits)?;
        match next {
            Some(next) => path = next,
            None => return Ok(Some(found)),
        }
    }
    Err(Failure::permanent(Unfetched::ReferrerPages(PAGES)))
}

/// What the index under the tag of a manifest lists.
pub(crate) async fn by_tag(
    repository: &Repository,
    subject: &Digest,
    limits: &Limits,
) -> Result<Vec<Referrer>, Failure> {
    let mut found = Vec::new();
    match ask(repository, &format!("manifests/{}", tag(subject)), limits).await {
        Ok(response) => take(&mut found, &body(response, limits.document_bytes, limits).await?, limits)?,
        Err(failure) if failure.kind == Kind::Missing => {}
        Err(failure) => return Err(failure),
    }
    Ok(found)
}

/// The tag of the index ("Referrers Tag Schema"): both parts of the digest, cut to what a tag may have.
pub(crate) fn tag(subject: &Digest) -> String {
    let encoded = subject.encoded();
    format!("{}-{}", subject.algorithm(), encoded.get(..64).unwrap_or(&encoded))
}

async fn ask(repository: &Repository, path: &str, limits: &Limits) -> Result<Response, Failure> {
    let request = Request { accept: Some(ACCEPT), ..Request::default() };
    repository.send(path, &request, &mut Tries::new(limits)).await
}

fn is_index(response: &Response) -> bool {
    let media_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    media_type.is_some_and(|value| value.split(';').next().unwrap_or(value).trim() == INDEX)
}

fn take(found: &mut Vec<Referrer>, index: &[u8], limits: &Limits) -> Result<(), Failure> {
    // Serde would take an array for a struct, too.
    let object = Some(index).filter(|text| text.trim_ascii_start().starts_with(b"{"));
    let index: Index = object
        .and_then(|text| serde_json::from_slice(text).ok())
        .ok_or_else(|| Failure::permanent(Unfetched::ReferrerList))?;
    for listed in index.manifests {
        // A digest of an unknown kind can be verified by nobody here.
        let Ok(digest) = Digest::parse(&listed.digest) else { continue };
        if listed.media_type.len().max(listed.artifact_type.as_ref().map_or(0, String::len)) > MEDIA_TYPE {
            continue;
        }
        let descriptor = Descriptor { media_type: listed.media_type, digest, size: listed.size };
        found.push(Referrer { descriptor, artifact_type: listed.artifact_type });
        if found.len() > limits.index_descriptors {
            return Err(Failure::permanent(Unfetched::Referrers(limits.index_descriptors)));
        }
    }
    Ok(())
}

/// The path of the next page below the repository (RFC 8288): only this registry is asked.
fn next_page(link: &str) -> Option<String> {
    let (target, parameters) = link.split_once('>')?;
    if !parameters.contains("rel=\"next\"") && !parameters.contains("rel=next") {
        return None;
    }
    let (_, path) = target.trim_start().strip_prefix('<')?.rsplit_once("/referrers/")?;
    Some(format!("referrers/{path}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_no_longer_than_tags_may_be() {
        assert_eq!(tag(&Digest::of(b"")), Digest::of(b"").to_string().replace(':', "-"));
        let long = Digest::parse(&format!("sha512:{}", "0a".repeat(64))).unwrap();
        assert_eq!(tag(&long), format!("sha512-{}", "0a".repeat(32)));
    }

    #[test]
    fn what_is_no_descriptor_is_left_out_and_what_is_too_much_is_refused() {
        let limits = Limits { index_descriptors: 2, ..Limits::default() };
        let listed = |media_type: &str, number: u8| serde_json::json!({ "mediaType": media_type, "digest": Digest::of(&[number]).to_string(), "artifactType": null });
        let list = |manifests: &[serde_json::Value]| {
            let mut found = Vec::new();
            take(&mut found, serde_json::json!({ "manifests": manifests }).to_string().as_bytes(), &limits)
                .map(|()| found.len())
                .map_err(|failure| failure.problem)
        };
        let other = serde_json::json!({ "mediaType": "a/b", "digest": "md5:00" });
        assert_eq!(list(&[listed("a/b", 1), other, listed(&"a".repeat(300), 2), listed("", 3)]), Ok(2));
        assert!(list(&[1, 2, 3].map(|number| listed("a/b", number))).unwrap_err() == Unfetched::Referrers(2));
        assert!(take(&mut Vec::new(), b"[]", &limits).is_err());
    }

    #[test]
    fn the_next_page_is_of_the_same_repository() {
        for link in [
            "</v2/me/app/referrers/sha256:00?last=1>; rel=\"next\"",
            "<https://evil.test/v2/other/referrers/sha256:00?last=1>; rel=next",
        ] {
            assert_eq!(next_page(link).as_deref(), Some("referrers/sha256:00?last=1"));
        }
        for link in ["", "</v2/x/referrers/y>", "</v2/x/referrers/y>; rel=\"prev\"", "</etc>; rel=\"next\""] {
            assert_eq!(next_page(link), None, "{link}");
        }
    }
}
