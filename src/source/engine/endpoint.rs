//! Where a Docker engine is, as `DOCKER_HOST` and contexts have it.

use std::fmt;
use std::path::PathBuf;

use url::Url;

use crate::error::{Unplaced, shown};

use super::tls::Tls;

/// A place that the engine's API is spoken at.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Endpoint {
    /// `unix://PATH`.
    Socket(PathBuf),
    /// `tcp://HOST:PORT`.
    Tcp {
        /// The same as `http` or `https` URL, without a login.
        url: Url,
        /// How TLS is spoken there, if it is.
        tls: Option<Tls>,
    },
}

pub(super) const SOCKET: &str = "/var/run/docker.sock";

/// Takes the address of an engine as `DOCKER_HOST` and contexts have it.
pub(crate) fn parse(host: &str, tls: Option<Tls>) -> Result<Endpoint, Unplaced> {
    match host.split_once("://") {
        Some(("unix", "")) => Ok(Endpoint::Socket(SOCKET.into())),
        Some(("unix", path)) => Ok(Endpoint::Socket(path.into())),
        Some(("tcp" | "http", rest)) => tcp(rest, tls),
        Some(("https", rest)) => tcp(rest, Some(tls.unwrap_or_else(Tls::of_the_system))),
        Some((scheme @ ("ssh" | "npipe" | "fd"), _)) => Err(Unplaced::Scheme(scheme.to_owned())),
        Some((scheme, _)) => Err(Unplaced::UnknownScheme(shown(scheme))),
        None => tcp(host, tls),
    }
}

fn tcp(rest: &str, tls: Option<Tls>) -> Result<Endpoint, Unplaced> {
    let (scheme, port) = if tls.is_some() { ("https", 2376) } else { ("http", 2375) };
    let mut url = Url::parse(&format!("{scheme}://{rest}")).map_err(|error| Unplaced::Address(error.to_string()))?;
    // A URL does not tell the default port of its scheme from none, and Docker's is another one.
    let authority = rest.split('/').next().unwrap_or_default();
    if url.port().is_none() && !authority.ends_with(":80") && !authority.ends_with(":443") {
        url.set_port(Some(port)).map_err(|()| Unplaced::AddressWithoutHost)?;
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Unplaced::AddressWithLogin);
    }
    url.set_query(None);
    url.set_fragment(None);
    Ok(Endpoint::Tcp { url, tls })
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Endpoint::Socket(path) => write!(f, "unix://{}", shown(&path.to_string_lossy())),
            Endpoint::Tcp { url, .. } => {
                write!(f, "tcp://{}:{}", url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or(0))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown_as(host: &str, tls: Option<Tls>) -> String {
        parse(host, tls).map_or_else(|problem| problem.to_string(), |endpoint| endpoint.to_string())
    }

    #[test]
    fn addresses_are_read_as_docker_does() {
        for (host, place) in [
            ("unix:///run/x.sock", "unix:///run/x.sock"),
            ("unix://", "unix:///var/run/docker.sock"),
            ("tcp://127.0.0.1", "tcp://127.0.0.1:2375"),
            ("tcp://127.0.0.1:80", "tcp://127.0.0.1:80"),
            ("tcp://[::1]:2375/", "tcp://[::1]:2375"),
            ("engine.test:1234", "tcp://engine.test:1234"),
            ("https://engine.test", "tcp://engine.test:2376"),
        ] {
            assert_eq!(shown_as(host, None), place);
        }
        assert_eq!(shown_as("tcp://engine.test", Some(Tls::of_the_system())), "tcp://engine.test:2376");
        assert_eq!(shown_as("tcp://engine.test:443", Some(Tls::of_the_system())), "tcp://engine.test:443");
    }

    #[test]
    fn what_is_not_spoken_is_said_without_what_may_be_secret() {
        for host in
            ["ssh://me:hunter2@host", "npipe:////./pipe/docker_engine", "fd://", "tcp://me:hunter2@host", "tcp://"]
        {
            let detail = parse(host, None).unwrap_err().to_string();
            assert!(!detail.contains("hunter2"), "{detail}");
        }
        assert_eq!(shown_as("ssh://host", None), "an engine behind ssh:// is not reached from here");
    }
}
