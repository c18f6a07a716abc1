//! Files by name: what a directory on disk and the members of an archive have in common.

use std::fs::{self, File, FileType, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

use crate::codec::json::{Document, Shape};
use crate::digest::Digest;
use crate::error::{FileKind, Unopened, Unread, shown};
use crate::limits::Limits;

use super::OpenError;

/// A set of files that is only ever read.
pub(crate) trait Files: Send + Sync {
    /// Opens the file at a name relative to the set's root, with `/` between components. Readers are independent.
    fn open(&self, name: &str) -> Result<Box<dyn Read + Send>, FileError>;
}

/// Why a file could not be opened.
#[derive(Debug)]
pub(crate) enum FileError {
    Missing,
    Unsupported(Unread),
    Io(io::Error),
}

impl From<Unread> for FileError {
    fn from(problem: Unread) -> Self {
        FileError::Unsupported(problem)
    }
}

impl From<io::Error> for FileError {
    fn from(error: io::Error) -> Self {
        FileError::Io(error)
    }
}

impl FileError {
    /// The same, said of the blob that the file was to hold.
    pub(crate) fn of_blob(self, blob: &Digest) -> OpenError {
        let blob = blob.clone();
        match self {
            FileError::Missing => OpenError::Missing(blob),
            FileError::Unsupported(problem) => OpenError::Unsupported { blob, problem },
            FileError::Io(source) => OpenError::Io { blob, source },
        }
    }

    /// The same, said of a file that the user named.
    pub(crate) fn of_input(self) -> Unopened {
        match self {
            FileError::Missing => Unopened::NotFound,
            FileError::Unsupported(problem) => problem.into(),
            FileError::Io(error) => Unread::System(error.to_string()).into(),
        }
    }
}

/// A whole small file; `None` where there is none.
pub(crate) fn document(files: &dyn Files, name: &str, limit: u64) -> Result<Option<Vec<u8>>, Unopened> {
    let part = |problem| Unopened::Part { name: shown(name), problem };
    let unread = |error: io::Error| part(Unread::System(error.to_string()));
    let file = match files.open(name) {
        Ok(file) => file,
        Err(FileError::Missing) => return Ok(None),
        Err(FileError::Unsupported(problem)) => return Err(part(problem)),
        Err(FileError::Io(error)) => return Err(unread(error)),
    };
    let mut bytes = Vec::new();
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(unread)?;
    if bytes.len() as u64 > limit {
        return Err(Unopened::DocumentSize(shown(name), limit));
    }
    Ok(Some(bytes))
}

/// Reads a document into typed data, once it is clear that every program takes its keys for the same members.
///
/// The error is what the reader says.
pub(crate) fn typed<T: DeserializeOwned>(bytes: &[u8], shape: &Shape, limits: &Limits) -> Result<T, String> {
    let document = Document::parse(bytes.into(), limits).and_then(|document| document.checked(shape));
    document.map_err(|error| error.to_string())?;
    serde_json::from_slice(bytes).map_err(|error| error.to_string())
}

/// A directory on disk.
///
/// Below the root no symbolic link is followed and nothing but regular files is opened. The checks are made against a
/// directory that arrived that way; they cannot hold against somebody who changes it during the run.
pub(crate) struct Folder {
    root: PathBuf,
}

impl Folder {
    pub(crate) fn new(root: &Path) -> Self {
        Folder { root: root.to_owned() }
    }
}

impl Files for Folder {
    fn open(&self, name: &str) -> Result<Box<dyn Read + Send>, FileError> {
        let mut path = self.root.clone();
        let mut components = name.split('/').peekable();
        while let Some(component) = components.next() {
            path.push(component);
            let kind = fs::symlink_metadata(&path).map_err(missing_or_io)?.file_type();
            let last = components.peek().is_none();
            if last && !kind.is_file() {
                return Err(Unread::HeldAs(kind_of(kind)).into());
            } else if !last && !kind.is_dir() {
                return Err(Unread::HeldBehind(kind_of(kind), component.to_owned()).into());
            }
        }
        Ok(Box::new(open_regular(&path, O_NOFOLLOW)?))
    }
}

/// Opens a file that the user named, following symbolic links, and never waiting for a FIFO's writer or a device.
pub(crate) fn open_input(path: &Path) -> Result<File, FileError> {
    let kind = fs::metadata(path).map_err(missing_or_io)?.file_type();
    if !kind.is_file() {
        return Err(Unread::NotRegular(kind_of(kind)).into());
    }
    open_regular(path, 0)
}

fn open_regular(path: &Path, flags: i32) -> Result<File, FileError> {
    let file = OpenOptions::new().read(true).custom_flags(O_NONBLOCK | flags).open(path).map_err(missing_or_io)?;
    let kind = file.metadata()?.file_type();
    if !kind.is_file() {
        return Err(Unread::Became(kind_of(kind)).into());
    }
    Ok(file)
}

fn missing_or_io(error: io::Error) -> FileError {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => FileError::Missing,
        _ => FileError::Io(error),
    }
}

