//! What is wrong with a tar archive, and what readers of them do not agree about.

use crate::finding::coded;

/// A part of an archive that can end too early.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum TarPart {
    /// The header of an entry.
    Header,
    /// The data of an extension header.
    ExtensionHeader,
    /// The map of a sparse file.
    SparseMap,
    /// The content of an entry.
    Content,
}

/// What is wrong with a PAX record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum BadRecord {
    /// It does not begin with its length.
    NoLength,
    /// It goes on beyond the end of its header.
    TooLong,
    /// Its length is that of its length field, or less.
    TooShort,
    /// It does not end in a newline.
    NoNewline,
    /// Key and value are not told apart.
    NoEquals,
    /// Its key is empty, or has a NUL in it.
    Key,
    /// It holds a name that has a NUL in it.
    Name,
}

coded! {
    /// Why a tar archive is not read.
    pub enum BadTar {
        /// It ends inside of this.
        "tar-truncated" Truncated(TarPart),
        /// The checksum of the header at this offset is wrong.
        "tar-checksum" Checksum(u64),
        /// The field of this name is no number: its bytes.
        "tar-number" Number(&'static str, Vec<u8>),
        /// A negative size.
        "tar-size" Size(i64),
        /// A mode that is none.
        "tar-mode" Mode(i64),
        /// A device number that is negative, and the name of its field.
        "tar-device" Device(&'static str, i64),
        /// An entry of a type that has no content has so many bytes of it.
        "tar-content" Content(u64),
        /// Its PAX record at this byte of the header is malformed: how.
        "tar-pax-record" PaxRecord(usize, BadRecord),
        /// Its PAX record of this key has a malformed value: the first bytes of it.
        "tar-pax-value" PaxValue(&'static str, Vec<u8>),
        /// It has two PAX headers.
        "tar-pax-headers" TwoPaxHeaders,
        /// It has two names.
        "tar-names" TwoNames,
        /// It has two link targets.
        "tar-link-targets" TwoLinkTargets,
        /// The archive ends after extension headers.
        "tar-extensions-at-end" ExtensionsAtEnd,
        /// The end of the archive follows its extension headers.
        "tar-extensions-alone" ExtensionsAlone,
        /// Its extension headers have more bytes than this.
        "tar-extension-bytes" ExtensionBytes(u64),
        /// A global header is between its extension headers and itself.
        "tar-global-between" GlobalBetween,
        /// A global header of this name, which is that of a file to some.
        "tar-global-name" GlobalName(Vec<u8>),
        /// A global record of this key, which can only be meant for one entry.
        "tar-global-key" GlobalKey(Vec<u8>),
        /// The global headers have more bytes than this together.
        "tar-global-bytes" GlobalBytes(u64),
        /// There are more entries than this.
        "tar-entries" Entries(u64),
        /// The contents have more bytes than this together.
        "tar-content-bytes" ContentBytes(u64),
        /// The sparse files have more bytes of holes than this together.
        "tar-hole-bytes" HoleBytes(u64),
        /// It is sparse, and no regular file.
        "tar-sparse-type" SparseType,
        /// It is sparse in two ways, or in a format without sparse files.
        "tar-sparse-twice" SparseTwice,
        /// A version of sparse files that is not known.
        "tar-sparse-version" SparseVersion,
        /// A sparse file with two real sizes.
        "tar-real-sizes" TwoRealSizes,
        /// A sparse file without a real size.
        "tar-without-real-size" NoRealSize,
        /// A sparse file with a negative real size.
        "tar-real-size" RealSize(i64),
        /// Its sparse map is malformed.
        "tar-map" Map,
        /// Its sparse map has another number of segments than it says.
        "tar-map-segments" MapSegments,
        /// The records of its sparse map are out of order.
        "tar-map-records" MapRecords,
        /// The segments of its sparse map are out of order, or beyond the end of the file.
        "tar-map-order" MapOrder,
        /// The bytes of data by its sparse map, and those of its content.
        "tar-map-data" MapData(u64, u64),
        /// Its sparse map is longer than its content.
        "tar-map-length" MapLength,
        /// Its sparse map has more bytes than this.
        "tar-map-bytes" MapBytes(u64),
        /// What comes after the last entry cannot be kept in a temporary file: what the system says.
        "tar-temporary-file" NoRoom(String),
    }
}
