//! Entries and witnesses: what is kept of a finding until everything is known that its claim may need.

use super::{Coded, Cursor};
use crate::causes::Witness;
use crate::image::entry::{Entry, EntryType, Time};

impl Coded for Time {
    fn put(&self, out: &mut Vec<u8>) {
        self.seconds.put(out);
        self.nanoseconds.put(out);
    }

    fn take(from: &mut Cursor<'_>) -> Option<Self> {
        Some(Time { seconds: Coded::take(from)?, nanoseconds: Coded::take(from)? })
    }
}

impl Coded for EntryType {
    fn put(&self, out: &mut Vec<u8>) {
        let code = match self {
            EntryType::File => 0,
            EntryType::Hardlink => 1,
            EntryType::Symlink => 2,
            EntryType::CharacterDevice => 3,
            EntryType::BlockDevice => 4,
            EntryType::Directory => 5,
            EntryType::Fifo => 6,
            EntryType::Other(_) => 7,
        };
        out.push(code);
        if let EntryType::Other(flag) = self {
            out.push(*flag);
        }
    }

    fn take(from: &mut Cursor<'_>) -> Option<Self> {
        Some(match u8::take(from)? {
            0 => EntryType::File,
            1 => EntryType::Hardlink,
            2 => EntryType::Symlink,
            3 => EntryType::CharacterDevice,
            4 => EntryType::BlockDevice,
            5 => EntryType::Directory,
            6 => EntryType::Fifo,
            7 => EntryType::Other(Coded::take(from)?),
            _ => return None,
        })
    }
}

/// Bytes that are collected as a list of their own.
struct Name(Vec<u8>);

impl Coded for Name {
    fn put(&self, out: &mut Vec<u8>) {
        super::put_bytes(&self.0, out);
    }

    fn take(from: &mut Cursor<'_>) -> Option<Self> {
        from.bytes().map(|bytes| Name(bytes.to_vec()))
    }
}

impl Coded for Entry {
    fn put(&self, out: &mut Vec<u8>) {
        #[rustfmt::skip]
        let Entry {
            ordinal, offset, raw, name, path, entry_type, mode, uid, gid, uname, gname, mtime, atime, ctime, link_name,
            device, xattrs, size, sparse,
        } = self;
        ordinal.put(out);
        offset.put(out);
        raw.put(out);
        name.put(out);
        path.put(out);
        entry_type.put(out);
        mode.put(out);
        uid.put(out);
        gid.put(out);
        uname.put(out);
        gname.put(out);
        mtime.put(out);
        atime.put(out);
        ctime.put(out);
        link_name.put(out);
        device.put(out);
        xattrs.len().put(out);
        for (name, value) in xattrs {
            super::put_bytes(name, out);
            super::put_bytes(value, out);
        }
        size.put(out);
        sparse.as_ref().map(|map| map.to_vec()).put(out);
    }

    fn take(from: &mut Cursor<'_>) -> Option<Self> {
        Some(Entry {
            ordinal: Coded::take(from)?,
            offset: Coded::take(from)?,
            raw: Coded::take(from)?,
            name: Coded::take(from)?,
            path: Coded::take(from)?,
            entry_type: Coded::take(from)?,
            mode: Coded::take(from)?,
            uid: Coded::take(from)?,
            gid: Coded::take(from)?,
            uname: Coded::take(from)?,
            gname: Coded::take(from)?,
            mtime: Coded::take(from)?,
            atime: Coded::take(from)?,
            ctime: Coded::take(from)?,
            link_name: Coded::take(from)?,
            device: Coded::take(from)?,
            xattrs: <Vec<(Name, Name)>>::take(from)?.into_iter().map(|(name, value)| (name.0, value.0)).collect(),
            size: Coded::take(from)?,
            sparse: <Option<Vec<(u64, u64)>> as Coded>::take(from)?.map(Into::into),
        })
    }
}

impl Coded for Witness {
    fn put(&self, out: &mut Vec<u8>) {
        match self {
            Witness::SourceFile { path, mtime, size } => {
                out.push(0);
                super::put_bytes(path, out);
                mtime.put(out);
                size.put(out);
            }
            // Both are words to show and nothing else.
            Witness::Holds(text) => {
                out.push(1);
                super::put_bytes(text.as_bytes(), out);
            }
            Witness::Records(text) => {
                out.push(1);
                text.put(out);
            }
        }
    }

    fn take(from: &mut Cursor<'_>) -> Option<Self> {
        Some(match u8::take(from)? {
            0 => Witness::SourceFile {
                path: from.bytes()?.to_vec(),
                mtime: Coded::take(from)?,
                size: Coded::take(from)?,
            },
            1 => Witness::Records(Coded::take(from)?),
            _ => return None,
        })
    }
}
