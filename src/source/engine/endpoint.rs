//! Where the Docker engine is: what the `docker` command would talk to.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use url::Url;

use crate::source::access::Environment;
use crate::source::choice::shown;

use super::context;
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

const SOCKET: &str = "/var/run/docker.sock";

/// Finds the engine in the order of the `docker` command: `DOCKER_HOST`, the context in `DOCKER_CONTEXT`, the current
/// context of the configuration, the system's socket; and at last the socket of an engine without root.
pub(crate) fn find(environment: &Environment) -> Result<Endpoint, String> {
    if let Some(host) = environment.get("DOCKER_HOST") {
        let host = host.to_str().ok_or("DOCKER_HOST is not text")?;
        return parse(host, Tls::of_environment(environment)).map_err(|detail| format!("DOCKER_HOST: {detail}"));
    }
    let folder = context::folder(environment);
    let name = match environment.text("DOCKER_CONTEXT") {
        Some(name) => Some(name.to_owned()),
        None => folder.as_deref().map(context::current).transpose()?.flatten(),
    };
    match (name.filter(|name| name != "default"), folder) {
        (Some(name), Some(folder)) => context::endpoint(&folder, &name),
        (Some(name), None) => Err(format!("the context {} needs DOCKER_CONFIG or HOME", shown(&name))),
        (None, _) => Ok(Endpoint::Socket(socket(Path::new(SOCKET), environment))),
    }
}

fn socket(system: &Path, environment: &Environment) -> PathBuf {
    let own = environment.path("XDG_RUNTIME_DIR").map(|folder| folder.join("docker.sock"));
    match own {
        // Only what is certain not to be there is passed over: a socket that must not be entered is an answer.
        Some(own) if is_absent(system) && !is_absent(&own) => own,
        _ => system.to_owned(),
    }
}

fn is_absent(path: &Path) -> bool {
    fs::symlink_metadata(path).is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound)
}

/// Takes the address of an engine as `DOCKER_HOST` and contexts have it.
pub(crate) fn parse(host: &str, tls: Option<Tls>) -> Result<Endpoint, String> {
    match host.split_once("://") {
        Some(("unix", "")) => Ok(Endpoint::Socket(SOCKET.into())),
        Some(("unix", path)) => Ok(Endpoint::Socket(path.into())),
        Some(("tcp" | "http", rest)) => tcp(rest, tls),
        Some(("https", rest)) => tcp(rest, Some(tls.unwrap_or_else(Tls::of_the_system))),
        Some((scheme @ ("ssh" | "npipe" | "fd"), _)) => {
            Err(format!("an engine behind {scheme}:// is not reached from here"))
        }
        Some((scheme, _)) => Err(format!("{}:// is no way to reach an engine", shown(scheme))),
        None => tcp(host, tls),
    }
}

fn tcp(rest: &str, tls: Option<Tls>) -> Result<Endpoint, String> {
    let (scheme, port) = if tls.is_some() { ("https", 2376) } else { ("http", 2375) };
    let wrong = |detail: String| format!("not the address of an engine: {detail}");
    let mut url = Url::parse(&format!("{scheme}://{rest}")).map_err(|error| wrong(error.to_string()))?;
    // A URL does not tell the default port of its scheme from none, and Docker's is another one.
    let authority = rest.split('/').next().unwrap_or_default();
    if url.port().is_none() && !authority.ends_with(":80") && !authority.ends_with(":443") {
        url.set_port(Some(port)).map_err(|()| wrong("it has no host".to_owned()))?;
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("it carries a login, which engines do not take".to_owned()));
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
        parse(host, tls).map_or_else(|detail| detail, |endpoint| endpoint.to_string())
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
            let detail = parse(host, None).unwrap_err();
            assert!(!detail.contains("hunter2"), "{detail}");
        }
        assert_eq!(shown_as("ssh://host", None), "an engine behind ssh:// is not reached from here");
    }

    #[test]
    fn the_environment_goes_before_everything() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().to_str().unwrap();
        let found = |more: &[(&str, &str)]| {
            let base = [("HOME", path), ("DOCKER_CONFIG", path)];
            find(&Environment::of(base.iter().chain(more).copied())).map(|endpoint| endpoint.to_string())
        };
        fs::write(dir.path().join("config.json"), r#"{"currentContext":"gone"}"#).unwrap();
        assert!(found(&[]).unwrap_err().contains("gone"));
        assert!(found(&[("DOCKER_CONTEXT", "other")]).unwrap_err().contains("other"));
        assert_eq!(found(&[("DOCKER_CONTEXT", "default")]).unwrap(), "unix:///var/run/docker.sock");
        let host = ("DOCKER_HOST", "unix:///x");
        assert_eq!(found(&[("DOCKER_CONTEXT", "other"), host]).unwrap(), "unix:///x");
        assert!(found(&[("DOCKER_HOST", "ssh://x")]).unwrap_err().starts_with("DOCKER_HOST: "));
    }

    #[test]
    fn the_own_socket_is_the_last_resort() {
        let dir = tempfile::tempdir().unwrap();
        let (system, own) = (dir.path().join("system"), dir.path().join("docker.sock"));
        let environment = Environment::of([("XDG_RUNTIME_DIR", dir.path())]);
        assert_eq!(socket(&system, &environment), system);
        fs::write(&own, "").unwrap();
        assert_eq!(socket(&system, &environment), own);
        fs::write(&system, "").unwrap();
        assert_eq!(socket(&system, &environment), system);
    }
}
