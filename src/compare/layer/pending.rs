//! Entries that wait for their counterpart when the two layers are not in the same order.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io;
use std::sync::Arc;

use crate::image::entry::{Entry, EntryType, normalise};
use crate::image::layer::GlobalHeader;
use crate::image::name_hash::name_hash;
use crate::spill::codec::{Coded, Cursor};
use crate::spill::{Arena, Content};

use super::doubts::Doubts;
use super::meetings::Meetings;
use super::stream::Taken;

/// An entry by its path and how often the path occurred before in the same layer.
pub(super) type Key = (Arc<[u8]>, u32);

/// A kept content up to this is written down with its entry; a longer one stays in memory.
const SMALL: u64 = 4 << 10;

/// An entry whose counterpart has not come yet.
pub(super) struct Pending {
    pub(super) entry: Entry,
    pub(super) taken: Taken,
    pub(super) padding: Arc<[u8]>,
}

/// The entries of one side that wait: 16 bytes each in memory, the rest as bytes that may go to a temporary file.
pub(super) struct Waiting {
    records: Arena,
    /// Where each is, by [`key_hash`].
    places: HashMap<u64, u64>,
    /// Those whose hash another one has.
    collided: BTreeMap<Key, u64>,
    /// Kept contents that are too long to be written down, by the place of their entry.
    contents: HashMap<u64, Content>,
}

