//! Who fetches a blob: the one that holds the lock on a file of its name.

use std::collections::BTreeSet;
use std::fs::{self, File, TryLockError};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::open_lock;

/// The lock files that this process holds locked.
static HELD: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// The right to fetch a blob for the cache, until it is dropped or the process ends.
pub(super) struct Claim {
    path: PathBuf,
    /// Held for its lock.
    _file: File,
}

/// What became of the attempt to claim a blob.
pub(super) enum Claimed {
    Mine(Claim),
    /// This process is fetching it.
    Here,
    /// Another process is fetching it.
    Elsewhere,
    /// There can be no lock here.
    Impossible,
}

/// Whether this process is fetching any blob for a cache.
pub(super) fn any_held() -> bool {
    !held().is_empty()
}

fn held() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    HELD.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Claim {
    pub(super) fn take(path: &Path) -> Claimed {
        let mut held = held();
        if held.contains(path) {
            return Claimed::Here;
        }
        let Ok(file) = open_lock(path) else { return Claimed::Impossible };
        match file.try_lock() {
            Ok(()) if is_at(&file, path) => {
                held.insert(path.to_owned());
                Claimed::Mine(Claim { path: path.to_owned(), _file: file })
            }
            // Whoever held it has removed it since it was opened: the next look sees a new one.
            Ok(()) | Err(TryLockError::WouldBlock) => Claimed::Elsewhere,
            Err(TryLockError::Error(_)) => Claimed::Impossible,
        }
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        let mut held = held();
        // Removed while it is locked, so that nobody can hold a lock on the file of this name in the meantime. A file that
        // stays is used again.
        let _ = fs::remove_file(&self.path);
        held.remove(&self.path);
    }
}

/// Whether this is the file of that name.
fn is_at(file: &File, path: &Path) -> bool {
    match (file.metadata(), fs::metadata(path)) {
        (Ok(open), Ok(named)) => (open.dev(), open.ino()) == (named.dev(), named.ino()),
        _ => false,
    }
}

/// Removes a lock file that nobody holds: its holder was killed.
pub(super) fn remove_if_free(path: &Path) {
    if let Claimed::Mine(claim) = Claim::take(path) {
        drop(claim);
    }
}
