//! Entries of one layer that perhaps not every runtime can unpack, whether they differ or not.
//!
//! containerd (`archive.Apply`) and buildah make a hard link to what is there at that moment, and fail where nothing is; of
//! types that they do not know they unpack nothing at all.

use std::sync::Arc;

use crate::finding::{Detail, Gap, GapReason, Kind, Location, Obstacle, Sides, Uncompared};
use crate::image::entry::{Entry, EntryType};
use crate::image::path;

/// Hard links of one layer that are looked up in the layers below. Builders write none: of whatever a step links to they
/// put a copy into its layer.
const MOST: usize = 100_000;

/// A hard link to something that its layers have not put there for certain.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LooseLink {
    /// Where it goes.
    pub path: Arc<[u8]>,
    /// What it is made to.
    pub target: Arc<[u8]>,
}

/// What may keep runtimes from unpacking the layers of one side that are at hand.
#[derive(Debug, Default, Clone)]
pub struct Doubts {
    /// The layer, or that of the first entry of an unknown type.
    layer: Option<u32>,
    /// Hard links that only the layers below can answer for, in order.
    pub links: Vec<LooseLink>,
    /// Whether there were too many of them to remember.
    too_many: bool,
    /// The first entry of a type that is none of those of POSIX, its type, and how many more there are.
    unknown: Option<(Arc<[u8]>, u8, u64)>,
    /// The first entry below something that is no directory.
    blocked: Option<Arc<[u8]>>,
}

impl Doubts {
    /// Takes notice of an entry; `is_linked` says of a hard link whether its target is there for certain.
    pub(crate) fn notice(&mut self, layer: Option<u32>, entry: &Entry, is_linked: impl FnOnce() -> bool) {
        if self.unknown.is_none() && self.blocked.is_none() {
            self.layer = layer;
        }
        match (entry.entry_type, &mut self.unknown) {
            (EntryType::Hardlink, _) if !is_linked() => {
                self.too_many |= self.links.len() >= MOST;
                if !self.too_many {
                    let target = path::clean(&entry.link_name).into_owned().into();
                    self.links.push(LooseLink { path: entry.place(), target });
                }
            }
            (EntryType::Other(_), Some((.., more))) => *more += 1,
            (EntryType::Other(flag), unknown) => *unknown = Some((entry.path.clone(), flag, 0)),
            _ => {}
        }
    }

    /// Takes notice of an entry below something that its own layer has put there and that is no directory.
    pub(crate) fn blocked(&mut self, entry: &Entry) {
        self.blocked.get_or_insert_with(|| entry.path.clone());
    }

    fn gaps(&self) -> Vec<Untold> {
        let mut gaps = Vec::new();
        if self.too_many {
            gaps.push((None, GapReason::Limit, Uncompared::HardLinks(MOST).into()));
        }
        if let Some((path, flag, more)) = &self.unknown {
            let detail = Detail::here(Obstacle::Type(*flag, *more));
            gaps.push((Some(path.clone()), GapReason::Malformed, detail));
        }
        if let Some(path) = &self.blocked {
            gaps.push((Some(path.clone()), GapReason::Malformed, Detail::here(Obstacle::NotADirectory)));
        }
        gaps
    }
}

/// A gap of one side: the path that it is at, unless it is of the whole layer, its reason and its detail.
type Untold = (Option<Arc<[u8]>>, GapReason, Detail);

/// What cannot be unpacked whatever is in other layers, told once where it is the same on both sides.
pub fn gaps(doubts: Sides<&Doubts>) -> Vec<Gap> {
    let mut gaps = Vec::new();
    let layer = doubts.map(|doubts| doubts.layer);
    let Sides { original, mut rebuild } = doubts.map(Doubts::gaps);
    let mut push = |layer, (path, reason, detail): Untold| {
        let kind = if path.is_some() { Kind::Entry } else { Kind::Layer };
        let location = Location::new(kind).in_layer(layer);
        let location = path.map_or(location.clone(), |path| location.at_path(path));
        gaps.push(Gap { location, reason, detail });
    };
    for gap in original {
        let same = rebuild.iter().position(|other| *other == gap);
        let both = same.map(|position| rebuild.remove(position)).is_some();
        push(if both { layer } else { Sides::new(layer.original, None) }, gap);
    }
    rebuild.into_iter().for_each(|gap| push(Sides::new(None, layer.rebuild), gap));
    gaps
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(path: &str, entry_type: EntryType, link: &str) -> Entry {
        Entry { link_name: link.as_bytes().into(), ..Entry::empty(path, entry_type) }
    }

    #[test]
    fn what_both_sides_have_is_told_once_and_the_rest_of_its_side() {
        let mut original = Doubts::default();
        for path in ["a", "b"] {
            original.notice(Some(1), &entry(path, EntryType::Other(b'7'), ""), || true);
        }
        let mut rebuild = original.clone();
        let told = |one: &Doubts, other: &Doubts| gaps(Sides::new(one, other));
        let same = told(&original, &rebuild);
        assert_eq!(same.len(), 1);
        assert_eq!(same[0].location.layer, Sides::new(Some(1), Some(1)));
        assert!(same[0].detail.to_string().contains("0x37, as have 1 others"), "{}", same[0].detail);
        rebuild.blocked(&entry("a/c", EntryType::File, ""));
        let more = told(&original, &rebuild);
        assert_eq!(more.len(), 2);
        assert_eq!(more[1].location.layer, Sides::new(None, Some(1)));
        assert!(told(&Doubts::default(), &Doubts::default()).is_empty());
    }

    #[test]
    fn more_links_than_are_looked_up_are_a_gap() {
        let mut doubts = Doubts::default();
        let link = entry("./b", EntryType::Hardlink, "./a/");
        doubts.notice(None, &link, || true);
        assert!(doubts.links.is_empty());
        for _ in 0..MOST {
            doubts.notice(None, &link, || false);
        }
        let known = LooseLink { path: b"b"[..].into(), target: b"a"[..].into() };
        assert_eq!((doubts.links.len(), doubts.links.first()), (MOST, Some(&known)));
        assert!(doubts.gaps().is_empty());
        doubts.notice(None, &link, || false);
        assert_eq!(doubts.gaps().len(), 1);
        assert_eq!(doubts.links.len(), MOST);
    }
}
