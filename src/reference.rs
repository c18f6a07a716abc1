//! What the user typed, taken apart: a transport and what it is to open. Pure; whether a path exists is the business of
//! [`crate::source`].
//!
//! The transports and their spelling are those of skopeo (containers-transports(5)).

use std::fmt;
use std::path::PathBuf;

/// An image as the user named it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The text as typed.
    pub typed: String,
    /// What it means.
    pub transport: Transport,
}

/// Where an image is and how it is held there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Transport {
    /// `oci:DIR[:TAG]`: a directory as image-layout.md of the OCI image specification lays it out.
    Oci(Place),
    /// `oci-archive:FILE[:TAG]`: a tar archive of such a directory.
    OciArchive(Place),
    /// `docker-archive:FILE[:REF]`: what `docker save` writes.
    DockerArchive(Place),
    /// `dir:DIR`: a directory as skopeo's `dir` transport writes it; the path may hold colons.
    Dir(PathBuf),
    /// An image that is not in a file.
    Remote(Remote),
    /// No transport: a path if it exists, else a registry reference. Never empty.
    Unspecified(String),
}

/// A path, and which of the images there is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The directory or file; never empty.
    pub path: PathBuf,
    /// A tag, a `NAME:TAG`, `@N` (the image at that position, from 0) or `@DIGEST`; absent where nothing was chosen.
    pub image: Option<String>,
}

/// A place outside the file system that images are kept in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remote {
    /// `docker://HOST/NAME[:TAG|@DIGEST]`: a registry; the text after `docker://`.
    Registry(String),
    /// `docker-daemon:REF`: the Docker engine.
    DockerDaemon(String),
    /// `containers-storage:REF`: the store that podman and buildah share.
    ContainersStorage(String),
}

/// Why a text is no reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferenceError {
    /// What the user typed.
    pub reference: String,
    /// What is wrong with it.
    pub problem: Unnamed,
}

impl std::error::Error for ReferenceError {}

/// What a text that is no reference lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Unnamed {
    /// Everything.
    Empty,
    /// The path behind the transport.
    NoPath,
    /// The name of an image behind the transport.
    NoName,
}

impl Reference {
    /// Takes a reference apart. After `oci:`, `oci-archive:` and `docker-archive:` the first colon ends the path, as in
    /// skopeo; what follows may hold more of them.
    ///
    /// # Errors
    /// [`ReferenceError`] where nothing is named: an empty text, or a transport without a path or name.
    pub fn parse(typed: &str) -> Result<Self, ReferenceError> {
        let transport = transport(typed).map_err(|problem| ReferenceError { reference: typed.to_owned(), problem })?;
        Ok(Reference { typed: typed.to_owned(), transport })
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.typed)
    }
}

fn transport(typed: &str) -> Result<Transport, Unnamed> {
    if typed.is_empty() {
        return Err(Unnamed::Empty);
    }
    // A colon alone does not make `docker` a transport: `docker:dind` is the image of that name.
    if let Some(name) = typed.strip_prefix("docker://") {
        return Ok(Transport::Remote(Remote::Registry(named(name)?)));
    }
    Ok(match typed.split_once(':') {
        Some(("oci", rest)) => Transport::Oci(place(rest)?),
        Some(("oci-archive", rest)) => Transport::OciArchive(place(rest)?),
        Some(("docker-archive", rest)) => Transport::DockerArchive(place(rest)?),
        Some(("dir", "")) => return Err(Unnamed::NoPath),
        Some(("dir", rest)) => Transport::Dir(rest.into()),
        Some(("docker-daemon", rest)) => Transport::Remote(Remote::DockerDaemon(named(rest)?)),
        Some(("containers-storage", rest)) => Transport::Remote(Remote::ContainersStorage(named(rest)?)),
        _ => Transport::Unspecified(typed.to_owned()),
    })
}

fn place(rest: &str) -> Result<Place, Unnamed> {
    let (path, image) = rest.split_once(':').unwrap_or((rest, ""));
    if path.is_empty() {
        return Err(Unnamed::NoPath);
    }
    Ok(Place { path: path.into(), image: (!image.is_empty()).then(|| image.to_owned()) })
}

fn named(name: &str) -> Result<String, Unnamed> {
    if name.is_empty() { Err(Unnamed::NoName) } else { Ok(name.to_owned()) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parsed(typed: &str) -> Transport {
        Reference::parse(typed).unwrap().transport
    }

    fn at(path: &str, image: Option<&str>) -> Place {
        Place { path: path.into(), image: image.map(str::to_owned) }
    }

    #[test]
    fn the_first_colon_after_the_path_ends_it() {
        assert_eq!(parsed("oci:a"), Transport::Oci(at("a", None)));
        assert_eq!(parsed("oci:/x/a:"), Transport::Oci(at("/x/a", None)));
        assert_eq!(parsed("oci:a:1.0"), Transport::Oci(at("a", Some("1.0"))));
        assert_eq!(parsed("oci-archive:a.tar:v1"), Transport::OciArchive(at("a.tar", Some("v1"))));
        assert_eq!(
            parsed("docker-archive:a.tar:localhost:5000/app:1"),
            Transport::DockerArchive(at("a.tar", Some("localhost:5000/app:1")))
        );
        assert_eq!(parsed("docker-archive:a.tar:@1"), Transport::DockerArchive(at("a.tar", Some("@1"))));
        assert_eq!(parsed("dir:a:b"), Transport::Dir("a:b".into()));
    }

    #[test]
    fn images_outside_files_are_recognized() {
        assert_eq!(parsed("docker://debian:12"), Transport::Remote(Remote::Registry("debian:12".into())));
        assert_eq!(parsed("docker-daemon:app:1"), Transport::Remote(Remote::DockerDaemon("app:1".into())));
        assert_eq!(parsed("containers-storage:app"), Transport::Remote(Remote::ContainersStorage("app".into())));
    }

    #[test]
    fn anything_else_is_left_to_the_file_system() {
        for typed in ["debian:12", "docker:dind", "a.tar", "./oci", "oci", "OCI:a", "ghcr.io/a/b@sha256:00", "http://x"]
        {
            assert_eq!(parsed(typed), Transport::Unspecified(typed.to_owned()));
        }
    }

    #[test]
    fn a_reference_that_names_nothing_is_refused() {
        let empty = ["", "oci:", "oci::tag", "oci-archive:", "docker-archive::app:1", "dir:", "docker://"];
        for typed in empty.into_iter().chain(["docker-daemon:", "containers-storage:"]) {
            let error = Reference::parse(typed).unwrap_err();
            assert_eq!(error.reference, typed);
            assert!(error.to_string().contains("name") || error.to_string().contains("path"), "{error}");
        }
    }

    proptest! {
        #[test]
        fn what_was_typed_is_kept(typed in "\\PC+") {
            if let Ok(reference) = Reference::parse(&typed) {
                prop_assert_eq!(reference.to_string(), typed);
            }
        }
    }
}
