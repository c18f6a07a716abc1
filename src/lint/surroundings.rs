//! What is known beside a Dockerfile: whoever reads files finds it out, the rules take it as it is.

/// What is beside a Dockerfile.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// What the context has that says which files are left out.
    pub ignore: Ignore,
    /// The stage that the build ends with; the last one where it is not given.
    pub target: Option<String>,
}

/// Whether files of the context are left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ignore {
    /// The context is not at hand.
    #[default]
    Unknown,
    /// There is no such file, or it says nothing.
    Missing,
    /// There is one.
    Present,
}

impl Ignore {
    /// What the text of a file says.
    pub fn of(text: &str) -> Self {
        let says = |line: &str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
        if text.lines().any(says) { Ignore::Present } else { Ignore::Missing }
    }
}
