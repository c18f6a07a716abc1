//! Who fetches a blob: the one that holds the lock on a file of its name.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fs::{File, TryLockError};
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Dirs;
use super::dir::Dir;

/// The lock files that this process holds locked.
static HELD: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// The right to fetch a blob for the cache, until it is dropped or the process ends.
pub(super) struct Claim {
    dirs: Arc<Dirs>,
    name: OsString,
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
    pub(super) fn take(dirs: &Arc<Dirs>, name: &OsStr) -> Claimed {
        let Some(locks) = &dirs.locks else { return Claimed::Impossible };
        let path = locks.path().join(name);
        let mut held = held();
        if held.contains(&path) {
            return Claimed::Here;
        }
        let Ok(file) = locks.lock_file(name) else { return Claimed::Impossible };
        match file.try_lock() {
            Ok(()) if is_at(&file, locks, name) => {
                held.insert(path.clone());
                Claimed::Mine(Claim { dirs: dirs.clone(), name: name.to_owned(), path, _file: file })
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
        let _ = self.dirs.locks.as_ref().map(|locks| locks.remove(&self.name));
        held.remove(&self.path);
    }
}

/// Whether this is the file of that name.
fn is_at(file: &File, locks: &Dir, name: &OsStr) -> bool {
    match (file.metadata(), locks.stat(name)) {
        (Ok(open), Ok(named)) => (open.dev(), open.ino()) == (named.st_dev, named.st_ino),
        _ => false,
    }
}

/// Removes a lock file that nobody holds: its holder was killed.
pub(super) fn remove_if_free(dirs: &Arc<Dirs>, name: &OsStr) {
    if let Claimed::Mine(claim) = Claim::take(dirs, name) {
        drop(claim);
    }
}
