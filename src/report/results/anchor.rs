//! Where results are anchored: platforms that show them want a file of the user's repository and a line in it.

use crate::report::{Report, Step};

/// A line of a file in the user's repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Anchor {
    /// The file, with slashes, relative to the root of the repository.
    pub(crate) path: String,
    /// The line, from 1.
    pub(crate) line: u64,
}

impl Anchor {
    /// The line of a file, where that is one of the repository; else the first line of `Dockerfile`.
    pub(crate) fn of(path: &str, line: usize) -> Self {
        let line = u64::try_from(line).unwrap_or(1).max(1);
        relative(path).map_or_else(|| Anchor { path: DOCKERFILE.to_owned(), line: 1 }, |path| Anchor { path, line })
    }
}

/// What most repositories call theirs.
const DOCKERFILE: &str = "Dockerfile";

/// Where results go whose own line is not known.
pub(super) struct Anchors {
    file: String,
}

impl Anchors {
    pub(super) fn new(report: &Report<'_>) -> Self {
        let steps =
            report.platforms.iter().flat_map(|platform| &platform.layers).filter_map(|layer| layer.step.as_ref());
        let file = steps.filter_map(|step| step.dockerfile.as_ref()).find_map(|line| relative(&line.path));
        Anchors { file: file.unwrap_or_else(|| DOCKERFILE.to_owned()) }
    }

    /// The line of an instruction, else the first of the file.
    pub(super) fn of(&self, step: Option<&Step>) -> Anchor {
        let line = step.and_then(|step| step.dockerfile.as_ref());
        let own = line.and_then(|line| Some(Anchor { path: relative(&line.path)?, line: line.line.max(1) }));
        own.unwrap_or_else(|| Anchor { path: self.file.clone(), line: 1 })
    }
}

/// A path that stays in the repository; `None` for any other. It comes from images too.
pub(super) fn relative(path: &str) -> Option<String> {
    let path = path.trim_start_matches("./");
    let is_inside = !path.is_empty()
        && !path.starts_with('/')
        && !path.contains(['\\', ':'])
        && path.split('/').all(|name| !name.is_empty() && name != ".." && name != ".")
        && !path.chars().any(crate::report::escape::is_unsafe);
    is_inside.then(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anchors_stay_in_the_repository() {
        assert_eq!(relative("./docker/Dockerfile").as_deref(), Some("docker/Dockerfile"));
        for outside in ["/etc/passwd", "../Dockerfile", "a/../../b", "", "a//b", "c:\\x", "https://x/y", "a\u{1b}[2J"] {
            assert_eq!(relative(outside), None, "{outside:?}");
        }
    }
}
