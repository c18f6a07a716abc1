//! JSON files as trees, where that takes no more memory than there is to be: a file of `[],[],…` takes thirty times its
//! size as values.

use serde_json::Value;

/// Values of one file. The description of a system with 20,000 packages has about half as many.
const VALUES: usize = 1 << 20;

/// The value of a file; `None` where it is not one, or where it may hold too many.
pub fn value(bytes: &[u8]) -> Option<Value> {
    // Every value but the outermost is the first of a list or object, or stands behind a comma.
    let most = 1 + bytes.iter().filter(|byte| matches!(byte, b',' | b'[' | b'{')).count();
    if most <= VALUES { serde_json::from_slice(bytes).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_too_many_values_are_none() {
        assert_eq!(value(b"[1, {\"a\": 2}]"), Some(serde_json::json!([1, { "a": 2 }])));
        assert_eq!(value(b"[1"), None);
        let list = |count: usize| format!("[{}0]", "0,".repeat(count - 1));
        assert!(value(list(VALUES - 1).as_bytes()).is_some());
        assert!(value(list(VALUES).as_bytes()).is_none());
        // In strings they count as well, for nobody would look for the ends of strings first.
        assert!(value(format!("\"{}\"", ",".repeat(VALUES)).as_bytes()).is_none());
    }
}
