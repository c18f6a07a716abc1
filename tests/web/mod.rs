//! Servers for tests: HTTP/1.1 on the loopback interface, with everything that can go wrong on the way, on demand.

use std::io::{Cursor, Read};
use std::net::TcpStream;

/// What goes wrong, and when.
mod fault;
/// Sockets and threads.
mod server;
/// The same over TLS.
mod tls;

pub(crate) use fault::{Fault, Faults, Rule};
pub(crate) use server::{Exchange, Server};
pub(crate) use tls::Tls;

/// A request as it came in.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// Path and query; of a proxy also the whole URL, or `HOST:PORT`.
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    pub(crate) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or("")
    }

    /// The values of a query parameter, decoded.
    pub(crate) fn query(&self, name: &str) -> Vec<String> {
        let query = self.target.split_once('?').map_or("", |(_, query)| query);
        parameters(query.as_bytes()).into_iter().filter(|(found, _)| found == name).map(|(_, value)| value).collect()
    }

    /// A parameter of a form in the body, decoded.
    pub(crate) fn form(&self, name: &str) -> Option<String> {
        parameters(&self.body).into_iter().find(|(found, _)| found == name).map(|(_, value)| value)
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Where `Range: bytes=START-` begins.
    pub(crate) fn range_start(&self) -> Option<u64> {
        self.header("range")?.strip_prefix("bytes=")?.split('-').next()?.parse().ok()
    }
}

fn parameters(encoded: &[u8]) -> Vec<(String, String)> {
    url::form_urlencoded::parse(encoded).into_owned().collect()
}

/// What is answered.
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Box<dyn Read + Send>,
    /// `Content-Length`; without one the body is sent in chunks. Where the body is shorter the connection ends with it.
    pub(crate) length: Option<u64>,
    /// Wait this long after each piece of this many bytes.
    pub(crate) pace: Option<(usize, std::time::Duration)>,
    /// Say nothing at all and hang up.
    pub(crate) silent: bool,
    /// Then hand on everything in both directions, as a proxy does after `CONNECT`.
    pub(crate) tunnel: Option<TcpStream>,
}

impl Response {
    pub(crate) fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        let body = body.into();
        let length = Some(body.len() as u64);
        Response {
            status,
            headers: Vec::new(),
            body: Box::new(Cursor::new(body)),
            length,
            pace: None,
            silent: false,
            tunnel: None,
        }
    }

    pub(crate) fn json(status: u16, body: &serde_json::Value) -> Self {
        Response::new(status, body.to_string()).with("Content-Type", "application/json")
    }

    /// An error as the distribution specification has it.
    pub(crate) fn error(status: u16, code: &str, message: &str) -> Self {
        Response::json(status, &serde_json::json!({ "errors": [{ "code": code, "message": message }] }))
    }

    /// Sets a header, instead of one of that name.
    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.retain(|(found, _)| !found.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.into()));
        self
    }
}

/// Who answers.
pub(crate) trait Handler: Send + Sync {
    fn answer(&self, request: &Request) -> Response;
}

impl<F: Fn(&Request) -> Response + Send + Sync> Handler for F {
    fn answer(&self, request: &Request) -> Response {
        self(request)
    }
}

impl<H: Handler + ?Sized> Handler for std::sync::Arc<H> {
    fn answer(&self, request: &Request) -> Response {
        (**self).answer(request)
    }
}
