//! The files whose contents differ, with the identity of both contents: 16 bytes each, the rest in a temporary file.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use crate::finding::Sides;
use crate::spill::Arena;

use super::codec::{Coded, Cursor};

/// SHA-256 and size of both contents of a file.
pub(super) type Digests = Sides<([u8; 32], u64)>;

/// Where paths and digests are.
pub(super) struct FilesArena(Mutex<Arena>);

/// Files by a hash of their path, those found later after those found before.
#[derive(Default)]
pub(super) struct Files(Vec<File>);

/// Where one file's record is.
struct File {
    path_hash: u64,
    /// Its number in its layer: how much was found before.
    number: u64,
    place: u64,
}

impl FilesArena {
    pub(super) const fn new(memory: usize) -> Self {
        FilesArena(Mutex::new(Arena::new(memory)))
    }

    pub(super) const fn intake(&self) -> FilesIntake<'_> {
        FilesIntake { arena: self, files: Files(Vec::new()), failure: None }
    }
}

/// Takes in the files of one layer, beside others that do.
pub(super) struct FilesIntake<'a> {
    arena: &'a FilesArena,
    files: Files,
    failure: Option<io::Error>,
}

impl FilesIntake<'_> {
    pub(super) fn add(&mut self, number: u64, path: &Arc<[u8]>, digests: Digests) {
        let mut record = Vec::new();
        (path.clone(), digests).put(&mut record);
        match self.arena.0.lock().unwrap_or_else(PoisonError::into_inner).push(&record) {
            Ok(place) => self.files.0.push(File { path_hash: name_hash(path), number, place }),
            Err(failure) => self.failure = Some(failure),
        }
    }

    /// Everything that was taken in.
    ///
    /// # Errors
    /// When the temporary file could not be written.
    pub(super) fn finish(self) -> io::Result<Files> {
        self.failure.map_or(Ok(self.files), Err)
    }
}

impl Files {
    pub(super) fn extend(&mut self, other: Files) {
        self.0.extend(other.0);
    }

    /// Brings files of one layer in order, which several threads have found.
    pub(super) fn in_order_of_discovery(&mut self) {
        self.0.sort_by_key(|file| file.number);
    }

    /// Makes them ready to be looked up.
    pub(super) fn sort(&mut self) {
        self.0.sort_by_key(|file| file.path_hash);
    }

    /// The digests of a file: those found last, where it was found more than once.
    ///
    /// # Errors
    /// When the temporary file cannot be read.
    pub(super) fn get(&self, arena: &FilesArena, path: &[u8]) -> io::Result<Option<Digests>> {
        let hash = name_hash(path);
        let start = self.0.partition_point(|file| file.path_hash < hash);
        let end = self.0.partition_point(|file| file.path_hash <= hash);
        let arena = arena.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut reader = arena.reader(512);
        for file in self.0.get(start..end).unwrap_or_default().iter().rev() {
            let (record, _) = reader.record(file.place)?;
            let (known, digests) =
                <(Arc<[u8]>, Digests)>::take(&mut Cursor(record)).ok_or(io::ErrorKind::InvalidData)?;
            if *known == *path {
                return Ok(Some(digests));
            }
        }
        Ok(None)
    }
}

/// A 64-bit identity of a name: what has it still has to be compared.
pub(super) fn name_hash(name: &[u8]) -> u64 {
    let hash = blake3::hash(name);
    hash.as_bytes().first_chunk().map_or(0, |first| u64::from_le_bytes(*first))
}
