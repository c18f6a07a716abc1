//! What refers to a manifest (distribution specification, "Listing Referrers"), with the fall-back for registries that do
//! not know the question: an index under a tag made of the digest.

use reqwest::header::LINK;
use serde::Deserialize;

use super::failure::{Failure, Kind};
use super::manifests::ACCEPT;
use super::repository::Repository;
use super::request::{Request, body};
use super::retry::Tries;
use crate::digest::{Descriptor, Digest};
use crate::limits::Limits;

#[derive(Deserialize)]
struct Index {
    #[serde(default)]
    manifests: Vec<Referrer>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Referrer {
    #[serde(default)]
    media_type: String,
    digest: String,
    #[serde(default)]
    size: Option<u64>,
}

/// Pages that are asked for at most.
const PAGES: usize = 100;

/// The descriptors of everything that refers to a manifest, in the registry's order; empty where nothing does.
pub(crate) async fn list(
    repository: &Repository,
    subject: &Digest,
    limits: &Limits,
) -> Result<Vec<Descriptor>, Failure> {
    let mut found = Vec::new();
    let mut path = format!("referrers/{subject}");
    for page in 0..PAGES {
        let (index, next) = match fetch(repository, &path, limits).await {
            Err(failure) if failure.kind == Kind::Missing && page == 0 => {
                return fall_back(repository, subject, limits).await;
            }
            other => other?,
        };
        take(&mut found, index, limits)?;
        match next {
            Some(next) => path = next,
            None => return Ok(found),
        }
    }
    Err(Failure::permanent(format!("the list of referrers has more than {PAGES} pages")))
}

async fn fall_back(repository: &Repository, subject: &Digest, limits: &Limits) -> Result<Vec<Descriptor>, Failure> {
    let path = format!("manifests/{}-{}", subject.algorithm(), subject.encoded());
    match fetch(repository, &path, limits).await {
        Ok((index, _)) => {
            let mut found = Vec::new();
            take(&mut found, index, limits)?;
            Ok(found)
        }
        Err(failure) if failure.kind == Kind::Missing => Ok(Vec::new()),
        Err(failure) => Err(failure),
    }
}

async fn fetch(repository: &Repository, path: &str, limits: &Limits) -> Result<(Index, Option<String>), Failure> {
    let request = Request { accept: Some(ACCEPT), ..Request::default() };
    let response = repository.get(path, &request, &mut Tries::new(limits)).await?;
    let next = response.headers().get(LINK).and_then(|value| next_page(value.to_str().ok()?));
    let bytes = body(response, limits.document_bytes, limits).await?;
    let index = serde_json::from_slice(&bytes)
        .map_err(|_| Failure::permanent("the list of referrers is not an image index"))?;
    Ok((index, next))
}

fn take(found: &mut Vec<Descriptor>, index: Index, limits: &Limits) -> Result<(), Failure> {
    for referrer in index.manifests {
        // A digest of an unknown kind can be verified by nobody here.
        let Ok(digest) = Digest::parse(&referrer.digest) else { continue };
        found.push(Descriptor { media_type: referrer.media_type, digest, size: referrer.size });
    }
    if found.len() > limits.index_descriptors {
        return Err(Failure::permanent(format!(
            "there are more than {} referrers (see --limit index-descriptors)",
            limits.index_descriptors
        )));
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
