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
    layers_total: AtomicU64,
    layers_done: AtomicU64,
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
        self.progress.read(count as u64);
        Ok(count)
    }
}

/// The counters at one moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// Bytes of blobs that are to be read, as far as known.
    pub bytes_total: u64,
    /// Bytes of blobs that were read.
    pub bytes_done: u64,
    /// Layer blobs that are to be read, both sides together.
    pub layers_total: u64,
    /// Layer blobs that were read to the end.
    pub layers_done: u64,
    /// Layer blobs that were opened, each time counted.
    pub layers_opened: u64,
}

impl Progress {
    /// More to read became known.
    pub fn expect(&self, layers: u64, bytes: u64) {
        self.layers_total.fetch_add(layers, Ordering::Relaxed);
        self.bytes_total.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Bytes of a blob were read.
    pub fn read(&self, bytes: u64) {
        self.bytes_done.fetch_add(bytes, Ordering::Relaxed);
    }

    /// A layer blob was read to its end.
    pub fn layer_done(&self) {
        self.layers_done.fetch_add(1, Ordering::Relaxed);
    }

    /// A layer blob was opened: counts what is read through the reader that is returned.
    pub fn open_layer(self: &Arc<Self>, reader: BlobReader) -> BlobReader {
        self.layers_opened.fetch_add(1, Ordering::Relaxed);
        reader.map(|inner| CountingReader { inner, progress: self.clone() })
    }

    /// The counters now; each for itself, not as of one instant.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            bytes_total: self.bytes_total.load(Ordering::Relaxed),
            bytes_done: self.bytes_done.load(Ordering::Relaxed),
            layers_total: self.layers_total.load(Ordering::Relaxed),
            layers_done: self.layers_done.load(Ordering::Relaxed),
            layers_opened: self.layers_opened.load(Ordering::Relaxed),
        }
    }
}
