//! What a layer lists: names below directories, links.

use super::super::placed::END;
use super::super::record::{Kind, Mark};
use super::super::wanted::Hashed;
use super::LayerView;
use crate::image::path;

impl LayerView {
    /// Whether the layer has more than one entry for a path, other than directories.
    pub(in crate::image::rootfs) fn is_named_again(&self, path: &[u8]) -> bool {
        let hash = Hashed::new(path).own();
        let is_entry = |(place, _): &(u64, Mark)| {
            self.try_read(*place).is_some_and(|(name, record)| name == path && record.is_some())
        };
        let count = |kind| self.placed.last(hash, kind, END).filter(is_entry).take(2).count();
        let others = count(Kind::Clears);
        others > 1 || (others == 1 && count(Kind::Directory) > 0)
    }

    /// The names of entries below a directory that was asked for whole, and is in none that was.
    pub(in crate::image::rootfs) fn under<'a>(&'a self, directory: &'a [u8]) -> impl Iterator<Item = Vec<u8>> + 'a {
        let places = among(&self.below, Hashed::new(directory).own()).iter();
        let names = places.filter_map(|(_, place)| self.try_read(*place)).map(|(name, _)| name);
        names.filter(move |name| path::is_below(name, directory))
    }

    /// The names of the hard links to a path.
    pub(in crate::image::rootfs) fn links_to(&self, target: &[u8]) -> impl Iterator<Item = Vec<u8>> {
        let links = among(&self.links, Hashed::new(target).own()).iter();
        let links = links.filter_map(|(_, place)| self.try_read(*place));
        links
            .filter(move |(_, record)| record.as_ref().is_some_and(|record| record.link == target))
            .map(|(name, _)| name)
    }

    /// The hard links in it: place, name and what they link to.
    pub(in crate::image::rootfs) fn links(&self) -> impl Iterator<Item = (u64, Vec<u8>, Vec<u8>)> + '_ {
        self.links.iter().filter_map(|(_, place)| {
            let (name, record) = self.try_read(*place)?;
            Some((*place, name, record?.link))
        })
    }

    /// The paths of all symlinks and hard links in it.
    pub fn symlinks(&self) -> impl Iterator<Item = Vec<u8>> + '_ {
        self.symlinks.iter().filter_map(|place| Some(self.try_read(*place)?.0))
    }
}

/// The pairs of this hash in a sorted list.
fn among(list: &[(u64, u64)], hash: u64) -> &[(u64, u64)] {
    let start = list.partition_point(|(other, _)| *other < hash);
    let rest = list.get(start..).unwrap_or_default();
    rest.get(..rest.partition_point(|(other, _)| *other == hash)).unwrap_or_default()
}
