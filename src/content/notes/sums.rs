//! A content by all digests that others record of files.

use std::io::{self, Read as _};

use md5::Md5;
use ring::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY, SHA384, SHA512};
use sha2::{Digest as _, Sha224};

use crate::image::name_hash::name_hash;
use crate::spill::Content;
use crate::spill::codec::{Coded, Cursor};

/// How many there are.
const COUNT: usize = 8;
const PIECE: usize = 64 << 10;

/// The hashes of the digests of a content: the name that git has for it, SHA-1, SHA-384, SHA-512, MD5, SHA-224, BLAKE3, and
/// CRC-32. SHA-256 is known of every content anyway.
///
/// BLAKE2 and SHA-3 are not among them: in software each takes longer than all else that is done to a content, and what
/// writes them down puts the name beside them, where digests of any algorithm count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sums([u64; COUNT]);

impl Sums {
    /// Reads a content once.
    ///
    /// # Errors
    /// When the temporary file that it is in cannot be read.
    pub fn of(content: &Content) -> io::Result<Self> {
        let of_ring = [&SHA1_FOR_LEGACY_USE_ONLY, &SHA1_FOR_LEGACY_USE_ONLY, &SHA384, &SHA512];
        let mut contexts = of_ring.map(Context::new);
        // gitformat-loose(5): the type and the size are hashed with the content.
        contexts[0].update(format!("blob {}\0", content.size()).as_bytes());
        let (mut md5, mut sha224) = (Md5::new(), Sha224::new());
        let (mut blake3, mut crc32) = (blake3::Hasher::new(), crc32fast::Hasher::new());
        let mut reader = content.reader();
        let mut buffer = vec![0; PIECE];
        loop {
            let count = reader.read(&mut buffer)?;
            let Some(piece) = buffer.get(..count).filter(|piece| !piece.is_empty()) else { break };
            contexts.iter_mut().for_each(|context| context.update(piece));
            md5.update(piece);
            sha224.update(piece);
            blake3.update(piece);
            crc32.update(piece);
        }
        let [git, sha1, sha384, sha512] = contexts.map(|context| name_hash(context.finish().as_ref()));
        let (md5, sha224) = (name_hash(&md5.finalize()), name_hash(&sha224.finalize()));
        let (blake3, crc32) = (name_hash(blake3.finalize().as_bytes()), name_hash(&crc32.finalize().to_be_bytes()));
        Ok(Sums([git, sha1, sha384, sha512, md5, sha224, blake3, crc32]))
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

    /// By `git hash-object --stdin`, b3sum, and Python's zlib and hashlib, of "abc".
    const ABC: [&str; COUNT] = [
        "f2ba8f84ab5c1bce84a7b441cb1959cfc7093b7f",
        "a9993e364706816aba3e25717850c26c9cd0d89d",
        "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "900150983cd24fb0d6963f7d28e17f72",
        "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7",
        "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85",
        "352441c2",
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
