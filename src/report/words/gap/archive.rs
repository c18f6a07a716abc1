//! What is wrong with zip archives and those of `ar`, and what is too much of an archive of images.

use std::fmt::{self, Display, Formatter};

use crate::finding::{BadAr, BadArchive, BadZip};

impl Display for BadArchive {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            BadArchive::Bytes => f.write_str(
                "the archive is larger than is decompressed (see --limit archive-bytes and expansion-ratio)",
            ),
            BadArchive::Members(most) => write!(f, "more than {most} members (see --limit archive-members)"),
            BadArchive::NameBytes(most) => {
                write!(f, "more than {most} bytes of member names (see --limit archive-name-bytes)")
            }
        }
    }
}

impl Display for BadZip {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            BadZip::NameRepeated(name) => {
                return write!(f, "several members have the name \"{}\"", name.escape_ascii());
            }
            BadZip::Members(count, most) => return write!(f, "there are {count} members, more than {most}"),
            BadZip::Cut => "a header leads beyond the end of the file",
            BadZip::Disks => "it is on several disks",
            BadZip::NoEnd => "there is no end record",
            BadZip::Ends => "there are several end records",
            BadZip::Counts => "the end record has two counts",
            BadZip::NoEnd64 => "the end record leads to one of zip64, which is not there",
            BadZip::End64Place => "the end record of zip64 is not where it must be",
            BadZip::End64Length => "the end record of zip64 is longer than it is known",
            BadZip::Locator => "the locator leads to another end record of zip64",
            BadZip::EndsDisagree => "its end records disagree",
            BadZip::TwoDirectories => "there are two central directories",
            BadZip::NoHeader => "there is no header where one must be in the directory",
            BadZip::NoLocalHeader => "there is no local header where the directory says",
            BadZip::LocalHeader => "a local header contradicts the directory",
            BadZip::Descriptor => "a data descriptor contradicts the directory",
            BadZip::DescriptorChecksum => "a checksum looks like the signature of a data descriptor",
            BadZip::Encrypted => "a member is encrypted",
            BadZip::StoredSizes => "a stored member has two sizes",
            BadZip::TwoExtraFields64 => "a header has two extra fields of zip64",
            BadZip::NoSize64 => "a size of zip64 is nowhere",
            BadZip::TwoNames => "a member has two names",
            BadZip::Name => "the name of a member is empty, or has a NUL in it",
            BadZip::MoreMembers => "there are more members than the end record says",
            BadZip::FewerMembers => "there are fewer members than the end record says",
            BadZip::Overlap => "members overlap",
            BadZip::DirectoryOverlap => "a member reaches into the directory",
        })
    }
}

impl Display for BadAr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            BadAr::Members(most) => return write!(f, "there are more than {most} members"),
            BadAr::Magic => "it does not begin as an archive",
            BadAr::HeaderCut => "a header is cut off",
            BadAr::NoHeader => "there is no header where one must be",
            BadAr::Size => "a size is no number",
            BadAr::MemberCut => "a member is cut off",
            BadAr::TwoTables => "there are two tables of names",
            BadAr::LongName => "a long name is not in the table of names",
            BadAr::NameLength => "a name is longer than its member",
            BadAr::Name => "a member has no name that can be used",
        })
    }
}
