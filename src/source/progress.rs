//! How far reading has come, for whoever wants to show it.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::BlobReader;

/// Counters that readers advance and a display polls, from any thread. Nothing else depends on them.
#[derive(Debug, Default)]
pub struct Progress {
    bytes_total: AtomicU64,
    bytes_done: AtomicU64,
    layers_opened: AtomicU64,
}

/// Reads a blob and says so.
struct CountingReader<R> {
    inner: R,
    progress: Arc<Progress>,
}

impl<R: Read> Read for CountingReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.progress.bytes_done.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

/// The counters at one moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// Bytes of the layer blobs that were opened, as far as their sizes are known.
    pub bytes_total: u64,
    /// Bytes of these blobs that were read.
    pub bytes_done: u64,
    /// Layer blobs that were opened, each time counted.
    pub layers_opened: u64,
}

impl Progress {
    /// A layer blob of this many bytes, if that is known, was opened: counts what is read through the reader that is
    /// returned.
    pub fn open_layer(self: &Arc<Self>, reader: BlobReader, size: Option<u64>) -> BlobReader {
        self.layers_opened.fetch_add(1, Ordering::Relaxed);
        self.bytes_total.fetch_add(size.unwrap_or(0), Ordering::Relaxed);
        reader.map(|inner| CountingReader { inner, progress: self.clone() })
    }

    /// The counters now; each for itself, not as of one instant.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            bytes_total: self.bytes_total.load(Ordering::Relaxed),
            bytes_done: self.bytes_done.load(Ordering::Relaxed),
            layers_opened: self.layers_opened.load(Ordering::Relaxed),
        }
    }
}
