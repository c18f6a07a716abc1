//! Why a file is not read.

use crate::finding::coded;

/// What a name stands for in a directory or archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum FileKind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link.
    SymbolicLink,
    /// A named pipe.
    Pipe,
    /// A socket.
    Socket,
    /// A character or block device.
    Device,
    /// A file with holes.
    SparseFile,
    /// Something that only one system knows.
    Special,
    /// A link that leads out of the archive.
    LinkOut,
    /// Links that lead to each other.
    LinkLoop,
    /// A name below a link.
    BelowLink,
}

coded! {
    /// Why a file is not read, although there is something of its name.
    pub enum UnreadFile {
        /// It is no regular file.
        "file-not-regular" NotRegular(FileKind),
        /// It was a regular file a moment ago.
        "file-became-another" Became(FileKind),
        /// It is held as something that is not read.
        "file-held-as" HeldAs(FileKind),
        /// A directory above it, by this name, is none.
        "file-held-behind" HeldBehind(FileKind, String),
        /// Several members of an archive have its name.
        "file-repeated" Repeated,
        /// The system does not hand it out: what it says.
        "file-unreadable" System(String),
    }
}

impl std::error::Error for UnreadFile {}
