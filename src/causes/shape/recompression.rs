//! The same content in other compressed bytes.

use sha2::{Digest as _, Sha256};

use crate::causes::{Canonical, View};
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
    view.node.filter(|node| node.format == format)?;
    Some(Sha256::digest(view.member_sha256?).to_vec())
}

/// Whether at most one member holds nothing (the end mark of bgzf and eStargz) and none is behind the archive's end.
pub(in crate::causes) fn is_plain(members: &serde_json::Value) -> bool {
    let count = |name: &str| members.get(name).and_then(serde_json::Value::as_u64);
    count("empty").is_some_and(|empty| empty <= 1) && count("afterEnd") == Some(0)
}
