//! Digests that are none, and blobs that are not to be had: mostly said in gaps.

use std::fmt::{self, Display, Formatter};

use crate::digest::{DigestError, Mismatch};
use crate::source::{OpenError, ReadError};

impl Display for DigestError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            DigestError::Malformed(text) => {
                write!(f, "{text:?} is not a digest (expected sha256:<64 hexadecimal digits>)")
            }
            DigestError::Unsupported(algorithm) => {
                write!(f, "digest algorithm {algorithm:?} is not supported (sha256 and sha512 are)")
            }
        }
    }
}

impl Display for Mismatch {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.named())
    }
}

impl Display for OpenError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.detail())
    }
}

impl Display for ReadError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.detail())
    }
}
