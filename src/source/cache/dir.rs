//! The directories of a cache: opened once, and from then on by handle, so that nobody can put another in their place.
//!
//! What is above a cache does not matter then: whoever can write there can take the cache away, but put none in its place
//! that would pass for the user's own. Below, no link is followed.

use std::ffi::{OsStr, OsString};
use std::fs::{DirBuilder, File};
use std::io;
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rustix::fs::{AtFlags, FileType, Mode, OFlags, Stat, fstat, mkdirat, open, openat, statat, unlinkat};
use rustix::process::geteuid;

use crate::error::Unkept;

/// A directory that the user, or root, alone can write to.
#[derive(Debug)]
pub(super) struct Dir {
    handle: OwnedFd,
    path: PathBuf,
}

/// Why a directory is not used.
#[derive(Debug)]
pub(super) enum Trouble {
    /// It could be somebody else's doing.
    Refused(Unkept),
    Io(io::Error),
}

impl<E: Into<io::Error>> From<E> for Trouble {
    fn from(error: E) -> Self {
        Trouble::Io(error.into())
    }
}

const DIRECTORY: OFlags = OFlags::DIRECTORY.union(OFlags::RDONLY).union(OFlags::CLOEXEC);
const FILE: OFlags = OFlags::NOFOLLOW.union(OFlags::NONBLOCK).union(OFlags::CLOEXEC);

impl Dir {
    /// The directory of a cache, made for the user alone where it is missing and that is wanted.
    pub(super) fn root(path: &Path, make: bool) -> Result<Self, Trouble> {
        if make {
            DirBuilder::new().recursive(true).mode(0o700).create(path)?;
        }
        let named = path.symlink_metadata()?;
        if named.is_symlink() && !is_ours(named.uid()) {
            return Err(Trouble::Refused(Unkept::LinkOfAnother(path.display().to_string())));
        }
        Dir { handle: open(path, DIRECTORY, Mode::empty())?, path: path.to_owned() }.checked()
    }

    /// A directory in this one.
    pub(super) fn below(&self, name: &str, make: bool) -> Result<Self, Trouble> {
        if make {
            match mkdirat(&self.handle, name, Mode::from_raw_mode(0o700)) {
                Ok(()) | Err(rustix::io::Errno::EXIST) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let path = self.path.join(name);
        if self.stat(OsStr::new(name)).is_ok_and(|found| FileType::from_raw_mode(found.st_mode).is_symlink()) {
            return Err(Trouble::Refused(Unkept::Link(path.display().to_string())));
        }
        Dir { handle: openat(&self.handle, name, DIRECTORY.union(OFlags::NOFOLLOW), Mode::empty())?, path }.checked()
    }

    /// The same, if nobody else can have put anything into it.
    fn checked(self) -> Result<Self, Trouble> {
        let found = fstat(&self.handle)?;
        let path = self.path.display().to_string();
        if !is_ours(found.st_uid) {
            return Err(Trouble::Refused(Unkept::Owner(path, found.st_uid)));
        }
        if found.st_mode & 0o022 != 0 {
            return Err(Trouble::Refused(Unkept::Writable(path)));
        }
        Ok(self)
    }

    /// Where it is, for people.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// A path that leads here through the handle, where the system has such.
    pub(super) fn through_handle(&self) -> PathBuf {
        let path = PathBuf::from(format!("/proc/self/fd/{}", self.handle.as_raw_fd()));
        if path.exists() { path } else { self.path.clone() }
    }

    /// Opens a regular file to be read.
    pub(super) fn file(&self, name: &OsStr) -> io::Result<File> {
        let file = File::from(openat(&self.handle, name, FILE.union(OFlags::RDONLY), Mode::empty())?);
        if file.metadata()?.is_file() { Ok(file) } else { Err(io::ErrorKind::InvalidData.into()) }
    }

    /// Opens a file to be locked, made where it is missing.
    pub(super) fn lock_file(&self, name: &OsStr) -> io::Result<File> {
        let flags = FILE.union(OFlags::RDWR).union(OFlags::CREATE);
        Ok(openat(&self.handle, name, flags, Mode::from_raw_mode(0o600))?.into())
    }

    pub(super) fn remove(&self, name: &OsStr) -> io::Result<()> {
        Ok(unlinkat(&self.handle, name, AtFlags::empty())?)
    }

    /// What a name stands for; a link for itself.
    pub(super) fn stat(&self, name: &OsStr) -> io::Result<Stat> {
        Ok(statat(&self.handle, name, AtFlags::SYMLINK_NOFOLLOW)?)
    }

    /// The regular files in it: name, length and time of the last modification.
    pub(super) fn files(&self) -> io::Result<Vec<(OsString, u64, SystemTime)>> {
        let mut files = Vec::new();
        for entry in rustix::fs::Dir::read_from(&self.handle)? {
            let entry = entry?;
            let name = OsStr::from_bytes(entry.file_name().to_bytes()).to_owned();
            // What another program removes at this moment is not there.
            if let Ok(found) = self.file(&name).and_then(|file| file.metadata()) {
                files.push((name, found.len(), found.modified()?));
            }
        }
        Ok(files)
    }
}

/// Whether an owner is the user or root.
fn is_ours(owner: u32) -> bool {
    owner == 0 || owner == geteuid().as_raw()
}
