//! How images that are not in files are reached: what the user said, and what the environment says.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::PathBuf;

/// How registries and engines are reached. The default is what the environment says and nothing else.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Access {
    /// A login for the one registry that is named; it goes before every stored one.
    pub login: Option<Login>,
    /// Certificates, in PEM, to trust in addition to the system's.
    pub ca_file: Option<PathBuf>,
    /// Speak http to registries, and send credentials over it. Hosts of the loopback interface are always spoken to over
    /// http, without credentials where this is not set.
    pub plain_http: bool,
    /// Accept any TLS certificate.
    pub insecure: bool,
    /// Where verified blobs are kept.
    pub cache: CacheChoice,
    /// The environment variables.
    pub environment: Environment,
}

/// Where verified blobs of registries are kept between runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum CacheChoice {
    /// `reprove` below `XDG_CACHE_HOME`, or below `~/.cache`.
    #[default]
    User,
    /// This directory, which is made where it is missing.
    At(PathBuf),
    /// Nowhere.
    Off,
}

/// A name and password that the user gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// The name.
    pub username: String,
    /// The password, or a token that stands for it.
    pub password: Secret,
}

/// A text that is never shown: not in messages, not in debug output.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Keeps a text.
    pub fn new(text: impl Into<String>) -> Self {
        Secret(text.into())
    }

    /// The text, for the request that it belongs to.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

/// The environment variables as they were at one moment.
#[derive(Clone)]
pub struct Environment(BTreeMap<OsString, OsString>);

impl Default for Environment {
    /// The program's own, now.
    fn default() -> Self {
        Environment(std::env::vars_os().collect())
    }
}

impl Environment {
    /// An environment of these variables alone.
    pub fn of<K: Into<OsString>, V: Into<OsString>>(variables: impl IntoIterator<Item = (K, V)>) -> Self {
        Environment(variables.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }

    /// A variable; one that is set to nothing counts as not set.
    pub fn get(&self, name: &str) -> Option<&OsStr> {
        self.0.get(OsStr::new(name)).map(OsString::as_os_str).filter(|value| !value.is_empty())
    }

    /// A variable that is text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.to_str()
    }

    /// A variable that is a path.
    pub fn path(&self, name: &str) -> Option<PathBuf> {
        self.get(name).map(PathBuf::from)
    }

    /// All variables, by name: what a program that is started gets to see.
    pub fn variables(&self) -> impl Iterator<Item = (&OsStr, &OsStr)> {
        self.0.iter().map(|(name, value)| (name.as_os_str(), value.as_os_str()))
    }

    /// The user's home directory.
    pub fn home(&self) -> Option<PathBuf> {
        self.path("HOME")
    }
}

/// Values may be secrets: only the names are shown.
impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_shown() {
        let login = Login { username: "me".to_owned(), password: Secret::new("hunter2") };
        let environment = Environment::of([("TOKEN", "hunter2")]);
        let shown = format!(
            "{:?} {environment:?}",
            Access { login: Some(login), environment: environment.clone(), ..Access::default() }
        );
        assert!(!shown.contains("hunter2"), "{shown}");
        assert_eq!(environment.text("TOKEN"), Some("hunter2"));
    }

    #[test]
    fn an_empty_variable_is_not_set() {
        let environment = Environment::of([("EMPTY", ""), ("HOME", "/root")]);
        assert_eq!(environment.get("EMPTY"), None);
        assert_eq!(environment.get("NONE"), None);
        assert_eq!(environment.home(), Some("/root".into()));
    }
}
