//! One entry of an archive: a tar header with everything that belongs to it, decoded and raw.

use std::collections::BTreeMap;
use std::sync::Arc;

/// The type of an entry (POSIX.1-2017 pax, "ustar Interchange Format", typeflag; GNU `S` for sparse files).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntryType {
    /// A regular file: typeflag `0`, NUL or GNU sparse.
    File,
    /// A hard link to an entry named before.
    Hardlink,
    /// A symbolic link.
    Symlink,
    /// A character device.
    CharacterDevice,
    /// A block device.
    BlockDevice,
    /// A directory.
    Directory,
    /// A FIFO.
    Fifo,
    /// A typeflag that is none of the above, kept as it is; also `7`, which POSIX has readers take for a regular file, and
    /// which neither containerd nor buildah can unpack.
    Other(u8),
}

/// A point in time as a tar header holds it; before 1970 is negative.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time {
    /// Whole seconds since 1970-01-01T00:00:00Z, rounded down.
    pub seconds: i64,
    /// Nanoseconds after that, 0 to 999,999,999.
    pub nanoseconds: u32,
}

/// A tar header with all extension records applied, and the bytes it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Position in the layer, from 0.
    pub ordinal: u64,
    /// Offset of the first header byte (extension headers included) in the uncompressed layer.
    pub offset: u64,
    /// Every header byte in order: extension headers, their data and padding, then the entry's own 512 bytes.
    pub raw: Arc<[u8]>,
    /// The decoded name as stored.
    pub name: Arc<[u8]>,
    /// The name without leading `./` or `/` and without a directory's trailing `/`, nothing else changed; empty for the
    /// root.
    pub path: Arc<[u8]>,
    /// What it is.
    pub entry_type: EntryType,
    /// The mode field, file type bits included where the writer put them.
    pub mode: u32,
    /// Numeric owner.
    pub uid: u64,
    /// Numeric group.
    pub gid: u64,
    /// Owner name, empty where there is none.
    pub uname: Arc<[u8]>,
    /// Group name, empty where there is none.
    pub gname: Arc<[u8]>,
    /// Modification time.
    pub mtime: Time,
    /// Access time, where recorded.
    pub atime: Option<Time>,
    /// Status change time, where recorded.
    pub ctime: Option<Time>,
    /// Target of a hard or symbolic link, empty for others.
    pub link_name: Arc<[u8]>,
    /// Device numbers (major, minor) of devices.
    pub device: Option<(u64, u64)>,
    /// Extended attributes by name. Those that container runtimes set (`SCHILY.xattr.` records) go without that prefix;
    /// what only other readers take for one goes by the whole key of its record (`LIBARCHIVE.xattr.NAME`, `SCHILY.acl.access`).
    pub xattrs: BTreeMap<Vec<u8>, Vec<u8>>,
    /// Bytes of content: of a sparse file, with its holes.
    pub size: u64,
    /// The map of a sparse file: data segments as (offset, length); `None` for others.
    pub sparse: Option<Arc<[(u64, u64)]>>,
    /// Whether readers disagree about what its headers say, so that nothing about it is ever noise.
    pub contested: bool,
}
