//! Where links lead: hashes of their targets, 8 bytes each.
//!
//! Links are taken by what they say. Where a directory on the way is itself a symbolic link, they lead elsewhere: then the
//! last name that they say is all that is known of where.

use crate::image::entry::{Entry, EntryType};
use crate::image::name_hash::{name_hash, prefixes};
use crate::image::path::{ancestors, clean, file_name, join, parent};

/// The links of the layers that were read, of both sides.
#[derive(Default)]
pub(super) struct Links {
    /// What hard links are made to.
    hard: Vec<u64>,
    /// The last names of that.
    hard_names: Vec<u64>,
    /// Where symbolic links lead.
    symbolic: Vec<u64>,
    /// Where symbolic links are.
    places: Vec<u64>,
    /// Where links lead, and where they are.
    made: Vec<(u64, u64)>,
    /// The directories that symbolic links go through by what they say, each with the last name that they say.
    symbolic_ways: Ways,
    /// The same of hard links.
    hard_ways: Ways,
}

/// Directories and last names, by their hashes.
#[derive(Default)]
struct Ways {
    pairs: Vec<(u64, u64)>,
    /// The names of links that go through symbolic links.
    astray: Vec<u64>,
    /// There were too many to remember: then any link may lead anywhere.
    too_many: bool,
}

/// Directories on the way of links that are remembered: 32 MiB of them, and as much again before those that are the same
/// are told.
const MOST_WAYS: usize = 1 << 21;

impl Ways {
    /// Takes in what a link in a directory says: each directory on the way, and the name at its end.
    fn add(&mut self, directory: &[u8], said: &[u8]) {
        let name = name_hash(file_name(said));
        let mut at = directory.to_vec();
        let mut pass = |at: &[u8]| {
            if !at.is_empty() {
                self.pairs.push((name_hash(at), name));
            }
        };
        ancestors(&at).for_each(&mut pass);
        for component in said.split(|byte| *byte == b'/').filter(|component| !matches!(*component, b"" | b".")) {
            pass(&at);
            if component == b".." {
                at.truncate(parent(&at).len());
            } else {
                at = join(&at, component);
            }
        }
        self.bound();
    }

    fn extend(&mut self, other: Ways) {
        self.pairs.extend(other.pairs);
        self.too_many |= other.too_many;
        self.bound();
    }

    fn bound(&mut self) {
        if self.pairs.len() > 2 * MOST_WAYS {
            self.settle();
        }
    }

    /// Of equal ones keeps one; of too many none.
    fn settle(&mut self) {
        self.pairs.sort_unstable();
        self.pairs.dedup();
        self.too_many |= self.pairs.len() > MOST_WAYS;
        if self.too_many {
            self.pairs = Vec::new();
        }
    }

    /// Finds the names of links that go through one of these places.
    fn sort(&mut self, places: &[u64]) {
        self.settle();
        let through = self.pairs.iter().filter(|(directory, _)| places.binary_search(directory).is_ok());
        self.astray = through.map(|(_, name)| *name).collect();
        self.astray.sort_unstable();
        self.astray.dedup();
    }

    /// Whether a link may lead to a path or to a directory that it is in, which no link says.
    fn may_lead_to(&self, path: &[u8]) -> bool {
        // A link that ends in dots has no name.
        let mut names = path.split(|byte| *byte == b'/').chain([&b""[..]]);
        self.too_many || names.any(|name| holds(&self.astray, name))
    }
}

/// Directories that distributions reach by two names (Filesystem Hierarchy Standard 3.0, and merged `/usr`): nobody
/// looks for anything else by the other one.
pub(super) const ALIASES: [(&[u8], &[u8]); 9] = [
    (b"var/run", b"run"),
    (b"var/lock", b"run/lock"),
    (b"usr/tmp", b"var/tmp"),
    (b"bin", b"usr/bin"),
    (b"sbin", b"usr/sbin"),
    (b"lib", b"usr/lib"),
    (b"lib32", b"usr/lib32"),
    (b"lib64", b"usr/lib64"),
    (b"libx32", b"usr/libx32"),
];

