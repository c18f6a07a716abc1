//! Blobs whose bytes are not to be had, or not the promised ones.

use std::fmt::{self, Display, Formatter};

use crate::finding::BadBlob;

impl Display for BadBlob {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            BadBlob::Missing(blob) => write!(f, "blob {blob} is not there"),
            BadBlob::Refused(blob, said) => write!(f, "blob {blob}: {said}"),
            BadBlob::Unreadable(Some(blob), said) => write!(f, "blob {blob} cannot be read: {said}"),
            BadBlob::Unreadable(None, said) => write!(f, "the stored bytes cannot be read: {said}"),
            BadBlob::DocumentBytes(blob, most) => {
                write!(
                    f,
                    "blob {blob} is longer than the {most} bytes that are read of a document (see --limit document-bytes)"
                )
            }
            BadBlob::Size(Some(blob), found, told) => {
                write!(f, "blob {blob} has {found} bytes, its descriptor says {told}")
            }
            BadBlob::Size(None, found, told) => write!(f, "it has {found} bytes, its descriptor says {told}"),
            BadBlob::Digest(Some(blob), found) => write!(f, "the bytes of blob {blob} have the digest {found}"),
            BadBlob::Digest(None, found) => write!(f, "its bytes have the digest {found}"),
            BadBlob::Held { blob, problem } => write!(f, "blob {blob}: {problem}"),
        }
    }
}
