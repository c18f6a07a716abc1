//! Why the bytes of one object could not be read, without naming the object.

use std::io;

use crate::digest::Mismatch;
use crate::finding::{BadBlob, Detail, GapReason};

/// Why bytes could not be read: what becomes a gap once the object they belong to is named.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct Fault {
    /// The kind of gap it makes.
    pub reason: GapReason,
    /// What is wrong and at which offset.
    pub detail: Detail,
}

impl Fault {
    /// Bytes that do not follow their format.
    pub fn malformed(detail: impl Into<Detail>) -> Self {
        Fault { reason: GapReason::Malformed, detail: detail.into() }
    }

    /// A format, algorithm or feature that is not understood.
    pub fn unsupported(detail: impl Into<Detail>) -> Self {
        Fault { reason: GapReason::Unsupported, detail: detail.into() }
    }

    /// A cap of the limits table.
    pub fn limit(detail: impl Into<Detail>) -> Self {
        Fault { reason: GapReason::Limit, detail: detail.into() }
    }

    /// Bytes that are not those that were promised.
    pub fn integrity(detail: impl Into<Detail>) -> Self {
        Fault { reason: GapReason::Integrity, detail: detail.into() }
    }

    /// Unwraps a fault that went through [`io::Read`]; other errors are of the reader underneath.
    pub fn from_io(error: &io::Error) -> Self {
        let inner = error.get_ref();
        if let Some(fault) = inner.and_then(|inner| inner.downcast_ref::<Fault>()) {
            return fault.clone();
        }
        if let Some(mismatch) = inner.and_then(|inner| inner.downcast_ref::<Mismatch>()) {
            return Fault::integrity(mismatch.unnamed());
        }
        Fault { reason: GapReason::Missing, detail: BadBlob::Unreadable(None, error.to_string()).into() }
    }
}

impl From<Fault> for io::Error {
    fn from(fault: Fault) -> Self {
        io::Error::new(io::ErrorKind::InvalidData, fault)
    }
}
