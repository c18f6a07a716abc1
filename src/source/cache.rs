//! Verified blobs, kept between runs.
//!
//! # On disk
//!
//! A cache is a directory that any number of programs use at once:
//!
//! - `blobs/sha256/HEX`, `blobs/sha512/HEX`: whole blobs, verified before they got their name. The time of the last
//!   modification is the time of the last use.
//! - `tmp/`: where blobs are written. They have no name there while they are, unless the file system cannot do without;
//!   what a program that was killed left behind is removed a day later.
//! - `locks/HEX`: held locked (flock) while a blob is being fetched.
//!
//! # What is promised
//!
//! The directories belong to the user (or root), and nobody else can write to them: others are refused. They are opened
//! once, and no link in them is followed.
//!
//! A blob that comes out of the cache is as unverified as one from a registry. One that turns out to be damaged is
//! removed, so that the next run fetches it again. A blob that is being fetched goes to its reader and into a file at
//! once, and the file is published when the reader says that it verified the bytes. Where the file cannot be written
//! (a full disk, a read-only file system) the reader does not notice.
//!
//! # Who waits for whom
//!
//! Two programs that want the same blob at once should fetch it once. But both images of a comparison are read in
//! lockstep, so the program that fetches a blob may get no further in it before *another* blob arrives: one that the
//! other program is fetching, and cannot get further in for the same reason. Therefore a program waits for another one
//! only while it is fetching nothing for the cache itself. Then nobody who is waited for waits, which rules out a
//! circle. This is asked anew at every look at the lock, because a thread may start fetching while another one waits.
//! Within one program nobody waits at all: a blob that is being fetched is fetched a second time, and not kept. And
//! nobody waits longer than [`PATIENCE`]: the other program may have been stopped.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::digest::{Descriptor, Digest};
use crate::error::Unkept;
use crate::spill::Unpublished;

use super::access::{CacheChoice, Environment};
use super::{BlobReader, OpenError};
use claim::{Claim, Claimed};
use dir::{Dir, Trouble};

/// Who fetches a blob.
mod claim;
/// Where they are.
mod dir;
/// Blobs that are there.
mod hit;
/// What is there, and what of it goes.
mod prune;
/// Blobs that are being fetched.
mod tee;

pub use prune::{Kept, Pruned};

/// How long the lock of another program is waited for.
const PATIENCE: Duration = Duration::from_secs(60);
/// The longest time between two looks at a lock.
const STEP: Duration = Duration::from_millis(200);

const BLOBS: &str = "blobs";
const TEMPORARY: &str = "tmp";
const LOCKS: &str = "locks";

/// Verified blobs, kept between runs.
#[derive(Debug, Clone)]
pub struct Cache {
    folder: PathBuf,
    dirs: Arc<Dirs>,
    /// Whether blobs can be added.
    grows: bool,
}

/// The directories of a cache. One that cannot be written may lack some.
#[derive(Debug)]
struct Dirs {
    sha256: Option<Dir>,
    sha512: Option<Dir>,
    temporary: Option<Dir>,
    locks: Option<Dir>,
}

impl Cache {
    /// The cache that was chosen, made where it is missing. `None` where nothing is to be kept, and where nothing can be
    /// kept below the user's own directory, which is no reason not to compare.
    ///
    /// A cache that cannot be written is used as it is.
    ///
    /// # Errors
    /// One that was asked for and cannot be made or written, or one that others can put something into.
    pub fn open(choice: &CacheChoice, environment: &Environment) -> Result<Option<Self>, Unkept> {
        let Some(folder) = folder(choice, environment) else { return Ok(None) };
        let error = match prepare(&folder) {
            Ok(dirs) => {
                let cache = Cache { folder, dirs: Arc::new(dirs), grows: true };
                cache.remove_stale();
                return Ok(Some(cache));
            }
            Err(Trouble::Refused(why)) => return Err(why),
            Err(Trouble::Io(error)) => error,
        };
        match there(&folder)? {
            Some(dirs) => Ok(Some(Cache { folder, dirs: Arc::new(dirs), grows: false })),
            None if *choice == CacheChoice::User => Ok(None),
            None => Err(Unkept::Unusable(folder.display().to_string(), error.to_string())),
        }
    }

    /// The cache that was chosen, if there is one; nothing is made.
    ///
    /// # Errors
    /// One that was asked for and is no cache, or one that others can put something into.
    pub fn existing(choice: &CacheChoice, environment: &Environment) -> Result<Option<Self>, Unkept> {
        let Some(folder) = folder(choice, environment) else { return Ok(None) };
        match there(&folder)? {
            Some(dirs) => Ok(Some(Cache { folder, dirs: Arc::new(dirs), grows: false })),
            None if *choice == CacheChoice::User => Ok(None),
            None => Err(Unkept::Missing(folder.display().to_string())),
        }
    }

