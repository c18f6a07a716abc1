//! Logins as users have them: what `docker login`, `podman login` and `skopeo login` left behind.
//!
//! The files are read in this order, and the first that has something for the image is the one that counts:
//!
//! 1. the file that `REGISTRY_AUTH_FILE` names, and then no other place at all;
//! 2. `DOCKER_AUTH_CONFIG`, which holds the document itself;
//! 3. `$XDG_RUNTIME_DIR/containers/auth.json`;
//! 4. `$XDG_CONFIG_HOME/containers/auth.json`, or `~/.config/containers/auth.json`;
//! 5. `$DOCKER_CONFIG/config.json`, or `~/.docker/config.json`;
//! 6. `~/.dockercfg`, in the form of the Docker of 2013.
//!
//! In a file the helper program that `credHelpers` has for the host goes first, and is then the only one that is asked;
//! after it the one of `credsStore`; then `auths`, the longest name first (containers-auth.json(5)). No message holds
//! anything of what is read there but names of hosts, files and programs.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::super::access::{Environment, Secret};
use super::small_file;
use crate::error::Unsuitable;
use document::{Document, Form};

/// What a credential file says.
mod document;
/// Programs that keep credentials: `docker-credential-NAME`.
mod helper;
/// The names that one registry goes by.
mod server;

/// A way to prove to a registry who the user is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Credential {
    /// A name and password: for basic authentication, or to get a token with.
    Basic {
        /// The name.
        username: String,
        /// The password, or a token that stands for it.
        password: Secret,
    },
    /// An OAuth 2.0 refresh token: to get a token with, never to be shown to the registry itself.
    IdentityToken(Secret),
    /// A bearer token that the registry takes as it is (`registrytoken`).
    RegistryToken(Secret),
}

/// The logins of one run.
pub(crate) struct Credentials {
    environment: Environment,
    /// What helpers answered, by program and server: one that asks the user for a passphrase does so once a run.
    answers: Mutex<BTreeMap<(String, String), Answer>>,
}

type Answer = Result<Option<Credential>, Unsuitable>;

impl Credentials {
    /// The logins of the user whose environment this is. Nothing is read yet.
    pub(crate) fn new(environment: Environment) -> Self {
        Credentials { environment, answers: Mutex::default() }
    }

    /// The login for a repository of a registry; `None` where the user has none.
    ///
    /// `host` is the registry as the user knows it, with its port where it has one: `docker.io`, `localhost:5000`.
    ///
    /// # Errors
    /// It names the file or helper that is to be repaired, and holds no secret.
    pub(crate) fn find(&self, host: &str, repository: &str) -> Result<Option<Credential>, Unsuitable> {
        let host = server::canonical_host(host);
        if let Some(path) = self.environment.path("REGISTRY_AUTH_FILE") {
            let Some(document) = read(&path, Form::Current)? else {
                return Err(Unsuitable::LoginFileMissing(path.display().to_string()));
            };
            return self.find_in(&document, &host, repository);
        }
        if let Some(text) = self.environment.get("DOCKER_AUTH_CONFIG") {
            let document = Document::parse("DOCKER_AUTH_CONFIG", text.as_encoded_bytes(), Form::Current)?;
            if let Some(found) = self.find_in(&document, &host, repository)? {
                return Ok(Some(found));
            }
        }
        for (path, form) in self.files() {
            if let Some(document) = read(&path, form)?
                && let Some(found) = self.find_in(&document, &host, repository)?
            {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    fn files(&self) -> Vec<(PathBuf, Form)> {
        let environment = &self.environment;
        let below_home = |name: &str| environment.home().map(|home| home.join(name));
        let containers = |folder: PathBuf| folder.join("containers/auth.json");
        let run = environment.path("XDG_RUNTIME_DIR").map(containers);
        let config = environment.path("XDG_CONFIG_HOME").or_else(|| below_home(".config")).map(containers);
        let docker = environment.path("DOCKER_CONFIG").or_else(|| below_home(".docker"));
        let docker = docker.map(|folder| folder.join("config.json"));
        let current = [run, config, docker].into_iter().flatten().map(|path| (path, Form::Current));
        current.chain(below_home(".dockercfg").map(|path| (path, Form::Legacy))).collect()
    }

    fn find_in(&self, document: &Document, host: &str, repository: &str) -> Answer {
        match document.helper(host) {
            Some((program, server)) if !program.is_empty() => return self.ask(document, program, server),
            // A helper without a name is how Docker turns the common store off for one host.
            Some(_) => {}
            None => {
                for server in server::store_names(host) {
                    let Some(program) = document.store() else { break };
                    if let Some(found) = self.ask(document, program, &server)? {
                        return Ok(Some(found));
                    }
                }
            }
        }
        document.login(host, repository)
    }

    fn ask(&self, document: &Document, program: &str, server: &str) -> Answer {
        // The lock is held while the helper runs: the other image of a comparison may need the same answer.
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (program.to_owned(), server.to_owned());
        let answer = answers.entry(key).or_insert_with(|| helper::get(program, server, &self.environment));
        let named = |problem| Unsuitable::NamedIn { name: document.name().to_owned(), problem: Box::new(problem) };
        answer.clone().map_err(named)
    }
}

/// A credential file; `None` where there is none.
fn read(path: &Path, form: Form) -> Result<Option<Document>, Unsuitable> {
    match small_file(path)? {
        Some(bytes) => Document::parse(&path.display().to_string(), &bytes, form).map(Some),
        None => Ok(None),
    }
}

#[cfg(test)]
mod tests;
