//! Whether entries of one layer meet at, shadow or act on one path: then their order decides what is unpacked.
//!
//! What runtimes do was seen with containerd 1.7.30 (`archive.Apply`) and buildah 1.28.2 (vfs): of two entries at one path
//! the later one holds; a whiteout deletes what its own layer has put there before, and not what comes after; an opaque
//! marker spares entries before it, but not what is in directories without an entry; what is not a directory removes all
//! below it; a hard link is what its target is at that moment, and its header sets the mode of all names. What is made in a
//! directory takes its default access list from it, and a directory without an entry the set-group-ID bit.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::{Hash as _, Hasher as _};
use std::ops::Bound;
use std::sync::Arc;

use crate::image::entry::{DEFAULT_ACCESS_LIST, Entry, EntryType, normalise};
use crate::image::name_hash::{hasher, name_hash, prefixes};
use crate::image::path::{self, Whiteout};

/// Bytes of names of directories that are remembered, and how many directories are: where there are more, nothing is said of
/// the order.
const IMPLIED_BYTES: usize = 1 << 20;
const DIRECTORIES: usize = 1 << 20;

/// The bit of a mode.
const SET_GROUP_ID: u32 = 0o2000;

/// What the entries of one layer do to each other's paths, as far as it went by. Paths are kept as hashes.
#[derive(Debug, Default)]
pub(super) struct Meetings {
    meet: bool,
    seen: HashSet<u64>,
    /// Directories with an entry, and what it says of them.
    directories: HashMap<u64, u64>,
    /// All directories that entries, or targets of hard links, are in at any depth.
    parents: HashSet<u64>,
    /// Links of both kinds, below which there may be something.
    links: HashSet<u64>,
    /// Directories of which what is made in them takes something: an access list, or the set-group-ID bit.
    bequeathing: HashSet<u64>,
    /// What whiteouts hide.
    hidden: HashSet<u64>,
    /// Targets of hard links, and what the links say of them.
    targets: HashMap<u64, u64>,
    implied: BTreeSet<Arc<[u8]>>,
    implied_bytes: usize,
    /// Whether there were more directories than are remembered.
    too_many: bool,
    /// How many directories were looked at.
    #[cfg(test)]
    looked_at: usize,
}

/// What is known of the order of a layer's entries.
#[derive(Debug, Default, Clone)]
pub struct Arrangement {
    /// Whether entries of the layer meet, as far as the layer itself can tell.
    pub meet: bool,
    /// Directories that entries are in before the layer has an entry for them, if it ever has: where they are symlinks in
    /// the layers below, entries may meet there.
    pub implied: BTreeSet<Arc<[u8]>>,
}

impl Meetings {
    /// Takes notice of the next entry; whether its path came before.
    pub(super) fn notice(&mut self, entry: &Entry) -> bool {
        let path = &entry.path[..];
        let hash = name_hash(path);
        let repeated = !self.seen.insert(hash);
        // A path that is cleaned to another may be that of another entry.
        self.meet |= entry.contested || !path::is_clean(path);
        // A hard link to it came before: to what the layers below have there, or to what is replaced now.
        self.meet |= self.hidden.contains(&hash) || self.targets.contains_key(&hash);
        if entry.entry_type == EntryType::Directory {
            let says = said(entry);
            // To say the same of a directory twice does nothing.
            self.meet |= self.directories.insert(hash, says) != Some(says) && repeated;
            self.bequeath(entry, hash);
        } else {
            self.meet |= repeated || self.parents.contains(&hash);
        }
        match entry.whiteout() {
            Some(Whiteout::Of(_)) => self.hide(name_hash(&path::acts_on(path))),
            Some(Whiteout::Opaque) => self.meet |= self.parents.contains(&name_hash(path::parent(path))),
            Some(Whiteout::Malformed) => self.meet = true,
            None => {}
        }
        if matches!(entry.entry_type, EntryType::Hardlink | EntryType::Symlink) {
            self.links.insert(hash);
        }
        if entry.entry_type == EntryType::Hardlink {
            self.link(normalise(&entry.link_name), said(entry));
        }
        self.enter(path);
        repeated
    }

    /// What came before such a directory has not taken anything from it.
    fn bequeath(&mut self, entry: &Entry, hash: u64) {
        let has_list = entry.xattrs.contains_key(DEFAULT_ACCESS_LIST);
        if !has_list && entry.mode & SET_GROUP_ID == 0 {
            return;
        }
        self.bequeathing.insert(hash);
        let below = path::join(&entry.path, b"");
        let next = self.implied.range::<[u8], _>((Bound::Included(&below[..]), Bound::Unbounded)).next();
        let is_late = next.is_some_and(|directory| directory.starts_with(&below));
        self.meet |= if has_list { self.parents.contains(&hash) } else { is_late };
    }

    fn hide(&mut self, hidden: u64) {
        self.meet |=
            self.seen.contains(&hidden) || self.parents.contains(&hidden) || self.targets.contains_key(&hidden);
        self.hidden.insert(hidden);
    }

