//! Which of several images is meant.

use std::collections::BTreeSet;

/// Why a source did not become an image, without the reference that it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The reference chooses none of what is there, or several.
    Choice(String),
    /// There is no such image in the registry.
    Missing(String),
    /// What is there is no image that can be read.
    Source(String),
}

impl Refusal {
    /// The same, after something else that was tried.
    pub(crate) fn after(self, first: &str) -> Self {
        match self {
            Refusal::Choice(detail) => Refusal::Choice(format!("{first}; {detail}")),
            Refusal::Missing(detail) => Refusal::Missing(format!("{first}; {detail}")),
            Refusal::Source(detail) => Refusal::Source(format!("{first}; {detail}")),
        }
    }
}

impl From<String> for Refusal {
    fn from(detail: String) -> Self {
        Refusal::Source(detail)
    }
}

/// Names listed in an error.
const LISTED: usize = 20;

/// Lists names for an error, sorted and each once, at most 20 of them; text of the image, so escaped and cut.
pub(crate) fn listing<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: BTreeSet<&str> = names.into_iter().collect();
    let shown: Vec<String> = names.iter().take(LISTED).map(|name| shown(name)).collect();
    match names.len() {
        0 => "none has a name".to_owned(),
        count if count > LISTED => format!("{} and {} more", shown.join(", "), count - LISTED),
        _ => shown.join(", "),
    }
}

/// A name from an image as an error may show it.
pub(crate) fn shown(name: &str) -> String {
    name.chars().take(200).collect::<String>().escape_debug().to_string()
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
    fn a_listing_is_sorted_escaped_and_capped() {
        assert_eq!(listing(["b", "a", "b"]), "a, b");
        assert_eq!(listing(["\x1b[2J"]), "\\u{1b}[2J");
        let many: Vec<String> = (10..35).map(|number| number.to_string()).collect();
        let text = listing(many.iter().map(String::as_str));
        assert!(text.starts_with("10, 11, ") && text.ends_with(", 29 and 5 more"), "{text}");
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
