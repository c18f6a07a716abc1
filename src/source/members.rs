//! The members of an outer tar archive: names, and where their bytes are. Contents are never read here.
//!
//! The walk is made here rather than by `tar::Archive`, which reads extension records of any length into memory and
//! overflows on some sizes; single headers are decoded by the `tar` crate. What holds no data of its own (links,
//! directories, devices) is taken to have none whatever its size field says, as Go's archive/tar does, which wrote most
//! image archives.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::io::{self, Read};

use crate::limits::Limits;

use super::input::Input;

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
    /// Anything else, with its article.
    Other(&'static str),
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
    /// The first block is no tar header; the block.
    NotTar(Vec<u8>),
    /// It is broken further on, or reaches a limit; a sentence without the archive's name.
    Broken(String),
}

const DIRECTORY: Member = Member::Other("a directory");
const BLOCK: u64 = 512;
/// A name that is longer than any path can be opened by is no part of an image.
const LONGEST_NAME: usize = 4096;

/// Walks an archive from its first header to its end.
pub(crate) fn walk(input: Input, limits: &Limits) -> Result<Members, WalkError> {
    let mut walk = Walk { input, position: 0, limits, members: Members::default(), count: 0, name_bytes: 0 };
    let mut extension = Extension::default();
    while let Some(header) = walk.header()? {
        walk.member(&header, &mut extension).map_err(|detail| walk.broken(&detail))?;
    }
    Ok(walk.members)
}

struct Walk<'a> {
    input: Input,
    position: u64,
    limits: &'a Limits,
    members: Members,
    count: usize,
    name_bytes: usize,
}

/// What extension headers say about the member that follows.
#[derive(Default)]
struct Extension {
    name: Option<Vec<u8>>,
    link: Option<Vec<u8>>,
    size: Option<u64>,
    sparse: bool,
}

