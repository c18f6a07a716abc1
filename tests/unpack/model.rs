//! A file system in memory, and layers unpacked into it as buildah (containers/storage, `UnpackLayer`) does it: the plainest
//! reading of the rules that there is.

use std::collections::{BTreeMap, BTreeSet};

use super::{Entry, What};

/// What a path is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    Directory,
    File(String),
    Symlink(String),
}

/// What names share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Inode {
    pub(crate) kind: Kind,
    pub(crate) mode: u32,
    /// Whether it is a directory that no entry names.
    pub(crate) implicit: bool,
}

/// What cannot be unpacked.
#[derive(Debug)]
pub(crate) struct Refused;

/// The tree, by absolute path without the leading slash; the root is not in it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Model {
    pub(crate) names: BTreeMap<String, usize>,
    pub(crate) inodes: Vec<Inode>,
    /// The paths of the current layer, as they are written once cleaned.
    unpacked: BTreeSet<String>,
    /// All names of the current layer, cleaned, and those of directories.
    written: BTreeSet<String>,
    directories: Vec<String>,
}

/// Go's `filepath.Clean`, from the root.
pub(crate) fn clean(name: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for component in name.split('/') {
        match component {
            "" | "." => {}
            ".." => drop(kept.pop()),
            _ => kept.push(component),
        }
    }
    kept.join("/")
}

fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

fn join(directory: &str, name: &str) -> String {
    if directory.is_empty() { name.to_owned() } else { format!("{directory}/{name}") }
}

impl Model {
    pub(crate) fn next_layer(&mut self) {
        self.unpacked.clear();
        self.written.clear();
        self.directories.clear();
    }

    /// Whether the current layer has no such name yet: containers/storage takes none that has one twice.
    pub(crate) fn is_new(&self, entry: &Entry) -> bool {
        !self.written.contains(&clean(&entry.name))
    }

    /// Whether all directories of the layer are still there, so that their times can be set at its end.
    pub(crate) fn all_directories_stand(&self) -> bool {
        self.directories.iter().all(|path| self.follow(path).is_ok())
    }

    /// The mode of what is at a path.
    pub(crate) fn mode(&self, path: &str) -> Option<u32> {
        let real = self.real(path).ok()?;
        self.names.get(&real).map(|inode| self.inodes[*inode].mode)
    }

    fn kind(&self, real: &str) -> Option<&Kind> {
        if real.is_empty() {
            Some(&Kind::Directory)
        } else {
            self.names.get(real).map(|inode| &self.inodes[*inode].kind)
        }
    }

    /// A path with all symlinks in it followed, the last component too.
    fn follow(&self, path: &str) -> Result<String, Refused> {
        let mut rest: Vec<String> = path.split('/').rev().map(str::to_owned).collect();
        let (mut real, mut followed) = (String::new(), 0);
        while let Some(component) = rest.pop() {
            match &component[..] {
                "" | "." => continue,
                ".." => {
                    split(&real).0.to_owned().clone_into(&mut real);
                    continue;
                }
                _ => {}
            }
            let next = join(&real, &component);
            match self.kind(&next) {
                Some(Kind::Directory) => real = next,
                Some(Kind::Symlink(target)) => {
                    followed += 1;
                    if followed > 40 {
                        return Err(Refused);
                    }
                    if target.starts_with('/') {
                        real.clear();
                    }
                    rest.extend(target.split('/').rev().map(str::to_owned));
                }
                Some(Kind::File(_)) if rest.iter().all(String::is_empty) => return Ok(next),
                _ => return Err(Refused),
            }
        }
        Ok(real)
    }

    /// The real path of a name whose directory is there; the last component is not followed.
    fn real(&self, path: &str) -> Result<String, Refused> {
        let (directory, name) = split(path);
        let directory = self.follow(directory)?;
        if self.kind(&directory) == Some(&Kind::Directory) { Ok(join(&directory, name)) } else { Err(Refused) }
    }

