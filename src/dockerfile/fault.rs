//! Why a file is no Dockerfile.

use crate::finding::coded;

/// What is wrong with a Dockerfile, and where.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// The first line of the instruction that is wrong, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub wrong: Wrong,
}

impl std::error::Error for Fault {}

coded! {
    /// What builders refuse.
    pub enum Wrong {
        /// The file is larger than any Dockerfile: the bytes that one may have.
        "dockerfile-size" Size(usize),
        /// The file holds bytes that are no text.
        "dockerfile-not-utf8" NotUtf8,
        /// There is nothing to build.
        "dockerfile-empty" Nothing,
        /// Something, and no stage: `FROM` is not there.
        "dockerfile-without-from" NoStage,
        /// A parser directive that was there before.
        "dockerfile-directive-twice" DirectiveTwice(String),
        /// An escape character that is neither `\` nor a backtick.
        "dockerfile-escape" Escape(String),
        /// A heredoc without its end.
        "dockerfile-heredoc" Unterminated(String),
        /// Continuation characters and nothing else.
        "dockerfile-instruction-empty" Empty,
        /// A JSON array of something else than strings.
        "dockerfile-array" NotStrings,
        /// `ENV` or `LABEL` with a word that is no assignment.
        "dockerfile-assignment" NoAssignment(String),
        /// An instruction that must stand in a stage.
        "dockerfile-outside-stage" OutsideStage,
        /// `FROM` with something else than an image, and `AS` and a name.
        "dockerfile-from" From,
    }
}

impl std::error::Error for Wrong {}

impl Fault {
    pub(super) const fn new(line: usize, wrong: Wrong) -> Self {
        Fault { line, wrong }
    }

    /// What it is called by programs: the same for good, whatever the words are.
    pub fn code(&self) -> &'static str {
        self.wrong.code()
    }
}