impl Waiting {
    /// None yet; about `memory` bytes of them are kept in memory.
    pub(super) fn new(memory: usize) -> Self {
        Waiting {
            records: Arena::new(memory),
            places: HashMap::new(),
            collided: BTreeMap::new(),
            contents: HashMap::new(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.places.len() + self.collided.len()
    }

    /// Whether the entry of this key waits; a collision of hashes can only make it a yes too many.
    pub(super) fn may_contain(&self, key: &Key) -> bool {
        self.places.contains_key(&key_hash(key)) || self.collided.contains_key(key)
    }

    /// Lets an entry wait. No other of its key does.
    pub(super) fn insert(&mut self, key: Key, pending: Pending) -> io::Result<()> {
        let place = self.records.push(&pending.written(key.1))?;
        if let Some(content) = pending.taken.content.filter(|content| content.size() > SMALL) {
            self.contents.insert(place, content);
        }
        match self.places.entry(key_hash(&key)) {
            std::collections::hash_map::Entry::Vacant(free) => drop(free.insert(place)),
            std::collections::hash_map::Entry::Occupied(_) => drop(self.collided.insert(key, place)),
        }
        Ok(())
    }

    /// The entry of this key, which waits no longer.
    pub(super) fn remove(&mut self, key: &Key) -> io::Result<Option<Pending>> {
        let hash = key_hash(key);
        let mut found = None;
        if let Some(place) = self.places.get(&hash).copied() {
            let (pending, occurrence) = self.read(place)?;
            if pending.entry.path == key.0 && occurrence == key.1 {
                self.places.remove(&hash);
                found = Some((place, pending));
            }
        }
        if found.is_none() {
            let Some(place) = self.collided.remove(key) else { return Ok(None) };
            found = Some((place, self.read(place)?.0));
        }
        let pending = found.map(|(place, pending)| self.completed(place, pending));
        // A few entries that changed places wait for a moment only: what they took is used again.
        if self.len() == 0 {
            self.records.clear();
        }
        Ok(pending)
    }

    /// Hands out what still waits, in order of the layer.
    pub(super) fn drain(mut self, out: &mut dyn FnMut(Pending)) -> io::Result<()> {
        let places = std::mem::take(&mut self.places).into_values();
        let mut places: Vec<u64> = places.chain(std::mem::take(&mut self.collided).into_values()).collect();
        places.sort_unstable();
        let mut contents = std::mem::take(&mut self.contents);
        let mut reader = self.records.reader(64 << 10);
        for place in places {
            let (record, _) = reader.record(place)?;
            let (mut pending, _) = Pending::read(record).ok_or(io::ErrorKind::InvalidData)?;
            pending.taken.content = pending.taken.content.or(contents.remove(&place));
            out(pending);
        }
        Ok(())
    }

    fn read(&self, place: u64) -> io::Result<(Pending, u32)> {
        let mut reader = self.records.reader(1 << 10);
        let (record, _) = reader.record(place)?;
        Pending::read(record).ok_or_else(|| io::ErrorKind::InvalidData.into())
    }

    fn completed(&mut self, place: u64, mut pending: Pending) -> Pending {
        pending.taken.content = pending.taken.content.or(self.contents.remove(&place));
        pending
    }
}

impl Pending {
    fn written(&self, occurrence: u32) -> Vec<u8> {
        let Pending { entry, taken, padding } = self;
        let mut out = Vec::with_capacity(512);
        occurrence.put(&mut out);
        entry.put(&mut out);
        taken.sha256.put(&mut out);
        taken.size.put(&mut out);
        taken.secret.put(&mut out);
        // In memory there is nothing that could fail.
        taken.content.as_ref().and_then(|content| content.bytes(SMALL).ok().flatten()).put(&mut out);
        padding.put(&mut out);
        out
    }

    fn read(record: &[u8]) -> Option<(Self, u32)> {
        let from = &mut Cursor(record);
        let occurrence = Coded::take(from)?;
        let entry = Coded::take(from)?;
        let (sha256, size, secret) = (Coded::take(from)?, Coded::take(from)?, Coded::take(from)?);
        let content = <Option<Arc<[u8]>> as Coded>::take(from)?.map(|bytes| Content::from_bytes(&bytes));
        let taken = Taken { sha256, size, secret, head: Vec::new(), content };
        Some((Pending { entry, taken, padding: Coded::take(from)? }, occurrence))
    }
}

fn key_hash((path, occurrence): &Key) -> u64 {
    name_hash(path) ^ u64::from(*occurrence).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// What is known of one side while its layer goes by.
pub(super) struct SideState {
    pub(super) current: Option<(Key, Entry)>,
    pub(super) ended: bool,
    pub(super) pending: Waiting,
    /// Bytes of contents kept for pending entries.
    pub(super) kept: u64,
    pub(super) globals: Vec<GlobalHeader>,
    pub(super) order: Order,
    pub(super) meetings: Meetings,
    pub(super) doubts: Doubts,
    /// How often a path came again.
    repeats: HashMap<u64, u32>,
}

impl SideState {
    /// The start of a layer; about `memory` bytes of waiting entries are kept in memory.
    pub(super) fn new(memory: usize) -> Self {
        SideState {
            current: None,
            ended: false,
            pending: Waiting::new(memory),
            kept: 0,
            globals: Vec::new(),
            order: Order::default(),
            meetings: Meetings::default(),
            doubts: Doubts::default(),
            repeats: HashMap::new(),
        }
    }

    /// Takes notice of the next entry and gives it its key; the flag says that the path came before.
    pub(super) fn notice(&mut self, layer: Option<u32>, entry: &Entry) -> (Key, bool) {
        self.doubts.notice(layer, entry, || self.meetings.holds_target(entry));
        if self.meetings.is_in_the_way(entry) {
            self.doubts.blocked(entry);
        }
        let repeated = self.meetings.notice(entry);
        let mut occurrence = 0;
        if repeated {
            let repeats = self.repeats.entry(name_hash(&entry.path)).or_insert(0);
            *repeats += 1;
            occurrence = *repeats;
        }
        self.order.notice(entry, |name| self.meetings.has_seen(name));
        ((entry.path.clone(), occurrence), repeated)
    }

    /// Takes what waits.
    pub(super) fn take_pending(&mut self) -> Waiting {
        std::mem::replace(&mut self.pending, Waiting::new(0))
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
    use super::*;

    fn pending(path: &str, ordinal: u64, content: Option<&[u8]>) -> (Key, Pending) {
        let name: Arc<[u8]> = path.as_bytes().into();
        let none: Arc<[u8]> = Arc::from(&b""[..]);
        let entry = Entry {
            ordinal,
            offset: 512 * ordinal,
            raw: [path.as_bytes(), &[0; 400], b"ustar", &[0; 9]].concat().into(),
            size: content.map_or(0, <[u8]>::len) as u64,
            ..Entry::empty(path, EntryType::File)
        };
        let content = content.map(Content::from_bytes);
        let taken = Taken { sha256: [7; 32], size: entry.size, secret: None, head: Vec::new(), content };
        ((name, 0), Pending { entry, taken, padding: none })
    }

    fn said(pending: &Pending) -> (u64, Option<Arc<[u8]>>) {
        let content = pending.taken.content.as_ref().and_then(|content| content.bytes(1 << 20).unwrap());
        (pending.entry.ordinal, content)
    }

    #[test]
    fn what_waits_comes_back_whole_in_any_order() {
        let long = vec![b'x'; 9000];
        for memory in [0, 600, 1 << 20] {
            let mut waiting = Waiting::new(memory);
            for ordinal in 0..50 {
                let content = if ordinal % 3 == 0 { Some(&long[..]) } else { Some(&b"short"[..]) };
                let (key, pending) = pending(&format!("dir/{ordinal}"), ordinal, content);
                waiting.insert(key, pending).unwrap();
            }
            for ordinal in (0..40).rev() {
                let (key, other) = pending(&format!("dir/{ordinal}"), ordinal, None);
                assert!(waiting.may_contain(&key));
                let back = waiting.remove(&key).unwrap().unwrap();
                assert_eq!(back.entry, Entry { size: back.entry.size, ..other.entry });
                assert_eq!(said(&back).1.unwrap().len(), if ordinal % 3 == 0 { 9000 } else { 5 });
                assert!(waiting.remove(&key).unwrap().is_none());
            }
            assert_eq!(waiting.len(), 10);
            let mut left = Vec::new();
            waiting.drain(&mut |pending| left.push(said(&pending).0)).unwrap();
            assert_eq!(left, (40..50).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_name_with_the_hash_of_another_one_waits_beside_it() {
        let mut waiting = Waiting::new(0);
        let (one, first) = pending("one", 1, None);
        let (two, second) = pending("two", 2, None);
        waiting.insert(one.clone(), first).unwrap();
        let place = waiting.places.remove(&key_hash(&one)).unwrap();
        waiting.places.insert(key_hash(&two), place);
        assert!(waiting.remove(&two).unwrap().is_none(), "the hash is not the name");
        waiting.insert(two.clone(), second).unwrap();
        assert_eq!(waiting.len(), 2);
        assert_eq!(said(&waiting.remove(&two).unwrap().unwrap()).0, 2);
        assert!(waiting.remove(&two).unwrap().is_none());
        let mut left = Vec::new();
        waiting.drain(&mut |pending| left.push(said(&pending).0)).unwrap();
        assert_eq!(left, [1]);
    }

    #[test]
    fn a_walk_sorts_by_component() {
        assert!(walk_order(b"dir/x", b"dir.d/x").is_lt());
        assert!(b"dir/x"[..] > b"dir.d/x"[..]);
        assert!(walk_order(b"dir", b"dir/x").is_lt());
        assert!(walk_order(b"dir", b"dir").is_eq());
    }
}
