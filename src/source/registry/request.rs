//! One request: redirects followed, credentials kept to their host.

use bytes::Bytes;
use reqwest::header::{
    ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, HeaderValue, IF_MATCH, LOCATION, RANGE,
};
use reqwest::{Method, RequestBuilder, Response};
use tokio::time::timeout_at;
use url::Url;

use super::connection::{Connections, same_host};
use super::failure::{Failure, within};
use crate::error::{Unadmitted, Unanswered, Unfetched};
use crate::limits::Limits;

/// What goes with a request.
#[derive(Clone)]
pub(crate) struct Request {
    pub(crate) method: Method,
    /// Media types that are understood in the answer.
    pub(crate) accept: Option<&'static str>,
    pub(crate) authorization: Option<HeaderValue>,
    /// The offset of the first byte that is asked for.
    pub(crate) from: u64,
    /// A form to be posted.
    pub(crate) form: Option<String>,
    /// What is to be stored.
    pub(crate) content: Option<Content>,
    /// What it replaces: the server is to refuse where that has changed (RFC 9110, section 13.1.1).
    pub(crate) replaces: Option<HeaderValue>,
    /// Whether redirects lead to https or to the same host alone.
    pub(crate) stays: bool,
}

/// Bytes for a server to store.
#[derive(Clone)]
pub(crate) struct Content {
    pub(crate) media_type: HeaderValue,
    pub(crate) bytes: Bytes,
    /// The offset of the first byte, where these are a part of something longer.
    pub(crate) from: Option<usize>,
}

impl Default for Request {
    fn default() -> Self {
        Request {
            method: Method::GET,
            accept: None,
            authorization: None,
            from: 0,
            form: None,
            content: None,
            replaces: None,
            stays: false,
        }
    }
}

impl Request {
    /// Whether it changes something at the server.
    pub(crate) fn writes(&self) -> bool {
        !matches!(self.method, Method::GET | Method::HEAD) && self.form.is_none()
    }

    /// Puts all of it but the authorization into a request.
    fn fill(&self, mut builder: RequestBuilder) -> RequestBuilder {
        if let Some(accept) = self.accept {
            builder = builder.header(ACCEPT, accept);
        }
        if self.from > 0 {
            builder = builder.header(RANGE, format!("bytes={}-", self.from));
        }
        if let Some(form) = &self.form {
            builder = builder.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(form.clone());
        }
        if let Some(replaces) = &self.replaces {
            builder = builder.header(IF_MATCH, replaces);
        }
        if let Some(content) = &self.content {
            // The distribution specification's own form, without a unit.
            if let Some(from) = content.from {
                builder = builder.header(CONTENT_RANGE, format!("{from}-{}", from + content.bytes.len() - 1));
            }
            builder = builder.header(CONTENT_TYPE, &content.media_type).body(content.bytes.clone());
        } else if self.writes() {
            // With a length of nothing, which some servers ask for.
            builder = builder.header(CONTENT_LENGTH, 0);
        }
        builder
    }
}

/// Redirects that are followed in a row.
const REDIRECTS: usize = 10;

/// Makes a request and follows redirects, all within the time of one answer. The authorization goes to the first
/// address's origin alone.
pub(crate) async fn follow(connections: &Connections, url: Url, request: &Request) -> Result<Response, Failure> {
    let limits = connections.limits();
    let answer = timeout_at(within(limits), follow_for_long(connections, url, request)).await;
    answer.unwrap_or_else(|_| Err(Failure::late(limits)))
}

async fn follow_for_long(connections: &Connections, url: Url, request: &Request) -> Result<Response, Failure> {
    let origin = url.origin();
    let mut url = url;
    for _ in 0..=REDIRECTS {
        let mut builder = request.fill(connections.client(&url)?.request(request.method.clone(), url.clone()));
        if let Some(value) = request.authorization.as_ref().filter(|_| url.origin() == origin) {
            builder = builder.header(AUTHORIZATION, value);
        }
        let response = builder.send().await.map_err(|error| Failure::of_request(&error))?;
        let Some(next) = redirect(&url, &response)? else { return Ok(response) };
        if request.writes() && !matches!(response.status().as_u16(), 307 | 308) {
            return Err(Failure::permanent(Unanswered::RedirectWrite));
        }
        if request.form.is_some() && next.origin() != origin {
            return Err(Failure::permanent(Unadmitted::TokenForwarded));
        }
        if request.stays && next.scheme() != "https" && !same_host(&url, &next) {
            return Err(Failure::permanent(Unanswered::RedirectHost));
        }
        if url.scheme() == "https" && next.scheme() != "https" && !connections.may_downgrade() {
            return Err(Failure::permanent(Unanswered::RedirectPlain));
        }
        url = next;
    }
    Err(Failure::permanent(Unanswered::Redirects(REDIRECTS)))
}

fn redirect(url: &Url, response: &Response) -> Result<Option<Url>, Failure> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let target = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
    let target = target.and_then(|target| url.join(target).ok());
    target.map(Some).ok_or_else(|| Failure::permanent(Unanswered::RedirectNowhere))
}

/// A body of at most `most` bytes, which has the time of one answer.
pub(crate) async fn body(mut response: Response, most: u64, limits: &Limits) -> Result<Vec<u8>, Failure> {
    let deadline = within(limits);
    let mut bytes = Vec::new();
    loop {
        let piece = timeout_at(deadline, response.chunk()).await.map_err(|_| Failure::late(limits))?;
        let Some(piece) = piece.map_err(|error| Failure::of_request(&error))? else { return Ok(bytes) };
        if (bytes.len() + piece.len()) as u64 > most {
            let is_limit = most == limits.document_bytes;
            return Err(Failure::permanent(Unfetched::TooLarge { most, is_limit }));
        }
        bytes.extend_from_slice(&piece);
    }
}
