//! 64-bit identities of names, for sets of very many of them.
//!
//! They are never the sole ground of a conclusion. The keys are chosen by chance for each run: whoever makes an image
//! cannot look for names that collide.

use std::hash::{BuildHasher as _, DefaultHasher, Hasher as _, RandomState};
use std::sync::LazyLock;

static KEYS: LazyLock<RandomState> = LazyLock::new(RandomState::new);

/// The identity of a name.
pub(crate) fn name_hash(name: &[u8]) -> u64 {
    let mut hasher = hasher();
    hasher.write(name);
    hasher.finish()
}

/// What takes in a name piece by piece; the pieces do not matter.
pub(crate) fn hasher() -> DefaultHasher {
    KEYS.build_hasher()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_make_the_same_hash_as_the_whole() {
        let mut pieces = hasher();
        for piece in [&b"usr"[..], b"/lib", b"", b"/python3.11/site-packages"] {
            pieces.write(piece);
        }
        assert_eq!(pieces.finish(), name_hash(b"usr/lib/python3.11/site-packages"));
        assert_ne!(name_hash(b"usr"), name_hash(b"usr/"));
    }
}
