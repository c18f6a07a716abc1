//! Times of documents.

use crate::causes::Day;
use crate::codec::time;
use crate::finding::Value;

/// Whether a value is a time, or nothing: an absent or null member.
pub(in crate::causes) fn is_time_or_nothing(value: &Value) -> bool {
    match value {
        Value::Absent | Value::Json(serde_json::Value::Null) => true,
        _ => value.as_str().is_some_and(is_time),
    }
}

/// Whether a text is a time as every program reads it.
pub(in crate::causes) fn is_time(text: &str) -> bool {
    time::parse(text).is_some()
}

/// Whether a text is a time that the clock of a build may have shown.
pub(in crate::causes) fn is_time_of_build(text: &str, day: &Day) -> bool {
    time::parse(text).is_some_and(|time| day.admits(time.timestamp()))
}
