//! Which Docker engine is meant: what the `docker` command would talk to.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{NamedBy, Unplaced, shown};
use crate::source::access::Environment;

use super::context;
use super::endpoint::{Endpoint, SOCKET, parse};
use super::folder::folder;
use super::tls::Tls;

/// Finds the engine in the order of the `docker` command: `DOCKER_HOST`, the context in `DOCKER_CONTEXT`, the current
/// context of the configuration, the system's socket; and at last the socket of an engine without root.
pub(super) fn engine(environment: &Environment) -> Result<Endpoint, Unplaced> {
    if let Some(host) = environment.get("DOCKER_HOST") {
        let host = host.to_str().ok_or(Unplaced::HostNotText)?;
        return parse(host, Tls::of_environment(environment)).map_err(|problem| problem.named(NamedBy::Environment));
    }
    let folder = folder(environment);
    let name = match environment.text("DOCKER_CONTEXT") {
        Some(name) => Some(name.to_owned()),
        None => folder.as_deref().map(context::current).transpose()?.flatten(),
    };
    match (name.filter(|name| name != "default"), folder) {
        (Some(name), Some(folder)) => context::endpoint(&folder, &name),
        (Some(name), None) => Err(Unplaced::ContextWithoutHome(shown(&name))),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_goes_before_everything() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().to_str().unwrap();
        let found = |more: &[(&str, &str)]| {
            let base = [("HOME", path), ("DOCKER_CONFIG", path)];
            engine(&Environment::of(base.iter().chain(more).copied()))
                .map(|endpoint| endpoint.to_string())
                .map_err(|problem| problem.to_string())
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
