//! The paths that a merged tree is asked about.

use std::collections::HashSet;

use crate::image::name_hash::prefixes;

/// The paths to keep while layers go by: hashes of them. A collision can only make it keep one too many.
#[derive(Debug, Default, Clone)]
pub struct Wanted {
    paths: HashSet<u64>,
    directories: HashSet<u64>,
    ancestors: HashSet<u64>,
}

impl Wanted {
    /// Asks for one path.
    pub fn path(&mut self, path: &[u8]) {
        let own = self.note_ancestors(path);
        self.paths.insert(own);
    }

    /// Asks for a path and all directories that it is in.
    pub fn way(&mut self, path: &[u8]) {
        let path = Hashed::new(path);
        self.paths.extend(path.ancestors().map(|(_, hash)| hash));
        self.paths.insert(path.own());
    }

    /// Asks for everything below a directory.
    pub fn directory(&mut self, path: &[u8]) {
        let own = self.note_ancestors(path);
        self.directories.insert(own);
    }

    /// Asks for what another one does, too.
    pub fn add(&mut self, other: Wanted) {
        self.paths.extend(other.paths);
        self.directories.extend(other.directories);
        self.ancestors.extend(other.ancestors);
    }

    /// Whether nothing was asked for.
    pub fn is_empty(&self) -> bool {
        self.paths.is_empty() && self.directories.is_empty()
    }

    /// How many paths are looked for, with the directories above them.
    pub fn len(&self) -> usize {
        self.paths.len() + self.directories.len() + self.ancestors.len()
    }

    fn note_ancestors(&mut self, path: &[u8]) -> u64 {
        let path = Hashed::new(path);
        self.ancestors.extend(path.ancestors().map(|(_, hash)| hash));
        path.own()
    }

    pub(super) fn is_path(&self, path: &Hashed<'_>) -> bool {
        self.paths.contains(&path.own())
    }

    /// Whether everything below a path is kept.
    pub(super) fn keeps_below(&self, path: &[u8]) -> bool {
        let path = Hashed::new(path);
        self.directories.contains(&path.own()) || self.directories_above(&path).next().is_some()
    }

    pub(super) fn keeps(&self, path: &Hashed<'_>) -> bool {
        let own = path.own();
        self.paths.contains(&own)
            || self.ancestors.contains(&own)
            || self.directories.contains(&own)
            || self.directories_above(path).next().is_some()
    }

    /// Of the directories that a path is in and that were asked for, the hash of the uppermost.
    pub(super) fn uppermost_above(&self, path: &Hashed<'_>) -> Option<u64> {
        self.directories_above(path).last()
    }

    /// The hashes of the directories that were asked for.
    pub(super) const fn directories(&self) -> &HashSet<u64> {
        &self.directories
    }

    /// The hashes of the directories above a path that were asked for.
    fn directories_above<'a>(&'a self, path: &'a Hashed<'_>) -> impl Iterator<Item = u64> + 'a {
        path.ancestors().map(|(_, hash)| hash).filter(|hash| self.directories.contains(hash))
    }
}

/// A path with the hashes of itself and of all directories that it is in.
pub(super) struct Hashed<'a> {
    pub(super) path: &'a [u8],
    /// The ends of the prefixes and their hashes, the root first, the path itself last.
    prefixes: Vec<(usize, u64)>,
}

impl<'a> Hashed<'a> {
    pub(super) fn new(path: &'a [u8]) -> Self {
        Hashed { path, prefixes: prefixes(path) }
    }

    pub(super) fn own(&self) -> u64 {
        self.prefixes.last().map_or(0, |(_, hash)| *hash)
    }

    /// The directories that it is in, nearest first, the root as the empty path last, with their hashes.
    pub(super) fn ancestors(&self) -> impl Iterator<Item = (&'a [u8], u64)> + '_ {
        let above = self.prefixes.split_last().map_or(&[][..], |(_, above)| above);
        above.iter().rev().map(|(end, hash)| (self.path.get(..*end).unwrap_or_default(), *hash))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_and_what_is_above_it_have_the_same_hashes_wherever_they_come_from() {
        let path = Hashed::new(b"usr/lib//x");
        let above: Vec<_> = path.ancestors().collect();
        let names: Vec<&[u8]> = above.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, [&b"usr/lib/"[..], b"usr/lib", b"usr", b""]);
        assert!(above.iter().all(|(name, hash)| Hashed::new(name).own() == *hash));
        assert_eq!(Hashed::new(b"").ancestors().count(), 0);
    }

    #[test]
    fn what_was_asked_for_is_kept_with_what_is_above_it() {
        let mut wanted = Wanted::default();
        assert!(wanted.is_empty());
        wanted.path(b"a/b/c");
        let mut other = Wanted::default();
        other.directory(b"d/e");
        wanted.add(other);
        for path in ["", "a", "a/b", "a/b/c", "d", "d/e", "d/e/f/g"] {
            assert!(wanted.keeps(&Hashed::new(path.as_bytes())), "{path}");
        }
        for path in ["a/b/c/d", "b", "a/x", "d/ee"] {
            assert!(!wanted.keeps(&Hashed::new(path.as_bytes())), "{path}");
        }
        assert!(wanted.is_path(&Hashed::new(b"a/b/c")) && !wanted.is_path(&Hashed::new(b"a/b")));
        assert!(wanted.keeps_below(b"d/e") && wanted.keeps_below(b"d/e/f") && !wanted.keeps_below(b"a/b/c"));
        assert_eq!(wanted.len(), 6, "two asked for, and four above them");
        let mut wanted = Wanted::default();
        wanted.way(b"a/b");
        assert!([&b""[..], b"a", b"a/b"].iter().all(|path| wanted.is_path(&Hashed::new(path))) && wanted.len() == 3);
    }
}
