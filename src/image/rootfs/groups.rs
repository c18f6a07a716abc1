//! Names that share a file: one walk from name to name finds all of the groups that it meets.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

use super::stack::Found;
use super::{Rootfs, Undecided};

/// Bytes of groups that are remembered: a layer holds few more of those that take long to find again.
const MOST: usize = 64 << 20;
/// The names of a group that are longer than this are stood for by their BLAKE3.
const LONG: usize = 1 << 10;
/// Names that are met in all. No layers that a builder makes come near.
const MET: usize = 1 << 21;

/// A layer after which names are looked at, and layer and place of what they share.
type Key = (u32, usize, u64);
/// The names of a group, sorted, each after its length; nothing where runtimes do not agree on them.
type Group = Option<Arc<[u8]>>;

/// The groups that are known, how many bytes they take, and how many names were met.
#[derive(Default)]
pub(super) struct Groups {
    known: HashMap<Key, Group>,
    bytes: usize,
    met: usize,
}

impl Groups {
    /// What was remembered is forgotten where it gets to be too much.
    fn insert(&mut self, key: Key, group: Group) {
        if self.bytes > MOST {
            *self = Groups { met: self.met, ..Groups::default() };
        }
        self.bytes += group.as_ref().map_or(0, |names| names.len()) + 64;
        self.known.insert(key, group);
    }
}

fn shortened(names: Vec<u8>) -> Arc<[u8]> {
    if names.len() > LONG { Arc::from(&blake3::hash(&names).as_bytes()[..]) } else { names.into() }
}

impl Rootfs {
    /// The names that share after `layer` what is at `name`.
    pub(super) fn group(&self, layer: u32, name: &[u8], inode: &Found) -> Result<Arc<[u8]>, Undecided> {
        let key = (layer, inode.position, inode.place);
        let groups = || self.groups.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(group) = groups().known.get(&key) {
            return group.clone().ok_or(Undecided);
        }
        if groups().met > MET {
            self.too_much.store(true, Ordering::Relaxed);
            return Err(Undecided);
        }
        let names = self.linked_names(layer, name, inode.position);
        groups().met += names.len();
        if names.iter().any(|name| self.decide(layer, name).is_err()) {
            groups().insert(key, None);
            return Err(Undecided);
        }
        let mut found = BTreeMap::from([(key, Vec::new())]);
        for name in &names {
            let Some(other) = self.find(layer, name) else { continue };
            let Some((own, other)) = self.inode(name, other) else { continue };
            // All names of what was made later and under one of these are among them; others may have more.
            if other.position >= inode.position && names.contains(&own) {
                let group = found.entry((layer, other.position, other.place)).or_default();
                group.extend((name.len() as u64).to_le_bytes());
                group.extend(name);
            }
        }
        let own = shortened(found.remove(&key).unwrap_or_default());
        groups().insert(key, Some(own.clone()));
        for (key, names) in found {
            groups().insert(key, Some(shortened(names)));
        }
        Ok(own)
    }

    /// The names that hard links lead to `name` from, in the layers from a position on, and itself.
    fn linked_names(&self, layer: u32, name: &[u8], position: usize) -> BTreeSet<Vec<u8>> {
        let mut names = BTreeSet::from([name.to_vec()]);
        let mut new = vec![name.to_vec()];
        while let Some(target) = new.pop() {
            let views = self.layers.iter().take(layer as usize + 1).skip(position);
            for link in views.flat_map(|view| view.links_to(&target)) {
                if names.insert(link.clone()) {
                    new.push(link);
                }
            }
        }
        names
    }
}
