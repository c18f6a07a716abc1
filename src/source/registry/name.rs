//! What a reference to a registry names, completed as Docker completes it.

use std::net::IpAddr;

use url::Url;

use crate::digest::Digest;
use crate::error::{Unfetched, shown};

/// A repository, and the image in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name {
    /// The registry as users name it: `docker.io`, `localhost:5000`.
    pub(crate) registry: String,
    /// The repository in it: `library/debian`.
    pub(crate) repository: String,
    pub(crate) version: Version,
}

/// Which image of a repository (distribution specification, "Pulling manifests").
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Version {
    /// Whatever has this tag.
    Tag(String),
    /// This image, whatever its tag is.
    Digest(Digest),
}

/// The registry that a name without a host means, and where its API is.
const DOCKER: (&str, &str) = ("docker.io", "registry-1.docker.io");

impl Name {
    /// Takes a name apart: `debian` is `docker.io/library/debian:latest`. A digest goes before a tag.
    pub(crate) fn parse(text: &str) -> Result<Self, Unfetched> {
        let reference =
            oci_distribution::Reference::try_from(text).map_err(|error| Unfetched::NotAName(error.to_string()))?;
        let version = match (reference.digest(), reference.tag()) {
            (Some(digest), _) => {
                Version::Digest(Digest::parse(digest).map_err(|error| Unfetched::NotADigest(error.to_string()))?)
            }
            (None, tag) => Version::Tag(tag.unwrap_or("latest").to_owned()),
        };
        // What is in capitals before the first slash is a host to Docker and part of the repository here: neither is meant.
        if reference.repository().bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err(Unfetched::Capitals);
        }
        let registry = match reference.registry() {
            "index.docker.io" => DOCKER.0,
            other => other,
        };
        Ok(Name { registry: registry.to_owned(), repository: reference.repository().to_owned(), version })
    }

    /// The tag or the digest, as the API takes it.
    pub(crate) fn version(&self) -> String {
        match &self.version {
            Version::Tag(tag) => tag.clone(),
            Version::Digest(digest) => digest.to_string(),
        }
    }

    /// For messages.
    pub(crate) fn shown(&self) -> String {
        let separator = if matches!(self.version, Version::Tag(_)) { ':' } else { '@' };
        shown(&format!("{}/{}{separator}{}", self.registry, self.repository, self.version()))
    }
}

/// The host of an address, with its port where it is not the protocol's own.
pub(crate) fn host_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// The host, with its port, that has the API of a registry.
pub(crate) fn api_host(registry: &str) -> &str {
    if registry == DOCKER.0 { DOCKER.1 } else { registry }
}

/// Whether a host, with or without a port, is this machine.
pub(crate) fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let name = name.trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_completed_as_docker_does() {
        for (text, shown) in [
            ("debian", "docker.io/library/debian:latest"),
            ("me/app:1", "docker.io/me/app:1"),
            ("index.docker.io/library/debian:12", "docker.io/library/debian:12"),
            ("localhost:5000/app", "localhost:5000/app:latest"),
            ("ghcr.io/me/team/app:v1", "ghcr.io/me/team/app:v1"),
        ] {
            assert_eq!(Name::parse(text).unwrap().shown(), shown);
        }
        let digest = Digest::of(b"");
        for text in [format!("debian@{digest}"), format!("debian:12@{digest}")] {
            assert_eq!(Name::parse(&text).unwrap().shown(), format!("docker.io/library/debian@{digest}"));
        }
        assert_eq!(api_host("docker.io"), "registry-1.docker.io");
        assert_eq!(api_host("ghcr.io"), "ghcr.io");
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for text in [
            "",
            "Debian",
            "a b",
            "ghcr.io/",
            "app:",
            "app@sha256:00",
            "app:tag:tag",
            "../x",
            "app@md5:00",
            "UPPER/case",
        ] {
            assert!(Name::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn this_machine_has_many_names() {
        for host in ["localhost", "LOCALHOST:5000", "127.0.0.1:5000", "127.1.2.3", "[::1]:5000", "[::1]"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["localhost.evil.com", "127.0.0.1.evil.com", "10.0.0.1:5000", "128.0.0.1", "::2"] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
