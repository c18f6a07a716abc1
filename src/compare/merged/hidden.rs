//! Entries of a run that a later entry of the run replaces or removes: they are in the image, and in no tree.

use std::collections::{BTreeSet, HashSet};

use crate::digest::Sha256Sum;
use crate::image::capability;
use crate::image::entry::{Entry, EntryType};
use crate::image::layer::{Item, LayerError, LayerReader};

use super::place::Place;

/// What stands for some bytes.
type Identity = [u8; 16];

/// An entry that is not seen.
#[derive(Debug, Clone, Copy)]
pub(super) struct Gone {
    pub(super) identity: Identity,
    pub(super) layer: u32,
    pub(super) record: u64,
    /// Whether its own layer takes it away.
    pub(super) shadowed: bool,
    /// Whether it left nothing behind: a hard link's header may.
    pub(super) plain: bool,
}

/// The entries of one run that are not seen, and what the run holds at all.
#[derive(Default)]
pub(super) struct Hidden {
    gone: Vec<Gone>,
    held: HashSet<Identity>,
}

impl Hidden {
    pub(super) fn len(&self) -> usize {
        self.gone.len()
    }

    /// Takes note of what a layer of the run holds.
    pub(super) fn holds(&mut self, entry: &Entry, sha256: &[u8; 32]) {
        self.held.extend(substance(entry, sha256));
        // The same bytes without what makes them dangerous.
        self.held.extend(entry.has_content().then(|| identity(&[b"content", sha256])));
    }

    pub(super) fn push(&mut self, place: Place, entry: &Entry, sha256: &[u8; 32], shadowed: bool, plain: bool) {
        let identity = identity(&[&entry.path, &entry.raw, sha256, &[u8::from(shadowed), u8::from(plain)]]);
        self.gone.push(Gone { identity, layer: place.layer, record: place.record, shadowed, plain });
    }

    /// What is hidden here and not in the other run, in an order that depends on the entries alone.
    pub(super) fn only_here(&self, other: &Hidden) -> Vec<Gone> {
        let sorted = |hidden: &Hidden| {
            let mut gone = hidden.gone.clone();
            gone.sort_by_key(|gone| (gone.identity, gone.record));
            gone
        };
        let mut others = sorted(other).into_iter().peekable();
        let mut only = sorted(self);
        only.retain(|gone| {
            while others.next_if(|other| other.identity < gone.identity).is_some() {}
            others.next_if(|other| other.identity == gone.identity).is_none()
        });
        only
    }

    /// Takes note of what other layers hold.
    pub(super) fn holds_all(&mut self, other: Hidden) {
        self.held.extend(other.held);
    }

    /// Whether a layer of this run holds all that makes an entry more than a name: its bytes, with set-id bits and
    /// capabilities where it has any, or its device.
    pub(super) fn has(&self, entry: &Entry, sha256: &[u8; 32]) -> bool {
        substance(entry, sha256).is_none_or(|substance| self.held.contains(&substance))
    }
}

/// Hidden things that are looked for in the layers which both images have in common.
#[derive(Default)]
pub(super) struct Sought {
    things: HashSet<Identity>,
    /// Files of other sizes need not be looked at.
    sizes: BTreeSet<u64>,
}

impl Sought {
    pub(super) fn add(&mut self, entry: &Entry, sha256: &[u8; 32]) {
        self.things.extend(substance(entry, sha256));
        self.sizes.insert(entry.size);
    }

    pub(super) fn is_nothing(&self) -> bool {
        self.things.is_empty()
    }

    /// What of them a layer holds.
    ///
    /// # Errors
    /// The reader's own.
    pub(super) fn among(&self, mut reader: LayerReader) -> Result<Hidden, LayerError> {
        let mut found = Hidden::default();
        while let Some(item) = reader.next_item()? {
            let Item::Entry(entry) = item else { continue };
            if entry.has_content() && !self.sizes.contains(&entry.size) {
                continue;
            }
            let mut sum = Sha256Sum::default();
            while let Some(chunk) = reader.read_content()? {
                sum.update(chunk);
            }
            found.holds(&entry, &sum.finish().0);
        }
        reader.finish()?;
        found.held.retain(|thing| self.things.contains(thing));
        Ok(found)
    }
}

fn substance(entry: &Entry, sha256: &[u8; 32]) -> Option<Identity> {
    let capabilities = entry.xattrs.get(capability::XATTR).map_or(&[][..], Vec::as_slice);
    let set_id = entry.mode & 0o6000;
    match entry.entry_type {
        EntryType::CharacterDevice | EntryType::BlockDevice => {
            let kind = [u8::from(entry.entry_type == EntryType::BlockDevice)];
            let (major, minor) = entry.device.unwrap_or_default();
            Some(identity(&[b"device", &kind, &major.to_le_bytes(), &minor.to_le_bytes()]))
        }
        _ if !entry.has_content() => None,
        _ if set_id == 0 && capabilities.is_empty() => (entry.size > 0).then(|| identity(&[b"content", sha256])),
        _ => Some(identity(&[b"privileged", sha256, &set_id.to_le_bytes(), capabilities])),
    }
}

fn identity(parts: &[&[u8]]) -> Identity {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes()).update(part);
    }
    let mut identity = Identity::default();
    hasher.finalize_xof().fill(&mut identity);
    identity
}

/// Whether two headers give a file the same mode, owner, time and attributes.
pub(super) fn sets_the_same(one: &Entry, other: &Entry) -> bool {
    let set = |entry: &Entry| (entry.mode & 0o7777, entry.uid, entry.gid, entry.mtime, entry.xattrs.clone());
    set(one) == set(other)
}
