//! Entries that are there on one side only.

use crate::finding::{Finding, Value};

/// Whether the entry that a finding says to be there on one side only is of this type.
pub(in crate::causes) fn is_of_type(finding: &Finding, name: &str) -> bool {
    let has = |value: &Value| matches!(value, Value::Json(value) if value.get("type").and_then(serde_json::Value::as_str) == Some(name));
    has(&finding.values.original) || has(&finding.values.rebuild)
}
