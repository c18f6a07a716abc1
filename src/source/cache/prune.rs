//! What is in a cache, and what of it goes.

use std::fs::{self, DirEntry};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::digest::Digest;
use crate::spill::PREFIX;

use super::{BLOBS, Cache, LOCKS, TEMPORARY, claim};

/// How old a temporary file is when nobody can be writing it any more.
const STALE: Duration = Duration::from_secs(24 * 60 * 60);

/// A blob in a cache.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its digest.
    pub digest: Digest,
    /// Its length in bytes.
    pub size: u64,
    /// When it was last read or written.
    pub last_used: SystemTime,
}

/// What was removed from a cache.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pruned {
    /// The number of blobs.
    pub blobs: u64,
    /// Their bytes.
    pub bytes: u64,
}

impl Cache {
    /// The blobs that are there, the one that was not used for the longest time first.
    ///
    /// # Errors
    /// The system's, where the directory cannot be read.
    pub fn list(&self) -> io::Result<Vec<Kept>> {
        let mut kept = Vec::new();
        for algorithm in ["sha256", "sha512"] {
            for entry in entries(&self.folder.join(BLOBS).join(algorithm))? {
                let name = entry.file_name();
                let digest = name.to_str().and_then(|name| Digest::parse(&format!("{algorithm}:{name}")).ok());
                // What another program removes at this moment is not there.
                if let (Some(digest), Ok(found)) = (digest, entry.metadata())
                    && found.is_file()
                {
                    kept.push(Kept { digest, size: found.len(), last_used: found.modified()? });
                }
            }
        }
        kept.sort_by(|one, other| (one.last_used, &one.digest).cmp(&(other.last_used, &other.digest)));
        Ok(kept)
    }

    /// Removes blobs: those that were not used for longer than `older_than`; then, the longest unused first, as many as
    /// it takes to keep no more than `keep_bytes`; or all. Programs that are reading one of them are not disturbed.
    ///
    /// # Errors
    /// The system's, where the directory cannot be read or a blob cannot be removed.
    pub fn prune(&self, older_than: Option<Duration>, keep_bytes: Option<u64>, all: bool) -> io::Result<Pruned> {
        let now = SystemTime::now();
        let kept = self.list()?;
        let mut left: u64 = kept.iter().map(|blob| blob.size).sum();
        let mut pruned = Pruned::default();
        for blob in kept {
            // A time in the future is no age.
            let age = now.duration_since(blob.last_used).unwrap_or(Duration::ZERO);
            let goes = all || older_than.is_some_and(|limit| age > limit) || keep_bytes.is_some_and(|most| left > most);
            if !goes {
                continue;
            }
            left = left.saturating_sub(blob.size);
            match fs::remove_file(self.path(&blob.digest)) {
                Ok(()) => pruned = Pruned { blobs: pruned.blobs + 1, bytes: pruned.bytes + blob.size },
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        self.remove_stale();
        Ok(pruned)
    }

    /// Removes what programs that were killed left behind.
    pub(super) fn remove_stale(&self) {
        let is_ours =
            |path: &Path| path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(PREFIX.as_bytes()));
        for path in stale(&self.folder.join(TEMPORARY)).filter(|path| is_ours(path)) {
            // It may be somebody else's, or gone already.
            let _ = fs::remove_file(path);
        }
        for path in stale(&self.folder.join(LOCKS)) {
            claim::remove_if_free(&path);
        }
    }
}

fn entries(folder: &Path) -> io::Result<Vec<DirEntry>> {
    match fs::read_dir(folder) {
        Ok(entries) => entries.collect(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// The files in a directory that nobody has written to for long.
fn stale(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let is_old = |entry: &DirEntry| {
        let modified = entry.metadata().and_then(|found| found.modified());
        modified.is_ok_and(|time| time.elapsed().is_ok_and(|age| age > STALE))
    };
    entries(folder).unwrap_or_default().into_iter().filter(is_old).map(|entry| entry.path())
}
