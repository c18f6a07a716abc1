//! What is under a tag, changed while others may change it too.
//!
//! No registry is bound to refuse a write that undoes another (`If-Match`), and many ignore the condition. So whoever
//! writes looks again: at once, and after a time in which another writer that had read what was there before would have
//! written. What was lost by then is done again, upon what is there now.

use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{ETAG, HeaderValue};
use tokio::time::Instant;

use super::failure::{Failure, Kind};
use super::manifests::{ACCEPT, put};
use super::repository::Repository;
use super::request::{Request, body};
use super::retry::{Tries, jittered};
use crate::error::Unattached;
use crate::limits::Limits;

/// Times that a change is made again.
const ROUNDS: u32 = 20;
/// What other writers need at most from reading to writing, where the registry is as quick as the clock can tell.
const SETTLED: Duration = Duration::from_millis(250);
/// The longest that is waited for them.
const PATIENCE: Duration = Duration::from_secs(5);

/// What is to be under a tag.
pub(crate) struct Edited {
    pub(crate) media_type: &'static str,
    pub(crate) bytes: Vec<u8>,
}

/// Changes what is under a tag until `edit`, which gets what is there, finds nothing to do. Whether anything was changed.
pub(crate) async fn change(
    repository: &Repository,
    tag: &str,
    limits: &Limits,
    edit: impl AsyncFn(Option<&[u8]>) -> Result<Option<Edited>, Failure>,
) -> Result<bool, Failure> {
    let (mut written, mut settled, mut round) = (false, false, 0);
    let mut pause = SETTLED;
    while round < ROUNDS {
        let start = Instant::now();
        let current = read(repository, tag, limits).await?;
        let Some(edited) = edit(current.as_ref().map(|current| current.bytes.as_slice())).await? else {
            if !written || settled {
                return Ok(written);
            }
            tokio::time::sleep(jittered(pause) * 2).await;
            settled = true;
            continue;
        };
        round += 1;
        settled = false;
        let etag = current.and_then(|current| current.etag);
        match put(repository, tag, edited.media_type, Bytes::from(edited.bytes), etag, limits).await {
            Ok(_) => written = true,
            Err(failure) if failure.kind == Kind::Changed => tokio::time::sleep(jittered(SETTLED)).await,
            Err(failure) => return Err(failure),
        }
        // As long as this took here, and longer each time that another was in the way.
        pause = (start.elapsed() * 2).max(SETTLED).max(SETTLED * round).min(PATIENCE);
    }
    Err(Failure::permanent(Unattached::Contended(tag.to_owned(), ROUNDS)))
}

struct Current {
    bytes: Vec<u8>,
    etag: Option<HeaderValue>,
}

async fn read(repository: &Repository, tag: &str, limits: &Limits) -> Result<Option<Current>, Failure> {
    let request = Request { accept: Some(ACCEPT), ..Request::default() };
    match repository.send(&format!("manifests/{tag}"), &request, &mut Tries::new(limits)).await {
        Ok(response) => {
            let etag = response.headers().get(ETAG).cloned();
            Ok(Some(Current { bytes: body(response, limits.document_bytes, limits).await?, etag }))
        }
        Err(failure) if failure.kind == Kind::Missing => Ok(None),
        Err(failure) => Err(failure),
    }
}
