//! Small blobs that were fetched and verified: what both sides share is fetched once, whether there is a cache or not.

use std::collections::BTreeMap;
use std::io::{self, Cursor, Read};
use std::sync::{Arc, Mutex};

use crate::digest::{Descriptor, Digest};
use crate::source::BlobReader;

/// Blobs kept in memory for the length of a run.
#[derive(Clone, Default)]
pub(crate) struct Documents(Arc<Mutex<BTreeMap<Digest, Arc<[u8]>>>>);

/// Longest blob that is kept, in bytes.
const LONGEST: u64 = 1 << 20;
/// Blobs that are kept.
const MOST: usize = 64;

impl Documents {
    /// A blob that is kept.
    pub(crate) fn get(&self, digest: &Digest) -> Option<BlobReader> {
        let bytes = self.0.lock().ok()?.get(digest)?.clone();
        Some(BlobReader::new(Cursor::new(bytes)))
    }

    /// Keeps what is read once it has been verified, if it is small.
    pub(crate) fn keep(&self, blob: &Descriptor, reader: BlobReader) -> BlobReader {
        if blob.size.is_none_or(|size| size > LONGEST) {
            return reader;
        }
        let copy = Arc::new(Mutex::new(Vec::new()));
        let (kept, digest, read) = (self.clone(), blob.digest.clone(), copy.clone());
        reader.map(|inner| Copying { inner, copy }).keeping(move || {
            if let (Ok(mut kept), Ok(bytes)) = (kept.0.lock(), read.lock())
                && kept.len() < MOST
            {
                kept.insert(digest, bytes.as_slice().into());
            }
        })
    }
}

/// Reads, and copies what is read.
struct Copying<R> {
    inner: R,
    copy: Arc<Mutex<Vec<u8>>>,
}

impl<R: Read> Read for Copying<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        if let Ok(mut copy) = self.copy.lock()
            && copy.len() as u64 <= LONGEST
        {
            copy.extend_from_slice(&buffer[..count]);
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_verified_is_kept_and_nothing_else() {
        let documents = Documents::default();
        let (bytes, mut text) = (b"document", String::new());
        let blob = Descriptor { media_type: String::new(), digest: Digest::of(bytes), size: Some(8) };
        let mut reader = documents.keep(&blob, BlobReader::new(&bytes[..]));
        reader.read_to_string(&mut text).unwrap();
        assert!(documents.get(&blob.digest).is_none());
        reader.verified();
        let mut again = String::new();
        documents.get(&blob.digest).unwrap().read_to_string(&mut again).unwrap();
        assert_eq!((text.as_str(), again.as_str()), ("document", "document"));
    }

    #[test]
    fn long_blobs_are_not_kept() {
        let documents = Documents::default();
        for size in [None, Some(LONGEST + 1)] {
            let blob = Descriptor { size, ..Descriptor::of(&Digest::of(b"")) };
            documents.keep(&blob, BlobReader::new(&b""[..])).verified();
            assert!(documents.get(&blob.digest).is_none());
        }
    }
}
