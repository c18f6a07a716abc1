//! A file that has no name until it is complete.
//!
//! Where the system can, the file really has none (`O_TMPFILE`): a program that is killed leaves nothing behind. On other
//! file systems it has a temporary name, which starts with `.reprove-` and goes away when the program ends by itself.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use tempfile::{Builder, NamedTempFile};

/// What temporary names start with.
pub const PREFIX: &str = ".reprove-";

/// A file that is being written and that nobody else sees. Dropped without being published, it was never there.
pub struct Unpublished(Held);

enum Held {
    Nameless(File),
    Named(NamedTempFile),
}

impl Unpublished {
    /// Starts a file that can be published within the file system of `folder`, with these permission bits less the
    /// user's umask.
    ///
    /// # Errors
    /// The system's, where no file can be made in `folder`.
    pub fn new(folder: &Path, mode: u32) -> io::Result<Self> {
        match nameless(folder, mode) {
            Some(file) => Ok(Unpublished(Held::Nameless(file))),
            None => Unpublished::named(folder, mode),
        }
    }

    fn named(folder: &Path, mode: u32) -> io::Result<Self> {
        Ok(Unpublished(Held::Named(names(mode).tempfile_in(folder)?)))
    }

    /// Writes into a file that was opened elsewhere, such as `/dev/full`.
    #[cfg(test)]
    pub(crate) fn over(file: File) -> Self {
        Unpublished(Held::Nameless(file))
    }

    /// Gives the file its name, whole. Says whether it did: a file that has the name already is left as it is.
    ///
    /// # Errors
    /// The system's; there is no file of this name then, or the one that was there before.
    pub fn publish_new(self, path: &Path) -> io::Result<bool> {
        let published = match self.0 {
            Held::Nameless(file) => link(&file, path),
            Held::Named(file) => file.persist_noclobber(path).map(drop).map_err(|error| error.error),
        };
        match published {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Gives the file its name, whole, in place of a file that has the name already. There is no moment without one.
    ///
    /// # Errors
    /// The system's; what was there before is there still.
    pub fn publish_over(self, path: &Path) -> io::Result<()> {
        let file = match self.0 {
            Held::Nameless(file) => file,
            Held::Named(file) => return file.persist(path).map(drop).map_err(|error| error.error),
        };
        match link(&file, path) {
            // A link replaces nothing: that takes another name first, for as long as it takes to rename it.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
                let named = Builder::new().prefix(PREFIX).make_in(folder, |name| link(&file, name))?;
                named.persist(path).map(drop).map_err(|error| error.error)
            }
            linked => linked,
        }
    }
}

impl Write for Unpublished {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.0 {
            Held::Nameless(file) => file.write(bytes),
            Held::Named(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn names(mode: u32) -> Builder<'static, 'static> {
    let mut builder = Builder::new();
    builder.prefix(PREFIX).permissions(std::os::unix::fs::PermissionsExt::from_mode(mode));
    builder
}

/// A file without a name that can be given one; `None` where the file system or the lack of `/proc` does not allow it.
#[cfg(target_os = "linux")]
fn nameless(folder: &Path, mode: u32) -> Option<File> {
    use rustix::fs::{CWD, Mode, OFlags, openat};

    if !Path::new(DESCRIPTORS).is_dir() {
        return None;
    }
    let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
    openat(CWD, folder, flags, Mode::from_raw_mode(mode)).ok().map(File::from)
}

#[cfg(target_os = "linux")]
const DESCRIPTORS: &str = "/proc/self/fd";

/// open(2): the way to link what `O_TMPFILE` made that takes no privilege.
#[cfg(target_os = "linux")]
fn link(file: &File, path: &Path) -> io::Result<()> {
    use std::os::fd::AsRawFd as _;

    use rustix::fs::{AtFlags, CWD, linkat};

    let name = format!("{DESCRIPTORS}/{}", file.as_raw_fd());
    Ok(linkat(CWD, name, CWD, path, AtFlags::SYMLINK_FOLLOW)?)
}

#[cfg(not(target_os = "linux"))]
fn nameless(_: &Path, _: u32) -> Option<File> {
    None
}

#[cfg(not(target_os = "linux"))]
fn link(_: &File, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn both(folder: &Path) -> [Unpublished; 2] {
        [Unpublished::new(folder, 0o640).unwrap(), Unpublished::named(folder, 0o640).unwrap()]
    }

    fn listed(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_new_file_appears_whole_and_replaces_nothing() {
        let folder = tempfile::tempdir().unwrap();
        for (number, mut file) in both(folder.path()).into_iter().enumerate() {
            let path = folder.path().join(number.to_string());
            file.write_all(b"whole").unwrap();
            assert!(!path.exists());
            assert!(file.publish_new(&path).unwrap());
            assert_eq!(fs::read(&path).unwrap(), b"whole");
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o137, 0, "no more than was asked for");
        }
        for (number, mut file) in both(folder.path()).into_iter().enumerate() {
            let path = folder.path().join(number.to_string());
            file.write_all(b"other").unwrap();
            assert!(!file.publish_new(&path).unwrap());
            assert_eq!(fs::read(&path).unwrap(), b"whole");
        }
        assert_eq!(listed(folder.path()), ["0", "1"]);
    }

    #[test]
    fn a_file_that_is_there_is_replaced_on_demand() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report");
        for (text, mut file) in ["one", "two"].into_iter().zip(both(folder.path())) {
            file.write_all(text.as_bytes()).unwrap();
            file.publish_over(&path).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
        let mut file = Unpublished::new(folder.path(), 0o600).unwrap();
        file.write_all(b"three").unwrap();
        file.publish_over(&path).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"three");
        assert_eq!(listed(folder.path()), ["report"]);
    }

    #[test]
    fn what_is_not_published_was_never_there() {
        let folder = tempfile::tempdir().unwrap();
        for mut file in both(folder.path()) {
            file.write_all(b"half").unwrap();
        }
        assert!(listed(folder.path()).is_empty());
        assert!(Unpublished::new(&folder.path().join("none"), 0o600).is_err());
        let file = Unpublished::new(folder.path(), 0o600).unwrap();
        fs::create_dir(folder.path().join("folder")).unwrap();
        assert!(file.publish_over(&folder.path().join("folder")).is_err());
        assert_eq!(listed(folder.path()), ["folder"]);
    }
}