    fn make_directories(&mut self, path: &str) -> Result<(), Refused> {
        if self.follow(path).is_ok_and(|real| self.kind(&real) == Some(&Kind::Directory)) {
            return Ok(());
        }
        self.make_directories(split(path).0)?;
        let real = self.real(path)?;
        if self.kind(&real).is_some() {
            return Err(Refused);
        }
        self.add(real, Kind::Directory, 0o600, true);
        Ok(())
    }

    fn add(&mut self, real: String, kind: Kind, mode: u32, implicit: bool) {
        self.names.insert(real, self.inodes.len());
        self.inodes.push(Inode { kind, mode, implicit });
    }

    fn remove_all(&mut self, real: &str) {
        let below = format!("{real}/");
        self.names.retain(|path, _| path != real && !path.starts_with(&below));
    }

    /// Unpacks one more entry of the current layer. What it leaves behind when it refuses does not matter.
    pub(crate) fn unpack(&mut self, entry: &Entry) -> Result<(), Refused> {
        let path = clean(&entry.name);
        self.written.insert(path.clone());
        if matches!(entry.what, What::Directory) {
            self.directories.push(path.clone());
        }
        let (directory, name) = split(&path);
        if self.real(directory).map_or(true, |real| self.kind(&real).is_none()) {
            self.make_directories(directory)?;
        }
        if name == ".wh..wh..opq" {
            // containerd refuses one that is in something else; buildah does nothing then.
            if self.kind(&self.follow(directory)?) != Some(&Kind::Directory) {
                return Err(Refused);
            }
            let real = self.real(directory)?;
            if self.kind(&real) == Some(&Kind::Directory) {
                self.empty(directory, &real);
            }
            return Ok(());
        }
        if let Some(hidden) = name.strip_prefix(".wh.") {
            let real = self.real(&join(directory, hidden))?;
            self.remove_all(&real);
            return Ok(());
        }
        let real = self.real(&path)?;
        let is_directory = |kind: Option<&Kind>| kind == Some(&Kind::Directory);
        if is_directory(self.kind(&real)) && matches!(entry.what, What::Directory) {
            let inode = self.names.get(&real).copied().ok_or(Refused)?;
            self.inodes[inode].mode = entry.mode;
            self.inodes[inode].implicit = false;
        } else {
            self.remove_all(&real);
            // What was removed may have been on the way.
            let real = self.real(&path)?;
            match &entry.what {
                What::Directory => self.add(real, Kind::Directory, entry.mode, false),
                What::File(text) => self.add(real, Kind::File(text.clone()), entry.mode, false),
                What::Symlink(target) => self.add(real, Kind::Symlink(target.clone()), 0o777, false),
                What::Hardlink(target) => {
                    let target = self.real(&clean(target))?;
                    if matches!(self.kind(&target), None | Some(Kind::Directory)) {
                        return Err(Refused);
                    }
                    let inode = self.names.get(&target).copied().ok_or(Refused)?;
                    self.names.insert(real, inode);
                }
            }
        }
        self.unpacked.insert(path);
        Ok(())
    }

    /// Walks a directory as Go's `filepath.Walk` does, and removes what the layer did not unpack by that very path.
    fn empty(&mut self, path: &str, real: &str) {
        let below = if real.is_empty() { String::new() } else { format!("{real}/") };
        let children: BTreeSet<String> = self
            .names
            .keys()
            .filter_map(|known| known.strip_prefix(&below))
            .filter_map(|rest| rest.split('/').next())
            .filter(|name| !name.is_empty())
            .map(str::to_owned)
            .collect();
        for name in children {
            let (path, real) = (join(path, &name), join(real, &name));
            if !self.unpacked.contains(&path) {
                self.remove_all(&real);
            } else if self.kind(&real) == Some(&Kind::Directory) {
                self.empty(&path, &real);
            }
        }
    }
}
