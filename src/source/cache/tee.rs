//! Blobs that are being fetched: to their reader and into a file at once.

use std::io::{self, Read, Write as _};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use crate::spill::Unpublished;

use super::super::BlobReader;
use super::{Claim, Dirs};

/// The file that a blob goes into besides.
pub(super) struct Draft {
    file: Unpublished,
    /// Where it will be; the directory stays open until then.
    path: (PathBuf, Arc<Dirs>),
    size: Option<u64>,
    written: u64,
    /// Held until the file is published or given up.
    _claim: Claim,
}

impl Draft {
    /// A copy that is to be published at this path and to have this size.
    pub(super) fn new(file: Unpublished, path: (PathBuf, Arc<Dirs>), size: Option<u64>, claim: Claim) -> Self {
        Draft { file, path, size, written: 0, _claim: claim }
    }

    /// Says whether there is still something to be kept.
    fn write(&mut self, bytes: &[u8]) -> bool {
        self.written = self.written.saturating_add(bytes.len() as u64);
        self.size.is_none_or(|size| self.written <= size) && self.file.write_all(bytes).is_ok()
    }

    fn publish(self) {
        if self.size.is_none_or(|size| self.written == size) {
            // What cannot be kept is fetched again next time.
            let _ = self.file.publish_new(&self.path.0);
        }
    }
}

/// The draft, held by the reader that fills it and by what is called when the bytes are verified; gone once it is given
/// up.
type Shared = Arc<Mutex<Option<Draft>>>;

/// Reads through to where the blob comes from, keeping a copy.
pub(super) fn reader(bytes: Box<dyn Read + Send>, copy: Draft) -> BlobReader {
    let copy: Shared = Arc::new(Mutex::new(Some(copy)));
    let verified = copy.clone();
    BlobReader::new(Tee { bytes, copy }).keeping(move || {
        if let Some(copy) = lock(&verified).take() {
            copy.publish();
        }
    })
}

struct Tee {
    bytes: Box<dyn Read + Send>,
    copy: Shared,
}

impl Read for Tee {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.bytes.read(buffer);
        let mut copy = lock(&self.copy);
        let goes_on = match (&read, copy.as_mut()) {
            (Ok(count), Some(copy)) => copy.write(buffer.get(..*count).unwrap_or(&[])),
            (Err(error), _) => error.kind() == io::ErrorKind::Interrupted,
            (_, None) => return read,
        };
        if !goes_on {
            *copy = None;
        }
        read
    }
}

fn lock(copy: &Shared) -> std::sync::MutexGuard<'_, Option<Draft>> {
    copy.lock().unwrap_or_else(PoisonError::into_inner)
}
