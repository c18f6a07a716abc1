//! A tar archive read in place: an index of its members, made once, and readers that start at their offsets.
//!
//! In an archive that is compressed as a whole, opening a member decompresses everything in front of it again: reading
//! n layers costs up to n times the decompression. Nothing is unpacked, neither to disk nor to memory.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use crate::codec::compression::{MAGIC, Packing, recognize};
use crate::limits::Limits;

use super::files::{FileError, Files, open_input};
use super::input::{Input, Window};
use super::members::{Member, Members, WalkError, resolve, walk};

/// A tar archive, with the index of its members.
pub(crate) struct Archive {
    file: Arc<File>,
    length: u64,
    packing: Packing,
    limits: Limits,
    members: Members,
}

/// Links between members that are followed in a row; more are a loop.
const LINKS: usize = 16;

impl Archive {
    /// Opens an archive and walks it once.
    ///
    /// The error is what was found instead of an archive, with what to do about it.
    pub(crate) fn open(path: &Path, limits: &Limits) -> Result<Self, String> {
        let file = open_input(path).map_err(|error| match error {
            FileError::Missing => "no such file or directory".to_owned(),
            other => other.to_string(),
        })?;
        Archive::of(file, limits)
    }

    /// Walks an archive that is open already; where the file is read from at present does not matter.
    ///
    /// The error is the one of [`Archive::open`].
    pub(crate) fn of(file: File, limits: &Limits) -> Result<Self, String> {
        let file = Arc::new(file);
        let length = file.metadata().map_err(|error| error.to_string())?.len();
        if length == 0 {
            return Err(format!("an empty file; {EXPECTED}"));
        }
        let mut start = Vec::new();
        let window = Window::new(file.clone(), 0, length);
        window.take(MAGIC as u64).read_to_end(&mut start).map_err(|error| error.to_string())?;
        let packing = recognize(&start)
            .map_err(|name| format!("compressed with {name}; decompress it first, only gzip and zstd are read"))?;
        let mut archive = Archive { file, length, packing, limits: *limits, members: Members::default() };
        archive.members = walk(archive.input(), limits).map_err(|error| describe(error, packing))?;
        Ok(archive)
    }

    /// Whether there is a member of this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.members.by_name.contains_key(name.as_bytes())
    }

    /// What an archive without an image holds, for an error.
    pub(crate) fn contents(&self) -> String {
        match self.members.first.as_slice() {
            [] => "a tar archive without members".to_owned(),
            names => format!("a tar archive that holds no image; its first members are {}", names.join(", ")),
        }
    }

    fn input(&self) -> Input {
        let Limits { archive_bytes, expansion_bytes, expansion_ratio, .. } = self.limits;
        let most = archive_bytes.min(expansion_bytes.max(self.length.saturating_mul(expansion_ratio)));
        Input::open(&self.file, self.length, self.packing, most, &self.limits)
    }

    /// The offset and size of a file, through links between members.
    fn find(&self, name: &str) -> Result<(u64, u64), FileError> {
        let mut name = resolve(&[], name.as_bytes()).ok_or(FileError::Missing)?;
        for _ in 0..LINKS {
            self.refuse_below_link(&name)?;
            match self.members.by_name.get(&name) {
                Some(Member::File { offset, size }) => return Ok((*offset, *size)),
                Some(Member::Link(Some(target))) => name.clone_from(target),
                Some(Member::Link(None)) => return Err(unsupported("a link that leads out of the archive")),
                Some(Member::Other(found)) => return Err(unsupported(found)),
                Some(Member::Repeated) => {
                    return Err(FileError::Io(io::Error::new(io::ErrorKind::InvalidData, REPEATED)));
                }
                None => return Err(FileError::Missing),
            }
        }
        Err(unsupported("a loop of links"))
    }

    /// A name below a link is one member to whoever unpacks the archive and another to whoever looks for the name.
    fn refuse_below_link(&self, name: &[u8]) -> Result<(), FileError> {
        let slashes = name.iter().enumerate().filter(|(_, byte)| **byte == b'/').map(|(at, _)| at);
        let mut parents = slashes.filter_map(|at| name.get(..at));
        let is_link = |parent: &[u8]| matches!(self.members.by_name.get(parent), Some(Member::Link(_)));
        if parents.any(is_link) { Err(unsupported("a member below a link")) } else { Ok(()) }
    }
}

/// Why a name is not read of which there are several: clients differ in which of them they read.
const REPEATED: &str = "several members of the archive have this name";

/// What may be given instead of a file that is no image.
pub(crate) const EXPECTED: &str =
    "a tar archive as docker save or skopeo copy make it is read, also compressed with gzip or zstd";

fn unsupported(found: &str) -> FileError {
    FileError::Unsupported(format!("held as {found}, which is not read"))
}

fn describe(error: WalkError, packing: Packing) -> String {
    let packed = if packing == Packing::Plain { "" } else { "compressed, and inside " };
    match error {
        WalkError::Broken(detail) => format!("{packed}{detail}"),
        WalkError::NotTar(start) => {
            let start = start.get(..16).unwrap_or(&start);
            format!("{packed}no tar archive, it starts with \"{}\"; {EXPECTED}", start.escape_ascii())
        }
    }
}

impl Files for Archive {
    fn open(&self, name: &str) -> Result<Box<dyn Read + Send>, FileError> {
        let (offset, size) = self.find(name)?;
        if self.packing == Packing::Plain {
            return Ok(Box::new(Window::new(self.file.clone(), offset, offset.saturating_add(size))));
        }
        let mut input = self.input();
        input.skip(offset)?;
        Ok(Box::new(input.take(size)))
    }
}

#[cfg(test)]
mod tests;
