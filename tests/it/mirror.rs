//! The mirror image of a report: what the comparison from the other side has to say.

use serde_json::Value;

/// The report with the sides exchanged wherever they are named.
pub(crate) fn mirrored(value: Value) -> Value {
    let name = |name: String| match name.as_str() {
        "original" => "rebuild".to_owned(),
        "rebuild" => "original".to_owned(),
        _ => name,
    };
    match value {
        Value::Array(items) => items.into_iter().map(mirrored).collect(),
        Value::Object(members) => members.into_iter().map(|(key, value)| (name(key), mirrored(value))).collect(),
        other => other,
    }
}
