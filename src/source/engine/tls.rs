//! TLS with an engine, as the `docker` command has it: `ca.pem`, `cert.pem` and `key.pem` in one directory.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use reqwest::{Certificate, ClientBuilder, Identity};

use crate::error::Unplaced;
use crate::source::access::Environment;

use super::folder::folder;

/// How TLS is spoken with an engine.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Tls {
    /// Where the files are; any of them may be missing.
    folder: Option<PathBuf>,
    /// Whether the engine has to show a certificate of the authority in `ca.pem`, or of the system's.
    verify: bool,
}

const AUTHORITY: &str = "ca.pem";
const CERTIFICATE: &str = "cert.pem";
const KEY: &str = "key.pem";

impl Tls {
    /// What `DOCKER_TLS_VERIFY`, `DOCKER_TLS` and `DOCKER_CERT_PATH` say.
    pub(crate) fn of_environment(environment: &Environment) -> Option<Self> {
        let verify = environment.get("DOCKER_TLS_VERIFY").is_some();
        if !verify && environment.get("DOCKER_TLS").is_none() {
            return None;
        }
        let folder = environment.path("DOCKER_CERT_PATH").or_else(|| self::folder(environment));
        Some(Tls { folder, verify })
    }

    /// What a context says: TLS is spoken where it has files for it, or where it says not to verify.
    pub(crate) fn of_context(folder: PathBuf, skip_verify: bool) -> Option<Self> {
        let has_files = [AUTHORITY, CERTIFICATE, KEY].iter().any(|name| folder.join(name).exists());
        (has_files || skip_verify).then_some(Tls { folder: Some(folder), verify: !skip_verify })
    }

    /// TLS as with any other server.
    pub(crate) fn of_the_system() -> Self {
        Tls { folder: None, verify: true }
    }

    /// Prepares a client.
    pub(crate) fn apply(&self, mut builder: ClientBuilder) -> Result<ClientBuilder, Unplaced> {
        let Some(folder) = &self.folder else {
            return Ok(builder.tls_danger_accept_invalid_certs(!self.verify));
        };
        if let Some((path, pem)) = read(folder, AUTHORITY)? {
            let authorities = Certificate::from_pem_bundle(&pem).ok().filter(|list| !list.is_empty());
            let authorities = authorities.ok_or_else(|| Unplaced::NoCertificate(path.display().to_string()))?;
            builder = builder.tls_certs_only(authorities);
        }
        match (read(folder, CERTIFICATE)?, read(folder, KEY)?) {
            (Some((path, mut certificate)), Some((_, key))) => {
                certificate.push(b'\n');
                certificate.extend(key);
                let identity = Identity::from_pem(&certificate)
                    .map_err(|_| Unplaced::NoIdentity(path.display().to_string(), KEY.to_owned()))?;
                builder = builder.identity(identity);
            }
            (None, None) => {}
            (Some((path, _)), None) => return Err(half(KEY, &path)),
            (None, Some((path, _))) => return Err(half(CERTIFICATE, &path)),
        }
        Ok(builder.tls_danger_accept_invalid_certs(!self.verify))
    }
}

fn half(name: &str, beside: &Path) -> Unplaced {
    Unplaced::HalfIdentity(name.to_owned(), beside.display().to_string())
}

fn read(folder: &Path, name: &str) -> Result<Option<(PathBuf, Vec<u8>)>, Unplaced> {
    let path = folder.join(name);
    match fs::read(&path) {
        Ok(bytes) => Ok(Some((path, bytes))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Unplaced::ConfigUnread(path.display().to_string(), error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_says_whether_tls_is_spoken_and_verified() {
        let of = |variables: &[(&str, &str)]| Tls::of_environment(&Environment::of(variables.iter().copied()));
        let tls = |folder: &str, verify| Some(Tls { folder: Some(folder.into()), verify });
        assert_eq!(of(&[("DOCKER_CERT_PATH", "/certs")]), None);
        assert_eq!(of(&[("DOCKER_TLS_VERIFY", "1"), ("DOCKER_CERT_PATH", "/certs")]), tls("/certs", true));
        assert_eq!(of(&[("DOCKER_TLS", "1"), ("DOCKER_CERT_PATH", "/certs")]), tls("/certs", false));
        assert_eq!(of(&[("DOCKER_TLS", "1"), ("DOCKER_TLS_VERIFY", "1"), ("HOME", "/me")]), tls("/me/.docker", true));
    }

    #[test]
    fn files_that_are_no_certificates_are_named_and_not_quoted() {
        let dir = tempfile::tempdir().unwrap();
        let tls = Tls { folder: Some(dir.path().to_owned()), verify: true };
        let refused = || tls.apply(ClientBuilder::new()).err().unwrap().to_string();
        assert!(tls.apply(ClientBuilder::new()).is_ok());
        fs::write(dir.path().join(KEY), "hunter2").unwrap();
        assert!(refused().contains("there is no cert.pem beside"));
        fs::write(dir.path().join(CERTIFICATE), "hunter2").unwrap();
        let detail = refused();
        assert!(detail.contains("cert.pem and key.pem are not") && !detail.contains("hunter2"), "{detail}");
        fs::write(dir.path().join(AUTHORITY), "hunter2").unwrap();
        assert!(refused().ends_with("ca.pem: no certificate in PEM"));
    }
}