    fn link(&mut self, target: &[u8], says: u64) {
        let hash = name_hash(target);
        self.meet |= !path::is_clean(target) || self.hidden.contains(&hash);
        self.meet |= *self.targets.entry(hash).or_insert(says) != says;
        self.enter(target);
    }

    /// Something is in the directories above a path.
    fn enter(&mut self, path: &[u8]) {
        if path.len() > path::PATH_MAX || self.parents.len() > DIRECTORIES {
            self.give_up();
            return;
        }
        let prefixes = prefixes(path);
        let heir = self.heir(&prefixes);
        for (end, hash) in prefixes.into_iter().rev().skip(1) {
            #[cfg(test)]
            {
                self.looked_at += 1;
            }
            if !self.parents.insert(hash) {
                // So are those above it.
                return;
            }
            let known = self.directories.contains_key(&hash);
            self.meet |= self.hidden.contains(&hash) || (!known && self.seen.contains(&hash));
            self.meet |= !known && heir.is_some_and(|above| above < end);
            if !known && end > 0 && !self.too_many {
                self.implied.insert(path.get(..end).unwrap_or_default().into());
                self.implied_bytes += end;
                if self.implied_bytes > IMPLIED_BYTES {
                    self.give_up();
                }
            }
        }
    }

    /// Where in a path the first directory ends of which those below it take something.
    fn heir(&self, prefixes: &[(usize, u64)]) -> Option<usize> {
        if self.bequeathing.is_empty() {
            return None;
        }
        prefixes.iter().find(|(_, hash)| self.bequeathing.contains(hash)).map(|(end, _)| *end)
    }

    /// Says nothing of the order any more.
    fn give_up(&mut self) {
        (self.meet, self.too_many) = (true, true);
        self.implied.clear();
    }

    /// Whether the layer has put something in the way of an entry that nothing can be below.
    pub(super) fn is_in_the_way(&self, entry: &Entry) -> bool {
        let path = &entry.path[..];
        let is_file = |hash: &u64| {
            self.seen.contains(hash) && ![&self.links, &self.hidden].iter().any(|others| others.contains(hash))
        };
        // Where something is in a directory already, that was looked at before.
        let new = path::ancestors(path).map(name_hash).take_while(|hash| !self.parents.contains(hash));
        path.len() <= path::PATH_MAX
            && new.into_iter().any(|hash| is_file(&hash) && !self.directories.contains_key(&hash))
    }

    /// Whether the layer has put the target of a hard link there before, and for certain not taken it away since: where
    /// entries meet, or a directory that has no entry may be a symlink of the layers below, it may have.
    pub(super) fn holds_target(&self, entry: &Entry) -> bool {
        let (target, place) = (path::clean(&entry.link_name), entry.place());
        let hash = name_hash(&target);
        let is_file =
            self.seen.contains(&hash) && !self.directories.contains_key(&hash) && path::whiteout(&target).is_none();
        // What stands where the link is to be goes first, with all below.
        let stays = *target != *place && !path::is_below(&target, &place);
        is_file && stays && !self.meet && self.implied.is_empty()
    }

    /// Whether a path came before.
    pub(super) fn has_seen(&self, path: &[u8]) -> bool {
        self.seen.contains(&name_hash(path))
    }

    /// What is known of the order, and the directories that entries are in, where they were not too many.
    pub(super) fn finish(self) -> (Arrangement, Option<HashSet<u64>>) {
        (Arrangement { meet: self.meet, implied: self.implied }, Some(self.parents).filter(|_| !self.too_many))
    }
}

/// What an entry says of the file that has its path, as a hash.
fn said(entry: &Entry) -> u64 {
    let mut said = hasher();
    (entry.mode & 0o7777, entry.uid, entry.gid, entry.mtime, &entry.xattrs).hash(&mut said);
    said.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distinct_deep_paths_cost_no_more_than_is_remembered() {
        let mut meetings = Meetings::default();
        for number in 0..2_000 {
            let path = format!("{number}/{}", "a/".repeat(2_000));
            meetings.enter(path.as_bytes());
        }
        assert!(meetings.parents.len() < DIRECTORIES + 3_000 && meetings.looked_at < DIRECTORIES + 3_000);
        assert!(meetings.implied_bytes < IMPLIED_BYTES + path::PATH_MAX);
        let (arrangement, parents) = meetings.finish();
        assert!(arrangement.meet && arrangement.implied.is_empty() && parents.is_none());
    }

    #[test]
    fn what_is_below_a_known_directory_costs_one_look() {
        let mut meetings = Meetings::default();
        for number in 0..1_000 {
            meetings.enter(format!("{}{number}", "a/".repeat(1_000)).as_bytes());
        }
        assert_eq!(meetings.looked_at, 1_001 + 999);
        let (arrangement, parents) = meetings.finish();
        assert!(!arrangement.meet && parents.is_some_and(|parents| parents.len() == 1_001));
    }
}
