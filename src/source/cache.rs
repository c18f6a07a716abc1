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

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::digest::{Descriptor, Digest};
use crate::spill::Unpublished;

use super::access::{CacheChoice, Environment};
use super::files::open_input;
use super::{BlobReader, OpenError};
use claim::{Claim, Claimed};

/// Who fetches a blob.
mod claim;
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
    /// Whether blobs can be added.
    grows: bool,
}

impl Cache {
    /// The cache that was chosen, made where it is missing. `None` where nothing is to be kept, and where nothing can be
    /// kept below the user's own directory, which is no reason not to compare.
    ///
    /// A cache that cannot be written is used as it is.
    ///
    /// # Errors
    /// A sentence that names the directory that was asked for and cannot be made or written.
    pub fn open(choice: &CacheChoice, environment: &Environment) -> Result<Option<Self>, String> {
        let Some(folder) = folder(choice, environment) else { return Ok(None) };
        match prepare(&folder) {
            Ok(()) => {
                let cache = Cache { folder, grows: true };
                cache.remove_stale();
                Ok(Some(cache))
            }
            Err(_) if folder.join(BLOBS).is_dir() => Ok(Some(Cache { folder, grows: false })),
            Err(_) if *choice == CacheChoice::User => Ok(None),
            Err(error) => Err(format!("{}: no blobs can be kept there: {error}", folder.display())),
        }
    }

    /// The cache that was chosen, if there is one; nothing is made.
    ///
    /// # Errors
    /// A sentence that names the directory that was asked for and is no cache.
    pub fn existing(choice: &CacheChoice, environment: &Environment) -> Result<Option<Self>, String> {
        match folder(choice, environment) {
            Some(folder) if folder.join(BLOBS).is_dir() => Ok(Some(Cache { folder, grows: false })),
            Some(folder) if *choice != CacheChoice::User => Err(format!("{}: there is no cache", folder.display())),
            _ => Ok(None),
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
            Turn::Fetch(claim) => match Unpublished::new(&self.folder.join(TEMPORARY), 0o600) {
                Ok(file) => {
                    let draft = tee::Draft::new(file, self.path(&blob.digest), blob.size, claim);
                    Ok(tee::reader(download()?, draft))
                }
                Err(_) => Ok(BlobReader::new(download()?)),
            },
            Turn::Pass => Ok(BlobReader::new(download()?)),
        }
    }

    fn path(&self, digest: &Digest) -> PathBuf {
        self.folder.join(BLOBS).join(digest.algorithm()).join(digest.encoded())
    }

    /// The blob, if it is there and has the right length.
    fn hit(&self, blob: &Descriptor) -> Option<BlobReader> {
        let path = self.path(&blob.digest);
        let file = open_input(&path).ok()?;
        let length = file.metadata().ok()?.len();
        if blob.size.is_some_and(|size| size != length) {
            // It is fetched again even where this fails, and then not kept.
            let _ = fs::remove_file(&path);
            return None;
        }
        Some(hit::reader(file, length, path))
    }

    /// Whose turn it is to fetch a blob, which may be known only after a while.
    fn claim(&self, blob: &Descriptor) -> Turn {
        if !self.grows {
            return Turn::Pass;
        }
        let lock = self.folder.join(LOCKS).join(blob.digest.encoded());
        let end = Instant::now() + PATIENCE;
        let mut step = Duration::from_millis(10);
        loop {
            let claimed = Claim::take(&lock);
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
fn prepare(folder: &Path) -> io::Result<()> {
    for name in ["blobs/sha256", "blobs/sha512", TEMPORARY, LOCKS] {
        DirBuilder::new().recursive(true).mode(0o700).create(folder.join(name))?;
    }
    Unpublished::new(&folder.join(TEMPORARY), 0o600).map(drop)
}

/// Opens a file to be locked.
fn open_lock(path: &Path) -> io::Result<File> {
    File::options().read(true).write(true).create(true).truncate(false).open(path)
}

#[cfg(test)]
mod tests;
