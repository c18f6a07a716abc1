//! What a tree shows of one entry, as bytes that may go to a temporary file.

use crate::image::entry::{Entry, EntryType, Time};
use crate::image::path;
use crate::spill::codec::{Coded, Cursor, put_bytes};

/// What a record says of its path; in the order of the numbers by which the index tells them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Mark {
    Directory,
    Other,
    Hardlink,
    Symlink,
    /// A whiteout of it.
    Removed,
    /// An opaque marker in it.
    Opaque,
    /// From here on runtimes do not agree on what is there and below.
    Unclear,
}

/// Marks of which only the last one of a path is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Directory,
    /// Nothing that was below the path before is there afterwards, whichever layer brought it.
    Clears,
    Opaque,
    Unclear,
}

impl Kind {
    pub(super) const COUNT: usize = 4;
}

impl Mark {
    const ALL: [Mark; 7] =
        [Mark::Directory, Mark::Other, Mark::Hardlink, Mark::Symlink, Mark::Removed, Mark::Opaque, Mark::Unclear];

    /// The mark in the lowest bits of an index entry.
    pub(super) fn of(at: u64) -> Self {
        Mark::ALL.get((at & 7) as usize).copied().unwrap_or(Mark::Other)
    }

    pub(super) const fn kind(self) -> Kind {
        match self {
            Mark::Directory => Kind::Directory,
            Mark::Other | Mark::Hardlink | Mark::Symlink | Mark::Removed => Kind::Clears,
            Mark::Opaque => Kind::Opaque,
            Mark::Unclear => Kind::Unclear,
        }
    }
}

/// An entry, as far as a tree shows it.
pub(super) struct Record {
    pub(super) entry_type: EntryType,
    /// Everything but name, time and content.
    pub(super) attributes: Vec<u8>,
    /// Of these what a hard link's header sets for the file: mode, owner and xattrs.
    pub(super) header: Vec<u8>,
    pub(super) time: Time,
    /// The path that a hard link names; what a symlink says.
    pub(super) link: Vec<u8>,
    pub(super) content: [u8; 32],
}

impl Record {
    pub(super) fn new(entry: &Entry, content: [u8; 32]) -> Self {
        let mut attributes = Vec::new();
        let mut put = |bytes: &[u8]| {
            attributes.extend((bytes.len() as u64).to_le_bytes());
            attributes.extend(bytes);
        };
        put(format!("{:?}", entry.entry_type).as_bytes());
        if let Some((major, minor)) = entry.device {
            put(&major.to_le_bytes());
            put(&minor.to_le_bytes());
        }
        if entry.entry_type == EntryType::Symlink {
            put(&entry.link_name);
        }
        let mut header = Vec::new();
        for number in [u64::from(entry.mode & 0o7777), entry.uid, entry.gid] {
            header.extend(number.to_le_bytes());
        }
        for (name, value) in &entry.xattrs {
            put_bytes(name, &mut header);
            put_bytes(value, &mut header);
        }
        attributes.extend(&header);
        let link = match entry.entry_type {
            EntryType::Hardlink => path::clean(&entry.link_name).into_owned(),
            EntryType::Symlink => entry.link_name.to_vec(),
            _ => Vec::new(),
        };
        Record { entry_type: entry.entry_type, attributes, header, time: entry.mtime, link, content }
    }

    pub(super) const fn mark(&self) -> Mark {
        match self.entry_type {
            EntryType::Directory => Mark::Directory,
            EntryType::Hardlink => Mark::Hardlink,
            EntryType::Symlink => Mark::Symlink,
            _ => Mark::Other,
        }
    }

    pub(super) fn put(&self, out: &mut Vec<u8>) {
        self.entry_type.put(out);
        put_bytes(&self.attributes, out);
        put_bytes(&self.header, out);
        self.time.put(out);
        put_bytes(&self.link, out);
        self.content.put(out);
    }

    pub(super) fn take(from: &mut Cursor<'_>) -> Option<Self> {
        Some(Record {
            entry_type: Coded::take(from)?,
            attributes: from.bytes()?.to_vec(),
            header: from.bytes()?.to_vec(),
            time: Coded::take(from)?,
            link: from.bytes()?.to_vec(),
            content: Coded::take(from)?,
        })
    }
}
