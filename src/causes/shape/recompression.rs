//! The same content in other compressed bytes.

use std::collections::BTreeSet;

use sha2::{Digest as _, Sha256};

use crate::causes::{Canonical, View};
use crate::content::frames::{self, LZMA2, XzStream, ZstdFrame};
use crate::content::{Node, Part};
use crate::finding::{Kind, Value};

/// The canonical form of compressed bytes: what they hold.
///
/// Streams of layers are only ever compared where the layers' diff IDs are equal. Files were decompressed to be compared.
pub(in crate::causes) fn same_content(view: &View<'_>, format: &str) -> Option<Canonical> {
    if view.location.kind == Kind::Layer {
        let size = match view.value {
            Value::Json(value) => value.get("size")?.as_u64(),
            _ => None,
        };
        return size.map(|_| Canonical::new());
    }
    let node = view.node.filter(|node| node.format == format)?;
    let mut canonical = Sha256::digest(view.member_sha256?).to_vec();
    canonical.extend(match format {
        "gzip" => gzip_members(node, view.file?)?,
        "xz" => xz_streams(view.file?)?,
        "zstd" => zstd_frames(view.file?)?,
        // Without decompressing them nobody can tell how much is in each.
        _ => {
            let file = view.file?;
            (frames::is_one_bzip2_stream(file) && !frames::has_randomised_block(file)).then(Canonical::new)?
        }
    });
    Some(canonical)
}

/// Streams and filters of an xz file that are not what `xz` makes of any file: Java's and others' decoders read the first
/// stream alone, and busybox and kernels know few filters.
fn xz_streams(file: &[u8]) -> Option<Canonical> {
    let streams = frames::xz_streams(file)?;
    let is_lzma2 = |filters: &BTreeSet<Vec<u8>>| filters.iter().all(|chain| chain[..] == LZMA2);
    if let [stream] = &streams[..]
        && is_lzma2(&stream.filters)
        && stream.padding == 0
    {
        return Some(Canonical::new());
    }
    let mut canonical = Sha256::new();
    for XzStream { size, flags, filters, padding } in &streams {
        canonical.update(size.to_be_bytes());
        canonical.update(flags);
        canonical.update(padding.to_be_bytes());
        canonical.update((filters.len() as u64).to_be_bytes());
        for chain in filters {
            canonical.update((chain.len() as u64).to_be_bytes());
            canonical.update(chain);
        }
    }
    Some(canonical.finalize().to_vec())
}

/// What every decoder has to be able to remember (RFC 8878, section 3.1.1.1.2).
const WINDOW: u64 = 8 << 20;

/// Frames of a zstd file that are not one of an ordinary window: what reads at once takes the first frame alone. Whether the
/// one says its size: python-zstandard and others that ask for it first refuse a frame without (seen with 0.25.0).
fn zstd_frames(file: &[u8]) -> Option<Canonical> {
    let frames = frames::zstd_frames(file)?;
    if let [ZstdFrame { size, window: ..=WINDOW, has_dictionary: false }] = frames[..] {
        return Some(vec![u8::from(size.is_some())]);
    }
    let mut canonical = Sha256::new();
    for ZstdFrame { size, window, has_dictionary } in &frames {
        canonical.update((*size).filter(|_| !has_dictionary)?.to_be_bytes());
        canonical.update((*window).max(WINDOW).to_be_bytes());
    }
    Some(canonical.finalize().to_vec())
}

/// The checksums and sizes of the members of a gzip file: Python's `zlib.decompress`, Perl's `gunzip` and others read the
/// first of them alone. Nothing is said where a reader finds its way by what the header says of the compressed bytes.
fn gzip_members(node: &Node, file: &[u8]) -> Option<Canonical> {
    let is_of_members = |part: &&Part| part.name.ends_with(".crc32") || part.name.ends_with(".isize");
    let is_read_at_random = node.parts.iter().any(|part| part.name.ends_with(".header.extra"));
    let ends = node.parts.iter().filter(is_of_members).flat_map(|part| part.bytes(file));
    (!is_read_at_random).then(|| Sha256::digest(ends.copied().collect::<Vec<u8>>()).to_vec())
}

/// Whether at most one member holds nothing (the end mark of bgzf and eStargz) and none is behind the archive's end.
pub(in crate::causes) fn is_plain(members: &serde_json::Value) -> bool {
    let count = |name: &str| members.get(name).and_then(serde_json::Value::as_u64);
    count("empty").is_some_and(|empty| empty <= 1) && count("afterEnd") == Some(0)
}
