//! Entries that are there on one side only.

use crate::finding::{Aspect, Finding, Kind, Value};

/// Whether a finding is of an entry that one side has not.
pub(in crate::causes) fn is_presence(finding: &Finding) -> bool {
    finding.location.kind == Kind::Entry && finding.aspect == Aspect::Presence && finding.location.field.is_none()
}

/// Whether the value of such a finding is of an entry of this type.
pub(in crate::causes) fn is_of_type(value: &Value, name: &str) -> bool {
    matches!(value, Value::Json(value) if value.get("type").and_then(serde_json::Value::as_str) == Some(name))
}
