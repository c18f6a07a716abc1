use std::fs;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tempfile::TempDir;

use super::*;

/// Makes a shell script that can be run at once. Another process writes it: a file that this one had open for writing
/// could still be open in a program that another test is just starting, and would then be too busy to be run.
pub(super) fn write_program(path: &Path, script: &str) {
    let text = tempfile::NamedTempFile::new().unwrap();
    fs::write(&text, format!("#!/bin/sh\n{script}\n")).unwrap();
    assert!(Command::new("install").args(["-m", "755"]).arg(text.path()).arg(path).status().unwrap().success());
}

/// A user's home directory, and what the environment says of it.
struct User {
    home: TempDir,
    variables: Vec<(&'static str, String)>,
}

impl User {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().display().to_string();
        User { variables: vec![("HOME", path.clone()), ("PATH", format!("{path}/bin:/usr/bin:/bin"))], home }
    }

    fn path(&self, name: &str) -> String {
        self.home.path().join(name).display().to_string()
    }

    fn set(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.variables.push((name, value.into()));
        self
    }

    fn file(self, name: &str, text: &str) -> Self {
        let path = self.home.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    fn helper(self, name: &str, script: &str) -> Self {
        fs::create_dir_all(self.home.path().join("bin")).unwrap();
        write_program(&self.home.path().join(format!("bin/docker-credential-{name}")), script);
        self
    }

    fn credentials(&self) -> Credentials {
        Credentials::new(Environment::of(self.variables.clone()))
    }

    /// The user name of what is found: where it came from.
    fn finds(&self, host: &str, repository: &str) -> Option<String> {
        match self.credentials().find(host, repository).unwrap() {
            Some(Credential::Basic { username, .. }) => Some(username),
            Some(other) => panic!("{other:?}"),
            None => None,
        }
    }
}

/// A file with these entries, each a key and the user name that it stands for.
fn auths(entries: &[(&str, &str)]) -> String {
    let entry =
        |(key, user): &(&str, &str)| format!(r#""{key}":{{"auth":"{}"}}"#, STANDARD.encode(format!("{user}:hunter2")));
    let entries: Vec<String> = entries.iter().map(entry).collect();
    format!(r#"{{"auths":{{{}}}}}"#, entries.join(","))
}

#[test]
fn places_are_searched_in_order() {
    let only = |name: &str| auths(&[("h", name)]);
    let mut user = User::new().file(".dockercfg", r#"{"https://h/v1/":{"auth":"bGVnYWN5Ong=","email":"e"}}"#);
    assert_eq!(user.finds("h", "r").as_deref(), Some("legacy"));
    user = user.file(".docker/config.json", &only("docker"));
    assert_eq!(user.finds("h", "r").as_deref(), Some("docker"));
    user = user.file(".config/containers/auth.json", &only("config"));
    assert_eq!(user.finds("h", "r").as_deref(), Some("config"));
    let run = user.path("run");
    user = user.set("XDG_RUNTIME_DIR", run).file("run/containers/auth.json", &only("run"));
    assert_eq!(user.finds("h", "r").as_deref(), Some("run"));
    user = user.set("DOCKER_AUTH_CONFIG", only("variable"));
    assert_eq!(user.finds("h", "r").as_deref(), Some("variable"));
    let explicit = user.path("explicit.json");
    user = user.set("REGISTRY_AUTH_FILE", explicit).file("explicit.json", &auths(&[("other", "explicit")]));
    assert_eq!(user.finds("other", "r").as_deref(), Some("explicit"));
    assert_eq!(user.finds("h", "r"), None, "only the file that was named is read");
}

#[test]
fn directories_can_be_elsewhere() {
    let user = User::new().file(".docker/config.json", &auths(&[("h", "home")]));
    let (docker, config) = (user.path("docker"), user.path("config"));
    let user = user.set("DOCKER_CONFIG", docker).file("docker/config.json", &auths(&[("h", "moved")]));
    assert_eq!(user.finds("h", "r").as_deref(), Some("moved"));
    let user = user.set("XDG_CONFIG_HOME", config).file("config/containers/auth.json", &auths(&[("h", "xdg")]));
    assert_eq!(user.finds("h", "r").as_deref(), Some("xdg"));
}

#[test]
fn the_narrowest_namespace_counts_and_no_accident_does() {
    let user = User::new().file(
        ".config/containers/auth.json",
        &auths(&[
            ("ghcr.io", "host"),
            ("ghcr.io/org", "org"),
            ("ghcr.io/org/app", "app"),
            ("evil.com/ghcr.io", "evil"),
            ("ghcr.io.evil.com", "evil"),
            ("https://quay.io/v1/", "quay"),
            ("https://index.docker.io/v1/", "hub"),
            ("localhost:5000", "local"),
        ]),
    );
    for (host, repository, found) in [
        ("ghcr.io", "org/app", Some("app")),
        ("ghcr.io", "org/app/part", Some("app")),
        ("ghcr.io", "org/application", Some("org")),
        ("ghcr.io", "organization/app", Some("host")),
        ("GHCR.io", "x", Some("host")),
        ("quay.io", "a/b", Some("quay")),
        ("docker.io", "library/debian", Some("hub")),
        ("registry-1.docker.io", "library/debian", Some("hub")),
        ("localhost:5000", "a", Some("local")),
        ("localhost", "a", None),
        ("localhost:50001", "a", None),
        ("cr.io", "org/app", None),
        ("evil.com", "x", None),
        ("io", "org", None),
        ("org", "app", None),
        ("ghcr.io.evil", "x", None),
        ("notquay.io", "a", None),
    ] {
        assert_eq!(user.finds(host, repository).as_deref(), found, "{host}/{repository}");
    }
}

const SAY_SERVER: &str = r#"read -r server; printf '{"Username":"%s","Secret":"hunter2"}' "$server""#;

#[test]
fn helpers_go_before_entries_and_a_host_s_own_before_the_store() {
    let config = r#"{"credsStore":"store","credHelpers":{"own":"own","off":""},
        "auths":{"h":{"auth":"ZW50cnk6eA=="},"off":{"auth":"ZW50cnk6eA=="},"own":{"auth":"ZW50cnk6eA=="},"none":{"auth":"ZW50cnk6eA=="}}}"#;
    let none = r#"read -r server; if [ "$server" = none ]; then echo credentials not found in native keychain; exit 1; fi
        printf '{"Username":"store:%s","Secret":"hunter2"}' "$server""#;
    let user = User::new().file(".docker/config.json", config).helper("own", SAY_SERVER).helper("store", none);
    assert_eq!(user.finds("own", "r").as_deref(), Some("own"));
    assert_eq!(user.finds("h", "r").as_deref(), Some("store:h"));
    assert_eq!(user.finds("docker.io", "library/debian").as_deref(), Some("store:https://index.docker.io/v1/"));
    assert_eq!(user.finds("none", "r").as_deref(), Some("entry"));
    assert_eq!(user.finds("off", "r").as_deref(), Some("entry"));
}

#[test]
fn a_helper_is_asked_once() {
    let user = User::new().file(".docker/config.json", r#"{"credsStore":"count"}"#);
    let script = format!("echo x >> {}\n{SAY_SERVER}", user.path("count"));
    let user = user.helper("count", &script);
    let credentials = user.credentials();
    assert_eq!(credentials.find("h", "a"), credentials.find("h", "b"));
    assert!(credentials.find("other", "a").unwrap().is_some());
    assert_eq!(fs::read_to_string(user.path("count")).unwrap(), "x\nx\n");
}

#[test]
fn errors_name_the_file_and_no_secret() {
    let error = |user: &User| {
        let error = user.credentials().find("h", "r").unwrap_err().to_string();
        assert!(!error.contains("hunter2"), "{error}");
        error
    };
    let user = User::new();
    let missing = user.path("none.json");
    assert!(error(&user.set("REGISTRY_AUTH_FILE", &missing)).contains(&missing));

    let user = User::new().file(".docker/config.json", "{\"auths\": hunter2}");
    assert!(error(&user).contains(".docker/config.json is not a credential file"));

    let user = User::new().set("DOCKER_AUTH_CONFIG", "hunter2");
    assert!(error(&user).contains("DOCKER_AUTH_CONFIG"));

    let user = User::new().file(".docker/config.json", r#"{"credsStore":"fails"}"#);
    let user = user.helper("fails", "echo hunter2; echo locked >&2; exit 1");
    let text = error(&user);
    assert!(
        text.contains(".docker/config.json: the credential helper docker-credential-fails failed: locked"),
        "{text}"
    );

    let user = User::new();
    fs::create_dir_all(user.path(".docker/config.json")).unwrap();
    assert!(error(&user).contains(".docker/config.json is a directory"));

    let user = User::new().file(".docker/config.json", &" ".repeat((1 << 20) + 1));
    assert!(error(&user).contains("more than"));
}

#[test]
fn nothing_is_found_where_there_is_nothing() {
    assert_eq!(User::new().finds("h", "r"), None);
    assert_eq!(Credentials::new(Environment::of::<&str, &str>([])).find("h", "r"), Ok(None));
}
