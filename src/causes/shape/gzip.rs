//! Fields of gzip members.

use crate::causes::View;
use crate::finding::Value;

/// The rest of a field's name behind `gzip.` or `gzip.member2.`.
pub(in crate::causes) fn in_member(field: &str) -> Option<&str> {
    let rest = field.strip_prefix("gzip.")?;
    let Some(numbered) = rest.strip_prefix("member") else { return Some(rest) };
    let Some((number, rest)) = numbered.split_once('.') else { return Some(rest) };
    (!number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())).then_some(rest)
}

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

#[cfg(test)]
mod tests {
    use super::in_member;

    #[test]
    fn members_are_all_alike() {
        assert_eq!(in_member("gzip.header.mtime"), Some("header.mtime"));
        assert_eq!(in_member("gzip.member12.header.mtime"), Some("header.mtime"));
        assert_eq!(in_member("gzip.members"), Some("members"));
        assert_eq!(in_member("gzip.memberx.header.mtime"), None);
        assert_eq!(in_member("zstd.frames"), None);
    }
}