impl Links {
    pub(super) fn add(&mut self, entry: &Entry) {
        let place = entry.place();
        self.made.push((name_hash(&target(entry)), name_hash(&place)));
        if entry.entry_type == EntryType::Hardlink {
            self.hard.push(name_hash(&clean(&entry.link_name)));
            self.hard_names.push(name_hash(file_name(&entry.link_name)));
            self.hard_ways.add(b"", &entry.link_name);
            return;
        }
        let absolute = entry.link_name.starts_with(b"/");
        let from = |directory: &[u8]| clean(&join(directory, &entry.link_name)).into_owned();
        let target = target(entry);
        if ALIASES.contains(&(&place, &target)) {
            return;
        }
        // Where the link's own directory is reached through one of the names of merged /usr, `..` leads elsewhere.
        if !absolute && let Some(merged) = merged(&place) {
            self.symbolic.push(name_hash(&from(parent(&merged))));
        }
        self.symbolic.push(name_hash(&target));
        self.places.push(name_hash(&place));
        self.symbolic_ways.add(if absolute { b"" } else { parent(&place) }, &entry.link_name);
    }

    pub(super) fn extend(&mut self, other: Links) {
        self.hard.extend(other.hard);
        self.hard_names.extend(other.hard_names);
        self.symbolic.extend(other.symbolic);
        self.places.extend(other.places);
        self.made.extend(other.made);
        self.symbolic_ways.extend(other.symbolic_ways);
        self.hard_ways.extend(other.hard_ways);
    }

    /// Makes them ready to be looked up.
    pub(super) fn sort(&mut self) {
        for hashes in [&mut self.hard, &mut self.hard_names, &mut self.symbolic, &mut self.places] {
            hashes.sort_unstable();
            hashes.dedup();
        }
        self.made.sort_unstable();
        self.made.dedup();
        self.symbolic_ways.sort(&self.places);
        self.hard_ways.sort(&self.places);
    }

    /// Whether a hard link is made to what is at a path. Like all answers here, it may be one too many where two hashes
    /// are the same.
    pub(super) fn is_hard_linked(&self, path: &[u8]) -> bool {
        holds(&self.hard, path) || self.hard_ways.may_lead_to(path)
    }

    /// Hashes of the paths of the links that lead to a path, by what they say.
    pub(super) fn to(&self, path: u64) -> impl Iterator<Item = u64> {
        let start = self.made.partition_point(|(target, _)| *target < path);
        let links = self.made.get(start..).unwrap_or_default();
        links.iter().take_while(move |(target, _)| *target == path).map(|(_, link)| *link)
    }

    /// Whether a hard link may be made to what is at a path by way of a symbolic link.
    pub(super) fn is_hard_linked_astray(&self, path: &[u8]) -> bool {
        self.hard_ways.may_lead_to(path)
    }

    /// Whether a hard link is made to anything of the name of a path, wherever its directory may lead.
    pub(super) fn is_hard_linked_by_name(&self, path: &[u8]) -> bool {
        holds(&self.hard_names, file_name(path))
    }

    /// Whether one of the directories that a path is in is a symbolic link.
    pub(super) fn is_below_link(&self, path: &[u8]) -> bool {
        merged(path).is_some() || self.is_on_way_to(path)
    }

    /// Whether a directory on the way to a path is a symbolic link in a layer that was read.
    pub(super) fn is_on_way_to(&self, path: &[u8]) -> bool {
        above(path).any(|directory| self.places.binary_search(&directory).is_ok())
    }

    /// Whether a symbolic link leads to a path or to a directory that it is in, or is one of those directories.
    pub(super) fn is_linked(&self, path: &[u8]) -> bool {
        let is_one = |hashes: &[u64], hash: u64| hashes.binary_search(&hash).is_ok();
        holds(&self.symbolic, path)
            || self.symbolic_ways.may_lead_to(path)
            || above(path).any(|directory| is_one(&self.symbolic, directory) || is_one(&self.places, directory))
    }
}

/// Where a link leads by what it says, symlinks on the way not followed.
pub(super) fn target(entry: &Entry) -> Vec<u8> {
    let from_root = entry.entry_type == EntryType::Hardlink || entry.link_name.starts_with(b"/");
    if from_root {
        clean(&entry.link_name).into_owned()
    } else {
        clean(&join(parent(&entry.place()), &entry.link_name)).into_owned()
    }
}

/// The hashes of the directories that a path is in, but for the root: a path of very many costs what it is long.
fn above(path: &[u8]) -> impl Iterator<Item = u64> {
    let prefixes = prefixes(path);
    let directories = prefixes.len().saturating_sub(1);
    prefixes.into_iter().take(directories).filter(|(end, _)| *end > 0).map(|(_, hash)| hash)
}

