//! Layers unpacked in memory, as containerd's `archive.Apply` does it on a disk, one over the other or each by itself.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use serde_json::Value;
use tar::EntryType;

use super::{Stored, decompressed, sparse};

/// What is at a path.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Inode {
    pub(super) kind: u8,
    pub(super) mode: u32,
    pub(super) owner: (u64, u64),
    /// Seconds, with their fraction as written; of a directory that no header made, nothing.
    pub(super) mtime: Option<String>,
    pub(super) link: Vec<u8>,
    pub(super) device: (u32, u32),
    pub(super) xattrs: BTreeMap<String, Vec<u8>>,
    pub(super) content: Vec<u8>,
}

impl Inode {
    /// A directory that no header made.
    fn implied() -> Self {
        Inode {
            kind: b'5',
            mode: 0o755,
            owner: (0, 0),
            mtime: None,
            link: Vec::new(),
            device: (0, 0),
            xattrs: BTreeMap::new(),
            content: Vec::new(),
        }
    }
}

/// A root file system: paths without a leading slash, and the inodes that they are names of.
#[derive(Debug, Default)]
pub(super) struct Tree {
    pub(super) names: BTreeMap<Vec<u8>, usize>,
    pub(super) inodes: Vec<Inode>,
    /// Where entries landed, by the names that they have in their layers, and by where they land: in merged layers these are
    /// their names.
    pub(super) landed: BTreeMap<(u32, Vec<u8>), BTreeSet<Vec<u8>>>,
    /// What they were there, whether or not it still has that name.
    pub(super) made: BTreeMap<(u32, Vec<u8>), BTreeSet<usize>>,
    /// Of a layer by itself: the directories that it empties. What it takes away are inodes of the kind `WHITEOUT`.
    emptied: BTreeSet<Vec<u8>>,
    is_upper: bool,
}

/// The kind of what stands in a layer of overlayfs for a name that is gone.
const WHITEOUT: u8 = b'w';

/// The root file system of an image.
pub(super) fn of(image: &Stored<'_>, manifest: &Value) -> Result<Tree, String> {
    let mut tree = Tree::default();
    for (number, layer) in (0..).zip(manifest["layers"].as_array().into_iter().flatten()) {
        let digest = layer["digest"].as_str().ok_or("a layer without a digest")?;
        let stored = (image.blobs)(digest).ok_or("a layer is missing")?;
        tree.apply(number, &decompressed(&stored)?).map_err(|error| format!("layer {number}: {error}"))?;
    }
    Ok(tree)
}

/// The root file system of an image whose layers are unpacked each by itself, for overlayfs to lay one over the other: as
/// Docker's `overlay2`, containers/storage and containerd do it. Directories without a header are as Docker and
/// containers/storage make them (seen with buildah 1.28.2).
pub(super) fn overlaid(image: &Stored<'_>, manifest: &Value) -> Result<Tree, String> {
    let mut tree = Tree::default();
    for (number, layer) in (0..).zip(manifest["layers"].as_array().into_iter().flatten()) {
        let digest = layer["digest"].as_str().ok_or("a layer without a digest")?;
        let stored = (image.blobs)(digest).ok_or("a layer is missing")?;
        let mut upper = Tree { is_upper: true, ..Tree::default() };
        upper.apply(number, &decompressed(&stored)?).map_err(|error| format!("layer {number}: {error}"))?;
        tree.lay(upper);
    }
    Ok(tree)
}

/// Joins a directory and a name.
fn join(directory: &[u8], name: &[u8]) -> Vec<u8> {
    match (directory, name) {
        (directory, b"") => directory.to_vec(),
        (b"", name) => name.to_vec(),
        (directory, name) => [directory, b"/", name].concat(),
    }
}

/// The components of a name after Go's `filepath.Clean("/" + name)`.
fn clean(name: &[u8]) -> Vec<&[u8]> {
    let mut components = Vec::new();
    for component in name.split(|byte| *byte == b'/') {
        match component {
            b"" | b"." => {}
            b".." => drop(components.pop()),
            other => components.push(other),
        }
    }
    components
}

impl Tree {
    fn at(&self, path: &[u8]) -> Option<&Inode> {
        self.inodes.get(*self.names.get(path)?)
    }

    /// `fs.RootPath`: all symlinks resolved, those at the end too, and never out of the root.
    fn resolve(&self, path: &[u8]) -> Result<Vec<u8>, String> {
        let mut left: Vec<Vec<u8>> = path.split(|byte| *byte == b'/').rev().map(<[u8]>::to_vec).collect();
        let (mut at, mut links) = (Vec::new(), 0);
        while let Some(component) = left.pop() {
            match &component[..] {
                b"" | b"." => continue,
                b".." => {
                    let end = at.iter().rposition(|byte| *byte == b'/').unwrap_or(0);
                    at.truncate(end);
                    continue;
                }
                _ => {}
            }
            let next = join(&at, &component);
            match self.at(&next).filter(|inode| inode.kind == b'2') {
                Some(link) => {
                    links += 1;
                    if links > 255 {
                        return Err("too many links".to_owned());
                    }
                    if link.link.starts_with(b"/") {
                        at.clear();
                    }
                    left.extend(link.link.split(|byte| *byte == b'/').rev().map(<[u8]>::to_vec));
                }
                None => at = next,
            }
        }
        Ok(at)
    }

