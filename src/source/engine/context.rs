//! Docker's contexts: names for engines, kept below the directory of its configuration.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::digest::Digest;
use crate::error::{NamedBy, Unplaced, shown};

use super::endpoint::{Endpoint, parse};
use super::tls::Tls;

/// The part of `config.json` that chooses.
#[derive(Deserialize)]
struct Config {
    #[serde(rename = "currentContext", default)]
    current_context: Option<String>,
}

/// `contexts/meta/ID/meta.json`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Meta {
    #[serde(default)]
    endpoints: Endpoints,
}

#[derive(Default, Deserialize)]
struct Endpoints {
    docker: Option<Docker>,
}

#[derive(Deserialize)]
struct Docker {
    #[serde(rename = "Host", default)]
    host: String,
    #[serde(rename = "SkipTLSVerify", default)]
    skip_tls_verify: bool,
}

/// Bytes of a file of the configuration that are read.
const LONGEST: u64 = 16 << 20;

/// The name of the context that the configuration chooses.
pub(crate) fn current(folder: &Path) -> Result<Option<String>, Unplaced> {
    let config: Option<Config> = read(&folder.join("config.json"))?;
    Ok(config.and_then(|config| config.current_context).filter(|name| !name.is_empty()))
}

/// The engine of a context.
pub(crate) fn endpoint(folder: &Path, name: &str) -> Result<Endpoint, Unplaced> {
    // Docker names the directories of a context by the SHA-256 of its name.
    let digest = Digest::of(name.as_bytes());
    let contexts = folder.join("contexts");
    let meta: Option<Meta> = read(&contexts.join("meta").join(digest.encoded()).join("meta.json"))?;
    let name = shown(name);
    let meta = meta.ok_or_else(|| Unplaced::NoContext(name.clone(), contexts.display().to_string()))?;
    let docker = meta.endpoints.docker.filter(|docker| !docker.host.is_empty());
    let docker = docker.ok_or_else(|| Unplaced::ContextWithoutEngine(name.clone()))?;
    let files = contexts.join("tls").join(digest.encoded()).join("docker");
    let tls = Tls::of_context(files, docker.skip_tls_verify);
    parse(&docker.host, tls).map_err(|problem| problem.named(NamedBy::Context(name)))
}

/// A JSON file; `None` where there is none.
fn read<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, Unplaced> {
    let name = || path.display().to_string();
    let unread = |error: io::Error| Unplaced::ConfigUnread(name(), error.to_string());
    match fs::metadata(path) {
        Ok(found) if found.is_file() => {}
        Ok(_) => return Err(Unplaced::ConfigNotRegular(name())),
        Err(error) if [io::ErrorKind::NotFound, io::ErrorKind::NotADirectory].contains(&error.kind()) => {
            return Ok(None);
        }
        Err(error) => return Err(unread(error)),
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(unread)?;
    file.take(LONGEST).read_to_end(&mut bytes).map_err(unread)?;
    // What is wrong is said by place alone: the file may hold credentials, and a parser quotes what it stumbles over.
    serde_json::from_slice(&bytes).map(Some).map_err(|error| Unplaced::ConfigMalformed {
        path: name(),
        line: error.line(),
        column: error.column(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes a context as `docker context create` does; returns the directory for its TLS files.
    fn context(folder: &Path, name: &str, meta: &str) -> std::path::PathBuf {
        let digest = Digest::of(name.as_bytes());
        let place = folder.join("contexts/meta").join(digest.encoded());
        fs::create_dir_all(&place).unwrap();
        fs::write(place.join("meta.json"), meta).unwrap();
        folder.join("contexts/tls").join(digest.encoded()).join("docker")
    }

    #[test]
    fn a_context_leads_to_its_engine() {
        let dir = tempfile::tempdir().unwrap();
        let meta = r#"{"Name":"own","Metadata":{},"Endpoints":{"docker":{"Host":"unix:///x","SkipTLSVerify":false}}}"#;
        context(dir.path(), "own", meta);
        assert_eq!(endpoint(dir.path(), "own").unwrap().to_string(), "unix:///x");

        let meta = r#"{"Name":"far","Endpoints":{"docker":{"Host":"tcp://engine.test"}}}"#;
        let files = context(dir.path(), "far", meta);
        assert_eq!(endpoint(dir.path(), "far").unwrap().to_string(), "tcp://engine.test:2375");
        fs::create_dir_all(&files).unwrap();
        fs::write(files.join("ca.pem"), "").unwrap();
        assert_eq!(endpoint(dir.path(), "far").unwrap().to_string(), "tcp://engine.test:2376");
        let Endpoint::Tcp { tls, .. } = endpoint(dir.path(), "far").unwrap() else { panic!("tcp") };
        assert_eq!(tls, Tls::of_context(files, false));
    }

    #[test]
    fn what_is_wrong_with_a_context_is_said() {
        let dir = tempfile::tempdir().unwrap();
        let detail = |name: &str| endpoint(dir.path(), name).unwrap_err().to_string();
        assert!(detail("../x").starts_with("there is no context ../x in "));
        context(dir.path(), "kube", r#"{"Name":"kube","Endpoints":{"kubernetes":{}}}"#);
        assert_eq!(detail("kube"), "the context kube names no Docker engine");
        context(dir.path(), "ssh", r#"{"Endpoints":{"docker":{"Host":"ssh://x"}}}"#);
        assert!(detail("ssh").starts_with("the context ssh: an engine behind ssh://"));
        context(dir.path(), "broken", "{\"Endpoints\":\"hunter2\"}");
        assert!(
            detail("broken").contains("not as Docker writes it, at line 1") && !detail("broken").contains("hunter2")
        );
    }

    #[test]
    fn the_configuration_chooses() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(current(dir.path()), Ok(None));
        for (text, name) in [("{}", None), (r#"{"currentContext":""}"#, None), (r#"{"currentContext":"a"}"#, Some("a"))]
        {
            fs::write(dir.path().join("config.json"), text).unwrap();
            assert_eq!(current(dir.path()).unwrap().as_deref(), name);
        }
        fs::write(dir.path().join("config.json"), "nothing").unwrap();
        assert!(current(dir.path()).unwrap_err().to_string().contains("config.json"));
    }
}
