//! Blobs that are not to be had: mostly said in gaps.

use std::fmt::{self, Display, Formatter};

use crate::source::{OpenError, ReadError};

impl Display for OpenError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            OpenError::Missing(blob) => write!(f, "blob {blob} is not there"),
            OpenError::Unsupported { blob, problem } => write!(f, "blob {blob}: {problem}"),
            OpenError::Io { blob, source } => write!(f, "blob {blob}: {source}"),
        }
    }
}

impl Display for ReadError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            ReadError::Open(error) => write!(f, "{error}"),
            ReadError::Limit { blob, limit } => {
                write!(
                    f,
                    "blob {blob} is longer than the {limit} bytes that are read of a document (see --limit document-bytes)"
                )
            }
            ReadError::Integrity(mismatch) => write!(f, "{mismatch}"),
            ReadError::Io { blob, source } => write!(f, "blob {blob} cannot be read: {source}"),
        }
    }
}
