//! What is known of many files by their paths: 16 bytes each, the rest in a temporary file.

use std::io;
use std::marker::PhantomData;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use crate::content::notes::Sums;
use crate::finding::Sides;
use crate::image::name_hash::name_hash;
use crate::spill::codec::{Coded, Cursor, coded};
use crate::spill::{Arena, Content};

/// Both contents of a file.
pub(crate) type Digests = Sides<FileDigest>;

/// A content by its digests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FileDigest {
    pub(crate) sha256: [u8; 32],
    pub(crate) size: u64,
    /// By other algorithms, where it is not too large.
    pub(crate) others: Option<Sums>,
}

/// Contents up to this are held against records of other algorithms; of larger ones any such record may be theirs.
const MOST: u64 = 64 << 20;

impl FileDigest {
    /// Other algorithms count only where something of the content was claimed to be cosmetic: all else does not pass anyway.
    pub(crate) fn of(content: &Content, is_cosmetic: bool) -> Self {
        let others = (is_cosmetic && content.size() <= MOST).then(|| Sums::of(content).ok()).flatten();
        FileDigest { sha256: content.sha256(), size: content.size(), others }
    }
}

impl Coded for FileDigest {
    fn put(&self, out: &mut Vec<u8>) {
        let FileDigest { sha256, size, others } = self;
        sha256.put(out);
        size.put(out);
        others.put(out);
    }

    fn take(from: &mut Cursor<'_>) -> Option<Self> {
        Some(FileDigest { sha256: Coded::take(from)?, size: Coded::take(from)?, others: Coded::take(from)? })
    }
}

/// Where paths and what is known of them are.
pub(crate) struct FilesArena(Mutex<Arena>);

/// Files by a hash of their path, those found later after those found before.
pub(crate) struct Files<T>(Vec<File>, PhantomData<T>);

/// Where one file's record is.
struct File {
    path_hash: u64,
    /// Its number in its layer: how much was found before.
    number: u64,
    place: u64,
}

impl<T> Default for Files<T> {
    fn default() -> Self {
        Files(Vec::new(), PhantomData)
    }
}

impl FilesArena {
    pub(super) const fn new(memory: usize) -> Self {
        FilesArena(Mutex::new(Arena::new(memory)))
    }

    pub(crate) const fn intake<T>(&self) -> FilesIntake<'_, T> {
        FilesIntake { arena: self, files: Files(Vec::new(), PhantomData), failure: None }
    }
}

/// Takes in the files of one layer, beside others that do.
pub(crate) struct FilesIntake<'a, T> {
    arena: &'a FilesArena,
    files: Files<T>,
    failure: Option<io::Error>,
}

impl<T: Coded> FilesIntake<'_, T> {
    pub(crate) fn add(&mut self, number: u64, path: &Arc<[u8]>, known: T) {
        let record = coded(&(path.clone(), known));
        match self.arena.0.lock().unwrap_or_else(PoisonError::into_inner).push(&record) {
            Ok(place) => self.files.0.push(File { path_hash: name_hash(path), number, place }),
            Err(failure) => self.failure = Some(failure),
        }
    }

    /// Everything that was taken in.
    ///
    /// # Errors
    /// When the temporary file could not be written.
    pub(crate) fn finish(self) -> io::Result<Files<T>> {
        self.failure.map_or(Ok(self.files), Err)
    }
}

impl<T: Coded> Files<T> {
    pub(crate) fn extend(&mut self, other: Files<T>) {
        if self.0.is_empty() {
            *self = other;
        } else {
            self.0.extend(other.0);
        }
    }

    /// Brings the files of one layer in order, where several threads have found them.
    pub(crate) fn in_order_of_discovery(&mut self) {
        self.0.sort_by_key(|file| file.number);
    }

    /// Makes them ready to be looked up.
    pub(super) fn sort(&mut self) {
        self.0.sort_by_key(|file| file.path_hash);
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How much may be known of a file.
    pub(super) fn count(&self, path: &[u8]) -> usize {
        self.range(path).len()
    }

    /// Where what is known of a file may be.
    fn range(&self, path: &[u8]) -> Range<usize> {
        let hash = name_hash(path);
        let start = self.0.partition_point(|file| file.path_hash < hash);
        start..self.0.partition_point(|file| file.path_hash <= hash)
    }

    /// What is known of a file: what was found last, where it was found more than once.
    ///
    /// # Errors
    /// When the temporary file cannot be read.
    pub(super) fn get(&self, arena: &FilesArena, path: &[u8]) -> io::Result<Option<T>> {
        Ok(self.all(arena, path)?.pop())
    }

    /// All that is known of a file, in order of discovery.
    ///
    /// # Errors
    /// When the temporary file cannot be read.
    pub(super) fn all(&self, arena: &FilesArena, path: &[u8]) -> io::Result<Vec<T>> {
        let arena = arena.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut reader = arena.reader(512);
        let mut all = Vec::new();
        for file in self.0.get(self.range(path)).unwrap_or_default() {
            let (record, _) = reader.record(file.place)?;
            let (name, known) = <(Arc<[u8]>, T)>::take(&mut Cursor(record)).ok_or(io::ErrorKind::InvalidData)?;
            if *name == *path {
                all.push(known);
            }
        }
        Ok(all)
    }
}