impl Walk<'_> {
    /// The next header, or `None` at the end-of-archive block or the end of the bytes.
    fn header(&mut self) -> Result<Option<tar::Header>, WalkError> {
        let mut block = Vec::with_capacity(BLOCK as usize);
        self.input.by_ref().take(BLOCK).read_to_end(&mut block).map_err(|error| self.broken(&said(&error)))?;
        let mut header = tar::Header::new_old();
        if block.len() == header.as_bytes().len() {
            header.as_mut_bytes().copy_from_slice(&block);
            if block.iter().all(|byte| *byte == 0) {
                return Ok(None);
            }
            if checksum_holds(&header) {
                self.position += BLOCK;
                return Ok(Some(header));
            }
        }
        match self.position {
            0 => Err(WalkError::NotTar(block)),
            _ if block.is_empty() => Ok(None),
            _ => Err(self.broken("there is no tar header")),
        }
    }

    fn broken(&self, detail: &str) -> WalkError {
        WalkError::Broken(format!("broken tar archive: at byte {}: {detail}", self.position))
    }

    fn member(&mut self, header: &tar::Header, extension: &mut Extension) -> Result<(), String> {
        self.count += 1;
        if self.count > self.limits.archive_members {
            return Err(format!("more than {} members (see --limit archive-members)", self.limits.archive_members));
        }
        let kind = header.entry_type().as_byte();
        match kind {
            b'L' => extension.name = Some(until_nul(self.extension_data(header)?)),
            b'K' => extension.link = Some(until_nul(self.extension_data(header)?)),
            b'x' => extension.apply(&self.extension_data(header)?)?,
            b'g' => self.advance(header.entry_size().map_err(|error| said(&error))?)?,
            _ => self.file(header, std::mem::take(extension))?,
        }
        Ok(())
    }

    /// Records a member and skips its data.
    fn file(&mut self, header: &tar::Header, extension: Extension) -> Result<(), String> {
        let stored = extension.name.unwrap_or_else(|| header.path_bytes().into_owned());
        let link = || extension.link.clone().or_else(|| header.link_name_bytes().map(Into::into)).unwrap_or_default();
        let name = resolve(&[], &stored);
        let kind = header.entry_type().as_byte();
        let (member, size) = match kind {
            b'1' => (Member::Link(resolve(&[], &link())), 0),
            b'2' => (Member::Link(symlink_target(name.as_deref().unwrap_or_default(), &link())), 0),
            b'3' | b'4' => (Member::Other("a device"), 0),
            b'5' => (DIRECTORY, 0),
            b'6' => (Member::Other("a pipe"), 0),
            _ => {
                let size = extension.size.map_or_else(|| header.entry_size(), Ok).map_err(|error| said(&error))?;
                if kind == b'S' {
                    self.skip_sparse_map(header)?;
                }
                let offset = self.position;
                let member = match kind {
                    _ if extension.sparse || kind == b'S' => Member::Other("a sparse file"),
                    b'0' | 0 | b'7' if stored.ends_with(b"/") => DIRECTORY,
                    b'0' | 0 | b'7' => Member::File { offset, size },
                    _ => Member::Other("a special file"),
                };
                (member, size)
            }
        };
        self.record(&stored, name, member)?;
        self.advance(size)
    }

    fn record(&mut self, stored: &[u8], name: Option<Vec<u8>>, member: Member) -> Result<(), String> {
        if self.members.first.len() < 5 {
            self.members
                .first
                .push(String::from_utf8_lossy(stored.get(..200).unwrap_or(stored)).escape_debug().to_string());
        }
        let Some(name) = name.filter(|name| name.len() <= LONGEST_NAME) else { return Ok(()) };
        let link = if let Member::Link(Some(target)) = &member { target.len() } else { 0 };
        self.name_bytes += name.len() + link;
        if self.name_bytes > self.limits.archive_name_bytes {
            return Err(format!(
                "more than {} bytes of member names (see --limit archive-name-bytes)",
                self.limits.archive_name_bytes
            ));
        }
        match self.members.by_name.entry(name) {
            Entry::Vacant(place) => drop(place.insert(member)),
            Entry::Occupied(place) if *place.get() == DIRECTORY && member == DIRECTORY => {}
            Entry::Occupied(mut place) => drop(place.insert(Member::Repeated)),
        }
        Ok(())
    }

    /// The extension blocks of an old GNU sparse header (GNU tar manual, "Basic Tar Format") stand before the data.
    fn skip_sparse_map(&mut self, header: &tar::Header) -> Result<(), String> {
        let mut more = header.as_gnu().is_some_and(tar::GnuHeader::is_extended);
        while more {
            let mut block = tar::GnuExtSparseHeader::new();
            self.input.read_exact(block.as_mut_bytes()).map_err(|error| said(&error))?;
            self.position += BLOCK;
            more = block.is_extended();
        }
        Ok(())
    }

    fn extension_data(&mut self, header: &tar::Header) -> Result<Vec<u8>, String> {
        let size = header.entry_size().map_err(|error| said(&error))?;
        if size > self.limits.extension_bytes {
            return Err(format!(
                "an extension record of {size} bytes, more than {} (see --limit extension-bytes)",
                self.limits.extension_bytes
            ));
        }
        let mut data = Vec::new();
        self.input.by_ref().take(size).read_to_end(&mut data).map_err(|error| said(&error))?;
        if data.len() as u64 != size {
            return Err(said(&io::ErrorKind::UnexpectedEof.into()));
        }
        self.input.skip(padded(size).unwrap_or(size) - size).map_err(|error| said(&error))?;
        self.position += padded(size).unwrap_or(size);
        Ok(data)
    }

    /// Skips data and its padding.
    fn advance(&mut self, size: u64) -> Result<(), String> {
        let total = padded(size).ok_or("a size that no file has")?;
        self.input.skip(total).map_err(|error| said(&error))?;
        self.position = self.position.checked_add(total).ok_or("a size that no file has")?;
        Ok(())
    }
}

impl Extension {
    /// Takes over the records of a PAX extended header (POSIX.1-2017 pax, "pax Extended Header"); the last one counts.
    fn apply(&mut self, records: &[u8]) -> Result<(), String> {
        for record in tar::PaxExtensions::new(records) {
            let record = record.map_err(|error| said(&error))?;
            let value = record.value_bytes();
            match record.key_bytes() {
                b"path" => self.name = Some(value.to_vec()),
                b"linkpath" => self.link = Some(value.to_vec()),
                b"size" => {
                    let size = std::str::from_utf8(value).ok().and_then(|text| text.parse().ok());
                    self.size = Some(size.ok_or("a PAX size that is no number")?);
                }
                key if key.starts_with(b"GNU.sparse.") => self.sparse = true,
                _ => {}
            }
        }
        Ok(())
    }
}

fn checksum_holds(header: &tar::Header) -> bool {
    let sum = header.as_bytes().iter().enumerate();
    let sum: u32 = sum.map(|(at, byte)| if (148..156).contains(&at) { 32 } else { u32::from(*byte) }).sum();
    header.cksum().is_ok_and(|stored| stored == sum)
}

fn padded(size: u64) -> Option<u64> {
    size.checked_next_multiple_of(BLOCK)
}

fn until_nul(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.truncate(bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len()));
    bytes
}

fn said(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => "it ends inside a member".to_owned(),
        _ => error.to_string(),
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
