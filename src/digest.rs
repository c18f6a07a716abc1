//! Digests, descriptors and the verified reader.
//!
//! The verified reader is the only way to get a blob's bytes: it checks size and digest when it has been drained, and
//! nothing may be concluded from a blob before [`VerifiedReader::finish`] has returned.

use std::fmt;
use std::io::{self, Read};

use base64::Engine as _;

use crate::finding::BadBlob;

/// A content digest as the OCI image specification writes it (descriptor.md, "Digests").
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Digest {
    /// `sha256:` and 32 bytes.
    Sha256([u8; 32]),
    /// `sha512:` and 64 bytes.
    Sha512(Box<[u8; 64]>),
}

/// Why a text is no digest that can be verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DigestError {
    /// Not `algorithm:encoded`.
    Malformed(String),
    /// Well-formed, but of an algorithm that cannot be computed here.
    Unsupported(String),
}

impl std::error::Error for DigestError {}

impl Digest {
    /// Parses `sha256:…` or `sha512:…`, lower-case hexadecimal as the specification demands.
    ///
    /// # Errors
    /// [`DigestError::Malformed`] or [`DigestError::Unsupported`].
    pub fn parse(text: &str) -> Result<Self, DigestError> {
        let malformed = || DigestError::Malformed(text.chars().take(200).collect());
        let (algorithm, encoded) = text.split_once(':').ok_or_else(malformed)?;
        if encoded.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err(malformed());
        }
        match algorithm {
            "sha256" => {
                let mut bytes = [0; 32];
                hex::decode_to_slice(encoded, &mut bytes).map_err(|_| malformed())?;
                Ok(Digest::Sha256(bytes))
            }
            "sha512" => {
                let mut bytes = Box::new([0; 64]);
                hex::decode_to_slice(encoded, &mut bytes[..]).map_err(|_| malformed())?;
                Ok(Digest::Sha512(bytes))
            }
            "" => Err(malformed()),
            other => Err(DigestError::Unsupported(other.chars().take(40).collect())),
        }
    }

    /// The SHA-256 digest of bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Digest::Sha256(sha256(bytes))
    }

    /// The digest of bytes, of the same algorithm as this one.
    #[must_use]
    pub fn of_same_algorithm(&self, bytes: &[u8]) -> Self {
        let mut hasher = Hasher::like(self);
        hasher.update(bytes);
        hasher.finish()
    }

    /// `sha256` or `sha512`.
    pub const fn algorithm(&self) -> &'static str {
        match self {
            Digest::Sha256(_) => "sha256",
            Digest::Sha512(_) => "sha512",
        }
    }

    /// The encoded part, in hexadecimal.
    pub fn encoded(&self) -> String {
        match self {
            Digest::Sha256(bytes) => hex::encode(bytes),
            Digest::Sha512(bytes) => hex::encode(&bytes[..]),
        }
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.algorithm(), self.encoded())
    }
}

/// A running hash of the algorithm that a digest asks for.
///
/// Whole blobs and layers go through this, so it is ring's: where the processor has no SHA instructions it is nearly
/// twice as fast as `sha2`, and elsewhere no slower.
#[derive(Clone)]
pub struct Hasher(ring::digest::Context);

impl Hasher {
    /// A hasher of the same algorithm as `digest`.
    pub fn like(digest: &Digest) -> Self {
        Hasher(ring::digest::Context::new(match digest {
            Digest::Sha256(_) => &ring::digest::SHA256,
            Digest::Sha512(_) => &ring::digest::SHA512,
        }))
    }

    /// Takes in more bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The digest of all bytes taken in.
    pub fn finish(self) -> Digest {
        let digest = self.0.finish();
        match <[u8; 32]>::try_from(digest.as_ref()) {
            Ok(bytes) => Digest::Sha256(bytes),
            Err(_) => {
                let mut bytes = Box::new([0; 64]);
                bytes.copy_from_slice(digest.as_ref());
                Digest::Sha512(bytes)
            }
        }
    }
}

