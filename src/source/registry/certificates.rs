//! Certificates for one registry, as `docker` and `podman` take them: containers-certs.d(5).
//!
//! A directory of the registry's name, port included, holds `*.crt` (authorities to trust) and pairs of `NAME.cert` and
//! `NAME.key` (what the client shows). It may be below any of three directories; the first that has it is the only one
//! that is read.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::super::access::Environment;
use super::small_file;
use crate::error::Unsuitable;

/// Where the system has certificates.
const SYSTEM: [&str; 2] = ["/etc/containers/certs.d", "/etc/docker/certs.d"];

/// What is there for one registry.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct HostCertificates {
    /// Authorities to trust besides the system's: files in PEM, by name.
    pub(crate) authorities: Vec<Vec<u8>>,
    /// What the client shows: certificates, then their key, in PEM. The pair that is first by name, where there are more.
    pub(crate) identity: Option<Vec<u8>>,
}

/// The certificates for a registry: `host`, with its port where it has one, as the user knows it.
///
/// # Errors
/// A file that cannot be read, or one of a pair without the other.
pub(crate) fn for_host(host: &str, environment: &Environment) -> Result<HostCertificates, Unsuitable> {
    let user = environment.home().map(|home| home.join(".config/containers/certs.d"));
    for_host_below(host, user.into_iter().chain(SYSTEM.map(PathBuf::from)))
}

fn for_host_below(host: &str, places: impl Iterator<Item = PathBuf>) -> Result<HostCertificates, Unsuitable> {
    // Not a path to somewhere else.
    if host.is_empty() || host.contains('/') || host.starts_with('.') {
        return Ok(HostCertificates::default());
    }
    for place in places {
        let folder = place.join(host);
        match names(&folder) {
            Ok(names) => return read(&folder, &names),
            // What other users may not see is not there for them.
            Err(error) if is_absent(error.kind()) => {}
            Err(error) => return Err(Unsuitable::FolderUnread(folder.display().to_string(), error.to_string())),
        }
    }
    Ok(HostCertificates::default())
}

fn is_absent(kind: io::ErrorKind) -> bool {
    matches!(kind, io::ErrorKind::NotFound | io::ErrorKind::NotADirectory | io::ErrorKind::PermissionDenied)
}

fn names(folder: &Path) -> io::Result<BTreeSet<String>> {
    // A name that is not text has none of the endings that matter; a valid one is found without it.
    fs::read_dir(folder)?
        .filter_map(|entry| entry.map(|entry| entry.file_name().into_string().ok()).transpose())
        .collect()
}

fn read(folder: &Path, names: &BTreeSet<String>) -> Result<HostCertificates, Unsuitable> {
    let mut certificates = HostCertificates::default();
    let bytes = |name: &str| {
        let path = folder.join(name);
        small_file(&path)?.ok_or_else(|| Unsuitable::LeadsNowhere(path.display().to_string()))
    };
    let other = |name: &str, other: String, without: fn(String, String) -> Unsuitable| match names.contains(&other) {
        true => Ok(other),
        false => Err(without(folder.join(name).display().to_string(), other)),
    };
    for name in names {
        if name.ends_with(".crt") {
            certificates.authorities.push(bytes(name)?);
        } else if let Some(stem) = name.strip_suffix(".cert") {
            let key = other(name, format!("{stem}.key"), Unsuitable::WithoutKey)?;
            if certificates.identity.is_none() {
                certificates.identity = Some([bytes(name)?, b"\n".to_vec(), bytes(&key)?].concat());
            }
        } else if let Some(stem) = name.strip_suffix(".key") {
            other(name, format!("{stem}.cert"), Unsuitable::WithoutCertificate)?;
        }
    }
    Ok(certificates)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use tempfile::TempDir;

    use super::*;

    /// Two places, the first of which goes first.
    fn places(files: &[(&str, &str)]) -> TempDir {
        let root = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = root.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        root
    }

    fn found(root: &TempDir, host: &str) -> Result<(Vec<String>, Option<String>), String> {
        let places = ["first", "second"].map(|name| root.path().join(name));
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let found = for_host_below(host, places.into_iter()).map_err(|problem| problem.to_string())?;
        Ok((found.authorities.into_iter().map(text).collect(), found.identity.map(text)))
    }

    #[test]
    fn authorities_and_one_identity_are_read() {
        let root = places(&[
            ("first/h:5000/b.crt", "B"),
            ("first/h:5000/a.crt", "A"),
            ("first/h:5000/client.cert", "CERT"),
            ("first/h:5000/client.key", "KEY"),
            ("first/h:5000/other.cert", "other"),
            ("first/h:5000/other.key", "other"),
            ("first/h:5000/README", "x"),
        ]);
        let all = (vec!["A".to_owned(), "B".to_owned()], Some("CERT\nKEY".to_owned()));
        assert_eq!(found(&root, "h:5000"), Ok(all));
        for host in ["h", "h:50", "H:5000", "", "..", "../first/h:5000", "h:5000/."] {
            assert_eq!(found(&root, host), Ok((vec![], None)), "{host}");
        }
    }

    #[test]
    fn the_first_directory_that_is_there_wins() {
        let root = places(&[("first/one/README", ""), ("second/one/a.crt", "A"), ("second/two/a.crt", "A")]);
        assert_eq!(found(&root, "one"), Ok((vec![], None)));
        assert_eq!(found(&root, "two"), Ok((vec!["A".to_owned()], None)));
    }

    #[test]
    fn the_user_s_directory_goes_before_the_system_s() {
        let root = places(&[(".config/containers/certs.d/registry.test/ca.crt", "A")]);
        let environment = Environment::of([("HOME", root.path())]);
        assert_eq!(for_host("registry.test", &environment).unwrap().authorities, [b"A".to_vec()]);
        assert!(for_host("other.test", &environment).unwrap() == HostCertificates::default());
    }

    #[test]
    fn half_a_pair_and_unreadable_files_are_errors() {
        let root = places(&[("first/a/x.cert", ""), ("first/b/x.key", ""), ("first/c/y", "")]);
        assert!(found(&root, "a").unwrap_err().contains("x.cert has no key x.key beside it"));
        assert!(found(&root, "b").unwrap_err().contains("x.key has no certificate x.cert beside it"));
        fs::create_dir(root.path().join("first/c/ca.crt")).unwrap();
        assert!(found(&root, "c").unwrap_err().contains("ca.crt is a directory"));
        fs::create_dir(root.path().join("first/d")).unwrap();
        symlink("nowhere", root.path().join("first/d/ca.crt")).unwrap();
        assert!(found(&root, "d").unwrap_err().contains("ca.crt leads to no file"));
    }
}