/// What a file is.
pub(crate) fn kind_of(kind: FileType) -> FileKind {
    if kind.is_symlink() {
        FileKind::SymbolicLink
    } else if kind.is_dir() {
        FileKind::Directory
    } else if kind.is_fifo() {
        FileKind::Pipe
    } else if kind.is_socket() {
        FileKind::Socket
    } else if kind.is_file() {
        FileKind::File
    } else {
        FileKind::Device
    }
}

// open(2) flags, written out because they are the only thing that libc would be needed for. They are a second line of
// defense behind the checks of the file type, so a system that is not listed goes without.
#[cfg(target_os = "linux")]
const O_NONBLOCK: i32 =
    if cfg!(any(target_arch = "mips", target_arch = "mips64", target_arch = "sparc64")) { 0 } else { 0o4000 };
#[cfg(target_os = "linux")]
const O_NOFOLLOW: i32 = if cfg!(any(target_arch = "mips", target_arch = "mips64", target_arch = "sparc64")) {
    0
} else if cfg!(any(target_arch = "aarch64", target_arch = "arm", target_arch = "powerpc", target_arch = "powerpc64")) {
    0o100_000
} else {
    0o400_000
};
#[cfg(target_os = "macos")]
const O_NONBLOCK: i32 = 0x4;
#[cfg(target_os = "macos")]
const O_NOFOLLOW: i32 = 0x100;
#[cfg(not(any(target_os = "linux", target_os = "macos")))]
const O_NONBLOCK: i32 = 0;
#[cfg(not(any(target_os = "linux", target_os = "macos")))]
const O_NOFOLLOW: i32 = 0;

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;
    use std::process::Command;

    use super::*;

    fn refused(folder: &Folder, name: &str) -> String {
        match folder.open(name) {
            Ok(_) => panic!("{name} was opened"),
            Err(FileError::Unsupported(problem)) => problem.to_string(),
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn only_regular_files_below_regular_directories_are_opened() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path();
        fs::create_dir(path.join("sub")).unwrap();
        fs::write(path.join("sub/file"), b"x").unwrap();
        symlink("sub/file", path.join("link")).unwrap();
        symlink("sub", path.join("linked")).unwrap();
        assert!(Command::new("mkfifo").arg(path.join("pipe")).status().unwrap().success());

        let folder = Folder::new(path);
        let mut text = String::new();
        folder.open("sub/file").unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "x");
        assert!(refused(&folder, "link").contains("a symbolic link"));
        assert!(refused(&folder, "linked/file").contains("a symbolic link"));
        assert!(refused(&folder, "pipe").contains("a pipe"));
        assert!(refused(&folder, "sub").contains("a directory"));
        assert!(matches!(folder.open("none").err(), Some(FileError::Missing)));
        assert!(matches!(folder.open("sub/file/none").err(), Some(FileError::Unsupported(_))));
    }

    #[test]
    fn a_link_that_replaced_a_file_after_the_check_is_not_followed() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("file"), b"x").unwrap();
        symlink("file", root.path().join("link")).unwrap();
        assert!(open_regular(&root.path().join("link"), O_NOFOLLOW).is_err());
        assert!(open_input(&root.path().join("link")).is_ok());
    }

    #[test]
    fn an_input_that_is_no_file_is_refused_without_waiting() {
        let root = tempfile::tempdir().unwrap();
        let pipe = root.path().join("pipe");
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        assert_eq!(open_input(&pipe).unwrap_err().of_input().to_string(), "is a pipe, not a regular file");
        assert!(open_input(Path::new("/dev/null")).unwrap_err().of_input().to_string().contains("a device"));
    }

    #[test]
    fn a_document_above_the_limit_is_refused() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("file"), b"1234").unwrap();
        let folder = Folder::new(root.path());
        assert_eq!(document(&folder, "file", 4), Ok(Some(b"1234".to_vec())));
        assert!(document(&folder, "file", 3).unwrap_err().to_string().contains("more than 3 bytes"));
        assert_eq!(document(&folder, "none", 3), Ok(None));
    }
}
