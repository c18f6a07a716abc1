//! What is wrong with archives of other formats than tar, and what is too much of an archive of images.

use crate::finding::coded;

coded! {
    /// Why an archive of images is not read to its end.
    pub enum BadArchive {
        /// It decompresses to more bytes than may be.
        "archive-bytes" Bytes,
        /// It has more members than this.
        "archive-members" Members(usize),
        /// The names of its members have more bytes than this.
        "archive-name-bytes" NameBytes(usize),
    }
}

coded! {
    /// Why a zip archive is not read.
    pub enum BadZip {
        /// A header leads beyond the end of the file.
        "zip-cut" Cut,
        /// It is on several disks.
        "zip-disks" Disks,
        /// There is no end record.
        "zip-no-end" NoEnd,
        /// There are several end records.
        "zip-ends" Ends,
        /// The end record has two counts.
        "zip-counts" Counts,
        /// The end record leads to one of zip64, which is not there.
        "zip-no-end64" NoEnd64,
        /// The end record of zip64 is not where it must be.
        "zip-end64-place" End64Place,
        /// The end record of zip64 is of a length that is not known.
        "zip-end64-length" End64Length,
        /// The locator leads to another end record of zip64.
        "zip-locator" Locator,
        /// The end records disagree.
        "zip-ends-disagree" EndsDisagree,
        /// There are two central directories.
        "zip-directories" TwoDirectories,
        /// There is no header where one must be in the directory.
        "zip-no-header" NoHeader,
        /// There is no local header where the directory says.
        "zip-no-local-header" NoLocalHeader,
        /// A local header contradicts the directory.
        "zip-local-header" LocalHeader,
        /// A data descriptor contradicts the directory.
        "zip-descriptor" Descriptor,
        /// A checksum looks like the signature of a data descriptor.
        "zip-descriptor-checksum" DescriptorChecksum,
        /// A member is encrypted.
        "zip-encrypted" Encrypted,
        /// A stored member has two sizes.
        "zip-stored-sizes" StoredSizes,
        /// A header has two extra fields of zip64.
        "zip-extra-fields64" TwoExtraFields64,
        /// A size that zip64 should have is nowhere.
        "zip-no-size64" NoSize64,
        /// A member has two names.
        "zip-names" TwoNames,
        /// The name of a member is empty, or has a NUL in it.
        "zip-name" Name,
        /// Several members have this name.
        "zip-name-repeated" NameRepeated(Vec<u8>),
        /// There are more members than the end record says.
        "zip-more-members" MoreMembers,
        /// There are fewer members than the end record says.
        "zip-fewer-members" FewerMembers,
        /// How many members there are by the end record, and how many may be.
        "zip-members" Members(u64, usize),
        /// Members overlap.
        "zip-overlap" Overlap,
        /// A member reaches into the directory.
        "zip-directory-overlap" DirectoryOverlap,
    }
}

coded! {
    /// Why an archive of `ar` is not read.
    pub enum BadAr {
        /// It does not begin as one.
        "ar-magic" Magic,
        /// A header is cut off.
        "ar-header-cut" HeaderCut,
        /// There is no header where one must be.
        "ar-no-header" NoHeader,
        /// A size is no number.
        "ar-size" Size,
        /// A member is cut off.
        "ar-member-cut" MemberCut,
        /// There are more members than this.
        "ar-members" Members(usize),
        /// There are two tables of names.
        "ar-tables" TwoTables,
        /// A long name is not in the table of names.
        "ar-long-name" LongName,
        /// A name is longer than its member.
        "ar-name-length" NameLength,
        /// A member has no name that can be used.
        "ar-name" Name,
    }
}
