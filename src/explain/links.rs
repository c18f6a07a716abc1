//! Where links lead: hashes of their targets, 8 bytes each.

use crate::image::entry::{Entry, EntryType};
use crate::image::name_hash::name_hash;
use crate::image::path::{ancestors, clean, join, parent};

/// The links of the layers that were read, of both sides.
#[derive(Default)]
pub(super) struct Links {
    /// What hard links are made to.
    hard: Vec<u64>,
    /// Where symbolic links lead.
    symbolic: Vec<u64>,
    /// Where symbolic links are.
    places: Vec<u64>,
}

/// Directories that distributions reach by two names (Filesystem Hierarchy Standard 3.0, and merged `/usr`): nobody
/// looks for anything else by the other one.
const ALIASES: [(&[u8], &[u8]); 9] = [
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
        if entry.entry_type == EntryType::Hardlink {
            self.hard.push(name_hash(&clean(&entry.link_name)));
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
    }

    pub(super) fn extend(&mut self, other: Links) {
        self.hard.extend(other.hard);
        self.symbolic.extend(other.symbolic);
        self.places.extend(other.places);
    }

    /// Makes them ready to be looked up.
    pub(super) fn sort(&mut self) {
        for hashes in [&mut self.hard, &mut self.symbolic, &mut self.places] {
            hashes.sort_unstable();
            hashes.dedup();
        }
    }

    /// Whether a hard link is made to what is at a path. Like all answers here, it may be one too many where two hashes
    /// are the same.
    pub(super) fn is_hard_linked(&self, path: &[u8]) -> bool {
        holds(&self.hard, path)
    }

    /// Whether one of the directories that a path is in is a symbolic link.
    pub(super) fn is_below_link(&self, path: &[u8]) -> bool {
        merged(path).is_some()
            || ancestors(path).any(|directory| !directory.is_empty() && holds(&self.places, directory))
    }

    /// Whether a symbolic link leads to a path or to a directory that it is in, or is one of those directories.
    pub(super) fn is_linked(&self, path: &[u8]) -> bool {
        let mut above = ancestors(path).filter(|directory| !directory.is_empty());
        holds(&self.symbolic, path)
            || above.any(|directory| holds(&self.symbolic, directory) || holds(&self.places, directory))
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
        let nothing: std::sync::Arc<[u8]> = [].into();
        Entry {
            ordinal: 0,
            offset: 0,
            raw: nothing.clone(),
            name: path.as_bytes().into(),
            path: path.as_bytes().into(),
            entry_type,
            mode: 0o777,
            uid: 0,
            gid: 0,
            uname: nothing.clone(),
            gname: nothing,
            mtime: crate::image::entry::Time::default(),
            atime: None,
            ctime: None,
            link_name: link_name.as_bytes().into(),
            device: None,
            xattrs: std::collections::BTreeMap::new(),
            size: 0,
            sparse: None,
            contested: false,
        }
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
    fn hard_links() {
        let mut links = Links::default();
        links.add(&entry("usr/bin/x", EntryType::Hardlink, "./var/log/dpkg.log"));
        links.sort();
        assert!(links.is_hard_linked(b"var/log/dpkg.log") && !links.is_hard_linked(b"var/log/apt"));
    }
}
