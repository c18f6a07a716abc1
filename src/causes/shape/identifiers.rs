//! What digests, ids, versions and references look like.

/// Whether a text is a UUID (RFC 9562).
pub(in crate::causes) fn is_uuid(text: &str) -> bool {
    let parts: Vec<usize> = text.split('-').map(str::len).collect();
    parts == [8, 4, 4, 4, 12] && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

/// A version: it opens with a number, or with `v` and a number.
pub(in crate::causes) fn is_version(text: &str) -> bool {
    text.strip_prefix('v').unwrap_or(text).starts_with(|first: char| first.is_ascii_digit())
        && text.len() <= 128
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".+-_~".contains(&byte))
}

/// A digest as descriptors have it.
pub(in crate::causes) fn is_digest(text: &str) -> bool {
    crate::digest::Digest::parse(text).is_ok()
}

/// Whether a text could be the name of an image.
pub(in crate::causes) fn is_reference(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 512
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._/:@[]".contains(&byte))
}
