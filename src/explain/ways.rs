//! The other names that symbolic links give to files: a link to a directory gives one to all that is below it.

use std::io;
use std::sync::Arc;

use crate::image::entry::{Entry, EntryType};
use crate::image::path::file_name;

use super::files::{Files, FilesArena, FilesIntake};
use super::links::{self, ALIASES};

/// Symbolic links by where they lead, of either side.
#[derive(Default)]
pub(super) struct Ways {
    links: Files<Arc<[u8]>>,
    modules_astray: bool,
}

/// Names of one file that are looked at.
const MOST: usize = 64;

impl Ways {
    pub(super) fn extend(&mut self, other: Ways) {
        self.links.extend(other.links);
        self.modules_astray |= other.modules_astray;
    }

    pub(super) fn sort(&mut self) {
        self.links.sort();
    }

    /// Whether modules that Python compiled lie elsewhere than beside their sources, by a link that is named like their
    /// directory.
    pub(super) const fn lead_modules_astray(&self) -> bool {
        self.modules_astray
    }

    /// The names that links to the path and to the directories that it is in give it, where these say that they lead there;
    /// `None` where they are too many.
    ///
    /// # Errors
    /// When the temporary file cannot be read.
    pub(super) fn names(&self, arena: &FilesArena, path: &[u8]) -> io::Result<Option<Vec<Vec<u8>>>> {
        let mut names = Vec::new();
        if self.links.is_empty() {
            return Ok(Some(names));
        }
        let slashes = path.iter().enumerate().filter(|(_, byte)| **byte == b'/').map(|(at, _)| at);
        for end in slashes.chain([path.len()]) {
            let (directory, rest) = path.split_at(end);
            if self.links.count(directory) > MOST {
                return Ok(None);
            }
            let links = self.links.all(arena, directory)?;
            names.extend(links.iter().map(|link| [link, rest].concat()));
        }
        names.sort_unstable();
        names.dedup();
        Ok((names.len() <= MOST).then_some(names))
    }
}

/// Takes in the links of one layer of each side.
pub(super) struct WaysIntake<'a> {
    links: FilesIntake<'a, Arc<[u8]>>,
    modules_astray: bool,
}

impl<'a> WaysIntake<'a> {
    pub(super) fn new(arena: &'a FilesArena) -> Self {
        WaysIntake { links: arena.intake(), modules_astray: false }
    }

    /// A link, the `number`th entry of what passes.
    pub(super) fn add(&mut self, number: u64, entry: &Entry) {
        if entry.entry_type != EntryType::Symlink {
            return;
        }
        let (place, target) = (entry.place(), links::target(entry));
        self.modules_astray |= file_name(&place) == b"__pycache__";
        if !ALIASES.contains(&(&place, &target)) {
            self.links.add(number, &target.into(), place);
        }
    }

    /// Everything that was taken in.
    ///
    /// # Errors
    /// When the temporary file could not be written.
    pub(super) fn finish(self) -> io::Result<Ways> {
        Ok(Ways { links: self.links.finish()?, modules_astray: self.modules_astray })
    }
}