/// What points at a blob: the part of an OCI content descriptor that verification needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Descriptor {
    /// The media type, as written; empty where none is.
    pub media_type: String,
    /// The digest of the blob's bytes.
    pub digest: Digest,
    /// The blob's length in bytes; absent where the container that names the blob has none (`docker save`).
    pub size: Option<u64>,
}

impl Descriptor {
    /// What points at a blob of which nothing but the digest is known.
    pub fn of(digest: &Digest) -> Self {
        Descriptor { media_type: String::new(), digest: digest.clone(), size: None }
    }

    /// Whether the `data` of a descriptor is the blob that it points at, in base64 (descriptor.md, "Embedded Content").
    /// An empty one is none, as for Go.
    pub fn is_embedded_in(&self, data: &str) -> bool {
        let of = |bytes: Vec<u8>| {
            self.size.is_none_or(|size| size == bytes.len() as u64)
                && self.digest.of_same_algorithm(&bytes) == self.digest
        };
        data.is_empty() || base64::engine::general_purpose::STANDARD.decode(data).is_ok_and(of)
    }
}

/// How a blob's bytes broke the promise of its descriptor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mismatch {
    /// Another number of bytes.
    Size {
        /// The blob.
        digest: Digest,
        /// The descriptor's size.
        expected: u64,
        /// The number of bytes read; reading stops one byte after the expected end.
        actual: u64,
    },
    /// Other bytes.
    Digest {
        /// The descriptor's digest.
        expected: Digest,
        /// The digest of what was read.
        actual: Digest,
    },
}

impl std::error::Error for Mismatch {}

impl Mismatch {
    /// What is said of the blob, which is not named before.
    pub(crate) fn named(&self) -> BadBlob {
        match self {
            Mismatch::Size { digest, expected, actual } => BadBlob::Size(Some(digest.to_string()), *actual, *expected),
            Mismatch::Digest { expected, actual } => BadBlob::Digest(Some(expected.to_string()), actual.to_string()),
        }
    }

    /// What is said of the blob, which is named before.
    pub(crate) fn unnamed(&self) -> BadBlob {
        match self {
            Mismatch::Size { expected, actual, .. } => BadBlob::Size(None, *actual, *expected),
            Mismatch::Digest { actual, .. } => BadBlob::Digest(None, actual.to_string()),
        }
    }
}

/// Reads a blob and checks it against its descriptor.
pub struct VerifiedReader<R> {
    inner: R,
    descriptor: Descriptor,
    hasher: Hasher,
    read: u64,
}

impl<R: Read> VerifiedReader<R> {
    /// Wraps the reader of the blob that `descriptor` names.
    pub fn new(inner: R, descriptor: Descriptor) -> Self {
        let hasher = Hasher::like(&descriptor.digest);
        VerifiedReader { inner, descriptor, hasher, read: 0 }
    }

    /// Drains what is left, checks size and digest, and gives the reader back.
    ///
    /// # Errors
    /// The reader's own, or a [`Mismatch`] inside an [`io::Error`] of kind `InvalidData`.
    pub fn finish(mut self) -> io::Result<R> {
        io::copy(&mut self, &mut io::sink())?;
        let Descriptor { digest, size, .. } = self.descriptor;
        if let Some(expected) = size
            && expected != self.read
        {
            return Err(invalid(Mismatch::Size { digest, expected, actual: self.read }));
        }
        let actual = self.hasher.finish();
        if actual != digest {
            return Err(invalid(Mismatch::Digest { expected: digest, actual }));
        }
        Ok(self.inner)
    }
}

impl<R: Read> Read for VerifiedReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.hasher.update(&buffer[..count]);
        self.read += count as u64;
        match self.descriptor.size {
            Some(expected) if self.read > expected => {
                Err(invalid(Mismatch::Size { digest: self.descriptor.digest.clone(), expected, actual: self.read }))
            }
            _ => Ok(count),
        }
    }
}

