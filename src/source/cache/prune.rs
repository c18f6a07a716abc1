//! What is in a cache, and what of it goes.

use std::ffi::OsString;
use std::io;
use std::time::{Duration, SystemTime};

use crate::digest::Digest;
use crate::spill::PREFIX;

use super::dir::Dir;
use super::{Cache, claim};

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
        for (algorithm, dir) in [("sha256", &self.dirs.sha256), ("sha512", &self.dirs.sha512)] {
            for (name, size, last_used) in dir.as_ref().map_or(Ok(Vec::new()), Dir::files)? {
                let digest = name.to_str().and_then(|name| Digest::parse(&format!("{algorithm}:{name}")).ok());
                kept.extend(digest.map(|digest| Kept { digest, size, last_used }));
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
            match self.remove(&blob.digest) {
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
        let is_ours = |name: &OsString| name.as_encoded_bytes().starts_with(PREFIX.as_bytes());
        let temporary = self.dirs.temporary.as_ref();
        for name in stale(temporary).filter(is_ours) {
            // It may be gone already.
            let _ = temporary.map(|dir| dir.remove(&name));
        }
        for name in stale(self.dirs.locks.as_ref()) {
            claim::remove_if_free(&self.dirs, &name);
        }
    }
}

/// The files in a directory that nobody has written to for long.
fn stale(dir: Option<&Dir>) -> impl Iterator<Item = OsString> {
    let files = dir.and_then(|dir| dir.files().ok()).unwrap_or_default();
    let is_old = |modified: &SystemTime| modified.elapsed().is_ok_and(|age| age > STALE);
    files.into_iter().filter(move |(_, _, modified)| is_old(modified)).map(|(name, ..)| name)
}
