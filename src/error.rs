//! The errors that end a run: one variant per boundary. What stops the comparison of a part is a gap, not an error.
//!
//! An error is a code and arguments. The code is for programs and stays the same; what people read is said in `report`,
//! where `Display` of all that is declared here is.

use std::io;
use std::path::PathBuf;

use crate::reference::{ReferenceError, Unnamed};

mod access;
mod attachment;
mod cache;
mod engine;
mod evidence;
mod file;
mod names;
mod options;
mod reference;
mod registry;
mod report;
mod source;
mod terminal;
mod texts;

pub use access::{BadLogin, CertificatesOf, Unhelpful, Unsuitable};
pub use attachment::Unattached;
pub use cache::Unkept;
pub use engine::{Hint, NamedBy, Unexported, Unplaced};
pub use evidence::{Keyless, Misplaced, Refuted, Unproven, Unrequired};
pub use file::{FileKind, Unread};
pub use names::Names;
pub(crate) use names::shown;
pub use options::{Misruled, PolicyPlace, Unknown, Unpaired};
pub use reference::Unchosen;
pub use registry::{GivenUp, Server, Unadmitted, Unanswered, Unfetched};
pub use report::{Contradiction, Unstated, Unusable};
pub use source::{NoArchive, NoDirectory, Unopened};
pub use terminal::Unshown;

/// Why there is no report at all.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The text is no reference.
    Reference {
        /// What the user typed.
        reference: String,
        /// What is wrong with it.
        problem: Unnamed,
    },
    /// The reference chooses none of the images where it leads, or several.
    Choice {
        /// What the user typed.
        reference: String,
        /// What there is to choose.
        problem: Unchosen,
    },
    /// The image cannot be opened where the reference says it is.
    Source {
        /// What the user typed.
        reference: String,
        /// What was found instead.
        problem: Unopened,
    },
    /// There is no such image in the registry.
    Missing {
        /// What the user typed.
        reference: String,
        /// Whether that could have been the name of a file, and there is none.
        no_file: bool,
        /// What the registry says.
        problem: Unfetched,
    },
    /// What belongs beside an image of a registry could not be read or put there.
    Registry {
        /// The image, in full.
        image: String,
        /// What the registry says.
        problem: Unfetched,
    },
    /// A platform that was asked for cannot be compared.
    Platform(Unpaired),
    /// The policy is not usable.
    Policy {
        /// The policy's file name.
        name: String,
        /// Where in it.
        place: PolicyPlace,
        /// What is wrong with it.
        problem: Box<Misruled>,
    },
    /// A report that was given as input is not usable.
    Report {
        /// The report's file name.
        name: String,
        /// What is wrong with it.
        problem: Unusable,
    },
    /// A key is not usable.
    Key {
        /// The file's name.
        name: String,
        /// What is wrong with it.
        problem: Keyless,
    },
    /// A file that was given as evidence is none about the image.
    Evidence {
        /// The file's name.
        name: String,
        /// What is wrong with it.
        problem: Unproven,
    },
    /// What is required of evidence is not usable.
    Requirements {
        /// The file's name.
        name: String,
        /// What is wrong with it.
        problem: Unrequired,
    },
    /// There is no cache that can be used.
    Cache(Unkept),
    /// There is no terminal that can be used.
    Terminal(Unshown),
    /// A file of the user could not be read or written.
    Io {
        /// The file.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
}

/// The code of [`Error::Missing`], whatever the registry says.
const MISSING: &str = "image-missing";
/// The code of [`Error::Io`].
const IO: &str = "io";

impl Error {
    /// What the error is called by programs: the same for good, whatever the words are.
    pub fn code(&self) -> &'static str {
        match self {
            Error::Reference { problem, .. } => problem.code(),
            Error::Choice { problem, .. } => problem.code(),
            Error::Source { problem, .. } => problem.code(),
            Error::Missing { .. } => MISSING,
            Error::Registry { problem, .. } => problem.code(),
            Error::Platform(problem) => problem.code(),
            Error::Policy { problem, .. } => problem.code(),
            Error::Report { problem, .. } => problem.code(),
            Error::Key { problem, .. } => problem.code(),
            Error::Evidence { problem, .. } => problem.code(),
            Error::Requirements { problem, .. } => problem.code(),
            Error::Cache(problem) => problem.code(),
            Error::Terminal(problem) => problem.code(),
            Error::Io { .. } => IO,
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}

impl From<ReferenceError> for Error {
    fn from(error: ReferenceError) -> Self {
        Error::Reference { reference: error.reference, problem: error.problem }
    }
}

/// The result of what can end a run.
pub type Result<T> = std::result::Result<T, Error>;

/// All codes that errors can have, by boundary and in the order in which they are declared.
pub fn codes() -> impl Iterator<Item = &'static str> {
    let all = [
        Unnamed::CODES,
        Unchosen::CODES,
        Unopened::CODES,
        Unread::CODES,
        NoArchive::CODES,
        NoDirectory::CODES,
        Unexported::CODES,
        Unplaced::CODES,
        Unfetched::CODES,
        Unanswered::CODES,
        Unadmitted::CODES,
        Unattached::CODES,
        Unsuitable::CODES,
        Unhelpful::CODES,
        Unkept::CODES,
        Unpaired::CODES,
        Misruled::CODES,
        Unusable::CODES,
        Contradiction::CODES,
        Unstated::CODES,
        Unproven::CODES,
        Misplaced::CODES,
        Refuted::CODES,
        Unrequired::CODES,
        Keyless::CODES,
        Unshown::CODES,
        &[MISSING, IO],
    ];
    all.into_iter().flatten().copied()
}
