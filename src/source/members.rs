//! The members of an outer tar archive: names, and where their bytes are. Contents are never read here.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::codec::fault::Fault;
use crate::codec::tar::{self as codec, EntryType, Feed as _, Item, Scanner};
use crate::error::FileKind;
use crate::finding::{BadArchive, Detail};
use crate::limits::Limits;

use super::input::{Input, Pieces};

/// A member of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Member {
    /// A regular file.
    File {
        /// Where its bytes start in the uncompressed archive.
        offset: u64,
        /// Their number.
        size: u64,
    },
    /// A symbolic or hard link to the member of this name; `None` where it leads out of the archive.
    Link(Option<Vec<u8>>),
    /// Anything else.
    Other(FileKind),
    /// Several members have this name, and not all of them are directories: skopeo reads the first, whoever unpacks the
    /// archive the last.
    Repeated,
}

/// The members of an archive by name, `./` and the like removed.
#[derive(Debug, Default)]
pub(crate) struct Members {
    pub(crate) by_name: BTreeMap<Vec<u8>, Member>,
    /// The first few names as stored, to say what an archive holds that is no image.
    pub(crate) first: Vec<String>,
}

/// Why an archive has no index of members.
#[derive(Debug)]
pub(crate) enum WalkError {
    /// The first block is no tar header; how the bytes begin.
    NotTar(Vec<u8>),
    /// It is broken further on, or reaches a limit: what its reader says.
    Broken(Detail),
}

const DIRECTORY: Member = Member::Other(FileKind::Directory);
/// A name that is longer than any path can be opened by is no part of an image.
const LONGEST_NAME: usize = 4096;

/// Walks an archive from its first header to its end.
pub(crate) fn walk(input: Input, limits: &Limits) -> Result<Members, WalkError> {
    let mut pieces = Pieces::of(input);
    pieces.advance().map_err(broken)?;
    if !codec::is_start(pieces.piece()) {
        return Err(WalkError::NotTar(pieces.piece().to_vec()));
    }
    let mut walk = Walk { limits, members: Members::default(), count: 0, name_bytes: 0 };
    let mut scanner = Scanner::new(pieces, &unbounded(limits));
    while let Some(item) = scanner.next_item().map_err(broken)? {
        walk.item(&item).map_err(broken)?;
    }
    Ok(walk.members)
}

/// The limits of a layer are not those of what holds all of an image's layers.
const fn unbounded(limits: &Limits) -> Limits {
    Limits { layer_entries: u64::MAX, layer_bytes: u64::MAX, hole_bytes: u64::MAX, ..*limits }
}

fn broken(fault: Fault) -> WalkError {
    WalkError::Broken(fault.detail)
}

struct Walk<'a> {
    limits: &'a Limits,
    members: Members,
    count: usize,
    name_bytes: usize,
}

impl Walk<'_> {
    fn item(&mut self, item: &Item) -> Result<(), Fault> {
        self.count += 1;
        let most = self.limits.archive_members;
        if self.count > most {
            return Err(Fault::limit(BadArchive::Members(most)));
        }
        match item {
            Item::Global(_) => Ok(()),
            Item::Entry(entry) => self.record(entry),
        }
    }

    fn record(&mut self, entry: &codec::Entry) -> Result<(), Fault> {
        if self.members.first.len() < 5 {
            let stored = entry.name.get(..200).unwrap_or(&entry.name);
            self.members.first.push(String::from_utf8_lossy(stored).escape_debug().to_string());
        }
        let Some(name) = resolve(&[], &entry.name).filter(|name| name.len() <= LONGEST_NAME) else { return Ok(()) };
        let member = member(&name, entry);
        let link = if let Member::Link(Some(target)) = &member { target.len() } else { 0 };
        self.name_bytes += name.len() + link;
        let most = self.limits.archive_name_bytes;
        if self.name_bytes > most {
            return Err(Fault::limit(BadArchive::NameBytes(most)));
        }
        match self.members.by_name.entry(name) {
            Entry::Vacant(place) => drop(place.insert(member)),
            Entry::Occupied(place) if *place.get() == DIRECTORY && member == DIRECTORY => {}
            Entry::Occupied(mut place) => drop(place.insert(Member::Repeated)),
        }
        Ok(())
    }
}

/// What an entry is to whoever looks for it by its name.
fn member(name: &[u8], entry: &codec::Entry) -> Member {
    match entry.entry_type {
        EntryType::Hardlink => Member::Link(resolve(&[], &entry.link_name)),
        EntryType::Symlink => Member::Link(symlink_target(name, &entry.link_name)),
        EntryType::CharacterDevice | EntryType::BlockDevice => Member::Other(FileKind::Device),
        EntryType::Directory => DIRECTORY,
        EntryType::Fifo => Member::Other(FileKind::Pipe),
        EntryType::File if entry.sparse.is_some() => Member::Other(FileKind::SparseFile),
        // As POSIX has readers take the type `7`.
        EntryType::File | EntryType::Other(b'7') if entry.name.ends_with(b"/") => DIRECTORY,
        EntryType::File | EntryType::Other(b'7') => {
            Member::File { offset: entry.offset + entry.raw.len() as u64, size: entry.size }
        }
        EntryType::Other(_) => Member::Other(FileKind::Special),
    }
}

/// A name without `.`, `..` and empty components, from a directory of the archive; `None` where it leads out of it.
pub(crate) fn resolve(directory: &[u8], name: &[u8]) -> Option<Vec<u8>> {
    let mut path: Vec<&[u8]> = Vec::new();
    for component in directory.split(|byte| *byte == b'/').chain(name.split(|byte| *byte == b'/')) {
        match component {
            b"" | b"." => {}
            b".." => drop(path.pop()?),
            _ => path.push(component),
        }
    }
    Some(path.join(&b'/'))
}

/// The member that a symbolic link at `name` points at.
fn symlink_target(name: &[u8], target: &[u8]) -> Option<Vec<u8>> {
    let directory = name.iter().rposition(|byte| *byte == b'/').map_or(&b""[..], |slash| &name[..slash]);
    if target.starts_with(b"/") { None } else { resolve(directory, target) }
}

#[cfg(test)]
mod tests;
