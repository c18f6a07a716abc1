//! Annotations in which builders and containerd keep their own books.

use crate::causes::shape::identifiers::{is_digest, is_reference};
use crate::causes::shape::times::is_time;

const SOURCE: &str = "containerd.io/distribution.source.";

/// Whether an annotation is one of them, with a value as they write it.
pub(in crate::causes) fn is_of_builder(key: &str, text: &str) -> bool {
    shape(key).is_some_and(|shape| text.is_empty() || shape(text))
}

/// What the value of an annotation has to look like.
fn shape(key: &str) -> Option<fn(&str) -> bool> {
    match key {
        "org.opencontainers.image.base.digest" | "containerd.io/uncompressed" | "containerimage.config.digest" => {
            Some(is_digest)
        }
        "org.opencontainers.image.base.name" => Some(is_reference),
        "buildkit/rewritten-timestamp" => Some(is_number),
        "buildkit/createdat" => Some(is_time),
        _ if key.starts_with(SOURCE) => Some(is_repositories),
        _ => None,
    }
}

fn is_number(text: &str) -> bool {
    text.len() <= 20 && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_repositories(text: &str) -> bool {
    text.split(',').all(is_reference)
}
