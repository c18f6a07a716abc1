//! What is wrong with a tar archive: half sentences about an entry, which is named before.

use std::fmt::{self, Display, Formatter};

use crate::finding::{BadRecord, BadTar, TarPart};

impl Display for TarPart {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            TarPart::Header => "its header",
            TarPart::ExtensionHeader => "its extension header",
            TarPart::SparseMap => "its sparse map",
            TarPart::Content => "its content",
        })
    }
}

impl Display for BadRecord {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            BadRecord::NoLength => "has no length",
            BadRecord::TooLong => "is longer than the header",
            BadRecord::TooShort => "is shorter than its length field",
            BadRecord::NoNewline => "does not end in a newline",
            BadRecord::NoEquals => "has no `=`",
            BadRecord::Key => "has no usable key",
            BadRecord::Name => "has a name with a NUL in it",
        })
    }
}

impl Display for BadTar {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            BadTar::Truncated(part) => write!(f, "{part} is truncated"),
            BadTar::Checksum(at) => write!(f, "the checksum of the header at offset {at} is wrong"),
            BadTar::Number(name, bytes) => {
                write!(f, "its {name} field is no number ({:?})", bytes.escape_ascii().to_string())
            }
            BadTar::Size(size) => write!(f, "its size is negative ({size})"),
            BadTar::Mode(mode) => write!(f, "its mode {mode} is out of range"),
            BadTar::Device(name, number) => write!(f, "its {name} {number} is negative"),
            BadTar::Content(size) => {
                write!(f, "it has a size of {size} although its type has no content, on which implementations disagree")
            }
            BadTar::PaxRecord(at, problem) => write!(f, "its PAX record at byte {at} {problem}"),
            BadTar::PaxValue(key, value) => {
                write!(f, "its PAX record {key} has the malformed value \"{}\"", value.escape_ascii())
            }
            BadTar::TwoPaxHeaders => f.write_str("it has two PAX headers, on which implementations disagree"),
            BadTar::TwoNames => f.write_str("its PAX and GNU extensions disagree about its name"),
            BadTar::TwoLinkTargets => f.write_str("its PAX and GNU extensions disagree about its link target"),
            BadTar::ExtensionsAtEnd => f.write_str("the archive ends after its extension headers"),
            BadTar::ExtensionsAlone => f.write_str("its extension headers are followed by no entry"),
            BadTar::ExtensionBytes(most) => {
                write!(f, "its extension headers have more than {most} bytes (see --limit extension-bytes)")
            }
            BadTar::GlobalBetween => f.write_str("a global header is between its extension headers and itself"),
            BadTar::GlobalName(name) => write!(
                f,
                "a global header by the name \"{}\", in whose place containerd and buildah remove what is there",
                name.escape_ascii()
            ),
            BadTar::GlobalKey(key) => {
                write!(f, "a global `{}` for all entries after it cannot be meant", key.escape_ascii())
            }
            BadTar::GlobalBytes(most) => {
                write!(f, "the global headers up to it have more than {most} bytes (see --limit extension-bytes)")
            }
            BadTar::Entries(most) => write!(f, "there are more than {most} entries (see --limit layer-entries)"),
            BadTar::ContentBytes(most) => {
                write!(f, "the contents up to its own have more than {most} bytes (see --limit layer-bytes)")
            }
            BadTar::HoleBytes(most) => {
                write!(f, "the sparse files up to it have more than {most} bytes of holes (see --limit hole-bytes)")
            }
            BadTar::NoRoom(error) => write!(f, "a temporary file cannot be written: {error}"),
            sparse => of_sparse(sparse, f),
        }
    }
}

/// What is wrong with a sparse file.
fn of_sparse(problem: &BadTar, f: &mut Formatter<'_>) -> fmt::Result {
    f.write_str(match problem {
        BadTar::RealSize(size) => return write!(f, "its real size is negative ({size})"),
        BadTar::MapData(sum, stored) => {
            return write!(f, "its sparse map has {sum} bytes of data, its content {stored}");
        }
        BadTar::MapBytes(most) => {
            return write!(f, "its sparse map has more than {most} bytes (see --limit extension-bytes)");
        }
        BadTar::SparseType => "it is sparse but no regular file",
        BadTar::SparseTwice => "it is sparse in two ways, or in a format that has no sparse files",
        BadTar::SparseVersion => "its sparse format is of an unknown version",
        BadTar::TwoRealSizes => "it has two real sizes",
        BadTar::NoRealSize => "its sparse map has no real size",
        BadTar::MapSegments => "its sparse map does not have the number of segments that it says",
        BadTar::MapRecords => "its sparse map is out of order",
        BadTar::MapOrder => "its sparse map is not in order or leaves the file",
        BadTar::MapLength => "its sparse map is longer than its content",
        _ => "its sparse map is malformed",
    })
}
