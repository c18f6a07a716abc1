//! Looking inside a file: recognize its format, then take it apart into fields and members without loss.
//!
//! A decoder is strict: it understands a file to its last byte, names what it does not understand `unparsed`, or
//! declines, and then the file is bytes. Every byte of a decoded file is in exactly one [`Field`], or in one [`Member`]
//! that has no field; a field of aspect [`Aspect::Compression`] inside a member's range is the compressed form of that
//! member. Nothing is judged here: whether two files differ, and why, is for `compare` and `causes`.

use std::borrow::Cow;
use std::sync::Arc;

use crate::finding::{Aspect, Range, Secret, Value};
use crate::limits::Limits;
use crate::limits::ledger::Room;
use crate::spill::Content;

pub mod aux_cache;
pub mod bzip2;
pub mod diff;
pub mod fontconfig;
pub mod gzip;
pub mod json;
pub mod machine;
pub mod pyc;
pub mod record;
pub mod recorded;
pub mod secret;
pub mod shadow;
pub mod text;
pub mod xz;
pub mod zstd;

mod stream;

/// A file taken apart.
#[derive(Debug, Clone)]
pub struct Decoded {
    /// The format, as the decoder's module is named.
    pub format: &'static str,
    /// The fields in the order of their ranges.
    pub fields: Vec<Field>,
    /// The files inside the file, in the order of their ranges.
    pub members: Vec<Member>,
}

/// A run of bytes with a meaning of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Its name; the same name may occur more than once (lines of a text), then the n-th is compared with the n-th.
    pub name: Cow<'static, str>,
    /// Where it is in the file, separators included.
    pub range: Range,
    /// What its bytes mean; `None` where the bytes themselves are the value.
    pub value: Option<Value>,
    /// What about the file differs where this field does.
    pub aspect: Aspect,
    /// Set where the value must not be shown.
    pub secret: Option<Secret>,
}

impl Field {
    /// A field of aspect `Content` whose bytes are its value.
    pub fn new(name: impl Into<Cow<'static, str>>, start: usize, end: usize) -> Self {
        let range = (start as u64, end as u64);
        Field { name: name.into(), range, value: None, aspect: Aspect::Content, secret: None }
    }

    /// The same field with a decoded value.
    #[must_use]
    pub fn with_value(mut self, value: Value) -> Self {
        self.value = Some(value);
        self
    }

    /// The same field with another aspect.
    #[must_use]
    pub const fn with_aspect(mut self, aspect: Aspect) -> Self {
        self.aspect = aspect;
        self
    }

    /// The bytes of the field in the file it was decoded from; empty where the range is not in `file`.
    pub fn bytes<'a>(&self, file: &'a [u8]) -> &'a [u8] {
        slice(file, self.range)
    }
}

/// A file inside a file.
#[derive(Debug, Clone)]
pub struct Member {
    /// Its name in the outer file.
    pub name: Arc<[u8]>,
    /// Its bytes, decompressed.
    pub content: Content,
    /// The bytes of the outer file that encode it, from the first to the last.
    pub range: Range,
}

/// The bytes of `file` in `range`; empty where it is not in there.
pub fn slice(file: &[u8], range: Range) -> &[u8] {
    let bounds = usize::try_from(range.0).ok().zip(usize::try_from(range.1).ok());
    bounds.and_then(|(start, end)| file.get(start..end)).unwrap_or(&[])
}

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
type Decoder = fn(&File<'_>) -> Option<Decoded>;

/// Formats with members: not opened below the limit of nesting.
const CONTAINERS: &[Decoder] = &[gzip::decode, xz::decode, bzip2::decode, zstd::decode];

/// Formats with fields only.
const LEAVES: &[Decoder] = &[pyc::decode, aux_cache::decode, fontconfig::decode, shadow::decode, record::decode];

/// Bytes at the start of a file by which formats are recognized.
pub const HEAD: usize = 8;

/// Whether taking a file apart may cost anything that is counted, by its path and the bytes that it begins with.
pub fn is_costly(path: &[u8], head: &[u8]) -> bool {
    let opens = [gzip::opens, xz::opens, bzip2::opens, zstd::opens];
    opens.iter().any(|opens| opens(head)) || record::is_at(path) || shadow::columns(path).is_some()
}

/// Takes a file apart. `path` is its path in the layer, or its name in the file it is a member of; `depth` the number of
/// files around it; what it costs is taken from `room`. `None` where no decoder understands all of it, where there is no
/// room, or where a limit is in the way: then the file is bytes.
pub fn decode(path: &[u8], bytes: &[u8], limits: &Limits, depth: usize, room: &Room) -> Option<Decoded> {
    let file = File { path, bytes, limits, room };
    let containers = if depth < limits.nesting { CONTAINERS } else { &[] };
    containers.iter().chain(LEAVES).find_map(|decoder| decoder(&file))
}

#[cfg(test)]
pub(crate) mod tests;
