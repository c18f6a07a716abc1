//! A content by all digests that others record of files.

use std::io::{self, Read as _};

use blake2::digest::consts::U32;
use blake2::digest::{Digest, DynDigest};
use blake2::{Blake2b, Blake2b512, Blake2s256};
use md5::Md5;
use ring::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY, SHA384, SHA512};
use sha2::{Sha224, Sha512_256};
use sha3::{Sha3_224, Sha3_256, Sha3_384, Sha3_512};

use crate::image::name_hash::name_hash;
use crate::spill::Content;
use crate::spill::codec::{Coded, Cursor};

/// How many there are.
const COUNT: usize = OF_RING + OF_OTHERS + 2;
const OF_RING: usize = 4;
const OF_OTHERS: usize = 10;
const PIECE: usize = 64 << 10;

/// The hashes of the digests of a content: SHA-1, SHA-384, SHA-512, the name that git has for it; MD5, SHA-224, SHA-512/256,
/// BLAKE2 and SHA-3 in the lengths that programs write; BLAKE3; CRC-32. SHA-256 is known of every content anyway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sums([u64; COUNT]);

impl Sums {
    /// Reads a content once.
    ///
    /// # Errors
    /// When the temporary file that it is in cannot be read.
    pub fn of(content: &Content) -> io::Result<Self> {
        let of_ring: [_; OF_RING] = [&SHA1_FOR_LEGACY_USE_ONLY, &SHA1_FOR_LEGACY_USE_ONLY, &SHA384, &SHA512];
        let mut contexts = of_ring.map(Context::new);
        // gitformat-loose(5): the type and the size are hashed with the content.
        contexts[0].update(format!("blob {}\0", content.size()).as_bytes());
        let mut others: [Box<dyn DynDigest>; OF_OTHERS] = [
            Box::new(Md5::new()),
            Box::new(Sha224::new()),
            Box::new(Sha512_256::new()),
            Box::new(Blake2b512::new()),
            Box::new(Blake2b::<U32>::new()),
            Box::new(Blake2s256::new()),
            Box::new(Sha3_224::new()),
            Box::new(Sha3_256::new()),
            Box::new(Sha3_384::new()),
            Box::new(Sha3_512::new()),
        ];
        let (mut blake3, mut crc32) = (blake3::Hasher::new(), crc32fast::Hasher::new());
        let mut reader = content.reader();
        let mut buffer = vec![0; PIECE];
        loop {
            let count = reader.read(&mut buffer)?;
            let Some(piece) = buffer.get(..count).filter(|piece| !piece.is_empty()) else { break };
            contexts.iter_mut().for_each(|context| context.update(piece));
            others.iter_mut().for_each(|other| other.update(piece));
            blake3.update(piece);
            crc32.update(piece);
        }
        let mut hashes = [name_hash(blake3.finalize().as_bytes()); COUNT];
        hashes[0] = name_hash(&crc32.finalize().to_be_bytes());
        let of_ring = contexts.into_iter().map(|context| name_hash(context.finish().as_ref()));
        let of_others = others.into_iter().map(|other| name_hash(&other.finalize()));
        for (own, hash) in hashes.iter_mut().skip(1).zip(of_ring.chain(of_others)) {
            *own = hash;
        }
        Ok(Sums(hashes))
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
        "352441c2",
        "f2ba8f84ab5c1bce84a7b441cb1959cfc7093b7f",
        "a9993e364706816aba3e25717850c26c9cd0d89d",
        "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "900150983cd24fb0d6963f7d28e17f72",
        "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7",
        "53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23",
        "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d17d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923",
        "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319",
        "508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c86675982",
        "e642824c3f8cf24ad09234ee7d3c766fc9a3a5168d0c94ad73b46fdf",
        "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532",
        "ec01498288516fc926459f58e2c6ad8df9b473cb0fc08c2596da7cf0e49be4b298d88cea927ac7f539f1edf228376d25",
        "b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e10e116e9192af3c91a7ec57647e3934057340b4cf408d5a56592f8274eec53f0",
        "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85",
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
