//! Opening a member: the only place where what is inside a file is decoded.

use std::io::{BufRead, Read};

use super::node::{Coding, Member, Node, slice};
use super::{bzip2, stream, xz};
use crate::codec::compression::{Decompressor, Framing};
use crate::finding::Range;
use crate::limits::Limits;
use crate::limits::ledger::Room;
use crate::spill::{Content, Spill};

impl Node {
    /// What a member holds, decoded from the bytes of the file that this node was made of. What it costs is taken from
    /// `room`. `None` where there is no such member, where it is damaged, where it is not what the file says of it, or
    /// where there is no room: then nobody knows what it holds.
    pub fn open(&self, file: &Content, member: usize, limits: &Limits, room: &Room) -> Option<Content> {
        let found = self.members.get(member)?;
        let endless = Room::endless();
        let mut opening = Opening {
            spill: Spill::new(limits.memory_content_bytes),
            room: if found.counted { &endless } else { room },
            crc32: found.check.crc32.map(|_| crc32fast::Hasher::new()),
        };
        for part in self.encoded(member) {
            opening.decode(found, part.range, file, limits)?;
        }
        let Opening { spill, crc32, .. } = opening;
        let holds = found.check.size.is_none_or(|size| size == spill.size())
            && found.check.crc32 == crc32.map(crc32fast::Hasher::finalize);
        holds.then(|| spill.finish())
    }
}

struct Opening<'a> {
    spill: Spill,
    room: &'a Room,
    crc32: Option<crc32fast::Hasher>,
}

impl Opening<'_> {
    fn decode(&mut self, member: &Member, range: Range, file: &Content, limits: &Limits) -> Option<()> {
        match file.in_memory() {
            Some(bytes) => self.decode_from(member, slice(bytes, range), limits),
            None => self.decode_from(member, file.reader_of(range), limits),
        }
    }

    fn decode_from(&mut self, member: &Member, mut bytes: impl BufRead, limits: &Limits) -> Option<()> {
        match member.coding {
            Coding::Stored => self.append(bytes),
            Coding::Deflate => {
                self.append(flate2::bufread::DeflateDecoder::new(&mut bytes))?;
                // Bytes behind the stream are nothing that comes out of it.
                bytes.fill_buf().ok()?.is_empty().then_some(())
            }
            Coding::Xz => self.append(xz::reader(bytes)?),
            Coding::Bzip2 => self.append(bzip2::reader(bytes)),
            Coding::Unknown(_) => None,
            Coding::Zstd => {
                let mut decompressor = Decompressor::new(bytes, limits);
                self.append(&mut decompressor)?;
                match decompressor.finish() {
                    Framing::Zstd(framing) => framing.trailing.is_none().then_some(()),
                    Framing::Plain | Framing::Gzip(_) => None,
                }
            }
        }
    }

    fn append(&mut self, reader: impl Read) -> Option<()> {
        let Opening { spill, room, crc32 } = self;
        stream::each(reader, room, &mut |chunk| {
            if let Some(crc32) = crc32 {
                crc32.update(chunk);
            }
            spill.push(chunk).ok()
        })
    }
}
