//! Blobs that are there: reading one, and what follows from how that ended.

use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::SystemTime;

use super::super::BlobReader;
use super::Cache;
use crate::digest::Digest;

/// Reads a blob's file. Read to its end and then not found to be what its name says, it is removed.
pub(super) fn reader(file: File, length: u64, cache: Cache, digest: Digest) -> BlobReader {
    let file = Arc::new(Kept { file, cache, digest, suspect: AtomicBool::new(false) });
    let verified = file.clone();
    BlobReader::new(Hit { file, left: length }).keeping(move || {
        verified.suspect.store(false, Ordering::Relaxed);
        // The time of the last use decides what goes first. Where it cannot be set, the blob goes early.
        let _ = verified.file.set_modified(SystemTime::now());
    })
}

/// The file, held by its reader and by what is called when its bytes are verified: the last of the two to go knows how
/// it ended.
struct Kept {
    file: File,
    cache: Cache,
    digest: Digest,
    /// All bytes were read, or cannot be, and nobody has said that they are the right ones.
    suspect: AtomicBool,
}

impl Drop for Kept {
    fn drop(&mut self) {
        if *self.suspect.get_mut() {
            // Where it cannot be removed, the next one to read it finds out again.
            let _ = self.cache.remove(&self.digest);
        }
    }
}

struct Hit {
    file: Arc<Kept>,
    /// Bytes that were not read yet, going by the length that the file had.
    left: u64,
}

impl Read for Hit {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = (&self.file.file).read(buffer);
        match &read {
            Ok(0) if buffer.is_empty() => return read,
            Ok(count) => self.left = if *count == 0 { 0 } else { self.left.saturating_sub(*count as u64) },
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return read,
            Err(_) => self.left = 0,
        }
        if self.left == 0 {
            self.file.suspect.store(true, Ordering::Relaxed);
        }
        read
    }
}
