//! A content by all digests that others record of files.

use std::io::{self, Read as _};

use md5::Md5;
use ring::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY, SHA384, SHA512};
use sha2::{Digest as _, Sha224};

use crate::image::name_hash::name_hash;
use crate::spill::Content;
use crate::spill::codec::{Coded, Cursor};

/// How many there are.
const COUNT: usize = 6;
const PIECE: usize = 64 << 10;

/// The hashes of the digests of a content: MD5, SHA-1, SHA-224, SHA-384, SHA-512, and the name that git has for it. SHA-256
/// is known of every content anyway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sums([u64; COUNT]);

impl Sums {
    /// Reads a content once.
    ///
    /// # Errors
    /// When the temporary file that it is in cannot be read.
    pub fn of(content: &Content) -> io::Result<Self> {
        let (mut md5, mut sha224) = (Md5::new(), Sha224::new());
        let of_ring = [&SHA1_FOR_LEGACY_USE_ONLY, &SHA1_FOR_LEGACY_USE_ONLY, &SHA384, &SHA512];
        let mut contexts = of_ring.map(Context::new);
        // gitformat-loose(5): the type and the size are hashed with the content.
        contexts[0].update(format!("blob {}\0", content.size()).as_bytes());
        let mut reader = content.reader();
        let mut buffer = vec![0; PIECE];
        loop {
            let count = reader.read(&mut buffer)?;
            let Some(piece) = buffer.get(..count).filter(|piece| !piece.is_empty()) else { break };
            md5.update(piece);
            sha224.update(piece);
            contexts.iter_mut().for_each(|context| context.update(piece));
        }
        let [git, sha1, sha384, sha512] = contexts.map(|context| name_hash(context.finish().as_ref()));
        Ok(Sums([name_hash(&md5.finalize()), sha1, name_hash(&sha224.finalize()), sha384, sha512, git]))
    }

    /// The hashes.
    pub fn hashes(&self) -> impl Iterator<Item = u64> {
        self.0.into_iter()
    }
}

impl Coded for Sums {
    fn put(&self, out: &mut Vec<u8>) {
        self.0.iter().for_each(|hash| hash.put(out));
    }

    fn take(from: &mut Cursor<'_>) -> Option<Self> {
        let mut hashes = [0; COUNT];
        for hash in &mut hashes {
            *hash = Coded::take(from)?;
        }
        Some(Sums(hashes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By md5sum, sha1sum, sha224sum, sha384sum, sha512sum and `git hash-object --stdin`, of "abc".
    const ABC: [&str; COUNT] = [
        "900150983cd24fb0d6963f7d28e17f72",
        "a9993e364706816aba3e25717850c26c9cd0d89d",
        "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7",
        "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "f2ba8f84ab5c1bce84a7b441cb1959cfc7093b7f",
    ];

    #[test]
    fn sums_are_those_of_the_tools() {
        let sums = Sums::of(&Content::from_bytes(b"abc")).unwrap();
        let expected = ABC.map(|digits| name_hash(&hex::decode(digits).unwrap()));
        assert_eq!(sums.0, expected);
        let mut coded = Vec::new();
        sums.put(&mut coded);
        assert_eq!(Sums::take(&mut Cursor(&coded)), Some(sums));
    }
}
