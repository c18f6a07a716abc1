//! The scripts that the commands of a config run.

use std::collections::{BTreeSet, HashSet};

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
        let paths = paths(named).map(|path| name_hash(&path)).collect();
        Run { named, links, paths }
    }

    /// Those of them that are scripts by their names.
    pub(super) fn scripts(&self) -> HashSet<u64> {
        paths(self.named).filter(|path| is_script(file_name(path))).map(|path| name_hash(&path)).collect()
    }

    /// Whether a command runs the script at a path: it names it or a link to it, has all of a directory run, or it lies where
    /// the entry points of images look for scripts.
    pub(super) fn is(&self, script: &[u8]) -> bool {
        let directory = parent(script);
        let runs_parts = self.named.basenames.contains(&b"run-parts"[..]) && self.named.commands.contains(directory);
        is_of_entry_point(script)
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

/// Whether a file is where the entry points of images look for scripts.
pub(in crate::explain) fn is_of_entry_point(path: &[u8]) -> bool {
    file_name(parent(path)).ends_with(b"entrypoint.d")
}

/// Whether a file is a script by its name: one is not looked for in a base that is not.
fn is_script(name: &[u8]) -> bool {
    let parts: [&[u8]; 2] = [b".sh", b"entrypoint"];
    parts.iter().any(|part| name.windows(part.len()).any(|window| window == *part))
}

/// The paths that commands name, by directories of `PATH` and by either name of what merged `/usr` has two of.
fn paths(named: &Named) -> impl Iterator<Item = Vec<u8>> {
    let names = || named.basenames.iter().filter(|name| !name.is_empty()).take(MOST_NAMES);
    let in_directory = move |directory: &Vec<u8>| -> Vec<_> { names().map(|name| join(directory, name)).collect() };
    let found = named.searched.iter().take(MOST_NAMES).flat_map(in_directory);
    let by_either_name = |path: Vec<u8>| [links::merged(&path), Some(path)].into_iter().flatten();
    found.chain(named.commands.iter().cloned()).flat_map(by_either_name)
}
