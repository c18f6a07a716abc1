//! One request: redirects followed, credentials kept to their host.

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue, LOCATION, RANGE};
use reqwest::{Method, Response};
use tokio::time::timeout_at;
use url::Url;

use super::connection::{Connections, same_host};
use super::failure::{Failure, within};
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
    /// Whether redirects lead to https or to the same host alone.
    pub(crate) stays: bool,
}

impl Default for Request {
    fn default() -> Self {
        Request { method: Method::GET, accept: None, authorization: None, from: 0, form: None, stays: false }
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
        let mut builder = connections.client(&url)?.request(request.method.clone(), url.clone());
        if let Some(accept) = request.accept {
            builder = builder.header(ACCEPT, accept);
        }
        if request.from > 0 {
            builder = builder.header(RANGE, format!("bytes={}-", request.from));
        }
        if let Some(value) = request.authorization.as_ref().filter(|_| url.origin() == origin) {
            builder = builder.header(AUTHORIZATION, value);
        }
        if let Some(form) = &request.form {
            builder = builder.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(form.clone());
        }
        let response = builder.send().await.map_err(|error| Failure::of_request(&error))?;
        let Some(next) = redirect(&url, &response)? else { return Ok(response) };
        if request.form.is_some() && next.origin() != origin {
            return Err(Failure::permanent("the token server sends the login on to another server"));
        }
        if request.stays && next.scheme() != "https" && !same_host(&url, &next) {
            return Err(Failure::permanent(
                "the token server redirects to another host that is not reached over https",
            ));
        }
        if url.scheme() == "https" && next.scheme() != "https" && !connections.may_downgrade() {
            return Err(Failure::permanent("the registry redirects from https to plain http"));
        }
        url = next;
    }
    Err(Failure::permanent(format!("the registry redirects more than {REDIRECTS} times")))
}

fn redirect(url: &Url, response: &Response) -> Result<Option<Url>, Failure> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let target = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
    let target = target.and_then(|target| url.join(target).ok());
    target.map(Some).ok_or_else(|| Failure::permanent("the registry redirects to nowhere"))
}

/// A body of at most `most` bytes, which has the time of one answer.
pub(crate) async fn body(mut response: Response, most: u64, limits: &Limits) -> Result<Vec<u8>, Failure> {
    let deadline = within(limits);
    let mut bytes = Vec::new();
    loop {
        let piece = timeout_at(deadline, response.chunk()).await.map_err(|_| Failure::late(limits))?;
        let Some(piece) = piece.map_err(|error| Failure::of_request(&error))? else { return Ok(bytes) };
        if (bytes.len() + piece.len()) as u64 > most {
            return Err(Failure::permanent(format!(
                "the answer has more than the {most} bytes that are read of it (see --limit document-bytes)"
            )));
        }
        bytes.extend_from_slice(&piece);
    }
}
