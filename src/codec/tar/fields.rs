//! The header bytes of an entry taken apart: every byte is in exactly one field.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use super::block::{self, BLOCK, Block, Dialect};
use super::pax;

/// A field of an entry's header bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawField {
    /// `header.mtime`, `pax.header.mtime`, `pax.mtime`, `gnu.longname` …: unique within the entry.
    pub name: Cow<'static, str>,
    /// Where it is in the header bytes, end exclusive.
    pub range: (u64, u64),
}

/// Takes apart the header bytes of an entry ([`super::entry::Entry::raw`]) or of a global header
/// ([`super::GlobalHeader::raw`]).
///
/// Fields come in order and cover every byte once; empty ones are left out. The entry's own block has `header.*`, blocks
/// before it `pax.header.*`, `global.header.*`, `gnu.longname.header.*` and `gnu.longlink.header.*`. A PAX record is the
/// field `pax.KEY` or `global.KEY`, its length prefix included. Sparse maps after the block are `gnu.sparse` or
/// `pax.sparse`. What is no tar header is `unparsed`. A name that is there before gets the suffix `#2`, `#3` and so on.
pub fn raw_fields(entry_raw: &[u8]) -> Vec<RawField> {
    let mut fields = Fields::default();
    while let Some(block) = fields.rest(entry_raw).first_chunk::<BLOCK>() {
        let Some(prefix) = prefix_of(block[block::TYPEFLAG]) else {
            fields.header("", block);
            let map = if block[block::TYPEFLAG] == b'S' { "gnu.sparse" } else { "pax.sparse" };
            fields.push(map.into(), fields.rest(entry_raw).len());
            return fields.list;
        };
        fields.header(prefix, block);
        fields.data(prefix, block, entry_raw);
    }
    fields.push("unparsed".into(), fields.rest(entry_raw).len());
    fields.list
}

/// What the fields of an extension header begin with; `None` for an entry's own.
const fn prefix_of(typeflag: u8) -> Option<&'static str> {
    match typeflag {
        b'x' => Some("pax"),
        b'g' => Some("global"),
        b'L' => Some("gnu.longname"),
        b'K' => Some("gnu.longlink"),
        _ => None,
    }
}

#[derive(Default)]
struct Fields {
    list: Vec<RawField>,
    end: usize,
    /// How often a name was used.
    names: BTreeMap<Cow<'static, str>, u64>,
}

impl Fields {
    fn rest<'a>(&self, raw: &'a [u8]) -> &'a [u8] {
        raw.get(self.end..).unwrap_or(&[])
    }

    fn push(&mut self, name: Cow<'static, str>, size: usize) {
        if size == 0 {
            return;
        }
        let start = self.end;
        self.end += size;
        let name = self.unique(name);
        self.list.push(RawField { name, range: (start as u64, self.end as u64) });
    }

    fn unique(&mut self, name: Cow<'static, str>) -> Cow<'static, str> {
        let mut unique = name.clone();
        while self.names.contains_key(&unique) {
            let count = self.names.entry(name.clone()).or_insert(0);
            *count += 1;
            unique = format!("{name}#{count}").into();
        }
        self.names.insert(unique.clone(), 1);
        unique
    }

    fn header(&mut self, prefix: &'static str, block: &[u8; BLOCK]) {
        let start = self.end;
        let after_devices = match Block(block).dialect() {
            Dialect::Gnu => &GNU[..],
            Dialect::Star => &STAR[..],
            Dialect::Ustar | Dialect::V7 => &USTAR[..],
        };
        for (name, range) in COMMON.iter().chain(after_devices) {
            let name = if prefix.is_empty() { Cow::Borrowed(*name) } else { format!("{prefix}.{name}").into() };
            self.push(name, range.len());
        }
        debug_assert_eq!(self.end, start + BLOCK, "the fields of a header block fill it");
    }

    /// The data of an extension header and its padding, as far as there are any.
    fn data(&mut self, prefix: &'static str, block: &[u8; BLOCK], raw: &[u8]) {
        let rest = self.rest(raw);
        let Some(size) = Block(block).size().ok().and_then(|size| usize::try_from(size).ok()) else { return };
        let data = rest.get(..size).unwrap_or(rest);
        let padding = usize::try_from(block::padding(size as u64)).unwrap_or(0).min(rest.len() - data.len());
        if matches!(prefix, "pax" | "global") {
            self.records(prefix, data);
        } else {
            self.push(prefix.into(), data.len());
        }
        self.push(format!("{prefix}.padding").into(), padding);
    }

    fn records(&mut self, prefix: &str, data: &[u8]) {
        let mut left = data.len();
        for record in pax::records(data).map_while(Result::ok) {
            left -= record.range.len();
            self.push(format!("{prefix}.{}", String::from_utf8_lossy(record.key)).into(), record.range.len());
        }
        self.push(format!("{prefix}.unparsed").into(), left);
    }
}

type Named = (&'static str, Range<usize>);

const COMMON: [Named; 14] = [
    ("header.name", block::NAME),
    ("header.mode", block::MODE),
    ("header.uid", block::UID),
    ("header.gid", block::GID),
    ("header.size", block::SIZE),
    ("header.mtime", block::MTIME),
    ("header.chksum", block::CHKSUM),
    ("header.typeflag", block::TYPEFLAG..block::TYPEFLAG + 1),
    ("header.linkname", block::LINKNAME),
    ("header.magic", block::MAGIC),
    ("header.uname", block::UNAME),
    ("header.gname", block::GNAME),
    ("header.devmajor", block::DEVMAJOR),
    ("header.devminor", block::DEVMINOR),
];

const USTAR: [Named; 2] = [("header.prefix", block::PREFIX), ("header.padding", 500..512)];

const STAR: [Named; 4] = [
    ("header.prefix", block::STAR_PREFIX),
    ("header.atime", block::STAR_ATIME),
    ("header.ctime", block::STAR_CTIME),
    ("header.padding", 500..512),
];

const GNU: [Named; 9] = [
    ("header.atime", block::GNU_ATIME),
    ("header.ctime", block::GNU_CTIME),
    ("header.offset", block::GNU_OFFSET),
    ("header.longnames", block::GNU_LONGNAMES),
    ("header.unused", block::GNU_UNUSED),
    ("header.sparse", block::GNU_SPARSE),
    ("header.isextended", block::GNU_ISEXTENDED..block::GNU_ISEXTENDED + 1),
    ("header.realsize", block::GNU_REALSIZE),
    ("header.padding", 495..512),
];
