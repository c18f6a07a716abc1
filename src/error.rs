//! The errors that end a run: one variant per boundary. What stops the comparison of a part is a gap, not an error.

use std::io;
use std::path::PathBuf;

use crate::reference::ReferenceError;

/// Why there is no report at all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The reference is not one, or names something ambiguous.
    #[error("{reference}: {detail}")]
    Reference {
        /// What the user typed.
        reference: String,
        /// What is wrong with it and what to do.
        detail: String,
    },
    /// The image cannot be opened where the reference says it is.
    #[error("{reference}: {detail}")]
    Source {
        /// What the user typed.
        reference: String,
        /// What was found instead and what to do.
        detail: String,
    },
    /// There is no such image in the registry.
    #[error("{reference}: {detail}")]
    Missing {
        /// What the user typed.
        reference: String,
        /// What the registry says.
        detail: String,
    },
    /// What belongs beside an image of a registry could not be read or put there.
    #[error("{image}: {detail}")]
    Registry {
        /// The image, in full.
        image: String,
        /// What the registry says.
        detail: String,
    },
    /// A platform that was asked for cannot be compared.
    #[error("{0}")]
    Platform(String),
    /// The policy is not usable.
    #[error("{name}: {detail}")]
    Policy {
        /// The policy's file name.
        name: String,
        /// What is wrong with it.
        detail: String,
    },
    /// A report that was given as input is not usable.
    #[error("{name}: {detail}")]
    Report {
        /// The report's file name.
        name: String,
        /// What is wrong with it.
        detail: String,
    },
    /// A file of the user could not be read or written.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
}

impl From<ReferenceError> for Error {
    fn from(error: ReferenceError) -> Self {
        Error::Reference { reference: error.reference, detail: error.detail }
    }
}

/// The result of what can end a run.
pub type Result<T> = std::result::Result<T, Error>;
