//! Archives made by hand, for tests here and of layers.

use std::ops::Range;

use super::block::{self, BLOCK};

/// A header block under construction.
#[derive(Clone)]
pub(crate) struct Header(pub(crate) [u8; BLOCK]);

impl Header {
    /// A ustar header with plain values.
    pub(crate) fn new(name: &str, typeflag: u8, size: u64) -> Self {
        let header = Header([0; BLOCK])
            .with(block::NAME, name.as_bytes())
            .with(block::MODE, b"0000644\0")
            .with(block::UID, b"0000000\0")
            .with(block::GID, b"0000000\0")
            .with(block::SIZE, format!("{size:011o}\0").as_bytes())
            .with(block::MTIME, b"00000000000\0")
            .with(block::MAGIC, b"ustar\x0000");
        header.with(block::TYPEFLAG..block::TYPEFLAG + 1, &[typeflag])
    }

    /// The same with GNU's magic.
    pub(crate) fn gnu(name: &str, typeflag: u8, size: u64) -> Self {
        Header::new(name, typeflag, size).with(block::MAGIC, b"ustar  \0")
    }

    /// Sets a field; the rest of it becomes NULs.
    pub(crate) fn with(mut self, field: Range<usize>, bytes: &[u8]) -> Self {
        self.0[field.clone()].fill(0);
        self.0[field.start..field.start + bytes.len()].copy_from_slice(bytes);
        self
    }

    /// The block with its checksum.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let blank = self.clone().with(block::CHKSUM, b"        ");
        let sum: u32 = blank.0.iter().map(|byte| u32::from(*byte)).sum();
        blank.with(block::CHKSUM, format!("{sum:06o}\0 ").as_bytes()).0.to_vec()
    }
}

/// A header and its content, padded.
pub(crate) fn member(header: &Header, content: &[u8]) -> Vec<u8> {
    let mut bytes = header.bytes();
    bytes.extend_from_slice(content);
    bytes.resize(bytes.len().next_multiple_of(BLOCK), 0);
    bytes
}

/// A regular file.
pub(crate) fn file(name: &str, content: &[u8]) -> Vec<u8> {
    member(&Header::new(name, b'0', content.len() as u64), content)
}

/// An extended header of this type with these records.
pub(crate) fn pax(typeflag: u8, records: &[(&str, &[u8])]) -> Vec<u8> {
    let mut data = Vec::new();
    for (key, value) in records {
        let beside = key.len() + value.len() + 3;
        let mut length = beside + 1;
        while length != beside + length.to_string().len() {
            length = beside + length.to_string().len();
        }
        data.extend_from_slice(format!("{length} {key}=").as_bytes());
        data.extend_from_slice(value);
        data.push(b'\n');
    }
    let name = if typeflag == b'g' { "pax_global_header" } else { "PaxHeaders.0/x" };
    member(&Header::new(name, typeflag, data.len() as u64), &data)
}

/// A GNU long name (`L`) or link target (`K`).
pub(crate) fn long(typeflag: u8, name: &[u8]) -> Vec<u8> {
    let data = [name, b"\0"].concat();
    member(&Header::gnu("././@LongLink", typeflag, data.len() as u64), &data)
}

/// The usual end of an archive.
pub(crate) const END: [u8; 2 * BLOCK] = [0; 2 * BLOCK];