    /// The directory.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A blob out of the cache, or one that is downloaded now and kept once the reader says that it is verified.
    ///
    /// # Errors
    /// Those of `download`: the cache itself is never a reason not to get a blob.
    pub fn fetch(
        &self,
        blob: &Descriptor,
        download: impl FnOnce() -> Result<Box<dyn io::Read + Send>, OpenError>,
    ) -> Result<BlobReader, OpenError> {
        if let Some(reader) = self.hit(blob) {
            return Ok(reader);
        }
        match self.claim(blob) {
            Turn::Published(reader) => Ok(reader),
            Turn::Fetch(claim) => match self.draft(blob, claim) {
                Some(draft) => Ok(tee::reader(download()?, draft)),
                None => Ok(BlobReader::new(download()?)),
            },
            Turn::Pass => Ok(BlobReader::new(download()?)),
        }
    }

    /// A file for a blob that is being fetched, if there can be one.
    fn draft(&self, blob: &Descriptor, claim: Claim) -> Option<tee::Draft> {
        let file = Unpublished::new(&self.dirs.temporary.as_ref()?.through_handle(), 0o600).ok()?;
        let path = self.dir_of(&blob.digest)?.through_handle().join(blob.digest.encoded());
        Some(tee::Draft::new(file, (path, self.dirs.clone()), blob.size, claim))
    }

    fn dir_of(&self, digest: &Digest) -> Option<&Dir> {
        match digest.algorithm() {
            "sha256" => self.dirs.sha256.as_ref(),
            "sha512" => self.dirs.sha512.as_ref(),
            _ => None,
        }
    }

    fn remove(&self, digest: &Digest) -> io::Result<()> {
        self.dir_of(digest).map_or(Ok(()), |dir| dir.remove(OsStr::new(&digest.encoded())))
    }

    /// The blob, if it is there and has the right length.
    fn hit(&self, blob: &Descriptor) -> Option<BlobReader> {
        let file = self.dir_of(&blob.digest)?.file(OsStr::new(&blob.digest.encoded())).ok()?;
        let length = file.metadata().ok()?.len();
        if blob.size.is_some_and(|size| size != length) {
            // It is fetched again even where this fails, and then not kept.
            let _ = self.remove(&blob.digest);
            return None;
        }
        Some(hit::reader(file, length, self.clone(), blob.digest.clone()))
    }

    /// Whose turn it is to fetch a blob, which may be known only after a while.
    fn claim(&self, blob: &Descriptor) -> Turn {
        if !self.grows || self.dirs.locks.is_none() {
            return Turn::Pass;
        }
        let end = Instant::now() + PATIENCE;
        let mut step = Duration::from_millis(10);
        loop {
            let claimed = Claim::take(&self.dirs, OsStr::new(&blob.digest.encoded()));
            // Looked at after the lock: whoever held it has published by then, if ever.
            if let Some(reader) = self.hit(blob) {
                return Turn::Published(reader);
            }
            match claimed {
                Claimed::Mine(claim) => return Turn::Fetch(claim),
                Claimed::Elsewhere if !claim::any_held() && Instant::now() < end => std::thread::sleep(step),
                Claimed::Elsewhere | Claimed::Here | Claimed::Impossible => return Turn::Pass,
            }
            step = (step * 2).min(STEP);
        }
    }
}

/// What to do about a blob that was not there.
enum Turn {
    /// It is there now.
    Published(BlobReader),
    /// Fetch and keep it.
    Fetch(Claim),
    /// Fetch it, and leave keeping it to somebody else.
    Pass,
}

fn folder(choice: &CacheChoice, environment: &Environment) -> Option<PathBuf> {
    match choice {
        CacheChoice::Off => None,
        CacheChoice::At(folder) => Some(folder.clone()),
        CacheChoice::User => {
            // A relative path in this variable is to be ignored: XDG Base Directory Specification, "Basics".
            let cache = environment.path("XDG_CACHE_HOME").filter(|path| path.is_absolute());
            let cache = cache.or_else(|| environment.home().map(|home| home.join(".cache")))?;
            Some(cache.join("reprove"))
        }
    }
}

/// Makes what is missing, for the user alone, and sees whether files can be made.
fn prepare(folder: &Path) -> Result<Dirs, Trouble> {
    let root = Dir::root(folder, true)?;
    let blobs = root.below(BLOBS, true)?;
    let dirs = Dirs {
        sha256: Some(blobs.below("sha256", true)?),
        sha512: Some(blobs.below("sha512", true)?),
        temporary: Some(root.below(TEMPORARY, true)?),
        locks: Some(root.below(LOCKS, true)?),
    };
    if let Some(temporary) = &dirs.temporary {
        Unpublished::new(&temporary.through_handle(), 0o600).map(drop)?;
    }
    Ok(dirs)
}

/// The directories that are there, if there are blobs.
fn there(folder: &Path) -> Result<Option<Dirs>, Unkept> {
    let known = |found: Result<Dir, Trouble>| match found {
        Ok(dir) => Ok(Some(dir)),
        Err(Trouble::Io(_)) => Ok(None),
        Err(Trouble::Refused(why)) => Err(why),
    };
    let Some(root) = known(Dir::root(folder, false))? else { return Ok(None) };
    let Some(blobs) = known(root.below(BLOBS, false))? else { return Ok(None) };
    Ok(Some(Dirs {
        sha256: known(blobs.below("sha256", false))?,
        sha512: known(blobs.below("sha512", false))?,
        temporary: known(root.below(TEMPORARY, false))?,
        locks: known(root.below(LOCKS, false))?,
    }))
}

#[cfg(test)]
mod tests;
