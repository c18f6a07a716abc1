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

/// The lengths and identities of all directories that a path is in, the root as the empty path first, and of the path
/// itself. In one pass: a path of a thousand components takes no longer than another one of its length.
pub(crate) fn prefixes(path: &[u8]) -> Vec<(usize, u64)> {
    let mut prefixes = Vec::with_capacity(8);
    let mut hasher = hasher();
    if !path.is_empty() {
        prefixes.push((0, hasher.finish()));
    }
    let mut start = 0;
    for (slash, _) in path.iter().enumerate().filter(|(_, byte)| **byte == b'/') {
        hasher.write(path.get(start..slash).unwrap_or_default());
        prefixes.push((slash, hasher.finish()));
        start = slash;
    }
    hasher.write(path.get(start..).unwrap_or_default());
    prefixes.push((path.len(), hasher.finish()));
    prefixes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_have_the_hashes_of_their_names() {
        let names: [&[u8]; 5] = [b"", b"usr", b"usr/lib", b"usr/lib/python3.11", b"usr/lib/python3.11/x"];
        assert_eq!(prefixes(b"usr/lib/python3.11/x"), names.map(|name| (name.len(), name_hash(name))));
        assert_eq!(prefixes(b""), [(0, name_hash(b""))]);
    }

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