fn holds(hashes: &[u64], path: &[u8]) -> bool {
    hashes.binary_search(&name_hash(path)).is_ok()
}

/// The path below `/usr` of a path that begins with a name that merged `/usr` made a link of.
pub(super) fn merged(path: &[u8]) -> Option<Vec<u8>> {
    let first = path.split(|byte| *byte == b'/').next()?;
    let known = ALIASES.iter().any(|(alias, target)| *alias == first && target.starts_with(b"usr/"));
    known.then(|| join(b"usr", path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(path: &str, entry_type: EntryType, link_name: &str) -> Entry {
        Entry { mode: 0o777, link_name: link_name.as_bytes().into(), ..Entry::empty(path, entry_type) }
    }

    fn links(links: &[(&str, &str)]) -> Links {
        let mut all = Links::default();
        for (path, target) in links {
            all.add(&entry(path, EntryType::Symlink, target));
        }
        all.sort();
        all
    }

    #[test]
    fn links_lead_to_files_and_to_all_in_a_directory() {
        let linked = |link, target, path: &str| links(&[(link, target)]).is_linked(path.as_bytes());
        assert!(linked("etc/profile.d/x.sh", "/var/log/dpkg.log", "var/log/dpkg.log"));
        assert!(linked("etc/profile.d/x.sh", "../../var/log/./dpkg.log", "var/log/dpkg.log"));
        assert!(linked("etc/cron.d", "/var/log/apt", "var/log/apt/history.log"));
        assert!(linked("etc/cron.d", "../var/log", "var/log/apt/history.log"));
        assert!(linked("lib/systemd/x", "../../../var/log/dpkg.log", "var/log/dpkg.log"), "of usr/lib");
        assert!(linked("var/log", "/etc/profile.d", "var/log/dpkg.log"), "it is somewhere else");
        assert!(!linked("etc/profile.d/x.sh", "/var/log/dpkg.log.1", "var/log/dpkg.log"));
        assert!(!linked("rootfs", "/", "var/log/dpkg.log"));
        assert!(!linked("var/run", "/run", "run/.containerenv"));
        assert!(linked("app/run", "/run", "run/.containerenv"));
    }

    #[test]
    fn links_that_go_through_symbolic_links_may_lead_to_all_of_their_name() {
        let all = [("a", "var/x"), ("etc/x.sh", "/a/../log/dpkg.log")];
        assert!(links(&all).is_linked(b"var/log/dpkg.log"), "through a link");
        assert!(!links(&all[1..]).is_linked(b"var/log/dpkg.log"), "by its own words");
        assert!(!links(&all).is_linked(b"var/log/apt/history.log"));
        assert!(links(&[("a", "var/x"), ("a/l", "../log")]).is_linked(b"var/log/dpkg.log"), "in a link");
        assert!(links(&[("a", "var/x"), ("l", "a/..")]).is_linked(b"var/log/dpkg.log"), "of no name");
        assert!(!links(&[("bin", "usr/bin"), ("etc/l", "/bin/../log")]).is_linked(b"var/log/dpkg.log"));
        let hard = |place: &str| {
            let mut all = links(&[(place, "etc")]);
            all.add(&entry("x", EntryType::Hardlink, "q/hosts"));
            all.sort();
            all.is_hard_linked(b"etc/hosts")
        };
        assert!(hard("q") && !hard("r"));
    }

    #[test]
    fn of_too_many_links_any_may_lead_anywhere() {
        let mut all = Links::default();
        all.symbolic_ways.pairs = (1..=MOST_WAYS as u64).map(|number| (number, 0)).collect();
        all.symbolic_ways.pairs.push((1, 0));
        all.sort();
        assert!(!all.is_linked(b"var/log/dpkg.log"));
        all.add(&entry("a/b", EntryType::Symlink, "c"));
        all.sort();
        assert!(all.is_linked(b"var/log/dpkg.log") && !all.is_hard_linked(b"var/log/dpkg.log"));
    }

    #[test]
    fn hard_links() {
        let mut links = Links::default();
        links.add(&entry("usr/bin/x", EntryType::Hardlink, "./var/log/dpkg.log"));
        links.sort();
        assert!(links.is_hard_linked(b"var/log/dpkg.log") && !links.is_hard_linked(b"var/log/apt"));
    }
}
