//! From header blocks and their extensions to an entry.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::block::{self, BLOCK, Block, Dialect};
use super::contested::{self, Claims};
use super::entry::{Entry, EntryType, Time};
use super::pax::Attributes;
use super::sparse::{self, Form};
use crate::codec::fault::Fault;
use crate::finding::BadTar;

/// What extension headers say about the entry after them.
#[derive(Default)]
pub(super) struct Extensions {
    /// The data of the PAX header.
    pub(super) pax: Option<Vec<u8>>,
    /// The name of a GNU `L` header.
    pub(super) name: Option<Vec<u8>>,
    /// The link target of a GNU `K` header.
    pub(super) link_name: Option<Vec<u8>>,
}

/// An entry whose own block is decoded; of a sparse file, the map may be yet to come.
pub(super) struct Decoded {
    pub(super) entry: Entry,
    /// Bytes of content in the archive.
    pub(super) stored: u64,
    pub(super) sparse: Option<Form>,
}

/// Name and link target.
type Names = (Arc<[u8]>, Arc<[u8]>);

/// Decodes an entry. `ordinal`, `offset` and `raw` are left to the caller.
pub(super) fn entry(
    block: Block<'_>,
    extensions: &Extensions,
    global: &BTreeMap<Vec<u8>, Vec<u8>>,
) -> Result<Decoded, Fault> {
    let records = super::pax::records(extensions.pax.as_deref().unwrap_or(&[])).collect::<Result<Vec<_>, _>>()?;
    let attributes = Attributes::new(&records);
    let times = gnu_times(block);
    let typeflag_sparse = block.typeflag() == b'S';
    let by_records = sparse::from_records(&attributes, &records)?;
    let (name, link_name) = names(block, extensions, &attributes, by_records.is_some(), times.is_none())?;
    let entry_type = entry_type(block, &name);
    let stored = match attributes.number("size")? {
        Some(size) => size,
        None => block.size()?,
    };
    if stored != 0 && is_header_only(&entry_type) {
        // Go's reader takes what follows for the next header, others for its content.
        return Err(Fault::malformed(BadTar::Content(stored)));
    }
    let claims = Claims { records: &records, global, sparse: by_records.is_some(), stored };
    let contested = contested::is_contested(block, &claims) || has_gnu_prefix(block, times.is_none(), &name);
    let sparse = if typeflag_sparse { Some(old_sparse(block, by_records.is_some())?) } else { by_records };
    if sparse.is_some() && entry_type != EntryType::File {
        return Err(Fault::malformed(BadTar::SparseType));
    }
    let (atime, ctime) = times.unwrap_or_default();
    let owner = |field: Range<usize>, key| owner(block, &attributes, field, key);
    let entry = Entry {
        ordinal: 0,
        offset: 0,
        raw: Arc::default(),
        path: path(&name, entry_type),
        name,
        entry_type,
        mode: mode(block)?,
        uid: owner(block::UID, "uid")?,
        gid: owner(block::GID, "gid")?,
        uname: owner_name(block, &attributes, block::UNAME, "uname"),
        gname: owner_name(block, &attributes, block::GNAME, "gname"),
        mtime: match attributes.time("mtime")? {
            Some(time) => time,
            None => Time { seconds: block.number(block::MTIME, "mtime")?, nanoseconds: 0 },
        },
        atime: attributes.time("atime")?.or(atime),
        ctime: attributes.time("ctime")?.or(ctime),
        link_name: if matches!(entry_type, EntryType::Hardlink | EntryType::Symlink) { link_name } else { [].into() },
        device: device(block, entry_type)?,
        xattrs: attributes.xattrs(),
        size: sparse.as_ref().map_or(stored, |(_, size)| *size),
        sparse: None,
        contested,
    };
    Ok(Decoded { entry, stored, sparse: sparse.map(|(form, _)| form) })
}

/// Types that say nothing but their header (Go's `archive/tar` skips no content for these, others do).
const fn is_header_only(entry_type: &EntryType) -> bool {
    !matches!(entry_type, EntryType::File | EntryType::Other(_))
}

fn entry_type(block: Block<'_>, name: &[u8]) -> EntryType {
    match block.typeflag() {
        // Before there were typeflags a directory was a name that ends in a slash.
        0 if name.ends_with(b"/") => EntryType::Directory,
        0 | b'0' | b'S' => EntryType::File,
        b'1' => EntryType::Hardlink,
        b'2' => EntryType::Symlink,
        b'3' => EntryType::CharacterDevice,
        b'4' => EntryType::BlockDevice,
        b'5' => EntryType::Directory,
        b'6' => EntryType::Fifo,
        other => EntryType::Other(other),
    }
}

fn mode(block: Block<'_>) -> Result<u32, Fault> {
    let mode = block.number(block::MODE, "mode")?;
    u32::try_from(mode).map_err(|_| Fault::malformed(BadTar::Mode(mode)))
}

/// A numeric owner; a negative one is kept as its two's complement.
fn owner(block: Block<'_>, attributes: &Attributes<'_>, field: Range<usize>, key: &'static str) -> Result<u64, Fault> {
    match attributes.number(key)? {
        Some(owner) => Ok(owner),
        None => Ok(block.number(field, key)?.cast_unsigned()),
    }
}

