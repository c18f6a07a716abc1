//! `docker-daemon:REF`: one request to the Docker engine, `GET /images/NAME/get` of its API (Docker Engine API,
//! "Export an image"), which answers with what `docker save` writes. Engines are talked to directly, never through a
//! proxy, and no redirect is followed.

use std::error::Error;
use std::io;
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use serde::Deserialize;
use url::Url;

use crate::error::{Hint, Unchosen, Unexported, Unopened, Unplaced, shown};
use crate::limits::Limits;
use crate::source::archive::Archive;
use crate::source::choice::Refusal;
use crate::source::net::{Net, tls_ready};

use super::endpoint::Endpoint;
use super::export::Export;

/// How long an engine is waited for.
pub(crate) struct Patience {
    /// For a connection.
    pub(crate) connect: Duration,
    /// For the next bytes. An engine collects the whole image before it sends the first ones.
    pub(crate) silence: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Patience { connect: Duration::from_secs(10), silence: Duration::from_secs(300) }
    }
}

/// Bytes of an error's message that are read.
const MESSAGE: usize = 16 << 10;

/// Why there is no export.
enum Trouble {
    /// The engine has no such image; its words, if any.
    NoImage(Option<String>),
    /// Anything else.
    Failed(Unexported),
}

/// Has the engine export an image.
pub(crate) fn export(
    name: &str,
    endpoint: &Endpoint,
    patience: &Patience,
    limits: &Limits,
    net: &Net,
) -> Result<Archive, Refusal> {
    let request = request(name, endpoint, patience).map_err(|problem| instead(problem, name))?;
    let mut export = Export::new(limits)?;
    let fetched = net.wait_for(async {
        let answer = request.send().await.map_err(|error| Trouble::Failed(describe(&error, endpoint, patience)))?;
        let failed = |error: reqwest::Error| Trouble::Failed(describe(&error, endpoint, patience));
        let mut answer = check(answer, endpoint).await?;
        while let Some(piece) = answer.chunk().await.map_err(failed)? {
            export.push(&piece).map_err(Trouble::Failed)?;
        }
        Ok(())
    });
    match fetched.map_err(|error| Unexported::Setup(error.to_string()))? {
        Ok(()) => export.finish().map_err(|problem| instead(problem, name)),
        Err(Trouble::NoImage(said)) => {
            Err(Unchosen::UnknownToEngine { endpoint: endpoint.to_string(), image: shown(name), said }.into())
        }
        Err(Trouble::Failed(problem)) => Err(instead(problem, name)),
    }
}

/// A refusal that names the way around the engine's API.
pub(crate) fn instead(problem: impl Into<Unopened>, name: &str) -> Refusal {
    Refusal::Source(problem.into().with(Hint::Save(shown(name))))
}

fn request(name: &str, endpoint: &Endpoint, patience: &Patience) -> Result<RequestBuilder, Unexported> {
    tls_ready();
    let builder = Client::builder()
        .no_proxy()
        .redirect(Policy::none())
        .http1_only()
        .connect_timeout(patience.connect)
        .read_timeout(patience.silence);
    // Where TLS is not spoken, the system's certificates need not be looked for.
    let (builder, base) = match endpoint {
        Endpoint::Socket(path) => (
            builder.tls_certs_only([]).unix_socket(path.clone()),
            Url::parse("http://localhost").map_err(|error| Unexported::Setup(error.to_string()))?,
        ),
        Endpoint::Tcp { url, tls: None } => (builder.tls_certs_only([]), url.clone()),
        Endpoint::Tcp { url, tls: Some(tls) } => (tls.apply(builder)?, url.clone()),
    };
    let client = builder.build().map_err(|error| Unexported::Setup(root_cause(&error).to_string()))?;
    Ok(client.get(address(base, name)?))
}

fn address(mut base: Url, name: &str) -> Result<Url, Unplaced> {
    let mut path = base.path_segments_mut().map_err(|()| Unplaced::AddressWithoutHost)?;
    path.pop_if_empty().push("images").extend(name.split('/')).push("get");
    drop(path);
    Ok(base)
}

async fn check(mut answer: Response, endpoint: &Endpoint) -> Result<Response, Trouble> {
    let status = answer.status();
    if status == StatusCode::OK {
        return Ok(answer);
    }
    let mut bytes = Vec::new();
    // A message that breaks off says what it says.
    while let Ok(Some(piece)) = answer.chunk().await
        && bytes.len() < MESSAGE
    {
        bytes.extend_from_slice(&piece);
    }
    bytes.truncate(MESSAGE);
    let said = Some(message(&bytes)).filter(|words| !words.is_empty()).map(|words| shown(&words));
    Err(match status {
        StatusCode::NOT_FOUND => Trouble::NoImage(said),
        _ => Trouble::Failed(Unexported::Answer { endpoint: endpoint.to_string(), status: status.as_u16(), said }),
    })
}

/// The message of an error, which the engine sends as JSON.
fn message(bytes: &[u8]) -> String {
    #[derive(Deserialize)]
    struct Answer {
        message: String,
    }
    let text = match serde_json::from_slice::<Answer>(bytes) {
        Ok(answer) => answer.message,
        Err(_) => String::from_utf8_lossy(bytes).into_owned(),
    };
    text.trim().to_owned()
}

fn describe(error: &reqwest::Error, endpoint: &Endpoint, patience: &Patience) -> Unexported {
    let endpoint = endpoint.to_string();
    if error.is_timeout() {
        return if error.is_connect() {
            Unexported::ConnectTimeout(endpoint, patience.connect)
        } else {
            Unexported::Silent(endpoint, patience.silence)
        };
    }
    let cause = root_cause(error);
    if !error.is_connect() {
        return Unexported::BrokeOff(endpoint, cause.to_string());
    }
    match cause.downcast_ref::<io::Error>().map(io::Error::kind) {
        Some(io::ErrorKind::NotFound) => Unexported::Missing(endpoint),
        Some(io::ErrorKind::ConnectionRefused) => Unexported::NotRunning(endpoint),
        Some(io::ErrorKind::PermissionDenied) => Unexported::Denied(endpoint),
        _ => Unexported::Unreachable(endpoint, cause.to_string()),
    }
}

/// The innermost error, which is the system's or the protocol's; those around it only say that a request failed.
fn root_cause<'a>(error: &'a (dyn Error + 'static)) -> &'a (dyn Error + 'static) {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_inside_the_path() {
        let of = |base: &str, name: &str| address(Url::parse(base).unwrap(), name).unwrap().to_string();
        assert_eq!(of("http://localhost", "app:1"), "http://localhost/images/app:1/get");
        assert_eq!(of("http://x:1/base/", "a.b:5000/c/d:1"), "http://x:1/base/images/a.b:5000/c/d:1/get");
        assert_eq!(of("http://x", "app@sha256:00"), "http://x/images/app@sha256:00/get");
        assert_eq!(of("http://x", "a?b#c%2f d\u{e4}"), "http://x/images/a%3Fb%23c%252f%20d%C3%A4/get");
    }

    #[test]
    fn a_message_is_taken_from_json_or_as_it_is() {
        assert_eq!(message(br#"{"message":"No such image: app:1"}"#), "No such image: app:1");
        assert_eq!(
            message(b"Client sent an HTTP request to an HTTPS server.\n"),
            "Client sent an HTTP request to an HTTPS server."
        );
        assert_eq!(message(b"\xff"), "\u{fffd}");
        assert_eq!(message(b""), "");
    }
}