fn invalid(mismatch: Mismatch) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, mismatch)
}

/// A running SHA-256 that also counts.
#[derive(Clone)]
pub struct Sha256Sum {
    hash: ring::digest::Context,
    size: u64,
}

impl Default for Sha256Sum {
    /// Of no bytes.
    fn default() -> Self {
        Sha256Sum { hash: ring::digest::Context::new(&ring::digest::SHA256), size: 0 }
    }
}

impl Sha256Sum {
    /// Takes in more bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.hash.update(bytes);
        self.size += bytes.len() as u64;
    }

    /// The digest of all bytes and their number.
    pub fn finish(self) -> ([u8; 32], u64) {
        let mut sha256 = [0; 32];
        sha256.copy_from_slice(self.hash.finish().as_ref());
        (sha256, self.size)
    }
}

/// The SHA-256 digest of bytes, which may be many: ring's, as in [`Hasher`].
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut sum = Sha256Sum::default();
    sum.update(bytes);
    sum.finish().0
}

/// Computes the SHA-256 digest and length of everything a reader holds.
///
/// # Errors
/// The reader's own.
pub fn sha256_of(mut reader: impl Read) -> io::Result<([u8; 32], u64)> {
    let mut sum = Sha256Sum::default();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let count = reader.read(&mut buffer)?;
        if count == 0 {
            return Ok(sum.finish());
        }
        sum.update(&buffer[..count]);
    }
}

#[cfg(test)]
mod tests {
    use sha2::{Digest as _, Sha256};

    use super::*;

    fn descriptor(bytes: &[u8], size: u64) -> Descriptor {
        Descriptor { media_type: String::new(), digest: Digest::of(bytes), size: Some(size) }
    }

    #[test]
    fn both_algorithms_are_those_of_another_implementation() {
        let bytes: Vec<u8> = (0..100_000_u32).map(|number| (number % 251) as u8).collect();
        let sha256 = Digest::Sha256(Sha256::digest(&bytes).into());
        let sha512 = Digest::Sha512(Box::new(sha2::Sha512::digest(&bytes).into()));
        for digest in [sha256, sha512] {
            let mut hasher = Hasher::like(&digest);
            bytes.chunks(777).for_each(|chunk| hasher.update(chunk));
            assert_eq!(hasher.finish(), digest);
        }
        assert_eq!(Digest::Sha256(sha256_of(&bytes[..]).unwrap().0), Digest::of(&bytes));
    }

    #[test]
    fn digests_parse_and_print() {
        let text = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(Digest::parse(text).map(|d| d.to_string()), Ok(text.to_owned()));
        assert!(matches!(Digest::parse("sha256:abc"), Err(DigestError::Malformed(_))));
        assert!(matches!(Digest::parse(&text.to_uppercase()), Err(DigestError::Malformed(_))));
        assert!(matches!(Digest::parse("blake3:00"), Err(DigestError::Unsupported(_))));
    }

    #[test]
    fn embedded_content_is_that_of_the_blob_or_none() {
        for (data, holds) in [("YWJj", true), ("", true), ("YWJk", false), ("YWJj\n", false), ("abc", false)] {
            assert_eq!(descriptor(b"abc", 3).is_embedded_in(data), holds, "{data:?}");
        }
        assert!(!descriptor(b"abc", 4).is_embedded_in("YWJj"));
    }

    #[test]
    fn a_verified_reader_accepts_only_the_promised_bytes() {
        assert!(VerifiedReader::new(&b"abc"[..], descriptor(b"abc", 3)).finish().is_ok());
        assert!(VerifiedReader::new(&b"abd"[..], descriptor(b"abc", 3)).finish().is_err());
        assert!(VerifiedReader::new(&b"abc"[..], descriptor(b"abc", 4)).finish().is_err());
        assert!(VerifiedReader::new(&b"abcd"[..], descriptor(b"abc", 3)).finish().is_err());
    }
}