    /// Where an entry of this name lands: its parent resolved, its last component not.
    fn landing(&self, name: &[u8]) -> Result<Vec<u8>, String> {
        let mut components = clean(name);
        let Some(last) = components.pop() else { return Ok(Vec::new()) };
        Ok(join(&self.resolve(&components.join(&b'/'))?, last))
    }

    fn remove(&mut self, path: &[u8]) {
        let below = [path, b"/"].concat();
        self.names.retain(|name, _| name != path && !name.starts_with(&below));
    }

    fn make_parents(&mut self, path: &[u8]) -> Result<(), String> {
        for (slash, _) in path.iter().enumerate().filter(|(_, byte)| **byte == b'/') {
            let parent = &path[..slash];
            match self.at(parent) {
                Some(inode) if inode.kind == b'5' => {}
                Some(_) => return Err("a parent is not a directory".to_owned()),
                None => {
                    self.names.insert(parent.to_vec(), self.inodes.len());
                    self.inodes.push(Inode::implied());
                }
            }
        }
        Ok(())
    }

    fn apply(&mut self, layer: u32, bytes: &[u8]) -> Result<(), String> {
        let mut unpacked: BTreeSet<Vec<u8>> = BTreeSet::new();
        let mut archive = tar::Archive::new(bytes);
        for entry in archive.entries().map_err(|error| error.to_string())? {
            let mut entry = entry.map_err(|error| error.to_string())?;
            if entry.header().entry_type() == EntryType::XGlobalHeader {
                continue;
            }
            let of_records = sparse::name(&records(&mut entry)?);
            let name = of_records.unwrap_or_else(|| entry.path_bytes().into_owned());
            let path = self.landing(&name)?;
            for name in [stored(&name), path.clone()] {
                self.landed.entry((layer, name)).or_default().insert(path.clone());
            }
            if path.is_empty() {
                continue;
            }
            self.make_parents(&path)?;
            let slash = path.iter().rposition(|byte| *byte == b'/');
            let (directory, base) = slash.map_or((&b""[..], &path[..]), |slash| (&path[..slash], &path[slash + 1..]));
            if self.is_upper && base.starts_with(b".wh.") {
                self.convert(directory, base)?;
                continue;
            }
            if base == b".wh..wh..opq" {
                let below = if directory.is_empty() { Vec::new() } else { [directory, b"/"].concat() };
                let gone = |name: &Vec<u8>| {
                    name.starts_with(&below) && name != directory && !unpacked.iter().any(|kept| is_in(kept, name))
                };
                self.names.retain(|name, _| !gone(name));
                continue;
            }
            if let Some(hidden) = base.strip_prefix(b".wh.") {
                if matches!(hidden, b"" | b"." | b"..") {
                    return Err("a whiteout of nothing".to_owned());
                }
                let hidden = join(directory, hidden);
                self.remove(&hidden);
                continue;
            }
            let number = self.put(&path, &mut entry)?;
            for name in [stored(&name), path.clone()] {
                self.made.entry((layer, name)).or_default().insert(number);
            }
            unpacked.insert(path);
        }
        Ok(())
    }

    /// What overlayfs has for a whiteout.
    fn convert(&mut self, directory: &[u8], base: &[u8]) -> Result<(), String> {
        if base == b".wh..wh..opq" {
            self.emptied.insert(directory.to_vec());
            return Ok(());
        }
        let hidden = base.strip_prefix(b".wh.").unwrap_or(base);
        if matches!(hidden, b"" | b"." | b"..") {
            return Err("a whiteout of nothing".to_owned());
        }
        let path = join(directory, hidden);
        if self.names.contains_key(&path) {
            return Err("a whiteout of what its own layer has".to_owned());
        }
        self.names.insert(path, self.inodes.len());
        self.inodes.push(Inode { kind: WHITEOUT, ..Inode::implied() });
        Ok(())
    }

    /// Lays a layer over this tree.
    fn lay(&mut self, upper: Tree) {
        let base = self.inodes.len();
        // overlayfs looks for no marker in the root (seen with Linux 6.18).
        for directory in upper.emptied.iter().filter(|directory| !directory.is_empty()) {
            let below = if directory.is_empty() { Vec::new() } else { [&directory[..], b"/"].concat() };
            self.names.retain(|name, _| !name.starts_with(&below));
        }
        for (path, number) in &upper.names {
            let kind = upper.inodes[*number].kind;
            if kind != b'5' || self.at(path).is_some_and(|inode| inode.kind != b'5') {
                self.remove(path);
            }
            if kind != WHITEOUT {
                self.names.insert(path.clone(), base + number);
            }
        }
        self.inodes.extend(upper.inodes);
        self.landed.extend(upper.landed);
        let moved = |numbers: BTreeSet<usize>| numbers.into_iter().map(|number| base + number).collect();
        self.made.extend(upper.made.into_iter().map(|(place, numbers)| (place, moved(numbers))));
    }

