//! One hash for all that is below a directory: made once for all directories that are nested in one that was asked for
//! whole, for a layer may have a hundred opaque markers in each other.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::wanted::Hashed;
use crate::image::path;

/// What stands for the names below a directory, and for what was asked of them.
pub type Tree = [u8; 32];
/// Of each directory that was asked for its tree; nothing where not all that is below is decided.
pub(super) type Trees = HashMap<Box<[u8]>, Option<Tree>>;

/// What is asked of the names below a directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// No more than that they are there.
    Names,
    /// What they are, without times.
    Linked,
    /// What they are.
    Timed,
}

/// The layer after which names are taken, and the one after which they are asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Question {
    pub(super) names: u32,
    pub(super) layer: u32,
    pub(super) what: What,
}

/// A question of an uppermost directory, and the trees below it; nothing where there is too much below.
type Answer = (Question, Box<[u8]>, Option<Arc<Trees>>);

/// The answers that were given last: findings come in order, so that what is asked next is mostly near.
#[derive(Default)]
pub(super) struct Answers(Vec<Answer>);

/// How many are remembered.
const REMEMBERED: usize = 8;

impl Answers {
    /// The trees below an uppermost directory, where they were made already; nothing in it where there is too much below.
    pub(super) fn get(&self, question: Question, top: &[u8]) -> Option<Option<Arc<Trees>>> {
        let found = self.0.iter().find(|(other, directory, _)| *other == question && **directory == *top);
        found.map(|(_, _, trees)| trees.clone())
    }

    pub(super) fn insert(&mut self, question: Question, top: &[u8], trees: Option<Arc<Trees>>) {
        if self.0.len() == REMEMBERED {
            self.0.remove(0);
        }
        self.0.push((question, top.into(), trees));
    }
}

/// Makes the trees below a directory out of names in the order of a walk.
pub(super) struct Nested<'a> {
    /// The hashes of the directories that were asked for.
    wanted: &'a HashSet<u64>,
    /// The directories that the last name is in.
    open: Vec<Directory>,
    last: Vec<u8>,
    trees: Trees,
}

struct Directory {
    /// How much of the last name is its path.
    end: usize,
    hash: u64,
    hasher: blake3::Hasher,
    is_decided: bool,
}

impl Directory {
    fn new(end: usize, hash: u64) -> Self {
        Directory { end, hash, hasher: blake3::Hasher::new(), is_decided: true }
    }

    /// Takes in a name of it, or the tree below that name.
    fn note(&mut self, is_tree: bool, name: &[u8], said: Option<&Tree>) {
        self.is_decided &= said.is_some();
        self.hasher.update(&[u8::from(is_tree)]).update(&(name.len() as u64).to_le_bytes());
        self.hasher.update(name).update(said.unwrap_or(&[0; 32]));
    }
}

impl<'a> Nested<'a> {
    pub(super) fn new(wanted: &'a HashSet<u64>) -> Self {
        Nested { wanted, open: Vec::new(), last: Vec::new(), trees: Trees::new() }
    }

    /// Takes in the next name below `top`, and what was said of it, where that is decided.
    pub(super) fn add(&mut self, top: &[u8], name: &[u8], said: Option<Tree>) {
        while let Some(open) = self.open.last()
            && !path::is_below(name, self.last.get(..open.end).unwrap_or_default())
        {
            self.close();
        }
        let known = self.open.last().map(|open| open.end);
        let hashed = Hashed::new(name);
        let above = hashed.ancestors().map(|(directory, hash)| (directory.len(), hash));
        let new = above.take_while(|(end, _)| known.map_or(*end >= top.len(), |known| *end > known));
        let mut new: Vec<_> = new.map(|(end, hash)| Directory::new(end, hash)).collect();
        new.reverse();
        self.open.extend(new);
        self.last.clear();
        self.last.extend_from_slice(name);
        if let Some(open) = self.open.last_mut() {
            open.note(false, name.get(open.end..).unwrap_or_default(), said.as_ref());
        }
    }

    /// Ends the lowest directory that is open.
    fn close(&mut self) {
        let Some(Directory { end, hash, hasher, is_decided }) = self.open.pop() else { return };
        let path = self.last.get(..end).unwrap_or_default();
        let tree = is_decided.then(|| *hasher.finalize().as_bytes());
        if self.wanted.contains(&hash) {
            self.trees.insert(path.into(), tree);
        }
        if let Some(above) = self.open.last_mut() {
            above.note(true, path.get(above.end..).unwrap_or_default(), tree.as_ref());
        }
    }

    pub(super) fn finish(mut self) -> Trees {
        while !self.open.is_empty() {
            self.close();
        }
        self.trees
    }
}

/// Sorts paths as a walk meets them: what is in a directory comes together.
pub(super) fn sort(names: &mut [Vec<u8>]) {
    names.sort_unstable_by(|one, other| one.split(|byte| *byte == b'/').cmp(other.split(|byte| *byte == b'/')));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trees(names: &[(&str, Option<u8>)], top: &str) -> Trees {
        let wanted = ["", "a", "a/b", "a/b/c", "a-"].iter().map(|path| Hashed::new(path.as_bytes()).own()).collect();
        let mut all: Vec<Vec<u8>> = names.iter().map(|(name, _)| name.as_bytes().to_vec()).collect();
        sort(&mut all);
        let mut nested = Nested::new(&wanted);
        for name in all {
            let (_, said) = names.iter().find(|(other, _)| other.as_bytes() == name).unwrap();
            nested.add(top.as_bytes(), &name, said.map(|said| [said; 32]));
        }
        nested.finish()
    }

    #[test]
    fn a_directory_has_one_tree_wherever_it_is_looked_at_from() {
        let names =
            [("a/b", Some(1)), ("a/b/c/x", Some(2)), ("a/b/c/y", Some(3)), ("a/b-", Some(4)), ("a-/z", Some(5))];
        let whole = trees(&names, "");
        assert_eq!(whole.len(), 5);
        let below = trees(&[("a/b/c/x", Some(2)), ("a/b/c/y", Some(3))], "a/b");
        for directory in [&b"a/b"[..], b"a/b/c"] {
            assert!(below[directory].is_some());
            assert_eq!(below[directory], whole[directory]);
        }
        let inside = |names: &[(&str, Option<u8>)]| trees(names, "a")[&b"a"[..]];
        let known = inside(&names[..4]);
        assert_eq!(whole[&b"a"[..]], known);
        for other in [
            &[("a/b", Some(1)), ("a/b/c/x", Some(2)), ("a/b/c/y", Some(9)), ("a/b-", Some(4))][..],
            &[("a/b", Some(1)), ("a/b/c/x", Some(2)), ("a/b/y", Some(3)), ("a/b-", Some(4))],
            &[("a/b/c/x", Some(2)), ("a/b/c/y", Some(3)), ("a/b-", Some(4))],
            &[("a/b", Some(1)), ("a/b/c", Some(2)), ("a/b/c/y", Some(3)), ("a/b-", Some(4))],
        ] {
            assert_ne!(inside(other), known, "{other:?}");
        }
    }

    #[test]
    fn what_is_not_decided_is_so_in_all_directories_above() {
        let trees = trees(&[("a/b/c/x", None), ("a/b/d", Some(1)), ("a-/z", Some(5))], "");
        for (directory, is_decided) in [("", false), ("a", false), ("a/b", false), ("a/b/c", false), ("a-", true)] {
            assert_eq!(trees[directory.as_bytes()].is_some(), is_decided, "{directory}");
        }
    }
}
