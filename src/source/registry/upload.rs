//! Blobs, uploaded (distribution specification, "Pushing blobs"): what breaks off goes on where the registry says that it
//! stopped.

use bytes::Bytes;
use reqwest::Method;
use reqwest::header::{HeaderValue, RANGE};
use url::Url;

use super::failure::{Failure, Kind};
use super::manifests::has;
use super::repository::{Repository, Target};
use super::request::{Content, Request};
use super::retry::Tries;
use crate::digest::Digest;
use crate::error::GivenUp;
use crate::limits::Limits;

const BLOB: HeaderValue = HeaderValue::from_static("application/octet-stream");
/// The least that a registry takes in a piece that is not the last.
const LEAST: &str = "oci-chunk-min-length";

/// Stores a blob that is not there yet.
pub(crate) async fn upload(repository: &Repository, bytes: &Bytes, limits: &Limits) -> Result<(), Failure> {
    let digest = Digest::of(bytes);
    let path = format!("blobs/{digest}");
    if has(repository, &path, limits).await? {
        return Ok(());
    }
    let mut upload = Upload { repository, digest, bytes, piece: limits.upload_piece_bytes, at: None, done: 0 };
    let (mut tries, mut resumes) = (Tries::new(limits), 0);
    loop {
        let Err(failure) = upload.run().await else { return Ok(()) };
        resumes += 1;
        if resumes > limits.transfer_resumes {
            return Err(failure.given_up(GivenUp::Resumes));
        }
        repository.wait_after(failure, &mut tries).await?;
        // The answer may be all that was lost.
        if has(repository, &path, limits).await? {
            return Ok(());
        }
        let before = upload.done;
        upload.look().await;
        if upload.done > before {
            tries.forget();
        }
    }
}

struct Upload<'a> {
    repository: &'a Repository,
    digest: Digest,
    bytes: &'a Bytes,
    /// What is no longer goes in a single request, which every registry takes.
    piece: usize,
    /// Where it goes on; `None` before it has begun.
    at: Option<Url>,
    /// Bytes that the registry has.
    done: usize,
}

impl Upload<'_> {
    /// Sends all that is left.
    async fn run(&mut self) -> Result<(), Failure> {
        let mut at = match self.at.clone() {
            Some(at) => at,
            None => self.begin().await?,
        };
        while self.bytes.len() - self.done > self.piece || (self.done > 0 && self.done < self.bytes.len()) {
            at = self.part(&at).await?;
            self.at = Some(at.clone());
        }
        let rest = self.bytes.slice(self.done..);
        at.query_pairs_mut().append_pair("digest", &self.digest.to_string());
        let content = (!rest.is_empty()).then(|| Content { media_type: BLOB, bytes: rest, from: None });
        self.attempt(&at, Request { method: Method::PUT, content, ..Request::default() }).await.map(drop)
    }

    async fn begin(&mut self) -> Result<Url, Failure> {
        let request = Request { method: Method::POST, ..Request::default() };
        let response = self.repository.attempt(Target::Path("blobs/uploads/"), &request).await?;
        let least = response.headers().get(LEAST).and_then(|value| value.to_str().ok()?.parse().ok());
        self.piece = self.piece.max(least.unwrap_or(0));
        let at = self.repository.location(&response)?;
        self.at = Some(at.clone());
        Ok(at)
    }

    /// Sends the next piece; where the one after it goes.
    async fn part(&mut self, at: &Url) -> Result<Url, Failure> {
        let end = self.bytes.len().min(self.done + self.piece);
        let content = Content { media_type: BLOB, bytes: self.bytes.slice(self.done..end), from: Some(self.done) };
        let request = Request { method: Method::PATCH, content: Some(content), ..Request::default() };
        let response = self.attempt(at, request).await?;
        self.done = end;
        self.repository.location(&response)
    }

    /// An upload that the registry has forgotten, or of which it has another part, can be begun anew.
    async fn attempt(&self, at: &Url, request: Request) -> Result<reqwest::Response, Failure> {
        self.repository.attempt(Target::Url(at), &request).await.map_err(|failure| match failure.kind {
            Kind::Missing | Kind::Unsatisfiable => Failure::transient(failure.problem),
            _ => failure,
        })
    }

    /// Asks how much the registry has; where it does not say, the upload begins anew.
    async fn look(&mut self) {
        let found = match self.at.take() {
            Some(at) => self.status(&at).await.ok(),
            None => None,
        };
        match found.flatten() {
            Some((at, done)) => (self.at, self.done) = (Some(at), done),
            None => self.done = 0,
        }
    }

    async fn status(&self, at: &Url) -> Result<Option<(Url, usize)>, Failure> {
        let response = self.repository.attempt(Target::Url(at), &Request::default()).await?;
        let range = response.headers().get(RANGE).and_then(|value| value.to_str().ok());
        // One byte and none are said in the same words: then nothing is lost by beginning anew.
        let last = range.and_then(|range| range.rsplit_once('-')?.1.parse::<usize>().ok()).filter(|last| *last > 0);
        let Some(done) = last.map(|last| last.saturating_add(1)).filter(|done| *done <= self.bytes.len()) else {
            return Ok(None);
        };
        Ok(Some((self.repository.location(&response).unwrap_or_else(|_| at.clone()), done)))
    }
}