    fn put<R: Read>(&mut self, path: &[u8], entry: &mut tar::Entry<'_, R>) -> Result<usize, String> {
        let header = entry.header().clone();
        let kind = kind(&header, &entry.path_bytes())?;
        if !(kind == b'5' && self.at(path).is_some_and(|inode| inode.kind == b'5')) {
            self.remove(path);
        }
        let link = entry.link_name_bytes().map_or_else(Vec::new, |link| link.into_owned());
        let number = if kind == b'1' {
            // `hardlinkRootPath`: the parent resolved, the last component not.
            let target = self.landing(&link)?;
            *self.names.get(&target).ok_or("a hard link to nothing")?
        } else {
            self.inodes.len()
        };
        let mut inode = Inode {
            kind,
            mode: header.mode().map_err(|error| error.to_string())? & 0o7777,
            owner: (header.uid().unwrap_or(0), header.gid().unwrap_or(0)),
            mtime: header.mtime().ok().map(|time| time.to_string()),
            link: if kind == b'2' { link } else { Vec::new() },
            device: (0, 0),
            xattrs: BTreeMap::new(),
            content: Vec::new(),
        };
        if matches!(kind, b'3' | b'4') {
            let number = |field: std::io::Result<Option<u32>>| field.ok().flatten().unwrap_or(0);
            inode.device = (number(header.device_major()), number(header.device_minor()));
        }
        extend(&mut inode, entry)?;
        if kind == b'0' {
            let records = records(entry)?;
            entry.read_to_end(&mut inode.content).map_err(|error| error.to_string())?;
            if let Some(spread) = sparse::spread(&records, &inode.content)? {
                inode.content = spread;
            }
        }
        match self.inodes.get_mut(number) {
            Some(target) if kind == b'1' => {
                // The header of a hard link sets what the file is.
                (target.mode, target.owner, target.mtime) = (inode.mode, inode.owner, inode.mtime);
                target.xattrs.extend(inode.xattrs);
            }
            _ => self.inodes.push(inode),
        }
        self.names.insert(path.to_vec(), number);
        Ok(number)
    }
}

fn is_in(name: &[u8], directory: &[u8]) -> bool {
    name == directory || (name.starts_with(directory) && name.get(directory.len()) == Some(&b'/'))
}

/// A name as the program reports it: without leading `./` and `/` and without trailing `/`.
fn stored(name: &[u8]) -> Vec<u8> {
    let mut name = name;
    loop {
        name = match name {
            [b'/', rest @ ..] | [b'.', b'/', rest @ ..] => rest,
            b"." => b"",
            [rest @ .., b'/'] => rest,
            other => return other.to_vec(),
        }
    }
}

fn kind(header: &tar::Header, name: &[u8]) -> Result<u8, String> {
    Ok(match header.entry_type() {
        // Go takes an old header of a name that ends in a slash for a directory.
        EntryType::Regular if header.as_bytes()[156] == 0 && name.ends_with(b"/") => b'5',
        EntryType::Regular | EntryType::GNUSparse => b'0',
        EntryType::Link => b'1',
        EntryType::Symlink => b'2',
        EntryType::Char => b'3',
        EntryType::Block => b'4',
        EntryType::Directory => b'5',
        EntryType::Fifo => b'6',
        other => return Err(format!("type {:?} cannot be unpacked", char::from(other.as_byte()))),
    })
}

/// The PAX records of an entry, in order.
fn records<R: Read>(entry: &mut tar::Entry<'_, R>) -> Result<Vec<(String, Vec<u8>)>, String> {
    let records = entry.pax_extensions().map_err(|error| error.to_string())?;
    let record = |record: std::io::Result<tar::PaxExtension<'_>>| {
        let record = record.map_err(|error| error.to_string())?;
        Ok((String::from_utf8_lossy(record.key_bytes()).into_owned(), record.value_bytes().to_vec()))
    };
    records.into_iter().flatten().map(record).collect()
}

/// Applies the PAX records that Go's reader knows.
fn extend<R: Read>(inode: &mut Inode, entry: &mut tar::Entry<'_, R>) -> Result<(), String> {
    for (key, value) in records(entry)? {
        let text = String::from_utf8_lossy(&value);
        let number = || text.parse::<u64>().map_err(|error| error.to_string());
        match &key[..] {
            "uid" => inode.owner.0 = number()?,
            "gid" => inode.owner.1 = number()?,
            "mtime" => {
                let whole = text.split_once('.').map_or(&text[..], |(whole, _)| whole);
                let fraction = text.get(whole.len()..).unwrap_or_default().trim_end_matches('0').trim_end_matches('.');
                inode.mtime = Some(format!("{whole}{fraction}"));
            }
            _ => {
                if let Some(name) = key.strip_prefix("SCHILY.xattr.") {
                    inode.xattrs.insert(name.to_owned(), value);
                }
            }
        }
    }
    Ok(())
}
