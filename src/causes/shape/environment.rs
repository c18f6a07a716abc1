//! Environment variables of a config.

use crate::finding::Value;

/// What follows the name in `NAME=value`.
pub(in crate::causes) fn value_of(value: &Value) -> Option<&str> {
    value.as_str()?.split_once('=').map(|(_, value)| value)
}
