//! The scripts that the commands of a config run.

use std::collections::BTreeSet;

use super::Named;
use crate::explain::links::{self, Links};
use crate::image::name_hash::name_hash;
use crate::image::path::{file_name, join, parent};

/// Links after each other that are followed to what a command names, and those to one file.
const FOLLOWED: usize = 4;
const MOST_LINKS: usize = 1000;
/// Names and directories that are held against each other.
const MOST_NAMES: usize = 200;

/// What commands run.
pub(super) struct Run<'a> {
    named: &'a Named,
    links: [Option<&'a Links>; 2],
    /// Hashes of the paths that commands name, by directories of `PATH` too.
    paths: BTreeSet<u64>,
}

impl<'a> Run<'a> {
    pub(super) fn new(named: &'a Named, links: [Option<&'a Links>; 2]) -> Self {
        let names = || named.basenames.iter().filter(|name| !name.is_empty()).take(MOST_NAMES);
        let in_directory = |directory: &'a Vec<u8>| names().map(|name| join(directory, name));
        let found = named.searched.iter().take(MOST_NAMES).flat_map(in_directory);
        let by_either_name = |path: Vec<u8>| [links::merged(&path), Some(path)].into_iter().flatten();
        let paths = found.chain(named.commands.iter().cloned()).flat_map(by_either_name);
        Run { named, links, paths: paths.map(|path| name_hash(&path)).collect() }
    }

    /// Whether a command runs the script at a path: it names it or a link to it, has all of a directory run, or it lies where
    /// the entry points of images look for scripts.
    pub(super) fn is(&self, script: &[u8]) -> bool {
        let directory = parent(script);
        let runs_parts = self.named.basenames.contains(&b"run-parts"[..]) && self.named.commands.contains(directory);
        file_name(directory).ends_with(b"entrypoint.d")
            || runs_parts
            || self.named.matches(script)
            || self.paths.contains(&name_hash(script))
            || self.is_linked(script)
    }

    fn is_linked(&self, script: &[u8]) -> bool {
        let mut at: Vec<u64> = vec![name_hash(script)];
        for _ in 0..FOLLOWED {
            let links = self.links.iter().flatten();
            at = links.flat_map(|links| at.iter().flat_map(|path| links.to(*path))).take(MOST_LINKS).collect();
            if at.iter().any(|link| self.paths.contains(link)) {
                return true;
            }
        }
        false
    }
}
