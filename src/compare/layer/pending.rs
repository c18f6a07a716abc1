//! Entries that wait for their counterpart when the two layers are not in the same order.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use crate::image::entry::{Entry, EntryType, normalise};
use crate::image::layer::GlobalHeader;

use super::stream::Taken;
use super::{Parents, name_hash};

/// An entry by its path and how often the path occurred before in the same layer.
pub(super) type Key = (Arc<[u8]>, u32);

/// An entry whose counterpart has not come yet.
pub(super) struct Pending {
    pub(super) entry: Entry,
    pub(super) taken: Taken,
    pub(super) padding: Arc<[u8]>,
}

/// What is known of one side while its layer goes by.
#[derive(Default)]
pub(super) struct SideState {
    pub(super) current: Option<(Key, Entry)>,
    pub(super) ended: bool,
    pub(super) pending: BTreeMap<Key, Pending>,
    /// Bytes of contents kept in memory for pending entries.
    pub(super) kept: u64,
    pub(super) parents: Parents,
    pub(super) globals: Vec<GlobalHeader>,
    pub(super) order: Order,
    occurrences: HashMap<u64, u32>,
}

impl SideState {
    /// Takes notice of the next entry and gives it its key; the flag says that the path came before.
    pub(super) fn notice(&mut self, entry: &Entry) -> (Key, bool) {
        let seen = self.occurrences.entry(name_hash(&entry.path)).or_insert(0);
        let key = (entry.path.clone(), *seen);
        *seen += 1;
        self.order.notice(entry, |name| self.occurrences.contains_key(&name_hash(name)));
        if !entry.path.is_empty() {
            self.parents.insert(entry.parent());
        }
        let repeated = key.1 > 0;
        (key, repeated)
    }
}

/// By which rule the names of a layer are sorted.
#[derive(Debug, Clone)]
pub(super) struct Order {
    previous: Arc<[u8]>,
    /// Directory by directory, as a walk of a tree gives them.
    pub(super) walk: bool,
    /// By the whole path as a string.
    pub(super) path: bool,
    /// Hard links that come before what they link to, if that comes at all.
    pub(super) early_links: HashSet<u64>,
    pub(super) links_before_targets: u64,
}

impl Default for Order {
    fn default() -> Self {
        Order {
            previous: Arc::from(&b""[..]),
            walk: true,
            path: true,
            early_links: HashSet::new(),
            links_before_targets: 0,
        }
    }
}

impl Order {
    fn notice(&mut self, entry: &Entry, seen: impl Fn(&[u8]) -> bool) {
        self.walk = self.walk && walk_order(&self.previous, &entry.path).is_le();
        self.path = self.path && self.previous <= entry.path;
        self.previous = entry.path.clone();
        if entry.entry_type == EntryType::Hardlink {
            let target = normalise(&entry.link_name);
            if !seen(target) {
                self.early_links.insert(name_hash(target));
            }
        } else if !self.early_links.is_empty() && self.early_links.contains(&name_hash(&entry.path)) {
            self.links_before_targets += 1;
        }
    }

    /// The rule's name.
    pub(super) const fn rule(&self) -> &'static str {
        match (self.walk, self.path) {
            (true, true) => "walk and path",
            (true, false) => "walk",
            (false, true) => "path",
            (false, false) => "none",
        }
    }
}

/// The order in which a walk of a tree meets two paths: component by component.
pub(super) fn walk_order(one: &[u8], other: &[u8]) -> std::cmp::Ordering {
    let rank = |byte: &u8| if *byte == b'/' { 0 } else { u16::from(*byte) + 1 };
    one.iter().map(rank).cmp(other.iter().map(rank))
}

#[cfg(test)]
mod tests {
    use super::walk_order;

    #[test]
    fn a_walk_sorts_by_component() {
        assert!(walk_order(b"dir/x", b"dir.d/x").is_lt());
        assert!(b"dir/x"[..] > b"dir.d/x"[..]);
        assert!(walk_order(b"dir", b"dir/x").is_lt());
        assert!(walk_order(b"dir", b"dir").is_eq());
    }
}
