//! The directory of a zip archive (PKWARE APPNOTE 6.3.10) without loss: every byte is in one part, and nothing is decoded.
//!
//! Readers of zip find members in one of two ways: by the central directory at the end (CPython, `java.util.zip.ZipFile`,
//! Go, unzip), or by local headers from the start (`ZipInputStream`, bsdtar from a pipe). Where the two could give other
//! members, or where readers of one kind disagree, the archive is refused: two end records, local and central headers that
//! contradict each other, members that overlap or have one name, names that readers cut at a NUL or take from another
//! place, encryption. What is left has one meaning.

mod bytes;
mod end;
mod extra;
mod header;
mod parts;

#[cfg(test)]
pub(crate) mod tests;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;

use self::end::End;
use crate::codec::fault::Fault;
use crate::finding::BadZip;
use crate::spill::Window;

pub use self::parts::{Part, fields};

/// Bytes that a zip archive without a prefix begins with: a local header, or the end of an empty archive.
pub const MAGIC: [&[u8; 4]; 2] = [b"PK\x03\x04", b"PK\x05\x06"];

/// A zip archive taken apart.
#[derive(Debug, Clone)]
pub struct Zip {
    /// The members in the order of the central directory.
    pub members: Vec<Member>,
    /// Where the central directory is.
    directory: Range<usize>,
    end: End,
}

/// One member: where its headers and its bytes are, and what both headers say alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The local header, with name and extra fields.
    pub local: Range<usize>,
    /// The bytes of the member as they are stored.
    pub data: Range<usize>,
    /// The data descriptor; empty where there is none.
    pub descriptor: Range<usize>,
    /// The header in the central directory, with name, extra fields and comment.
    pub central: Range<usize>,
    /// General purpose flags (section 4.4.4).
    pub flags: u16,
    /// Compression method (section 4.4.5): 0 stored, 8 deflate.
    pub method: u16,
    /// CRC-32 of what is decoded, as stored; nobody has checked it yet.
    pub crc32: u32,
    /// Bytes when decoded, as stored; nobody has checked it yet.
    pub size: u64,
    name: Range<usize>,
}

impl Zip {
    /// Takes the directory of an archive apart.
    ///
    /// # Errors
    /// [`Fault`] `malformed` for what is no zip archive, or one that readers disagree about; `unsupported` for encryption
    /// and several disks; `limit` above `most` members.
    pub fn read(bytes: &Window<'_>, most: usize) -> Result<Zip, Fault> {
        let (end, directory) = end::find(bytes)?;
        if end.entries > most as u64 {
            return Err(Fault::limit(BadZip::Members(end.entries, most)));
        }
        let base = directory.start.saturating_sub(end.directory_offset);
        let mut members = Vec::new();
        let mut at = directory.start;
        while at < directory.end {
            let central = header::central(bytes, at, directory.end)?;
            at = central.range.end;
            members.push(header::member(bytes, central, base, directory.start)?);
            if members.len() as u64 > end.entries {
                return Err(Fault::malformed(BadZip::MoreMembers));
            }
        }
        if members.len() as u64 != end.entries {
            return Err(Fault::malformed(BadZip::FewerMembers));
        }
        let zip = Zip { members, directory, end };
        zip.check_names(bytes)?;
        zip.check_places()?;
        Ok(zip)
    }

    /// The number of bytes of the directory of an archive; nothing else of it is read.
    ///
    /// # Errors
    /// [`Fault`] as for [`Zip::read`].
    pub fn directory_size(bytes: &Window<'_>) -> Result<u64, Fault> {
        end::find(bytes).map(|(_, directory)| directory.len() as u64)
    }

    /// Every byte in one block, in order. A block is a header with all of its fields, the data of a member, its descriptor,
    /// or a field that is about none: so there are no more than four for a member.
    pub fn blocks(&self, bytes: &Window<'_>) -> impl Iterator<Item = Part> {
        // There are no more bytes than could be counted when they were read.
        parts::blocks(self, usize::try_from(bytes.size()).unwrap_or(usize::MAX))
    }

    /// The members in the order of their local headers, by their position in [`Zip::members`].
    pub fn stored_order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.members.len()).collect();
        order.sort_unstable_by_key(|position| self.members.get(*position).map(|member| member.local.start));
        order
    }

    /// Which of several members of a name is read depends on the reader.
    fn check_names(&self, bytes: &Window<'_>) -> Result<(), Fault> {
        let mut names = BTreeSet::new();
        for member in &self.members {
            let name = member.name(bytes);
            if name.is_empty() || name.contains(&0) {
                return Err(Fault::malformed(BadZip::Name));
            }
            if names.contains(&name) {
                return Err(Fault::malformed(BadZip::NameRepeated(name.into_owned())));
            }
            names.insert(name);
        }
        Ok(())
    }

    fn check_places(&self) -> Result<(), Fault> {
        let mut end = 0;
        for position in self.stored_order() {
            let Some(member) = self.members.get(position) else { continue };
            if member.local.start < end {
                return Err(Fault::malformed(BadZip::Overlap));
            }
            end = member.descriptor.end;
        }
        if end > self.directory.start { Err(Fault::malformed(BadZip::DirectoryOverlap)) } else { Ok(()) }
    }
}

impl Member {
    /// Its name as stored, in both headers alike.
    pub fn name<'a>(&self, bytes: &Window<'a>) -> Cow<'a, [u8]> {
        bytes.get(self.name.clone()).unwrap_or_default()
    }
}
