//! Why a file is no Dockerfile.

/// What is wrong with a Dockerfile, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {wrong}")]
pub struct Fault {
    /// The first line of the instruction that is wrong, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub wrong: Wrong,
}

/// What builders refuse.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Wrong {
    /// The file is larger than any Dockerfile.
    #[error("the file has more than {0} bytes")]
    Size(usize),
    /// The file holds bytes that are no text.
    #[error("the file is not UTF-8")]
    NotUtf8,
    /// There is nothing to build.
    #[error("the file has no instruction")]
    Nothing,
    /// A parser directive that was there before.
    #[error("the directive {0:?} is there twice")]
    DirectiveTwice(String),
    /// An escape character that is neither `\` nor a backtick.
    #[error("{0:?} is no escape character")]
    Escape(String),
    /// A heredoc without its end.
    #[error("the heredoc {0:?} does not end")]
    Unterminated(String),
    /// Continuation characters and nothing else.
    #[error("the instruction is empty")]
    Empty,
    /// A JSON array of something else than strings.
    #[error("the JSON array holds something else than strings")]
    NotStrings,
    /// `ENV` or `LABEL` with a word that is no assignment.
    #[error("{0:?} is no assignment")]
    NoAssignment(String),
    /// An instruction that must stand in a stage.
    #[error("the instruction stands before the first FROM")]
    OutsideStage,
    /// `FROM` with something else than an image, and `AS` and a name.
    #[error("FROM is not followed by an image, or an image, AS and a name")]
    From,
}

impl Fault {
    pub(super) const fn new(line: usize, wrong: Wrong) -> Self {
        Fault { line, wrong }
    }
}
