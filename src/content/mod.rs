//! Looking inside a file: recognize its format, then take it apart without loss.
//!
//! [`decode`] makes a [`Node`] of a file: a partition of its bytes into [`Part`]s, each with a key (the member that it is
//! about, a name, the how-manieth of both), a [`Role`](crate::finding::Role) and a range. A decoder is strict: it
//! understands a file to its last byte, gives what it does not understand the role `Unparsed`, or declines, and then the
//! file is bytes. Nothing is judged here: whether two files differ, and why, is for `compare` and `causes`.
//!
//! A node holds no content. The bytes of a [`Member`] are those of the parts of role `Encoded` that are about it, in order;
//! [`Node::open`] decodes them from the file, of one side alone, and is the only place where anything inside a file is
//! decoded. Where only decompression tells where a member ends (gzip, zstd), a file is decompressed once into nothing when
//! it is taken apart; the cost is counted then, and not again when the member is opened ([`Member::counted`]).
//!
//! # A format
//!
//! A decoder is a function from a `File` to a node, in one of the two lists below. To write one:
//!
//! - Give every byte to one part, in order of the ranges. Parts of a member's header, its encoded bytes and what follows
//!   them are `about` the member, by its position in [`Node::members`].
//! - A role of what is *derived* is a promise: whoever opens the member, or takes the file apart, has checked that it is so.
//!   What a decoder cannot check is a header. Notes of members go into [`Member::check`]: a member that is not what
//!   they say is not opened, and nothing then follows from it.
//! - A member must have at least one part of role `Encoded`, of no bytes where it is empty.
//! - Say by [`Shape`] how the parts belong together, and whether the order of the members has a meaning.
//! - Where there may be thousands of members, let a part be all fields of a header, and divide it by a [`Split`]: only
//!   where two of them differ is that asked for.
//! - Take the cost of parts from `room` where their number is not fixed, and name the format in [`is_costly`].

use crate::limits::Limits;
use crate::limits::ledger::Room;
use crate::spill::Content;

pub mod ar;
pub mod aux_cache;
pub mod by_times;
pub mod bzip2;
pub mod cached;
pub mod diff;
pub mod fontconfig;
pub mod frames;
pub mod gzip;
pub mod json;
pub mod machine;
pub mod notes;
pub mod pyc;
pub mod record;
pub mod recorded;
pub mod secret;
pub mod shadow;
pub mod tar;
pub mod text;
pub mod xz;
pub mod zip;
pub mod zstd;

mod coupled;
mod node;
mod open;
mod stamp;
mod stream;

pub use node::{Check, Coding, Member, Node, Part, Place, Shape, Split, slice};

/// A file to look into.
pub(crate) struct File<'a> {
    /// Its path in the layer, or its name as a member.
    pub(crate) path: &'a [u8],
    /// All of its bytes.
    pub(crate) bytes: &'a [u8],
    /// The caps.
    pub(crate) limits: &'a Limits,
    /// What taking it apart may cost: bytes that come out of decompressors, and parts where their number is not fixed.
    pub(crate) room: &'a Room,
}

impl File<'_> {
    /// The last component of the path.
    pub(crate) fn name(&self) -> &[u8] {
        self.path.rsplit(|byte| *byte == b'/').next().unwrap_or(b"")
    }
}

/// A decoder of one format: recognizes by magic or path, then parses strictly.
type Decoder = fn(&File<'_>) -> Option<Node>;

/// Formats with members: not opened below the limit of nesting.
const CONTAINERS: &[Decoder] =
    &[gzip::decode, xz::decode, bzip2::decode, zstd::decode, zip::decode, tar::decode, ar::decode];

/// Formats without members.
const LEAVES: &[Decoder] = &[pyc::decode, aux_cache::decode, fontconfig::decode, shadow::decode, record::decode];

/// Bytes at the start of a file by which formats are recognized.
pub const HEAD: usize = 264;

/// Whether taking a file apart may cost anything that is counted, by its path and the bytes that it begins with.
pub fn is_costly(path: &[u8], head: &[u8]) -> bool {
    let opens = [gzip::opens, xz::opens, bzip2::opens, zstd::opens, zip::opens, tar::opens, ar::opens];
    opens.iter().any(|opens| opens(head)) || record::is_at(path) || shadow::columns(path).is_some()
}

/// Takes a file apart. `path` is its path in the layer, or its name in the file it is a member of; `depth` the number of
/// files around it; what it costs is taken from `room`. `None` where no decoder understands all of it, where there is no
/// room, or where a limit is in the way: then the file is bytes. So is one that is not in memory because it is too long for
/// it, unless it is an archive whose directory says where everything is.
pub fn decode(path: &[u8], content: &Content, limits: &Limits, depth: usize, room: &Room) -> Option<Node> {
    let is_opened = depth < limits.nesting;
    let Some(bytes) = content.in_memory().filter(|_| content.size() <= limits.decoded_content_bytes) else {
        return is_opened.then(|| zip::decode_far(content, limits, room))?;
    };
    let file = File { path, bytes, limits, room };
    let containers = if is_opened { CONTAINERS } else { &[] };
    containers.iter().chain(LEAVES).find_map(|decoder| decoder(&file))
}

#[cfg(test)]
pub(crate) mod tests;
