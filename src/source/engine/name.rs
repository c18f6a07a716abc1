//! Which image of an engine a reference names.

use crate::digest::Digest;
use crate::error::Unchosen;
use crate::source::Root;
use crate::source::archive::Archive;
use crate::source::choice::{Refusal, full_name};

/// An image of the Docker engine.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// What the engine is asked for; never without a tag, for the engine would export every tag of that name.
    pub(crate) name: String,
    /// The image's id, where the reference is one.
    pub(crate) id: Option<Digest>,
}

/// An image of containers-storage.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Stored {
    /// The reference as podman and skopeo both understand it, see [`of_storage`].
    pub(crate) name: String,
    /// Whether only skopeo knows this form: it names a store or an image of a name by id.
    pub(crate) skopeo: bool,
    /// Whether Docker's host was added to the name.
    pub(crate) completed: bool,
}

/// Takes the reference behind `docker-daemon:`. A tag that is missing is `latest`.
pub(crate) fn of_docker(typed: &str) -> Result<Wanted, Refusal> {
    // In an URL these would be lost, and what is left would be another name.
    let lost = typed.split('/').any(|component| ["", ".", ".."].contains(&component));
    if lost || typed.contains(char::is_control) {
        return Err(Unchosen::NoName.into());
    }
    let hexadecimal = typed.strip_prefix("sha256:").unwrap_or(typed);
    if is_hexadecimal(hexadecimal) && hexadecimal.len() == 64 {
        let name = format!("sha256:{hexadecimal}");
        return Ok(Wanted { id: Digest::parse(&name).ok(), name });
    }
    let whole = is_short_id(typed) || typed.rsplit('/').next().is_some_and(|last| last.contains([':', '@']));
    Ok(Wanted { name: if whole { typed.to_owned() } else { format!("{typed}:latest") }, id: None })
}

/// Takes the reference behind `containers-storage:` (containers-transports(5)).
///
/// A name without a host is one of `docker.io`, as in skopeo. podman alone would look for `localhost/NAME` first: what a
/// reference means must not depend on which of the two is installed.
pub(crate) fn of_storage(typed: &str) -> Result<Stored, Refusal> {
    if typed.starts_with('-') {
        return Err(Unchosen::Dash.into());
    }
    let names_an_id = typed.rsplit_once('@').is_some_and(|(_, id)| !id.contains(':'));
    if typed.starts_with('[') || names_an_id {
        return Ok(Stored { name: typed.to_owned(), skopeo: true, completed: false });
    }
    let hexadecimal = typed.strip_prefix("sha256:").unwrap_or(typed);
    if is_short_id(hexadecimal) {
        return Ok(Stored { name: hexadecimal.to_owned(), skopeo: false, completed: false });
    }
    let name = full_name(typed);
    let completed = name.starts_with("docker.io/") && !typed.contains("docker.io/");
    Ok(Stored { name, skopeo: false, completed })
}

/// Whether an export holds the image of an id. That is the digest of its config, or of its manifest or index where the
/// engine keeps images in containerd's store.
pub(crate) fn is_of(archive: &Archive, root: &Root, id: &Digest) -> bool {
    let digest = match root {
        Root::Descriptor(descriptor) => &descriptor.digest,
        Root::Bare { config, .. } => &config.digest,
    };
    digest == id || archive.has(&format!("blobs/{}/{}", id.algorithm(), id.encoded()))
}

fn is_hexadecimal(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Whether this is the start of an id, as the engines show it, rather than a name.
fn is_short_id(text: &str) -> bool {
    is_hexadecimal(text) && (12..=64).contains(&text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "200bcafb0b7973dabb2028464da58be67812b1ed72f8350c72326e643b8ed7b3";

    fn docker(typed: &str) -> String {
        of_docker(typed).unwrap().name
    }

    fn storage(typed: &str) -> (String, bool) {
        let stored = of_storage(typed).unwrap();
        (stored.name, stored.skopeo)
    }

    #[test]
    fn docker_is_asked_for_one_tag() {
        for (typed, name) in [
            ("app", "app:latest"),
            ("app:1", "app:1"),
            ("localhost:5000/app", "localhost:5000/app:latest"),
            ("localhost:5000/app:1", "localhost:5000/app:1"),
            ("app@sha256:00", "app@sha256:00"),
            ("sha256:200bcafb", "sha256:200bcafb"),
            ("200bcafb0b79", "200bcafb0b79"),
            ("cafe", "cafe:latest"),
        ] {
            assert_eq!(docker(typed), name);
            assert_eq!(of_docker(typed).unwrap().id, None);
        }
        for refused in ["", "/", "a//b", "../x", "a/./b", "a/", "a\nb", "\t."] {
            assert!(matches!(of_docker(refused), Err(Refusal::Choice(_))), "{refused}");
        }
    }

    #[test]
    fn a_whole_id_is_known_as_one() {
        for typed in [ID.to_owned(), format!("sha256:{ID}")] {
            let wanted = of_docker(&typed).unwrap();
            assert_eq!(wanted.name, format!("sha256:{ID}"));
            assert_eq!(wanted.id.unwrap().encoded(), ID);
        }
    }

    #[test]
    fn storage_names_mean_the_same_to_podman_and_skopeo() {
        for (typed, name) in [
            ("app", "docker.io/library/app:latest"),
            ("localhost/app", "localhost/app:latest"),
            ("localhost/app:1", "localhost/app:1"),
            ("localhost/app@sha256:00", "localhost/app@sha256:00"),
            ("200bcafb0b79", "200bcafb0b79"),
            (ID, ID),
            (&format!("sha256:{ID}"), ID),
        ] {
            assert_eq!(storage(typed), (name.to_owned(), false));
        }
        for typed in ["[vfs@/x+/y]app:1", "[vfs@/x]@200bcafb0b79", "@200bcafb0b79", "localhost/app@200bcafb0b79"] {
            assert_eq!(storage(typed), (typed.to_owned(), true));
        }
        assert!(of_storage("app").unwrap().completed && !of_storage("localhost/app").unwrap().completed);
        assert!(matches!(of_storage("--help"), Err(Refusal::Choice(_))));
    }
}
