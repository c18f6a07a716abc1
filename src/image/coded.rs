//! Entries as few bytes: what is kept of those that wait for something.

use super::entry::{Entry, EntryType, Time};
use crate::spill::codec::{Coded, Cursor, put_bytes};

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
        put_bytes(&self.0, out);
    }

    fn take(from: &mut Cursor<'_>) -> Option<Self> {
        from.bytes().map(|bytes| Name(bytes.to_vec()))
    }
}

/// Zeros from which on a run of them is written as its length: two thirds of most tar headers are zeros.
const ZEROS: usize = 8;

fn put_sparse(bytes: &[u8], out: &mut Vec<u8>) {
    bytes.len().put(out);
    let mut rest = bytes;
    while !rest.is_empty() {
        let literal = rest.windows(ZEROS).position(|window| window == [0; ZEROS]).unwrap_or(rest.len());
        let (head, tail) = rest.split_at(literal);
        put_bytes(head, out);
        let zeros = tail.iter().take_while(|byte| **byte == 0).count();
        zeros.put(out);
        rest = tail.get(zeros..).unwrap_or_default();
    }
}

fn take_sparse(from: &mut Cursor<'_>) -> Option<Vec<u8>> {
    let length = usize::take(from)?;
    let mut bytes = Vec::new();
    while bytes.len() < length {
        bytes.extend_from_slice(from.bytes()?);
        let zeros = usize::take(from)?;
        bytes.resize(bytes.len() + zeros.min(length), 0);
    }
    Some(bytes)
}

impl Coded for Entry {
    fn put(&self, out: &mut Vec<u8>) {
        #[rustfmt::skip]
        let Entry {
            ordinal, offset, raw, name, path, entry_type, mode, uid, gid, uname, gname, mtime, atime, ctime, link_name,
            device, xattrs, size, sparse, contested,
        } = self;
        ordinal.put(out);
        offset.put(out);
        put_sparse(raw, out);
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
            put_bytes(name, out);
            put_bytes(value, out);
        }
        size.put(out);
        sparse.as_ref().map(|map| map.to_vec()).put(out);
        contested.put(out);
    }

    fn take(from: &mut Cursor<'_>) -> Option<Self> {
        Some(Entry {
            ordinal: Coded::take(from)?,
            offset: Coded::take(from)?,
            raw: take_sparse(from)?.into(),
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
            contested: Coded::take(from)?,
        })
    }
}
