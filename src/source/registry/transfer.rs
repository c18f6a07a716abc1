//! One blob, streamed: what breaks off goes on where it stopped, and whoever reads verifies the whole.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::CONTENT_RANGE;
use reqwest::{Response, StatusCode};
use tokio::time::{Instant, timeout_at};

use super::failure::{Failure, Kind};
use super::repository::Repository;
use super::request::Request;
use super::retry::Tries;
use crate::digest::Descriptor;
use crate::error::{GivenUp, Unfetched};
use crate::limits::Limits;
use crate::source::net::{Gone, Pieces};

/// A blob on its way.
pub(crate) struct Transfer {
    repository: Arc<Repository>,
    path: String,
    accept: Option<&'static str>,
    /// The blob's length, where its descriptor has it.
    size: Option<u64>,
    /// Bytes that were handed on.
    done: u64,
    tries: Tries,
    resumes: u32,
    deadline: Instant,
    is_document: bool,
    rate: Rate,
    limits: Limits,
}

/// How fast a blob comes in. Only the time spent waiting for it counts: whoever reads it may take their own.
#[derive(Default)]
struct Rate {
    waited: Duration,
    bytes: u64,
}

impl Rate {
    /// Counts a piece, and takes the average now and then.
    fn took(&mut self, waited: Duration, bytes: usize, limits: &Limits) -> Result<(), Failure> {
        self.waited += waited;
        self.bytes += bytes as u64;
        if self.waited < Duration::from_secs(limits.transfer_rate_seconds) {
            return Ok(());
        }
        let least = u128::from(limits.transfer_rate_bytes) * self.waited.as_millis() / 1000;
        let Rate { waited, bytes } = std::mem::take(self);
        if u128::from(bytes) >= least {
            return Ok(());
        }
        Err(Failure::permanent(Unfetched::Slow(bytes, waited.as_secs())))
    }
}

/// Why a transfer is over.
enum Stop {
    Failed(Failure),
    /// Nobody reads any more.
    Gone,
}

impl From<Gone> for Stop {
    fn from(_: Gone) -> Self {
        Stop::Gone
    }
}

impl Transfer {
    pub(crate) fn new(
        repository: Arc<Repository>,
        path: String,
        accept: Option<&'static str>,
        blob: &Descriptor,
        limits: &Limits,
    ) -> Self {
        // What is asked for as a manifest is one answer.
        let is_document = accept.is_some();
        let seconds = limits.transfer_seconds.min(if is_document { limits.answer_seconds } else { u64::MAX });
        Transfer {
            repository,
            path,
            accept,
            size: blob.size,
            done: 0,
            tries: Tries::new(limits),
            resumes: 0,
            deadline: Instant::now() + Duration::from_secs(seconds),
            is_document,
            rate: Rate::default(),
            limits: *limits,
        }
    }

    /// Asks for the blob: its first bytes are on the way when this returns.
    pub(crate) async fn start(&mut self) -> Result<Response, Failure> {
        let request = Request { accept: self.accept, from: self.done, ..Request::default() };
        self.repository.send(&self.path, &request, &mut self.tries).await
    }

    /// Hands on all that comes, through as many answers as it takes.
    pub(crate) async fn run(mut self, first: Response, pieces: Pieces) {
        let mut response = first;
        let failure = loop {
            match self.forward(response, &pieces).await {
                Ok(()) => return pieces.end(Ok(())).await,
                Err(Stop::Gone) => return,
                Err(Stop::Failed(failure)) => match self.resume(failure).await {
                    Ok(Some(next)) => response = next,
                    // There is nothing behind what came: that is then all of it, whatever the descriptor says.
                    Ok(None) => return pieces.end(Ok(())).await,
                    Err(failure) => break failure,
                },
            }
        };
        pieces.end(Err(self.at(failure).into_io())).await;
    }

    fn at(&self, failure: Failure) -> Failure {
        match self.done {
            0 => failure,
            bytes => Failure { problem: Unfetched::After { bytes, problem: Box::new(failure.problem) }, ..failure },
        }
    }

    /// Hands on one answer.
    async fn forward(&mut self, mut response: Response, pieces: &Pieces) -> Result<(), Stop> {
        let mut skip = self.skipped(&response).map_err(Stop::Failed)?;
        // An answer that is whole and has its length (RFC 9110, section 8.6) holds all that there is, whatever the
        // descriptor says: whoever reads finds that out.
        let is_whole = response.status() == StatusCode::OK && response.content_length().is_some();
        loop {
            let before = Instant::now();
            let piece = timeout_at(self.deadline, response.chunk()).await;
            let piece = piece.map_err(|_| Stop::Failed(self.late()))?;
            let piece = piece.map_err(|error| Stop::Failed(Failure::of_request(&error)))?;
            let Some(mut piece) = piece else { break };
            if Instant::now() > self.deadline {
                return Err(Stop::Failed(self.late()));
            }
            self.rate.took(before.elapsed(), piece.len(), &self.limits).map_err(Stop::Failed)?;
            let known = usize::try_from(skip).unwrap_or(usize::MAX).min(piece.len());
            skip -= known as u64;
            let fresh = piece.split_off(known);
            if fresh.is_empty() {
                continue;
            }
            self.done += fresh.len() as u64;
            self.tries.forget();
            pieces.put(fresh).await?;
        }
        match self.size {
            Some(size) if self.done < size && !is_whole => Err(Stop::Failed(Failure::transient(Unfetched::Truncated))),
            _ => Ok(()),
        }
    }

    fn late(&self) -> Failure {
        if self.is_document {
            return Failure::late(&self.limits);
        }
        Failure::permanent(Unfetched::TransferTimeout(self.limits.transfer_seconds))
    }

    /// Bytes at the start of an answer that were handed on already: those of a server that does not know ranges.
    fn skipped(&self, response: &Response) -> Result<u64, Failure> {
        if response.status() != StatusCode::PARTIAL_CONTENT {
            return Ok(self.done);
        }
        let range = response.headers().get(CONTENT_RANGE).and_then(|value| value.to_str().ok());
        let start = range.and_then(|range| range.strip_prefix("bytes ")?.split('-').next()?.parse::<u64>().ok());
        match start {
            Some(start) if start <= self.done => Ok(self.done - start),
            _ => Err(Failure::permanent(Unfetched::AnotherPart)),
        }
    }

    /// Asks for the rest; `None` where the registry says that there is none.
    async fn resume(&mut self, failure: Failure) -> Result<Option<Response>, Failure> {
        self.resumes += 1;
        if self.resumes > self.limits.transfer_resumes {
            return Err(failure.given_up(GivenUp::Resumes));
        }
        self.repository.wait_after(failure, &mut self.tries).await?;
        match self.start().await {
            Err(failure) if failure.kind == Kind::Unsatisfiable => Ok(None),
            other => other.map(Some),
        }
    }
}
