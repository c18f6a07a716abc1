//! Which of several images is meant.

use crate::error::{Error, Unchosen, Unfetched, Unopened};

/// Why a source did not become an image, without the reference that it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The reference chooses none of what is there, or several.
    Choice(Unchosen),
    /// There is no such image in the registry.
    Missing {
        /// Whether the text could have been the name of a file, and there is none.
        no_file: bool,
        /// What the registry says.
        problem: Unfetched,
    },
    /// What is there is no image that can be read.
    Source(Unopened),
}

impl Refusal {
    /// What a test wants to see of it.
    #[cfg(test)]
    pub(crate) fn words(&self) -> String {
        match self {
            Refusal::Choice(problem) => problem.to_string(),
            Refusal::Missing { problem, .. } => problem.to_string(),
            Refusal::Source(problem) => problem.to_string(),
        }
    }

    /// The error about a reference.
    pub(crate) fn of(self, typed: &str) -> Error {
        let reference = typed.to_owned();
        match self {
            Refusal::Choice(problem) => Error::Choice { reference, problem },
            Refusal::Missing { no_file, problem } => Error::Missing { reference, no_file, problem },
            Refusal::Source(problem) => Error::Source { reference, problem },
        }
    }

    /// The same of a text that could also have been the name of a file.
    pub(crate) fn without_file(self) -> Self {
        let of = |problem| match problem {
            Unopened::Registry { problem, .. } => Unopened::Registry { no_file: true, problem },
            other => other,
        };
        match self {
            Refusal::Choice(problem) => Refusal::Choice(problem),
            Refusal::Missing { problem, .. } => Refusal::Missing { no_file: true, problem },
            Refusal::Source(problem) => Refusal::Source(of(problem)),
        }
    }
}

impl From<Unchosen> for Refusal {
    fn from(problem: Unchosen) -> Self {
        Refusal::Choice(problem)
    }
}

impl<P: Into<Unopened>> From<P> for Refusal {
    fn from(problem: P) -> Self {
        Refusal::Source(problem.into())
    }
}

/// The position that `@N` chooses.
pub(crate) fn position(image: &str) -> Option<usize> {
    let digits = image.strip_prefix('@')?;
    if digits.bytes().all(|byte| byte.is_ascii_digit()) { digits.parse().ok() } else { None }
}

/// The full form of an image name, as the Docker engine completes it: `app` is `docker.io/library/app:latest`.
pub(crate) fn full_name(name: &str) -> String {
    let (host, path) = match name.split_once('/') {
        Some((host, path)) if host.contains(['.', ':']) || host == "localhost" => (host, path),
        _ => ("docker.io", name),
    };
    let host = if host == "index.docker.io" { "docker.io" } else { host };
    let library = if host == "docker.io" && !path.contains('/') { "library/" } else { "" };
    let last = path.rsplit('/').next().unwrap_or(path);
    let tag = if last.contains([':', '@']) { "" } else { ":latest" };
    format!("{host}/{library}{path}{tag}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_completed_as_docker_does() {
        for (name, full) in [
            ("app", "docker.io/library/app:latest"),
            ("app:1", "docker.io/library/app:1"),
            ("me/app:1", "docker.io/me/app:1"),
            ("docker.io/app:1", "docker.io/library/app:1"),
            ("index.docker.io/library/app:1", "docker.io/library/app:1"),
            ("localhost/app", "localhost/app:latest"),
            ("localhost:5000/app", "localhost:5000/app:latest"),
            ("ghcr.io/me/app:1", "ghcr.io/me/app:1"),
            ("app@sha256:00", "docker.io/library/app@sha256:00"),
        ] {
            assert_eq!(full_name(name), full);
            assert_eq!(full_name(full), full);
        }
    }

    #[test]
    fn a_position_is_digits_after_an_at_sign() {
        assert_eq!(position("@0"), Some(0));
        assert_eq!(position("@12"), Some(12));
        for image in ["0", "@", "@+1", "@1x", "@99999999999999999999999"] {
            assert_eq!(position(image), None, "{image}");
        }
    }
}