fn owner_name(block: Block<'_>, attributes: &Attributes<'_>, field: Range<usize>, key: &str) -> Arc<[u8]> {
    match attributes.get(key) {
        Some(name) => name.into(),
        None if block.dialect() == Dialect::V7 => Arc::default(),
        None => shared(block.text(field)),
    }
}

fn device(block: Block<'_>, entry_type: EntryType) -> Result<Option<(u64, u64)>, Fault> {
    if !matches!(entry_type, EntryType::CharacterDevice | EntryType::BlockDevice) || block.dialect() == Dialect::V7 {
        return Ok(None);
    }
    let number = |field, name| {
        let number = block.number(field, name)?;
        u64::try_from(number).map_err(|_| Fault::malformed(BadTar::Device(name, number)))
    };
    Ok(Some((number(block::DEVMAJOR, "devmajor")?, number(block::DEVMINOR, "devminor")?)))
}

/// Access and change time of the dialects that have them; `None` where GNU's are no numbers: Go's writer before 1.8 put
/// a name prefix there, and Go's reader still takes it for one.
fn gnu_times(block: Block<'_>) -> Option<(Option<Time>, Option<Time>)> {
    let (atime, ctime) = match block.dialect() {
        Dialect::Gnu => (block::GNU_ATIME, block::GNU_CTIME),
        Dialect::Star => (block::STAR_ATIME, block::STAR_CTIME),
        Dialect::V7 | Dialect::Ustar => return Some((None, None)),
    };
    let time = |field: Range<usize>| match block.bytes(field) {
        [0, ..] => Some(None),
        bytes => Some(Some(Time { seconds: super::number::parse(bytes)?, nanoseconds: 0 })),
    };
    Some((time(atime)?, time(ctime)?))
}

/// Name and link target, by PAX, GNU or the header itself.
fn names(
    block: Block<'_>,
    extensions: &Extensions,
    attributes: &Attributes<'_>,
    sparse: bool,
    gnu_prefix: bool,
) -> Result<Names, Fault> {
    // Go's reader takes the name of a sparse file only where it takes the file for sparse.
    let path = attributes.get("GNU.sparse.name").filter(|_| sparse).or(attributes.get("path"));
    let name = one_of(path, extensions.name.as_deref(), BadTar::TwoNames)?;
    let link_name = one_of(attributes.get("linkpath"), extensions.link_name.as_deref(), BadTar::TwoLinkTargets)?;
    let name = name.map_or_else(|| own_name(block, gnu_prefix), Into::into);
    Ok((name, link_name.map_or_else(|| shared(block.text(block::LINKNAME)), Into::into)))
}

/// GNU tar lets PAX win, Go lets `L` and `K` win.
fn one_of<'a>(pax: Option<&'a [u8]>, gnu: Option<&'a [u8]>, problem: BadTar) -> Result<Option<&'a [u8]>, Fault> {
    match (pax, gnu) {
        (Some(pax), Some(gnu)) if pax != gnu => Err(Fault::malformed(problem)),
        _ => Ok(pax.or(gnu)),
    }
}

/// Whether the name holds a prefix in a GNU header, which only Go's reader looks for there.
fn has_gnu_prefix(block: Block<'_>, gnu_prefix: bool, name: &[u8]) -> bool {
    let prefix = block.text(block::PREFIX);
    gnu_prefix && block.dialect() == Dialect::Gnu && prefix.is_ascii() && !prefix.is_empty() && name.starts_with(prefix)
}

fn own_name(block: Block<'_>, gnu_prefix: bool) -> Arc<[u8]> {
    let name = block.text(block::NAME);
    let prefix = match block.dialect() {
        Dialect::Ustar => block.text(block::PREFIX),
        Dialect::Star => block.text(block::STAR_PREFIX),
        Dialect::Gnu if gnu_prefix && block.text(block::PREFIX).is_ascii() => block.text(block::PREFIX),
        Dialect::Gnu | Dialect::V7 => b"",
    };
    if prefix.is_empty() { name.into() } else { [prefix, b"/", name].concat().into() }
}

/// Strips leading `./` and `/`, and a directory's trailing slashes.
fn path(name: &Arc<[u8]>, entry_type: EntryType) -> Arc<[u8]> {
    let mut path: &[u8] = name;
    loop {
        path = match path {
            [b'/', rest @ ..] | [b'.', b'/', rest @ ..] => rest,
            [b'.'] => &[],
            _ => break,
        };
    }
    if entry_type == EntryType::Directory {
        while let [rest @ .., b'/'] = path {
            path = rest;
        }
    }
    if path.len() == name.len() { name.clone() } else { path.into() }
}

/// The form and the real size of GNU's old sparse files.
fn old_sparse(block: Block<'_>, by_records: bool) -> Result<(Form, u64), Fault> {
    if by_records || block.dialect() != Dialect::Gnu {
        return Err(Fault::malformed(BadTar::SparseTwice));
    }
    let size = block.number(block::GNU_REALSIZE, "realsize")?;
    let size = u64::try_from(size).map_err(|_| Fault::malformed(BadTar::RealSize(size)))?;
    Ok((Form::Old, size))
}

/// Empty slices share one allocation.
fn shared(bytes: &[u8]) -> Arc<[u8]> {
    if bytes.is_empty() { Arc::default() } else { bytes.into() }
}

/// The number of bytes that an extension header announces.
pub(super) fn extension_size(block: &[u8; BLOCK]) -> Result<u64, Fault> {
    Block(block).size()
}
