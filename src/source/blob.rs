//! Reading a whole document through the verified reader.

use std::io::{self, Read};

use crate::digest::{Descriptor, Digest, Mismatch, VerifiedReader};
use crate::finding::{BadBlob, Detail, GapReason};

use super::{Blobs, OpenError};

/// Why a document could not be had.
#[derive(Debug)]
pub enum ReadError {
    /// The source did not hand it out.
    Open(OpenError),
    /// It is longer than a document may be.
    Limit {
        /// The blob.
        blob: Digest,
        /// The cap, in bytes.
        limit: u64,
    },
    /// Its bytes are not those that its descriptor promises.
    Integrity(Mismatch),
    /// Reading it failed.
    Io {
        /// The blob.
        blob: Digest,
        /// The system's or decompressor's answer.
        source: io::Error,
    },
}

impl std::error::Error for ReadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            ReadError::Open(error) => error.source(),
            ReadError::Io { source, .. } => Some(source),
            ReadError::Limit { .. } | ReadError::Integrity(_) => None,
        }
    }
}

impl From<OpenError> for ReadError {
    fn from(error: OpenError) -> Self {
        ReadError::Open(error)
    }
}

impl ReadError {
    /// What a gap made of this error says.
    pub fn detail(&self) -> Detail {
        Detail::Blob(match self {
            ReadError::Open(error) => return error.detail(),
            ReadError::Limit { blob, limit } => BadBlob::DocumentBytes(blob.to_string(), *limit),
            ReadError::Integrity(mismatch) => mismatch.named(),
            ReadError::Io { blob, source } => BadBlob::Unreadable(Some(blob.to_string()), source.to_string()),
        })
    }

    /// The reason that a gap made of this error gives.
    pub fn reason(&self) -> GapReason {
        match self {
            ReadError::Open(error) => error.reason(),
            ReadError::Limit { .. } => GapReason::Limit,
            ReadError::Integrity(_) => GapReason::Integrity,
            ReadError::Io { source, .. } => io_reason(source),
        }
    }
}

impl OpenError {
    /// What a gap made of this error says.
    pub fn detail(&self) -> Detail {
        Detail::Blob(match self {
            OpenError::Missing(blob) => BadBlob::Missing(blob.to_string()),
            OpenError::Unsupported { blob, problem } => {
                BadBlob::Held { blob: blob.to_string(), problem: problem.clone() }
            }
            OpenError::Io { blob, source } => BadBlob::Refused(blob.to_string(), source.to_string()),
        })
    }

    /// The reason that a gap made of this error gives.
    pub fn reason(&self) -> GapReason {
        match self {
            OpenError::Missing(_) => GapReason::Missing,
            OpenError::Unsupported { .. } => GapReason::Unsupported,
            OpenError::Io { source, .. } => io_reason(source),
        }
    }
}

/// What an input error says about the blob: bytes that end too early or do not decompress are malformed, and what the
/// system does not hand out (no permission, a bad disk) is as good as not there.
fn io_reason(error: &io::Error) -> GapReason {
    match error.kind() {
        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::UnexpectedEof => GapReason::Malformed,
        _ => GapReason::Missing,
    }
}

/// Reads a whole blob of at most `limit` bytes and checks its size and digest.
///
/// # Errors
/// [`ReadError`]; nothing of the blob is returned then.
pub fn read_blob(blobs: &dyn Blobs, descriptor: &Descriptor, limit: u64) -> Result<Vec<u8>, ReadError> {
    let blob = &descriptor.digest;
    let too_long = || ReadError::Limit { blob: blob.clone(), limit };
    if descriptor.size.is_some_and(|size| size > limit) {
        return Err(too_long());
    }
    // One byte more than promised or allowed tells enough, and the same whatever the size of the reads is.
    let most = descriptor.size.unwrap_or(limit).saturating_add(1);
    let mut reader = VerifiedReader::new(blobs.open(descriptor)?.take(most), descriptor.clone());
    let mut bytes = Vec::new();
    reader.read_to_end(&mut bytes).map_err(|error| failed(blob, error))?;
    if bytes.len() as u64 > limit {
        return Err(too_long());
    }
    reader.finish().map_err(|error| failed(blob, error))?.into_inner().verified();
    Ok(bytes)
}

fn failed(blob: &Digest, source: io::Error) -> ReadError {
    match source.get_ref().and_then(|inner| inner.downcast_ref::<Mismatch>()) {
        Some(mismatch) => ReadError::Integrity(mismatch.clone()),
        None => ReadError::Io { blob: blob.clone(), source },
    }
}

#[cfg(test)]
mod tests {
    use super::super::BlobReader;
    use super::*;
    use crate::error::Unread;

    /// Hands out these bytes for every digest, in reads of at most `step` bytes.
    struct Fixed {
        bytes: &'static [u8],
        step: usize,
    }

    struct Steps(&'static [u8], usize);

    impl Read for Steps {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let most = buffer.len().min(self.1);
            self.0.read(&mut buffer[..most])
        }
    }

    impl Blobs for Fixed {
        fn open(&self, _: &Descriptor) -> Result<BlobReader, OpenError> {
            Ok(BlobReader::new(Steps(self.bytes, self.step)))
        }
    }

    fn read(bytes: &'static [u8], promised: &[u8], size: Option<u64>, limit: u64) -> Result<Vec<u8>, String> {
        let descriptor = Descriptor { media_type: String::new(), digest: Digest::of(promised), size };
        let result = |step| {
            read_blob(&Fixed { bytes, step }, &descriptor, limit)
                .map_err(|error| format!("{:?}: {error}", error.reason()))
        };
        let whole = result(usize::MAX);
        assert_eq!(whole, result(1), "the size of the reads must not matter");
        if let Err(text) = &whole {
            assert!(text.contains(&descriptor.digest.to_string()), "{text}");
        }
        whole
    }

    #[test]
    fn only_the_promised_bytes_are_returned() {
        assert_eq!(read(b"abc", b"abc", Some(3), 3), Ok(b"abc".to_vec()));
        assert_eq!(read(b"abc", b"abc", None, 3), Ok(b"abc".to_vec()));
        assert!(read(b"abd", b"abc", Some(3), 9).unwrap_err().starts_with("Integrity"));
        assert!(read(b"abd", b"abc", None, 9).unwrap_err().starts_with("Integrity"));
        assert!(read(b"ab", b"abc", Some(3), 9).unwrap_err().contains("has 2 bytes"));
        assert!(read(b"abcdefgh", b"abc", Some(3), 9).unwrap_err().contains("has 4 bytes"));
    }

    #[test]
    fn a_document_above_the_limit_is_not_read() {
        assert!(read(b"abc", b"abc", Some(3), 2).unwrap_err().starts_with("Limit"));
        assert!(read(b"abc", b"abc", None, 2).unwrap_err().starts_with("Limit"));
    }

    #[test]
    fn every_error_has_a_reason() {
        let blob = Digest::of(b"");
        let io = |kind| OpenError::Io { blob: blob.clone(), source: io::Error::from(kind) }.reason();
        assert_eq!(OpenError::Missing(blob.clone()).reason(), GapReason::Missing);
        assert_eq!(
            OpenError::Unsupported { blob: blob.clone(), problem: Unread::Repeated }.reason(),
            GapReason::Unsupported
        );
        assert_eq!(io(io::ErrorKind::UnexpectedEof), GapReason::Malformed);
        assert_eq!(io(io::ErrorKind::PermissionDenied), GapReason::Missing);
    }
}
