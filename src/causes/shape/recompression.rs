//! The same content in other compressed bytes.

use sha2::{Digest as _, Sha256};

use crate::causes::{Canonical, View};
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
    if format == "gzip" {
        canonical.extend(gzip_members(node, view.file?)?);
    }
    Some(canonical)
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
