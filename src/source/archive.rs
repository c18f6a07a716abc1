//! A tar archive read in place: an index of its members, made once, and readers that start at their offsets.
//!
//! In an archive that is compressed as a whole, opening a member decompresses everything in front of it again: reading
//! n layers costs up to n times the decompression. Nothing is unpacked, neither to disk nor to memory.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use crate::codec::compression::{MAGIC, Packing, recognize};
use crate::error::{FileKind, NoArchive, Unopened, Unread};
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
    /// The error is what was found instead of an archive.
    pub(crate) fn open(path: &Path, limits: &Limits) -> Result<Self, Unopened> {
        let file = open_input(path).map_err(FileError::of_input)?;
        Archive::of(file, limits)
    }

    /// Walks an archive that is open already; where the file is read from at present does not matter.
    ///
    /// The error is the one of [`Archive::open`].
    pub(crate) fn of(file: File, limits: &Limits) -> Result<Self, Unopened> {
        let unread = |error: io::Error| Unread::System(error.to_string());
        let file = Arc::new(file);
        let length = file.metadata().map_err(unread)?.len();
        if length == 0 {
            return Err(NoArchive::Empty.into());
        }
        let mut start = Vec::new();
        let window = Window::new(file.clone(), 0, length);
        window.take(MAGIC as u64).read_to_end(&mut start).map_err(unread)?;
        let packing = recognize(&start).map_err(|name| NoArchive::Compression(name.to_owned()))?;
        let mut archive = Archive { file, length, packing, limits: *limits, members: Members::default() };
        archive.members = walk(archive.input(), limits).map_err(|error| describe(error, packing))?;
        Ok(archive)
    }

    /// Whether there is a member of this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.members.by_name.contains_key(name.as_bytes())
    }

    /// The names of the first few members, as errors may show them.
    pub(crate) fn first_members(&self) -> &[String] {
        &self.members.first
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
                Some(Member::Link(None)) => return Err(Unread::HeldAs(FileKind::LinkOut).into()),
                Some(Member::Other(found)) => return Err(Unread::HeldAs(*found).into()),
                // Clients differ in which of them they read.
                Some(Member::Repeated) => {
                    return Err(FileError::Io(io::Error::new(io::ErrorKind::InvalidData, Unread::Repeated)));
                }
                None => return Err(FileError::Missing),
            }
        }
        Err(Unread::HeldAs(FileKind::LinkLoop).into())
    }

    /// A name below a link is one member to whoever unpacks the archive and another to whoever looks for the name.
    fn refuse_below_link(&self, name: &[u8]) -> Result<(), FileError> {
        let slashes = name.iter().enumerate().filter(|(_, byte)| **byte == b'/').map(|(at, _)| at);
        let mut parents = slashes.filter_map(|at| name.get(..at));
        let is_link = |parent: &[u8]| matches!(self.members.by_name.get(parent), Some(Member::Link(_)));
        if parents.any(is_link) { Err(Unread::HeldAs(FileKind::BelowLink).into()) } else { Ok(()) }
    }
}

fn describe(error: WalkError, packing: Packing) -> NoArchive {
    let compressed = packing != Packing::Plain;
    match error {
        WalkError::Broken(detail) => NoArchive::Broken { compressed, problem: Box::new(detail) },
        WalkError::NotTar(mut start) => {
            start.truncate(16);
            NoArchive::NotTar { compressed, start }
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
