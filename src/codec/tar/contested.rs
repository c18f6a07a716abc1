//! What readers of archives do not agree about: then one of them sees another entry than the one that was compared.
//!
//! Tried with Go 1.26 (whose reader containerd and buildah use), GNU tar 1.34, bsdtar 3.6 and CPython 3.11.

use std::collections::{BTreeMap, BTreeSet};

use super::block::Block;
use super::pax::{Record, libarchive_xattr};

/// What the headers of an entry say beside its own block.
pub(super) struct Claims<'a> {
    /// The entry's own PAX records, in order.
    pub(super) records: &'a [Record<'a>],
    /// The records of the global headers before it.
    pub(super) global: &'a BTreeMap<Vec<u8>, Vec<u8>>,
    /// Whether the records make it a sparse file.
    pub(super) sparse: bool,
    /// Bytes of content in the archive.
    pub(super) stored: u64,
}

/// Global records that say nothing of what an entry is.
const WITHOUT_EFFECT: [&[u8]; 4] = [b"comment", b"mtime", b"atime", b"ctime"];

/// Records that make libarchive or star read another file than everybody else does.
const OTHERS_READ: [&[u8]; 5] =
    [b"SCHILY.realsize", b"SCHILY.devmajor", b"SCHILY.devminor", b"SCHILY.filetype", b"SUN.holesdata"];

/// Whether readers disagree about an entry.
pub(super) fn is_contested(block: Block<'_>, claims: &Claims<'_>) -> bool {
    let Claims { records, global, .. } = claims;
    if records.is_empty() && global.is_empty() {
        return false;
    }
    let keys: BTreeSet<&[u8]> = records.iter().map(|record| record.key).collect();
    // Go's reader gives global headers to its caller, and runtimes drop them; GNU tar and libarchive apply them.
    let from_global = global.keys().any(|key| !keys.contains(&key[..]) && !WITHOUT_EFFECT.contains(&&key[..]));
    from_global
        || is_repeated(claims)
        || keys.iter().any(|key| OTHERS_READ.contains(key))
        || (!claims.sparse && keys.iter().any(|key| key.starts_with(b"GNU.sparse.")))
        || has_two_sizes(block, claims)
        || has_two_xattrs(records)
}

/// Whether a key is there twice. Version 0.0 of sparse files repeats two, which is how it is meant.
fn is_repeated(claims: &Claims<'_>) -> bool {
    let mut keys = BTreeSet::new();
    let repeatable = |key: &[u8]| claims.sparse && matches!(key, b"GNU.sparse.offset" | b"GNU.sparse.numbytes");
    claims.records.iter().any(|record| !repeatable(record.key) && !keys.insert(record.key))
}

/// A size in the block that is not the record's, though it would fit: readers that know no records take the next header from
/// another place (RUSTSEC-2025-0111, RUSTSEC-2026-0068).
fn has_two_sizes(block: Block<'_>, claims: &Claims<'_>) -> bool {
    let by_record = claims.records.iter().any(|record| record.key == b"size" && !record.value.is_empty());
    let fits = claims.stored < 1 << 33;
    by_record && !block.size().is_ok_and(|size| size == claims.stored || (size == 0 && !fits))
}

/// libarchive writes each attribute in its own form and in star's, which is the only one that runtimes read.
fn has_two_xattrs(records: &[Record<'_>]) -> bool {
    let star: BTreeMap<&[u8], &[u8]> =
        records.iter().filter_map(|record| Some((record.key.strip_prefix(b"SCHILY.xattr.")?, record.value))).collect();
    let others = records.iter().filter(|record| record.key.starts_with(b"LIBARCHIVE.xattr."));
    let mut others = others.map(|record| libarchive_xattr(record.key, record.value));
    others.any(|other| match other {
        Some((name, value)) => star.get(&name[..]).is_some_and(|known| *known != &value[..]),
        None => true,
    })
}
