//! Fields of gzip members.

use crate::causes::View;
use crate::finding::Value;

/// The value of a field of `N` bytes, at most 8, little endian: decoded from a file, or as a layer's envelope has it.
pub(in crate::causes) fn number<const N: usize>(view: &View<'_>) -> Option<u64> {
    match view.value {
        Value::Json(serde_json::Value::Number(number)) => number.as_u64(),
        _ => {
            let bytes: &[u8; N] = view.bytes()?.try_into().ok()?;
            Some(bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
        }
    }
}
