//! Tables for partial pulls, held against the blobs that they are in.

use std::collections::BTreeMap;

use serde_json::json;

use crate::codec::compression::Framing;
use crate::finding::{Aspect, Finding, Location, Sides, Value};
use crate::image::chunked::Table;
use crate::image::layer::{LayerEnd, LayerError, LayerReader};
use crate::limits::Limits;

/// What annotations of zstd:chunked begin with, since containers/storage 1.42 and before.
const PREFIXES: [&str; 2] = ["io.github.containers.zstd-chunked.", "io.containers.zstd-chunked."];

/// What follows the prefix of such an annotation.
pub fn chunked_key(key: &str) -> Option<&str> {
    PREFIXES.iter().find_map(|prefix| key.strip_prefix(prefix))
}

/// The annotations of a layer that lead partial pulls to a table, by key.
pub type Leading<'a> = BTreeMap<&'a str, &'a str>;

/// Those of all annotations of a layer.
pub fn leading(annotations: &BTreeMap<String, String>) -> Leading<'_> {
    let leading = annotations.iter().filter(|(key, _)| chunked_key(key).is_some());
    leading.map(|(key, value)| (&key[..], &value[..])).collect()
}

/// The table of a layer, where it says what the layer's tar stream says; `open` opens the layer again.
pub fn sound(end: &LayerEnd, open: impl FnOnce() -> Result<LayerReader, LayerError>, limits: &Limits) -> Option<Table> {
    let Framing::Zstd(framing) = &end.framing else { return None };
    let table = Table::read(framing, limits)?;
    let layer = open().ok()?;
    table.describes(layer, framing).ok()?.then_some(table)
}

/// Annotations that lead to anything else than a table that is sound. Where both sides have the same, there is nothing
/// to find.
pub fn misleading(base: &Location, leading: Sides<Leading<'_>>, tables: Sides<Option<&Table>>) -> Option<Finding> {
    let bytes = leading.as_ref().map(|leading| leading.values().map(|value| value.len() as u64).sum::<u64>());
    let values = leading.zip(tables).map(|(leading, table)| {
        let right = |(key, value): (&&str, &&str)| match (chunked_key(key), table) {
            (Some("manifest-checksum"), Some(table)) => *value == table.checksum,
            (Some("manifest-position"), Some(table)) => *value == table.position,
            _ => false,
        };
        if leading.iter().all(right) { Value::Absent } else { Value::Json(json!(leading)) }
    });
    let location = base.clone().with_field("zstd.annotations");
    let bytes = bytes.original.max(bytes.rebuild);
    (!values.same()).then_some(Finding { location, aspect: Aspect::Value, values, bytes })
}
