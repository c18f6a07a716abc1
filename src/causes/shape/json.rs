//! JSON values in one order.

use serde_json::Value as Json;

use crate::causes::Canonical;
use crate::finding::Value;

/// A list of texts in one order.
pub(in crate::causes) fn sorted(value: &Value) -> Option<Canonical> {
    let Value::Json(Json::Array(items)) = value else { return None };
    let mut names: Vec<&str> = items.iter().map(Json::as_str).collect::<Option<_>>()?;
    names.sort_unstable();
    serde_json::to_vec(&names).ok()
}
