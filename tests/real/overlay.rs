//! What overlayfs of this machine's kernel shows of layers that are unpacked each by itself, against the merged trees of the
//! library and against the second reading that whatever passes gets (`tests/oracle`).

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::fs::{CWD, FileType, Mode, XattrFlags, mknodat, setxattr};

use crate::tools::{must, not_run};
use crate::{fixture, oracle, unpack};

const LAYERS: usize = 4;
const IMAGES: u64 = 400;
/// Symbolic links that are followed for one path.
const LINKS: usize = 40;

/// As containers/storage, Docker's `overlay2` and containerd lay layers one over the other: a whiteout is a character device
/// of the numbers 0 and 0, an opaque marker an extended attribute of its directory.
#[test]
#[ignore = "needs root: scripts/test-real"]
fn merged_trees_are_what_overlayfs_shows() {
    const NAME: &str = "merged_trees_are_what_overlayfs_shows";
    let folder = tempfile::tempdir().unwrap();
    // A directory of overlayfs takes no whiteouts from outside.
    let Some(disk) = Mounted::new(folder.path(), &["-t", "tmpfs", "tmpfs"]) else {
        return not_run(NAME, "a tmpfs cannot be mounted");
    };
    if !can_overlay(&disk.0.join("probe")) {
        return not_run(NAME, "overlayfs cannot be mounted, or not with whiteouts and opaque directories");
    }
    let (mut tally, mut stacks) = (unpack::Tally::default(), 0);
    for number in 0..IMAGES {
        stacks += image(number, &disk.0.join(number.to_string()), &mut tally);
    }
    eprintln!("{stacks} stacks of layers, {} paths, {} of them undecided", tally.asked, tally.undecided);
    assert!(stacks > 300 && tally.asked > 4_000 && tally.undecided < tally.asked, "{stacks} stacks, {tally:?}");
}

/// Lays layers by chance one over the other, as many as can be unpacked by themselves; how many.
fn image(number: u64, folder: &Path, tally: &mut unpack::Tally) -> usize {
    let (layers, _) = unpack::layers(50_000 + number, LAYERS, true);
    let (mut directories, mut trees) = (Vec::new(), Vec::new());
    let mut implied = BTreeMap::new();
    for (layer, entries) in layers.iter().enumerate() {
        let directory = folder.join(layer.to_string());
        std::fs::create_dir_all(&directory).unwrap();
        let mut by_itself = Unpacked { root: directory.clone(), implied: BTreeSet::new() };
        if entries.iter().any(|entry| by_itself.entry(entry).is_none()) {
            break;
        }
        directories.push(directory);
        note_directories(&by_itself, &mut implied);
        trees.push(shown(folder, &directories, &implied));
    }
    let layers = &layers[..trees.len()];
    if layers.is_empty() {
        return 0;
    }
    let built = tempfile::tempdir().unwrap();
    let pair = fixture::build_text(&unpack::pair(layers, &trees), Path::new(""), built.path()).unwrap().references;
    let image = oracle::Stored::of_layout(&pair.original).unwrap();
    let told = oracle::overlaid(&image).unwrap_or_else(|error| panic!("image {number}: {error}: {layers:#?}"));
    let real = trees.last().map(names).unwrap_or_default();
    let all: BTreeSet<&String> = told.keys().chain(real.keys()).collect();
    let other = all.into_iter().find(|path| told.get(*path) != real.get(*path));
    let said = other.map(|path| (path, told.get(path), real.get(path)));
    assert_eq!(said, None, "image {number}, in memory and on overlayfs: {layers:#?}");
    let checked = unpack::check(&pair.original, &pair.rebuild, &trees, tally);
    assert!(checked.is_ok(), "image {number}: {}\n{layers:#?}", checked.unwrap_err());
    trees.len()
}

/// What overlayfs shows of these directories, the lowest first.
fn shown(folder: &Path, directories: &[PathBuf], implied: &BTreeMap<String, bool>) -> unpack::Model {
    let empty = folder.join("empty");
    let at = folder.join("merged");
    std::fs::create_dir_all(&empty).unwrap();
    std::fs::create_dir_all(&at).unwrap();
    // It takes two at least.
    let lower = directories.iter().rev().chain([&empty]).map(|path| path.to_str().unwrap());
    let options = format!("lowerdir={}", lower.collect::<Vec<_>>().join(":"));
    let merged = Mounted::new(&at, &["-t", "overlay", "overlay", "-o", &options]).unwrap();
    let mut tree = unpack::read_directory(&merged.0);
    for (path, inode) in &tree.names {
        let known = &mut tree.inodes[*inode];
        known.implicit = known.kind == unpack::Kind::Directory && implied.get(path) == Some(&true);
    }
    tree
}

/// Kind, mode, and content or target by path, as the second reading tells them.
fn names(tree: &unpack::Model) -> BTreeMap<String, oracle::Named> {
    let named = |(path, inode): (&String, &usize)| {
        let known = &tree.inodes[*inode];
        let (kind, mode, said) = match &known.kind {
            unpack::Kind::Directory => (b'5', known.mode, ""),
            unpack::Kind::File(text) => (b'0', known.mode, &text[..]),
            unpack::Kind::Symlink(target) => (b'2', 0o777, &target[..]),
        };
        (path.clone(), (kind, mode, said.as_bytes().to_vec()))
    };
    tree.names.iter().map(named).collect()
}

/// Takes note of which of a layer's directories are there without an entry: what a later one says goes before that.
fn note_directories(layer: &Unpacked, implied: &mut BTreeMap<String, bool>) {
    let tree = unpack::read_directory_with_devices(&layer.root);
    for (path, inode) in &tree.names {
        if tree.inodes[*inode].kind == unpack::Kind::Directory {
            implied.insert(path.clone(), layer.implied.contains(path));
        }
    }
}

/// A layer unpacked into a directory by itself.
struct Unpacked {
    root: PathBuf,
    implied: BTreeSet<String>,
}

impl Unpacked {
    /// Unpacks one more entry; `None` where that cannot be done.
    fn entry(&mut self, entry: &unpack::Entry) -> Option<()> {
        let path = unpack::clean(&entry.name);
        let (directory, name) = path.rsplit_once('/').unwrap_or(("", &path));
        let directory = self.directory(directory)?;
        let at = self.root.join(&directory).join(name);
        if name == ".wh..wh..opq" {
            let whole = self.root.join(&directory);
            return setxattr(&whole, "trusted.overlay.opaque", b"y", XattrFlags::empty()).ok();
        }
        if let Some(hidden) = name.strip_prefix(".wh.") {
            let at = self.root.join(&directory).join(hidden);
            return mknodat(CWD, &at, FileType::CharacterDevice, Mode::empty(), 0).ok();
        }
        let target = match &entry.what {
            unpack::What::Hardlink(target) => Some(self.resolved(&unpack::clean(target))?),
            _ => None,
        };
        if let Ok(found) = at.symlink_metadata() {
            match (found.is_dir(), &entry.what) {
                (true, unpack::What::Directory) => {}
                (true, _) => std::fs::remove_dir_all(&at).ok()?,
                (false, _) => std::fs::remove_file(&at).ok()?,
            }
        }
        match &entry.what {
            unpack::What::Directory if at.is_dir() => {}
            unpack::What::Directory => std::fs::create_dir(&at).ok()?,
            unpack::What::File(text) => std::fs::write(&at, text).ok()?,
            unpack::What::Symlink(target) => std::os::unix::fs::symlink(target, &at).ok()?,
            unpack::What::Hardlink(_) => {
                let target = self.root.join(target?);
                let found = target.symlink_metadata().ok()?;
                // One to a whiteout is none.
                (!found.is_dir() && found.mode() & 0o170_000 != 0o020_000).then_some(())?;
                std::fs::hard_link(&target, &at).ok()?;
            }
        }
        if matches!(entry.what, unpack::What::Directory) {
            self.implied.remove(&join(&directory, name));
        }
        if matches!(entry.what, unpack::What::Directory | unpack::What::File(_)) {
            std::fs::set_permissions(&at, std::fs::Permissions::from_mode(entry.mode)).ok()?;
        }
        Some(())
    }

    /// The directory at a path, made with those above it where there is none.
    fn directory(&mut self, path: &str) -> Option<String> {
        let mut made = String::new();
        for component in path.split('/').filter(|component| !component.is_empty()) {
            let next = self.resolved(&join(&made, component))?;
            let next = self.followed(&next, LINKS)?;
            if self.root.join(&next).symlink_metadata().is_err() {
                std::fs::create_dir(self.root.join(&next)).ok()?;
                std::fs::set_permissions(self.root.join(&next), std::fs::Permissions::from_mode(0o755)).ok()?;
                self.implied.insert(next.clone());
            }
            self.root.join(&next).symlink_metadata().ok().filter(std::fs::Metadata::is_dir)?;
            made = next;
        }
        Some(made)
    }

    /// A path whose directories are followed, its last component not.
    fn resolved(&self, path: &str) -> Option<String> {
        let (directory, name) = path.rsplit_once('/').unwrap_or(("", path));
        Some(join(&self.followed(directory, LINKS)?, name))
    }

    /// A path with all symbolic links in it followed, from the root of the layer.
    fn followed(&self, path: &str, left: usize) -> Option<String> {
        let mut at = String::new();
        let components: Vec<&str> = path.split('/').filter(|component| !matches!(*component, "" | ".")).collect();
        for (number, component) in components.iter().enumerate() {
            if *component == ".." {
                at = at.rsplit_once('/').map_or("", |(above, _)| above).to_owned();
                continue;
            }
            let next = join(&at, component);
            let Ok(target) = std::fs::read_link(self.root.join(&next)) else {
                at = next;
                continue;
            };
            let target = String::from_utf8(target.as_os_str().as_bytes().to_vec()).ok()?;
            let from = if target.starts_with('/') { String::new() } else { at };
            let rest = components[number + 1..].join("/");
            return self.followed(&format!("{from}/{target}/{rest}"), left.checked_sub(1)?);
        }
        Some(at)
    }
}

fn join(directory: &str, name: &str) -> String {
    if directory.is_empty() { name.to_owned() } else { format!("{directory}/{name}") }
}

/// Whether this kernel lets us do what the test needs.
fn can_overlay(folder: &Path) -> bool {
    let (lower, upper, at) = (folder.join("lower"), folder.join("upper"), folder.join("merged"));
    [&lower.join("x"), &upper.join("x"), &at].iter().for_each(|path| std::fs::create_dir_all(path).unwrap());
    std::fs::write(lower.join("gone"), "").unwrap();
    std::fs::write(lower.join("x/gone"), "").unwrap();
    let opaque = setxattr(upper.join("x"), "trusted.overlay.opaque", b"y", XattrFlags::empty());
    let whiteout = mknodat(CWD, upper.join("gone"), FileType::CharacterDevice, Mode::empty(), 0);
    if opaque.is_err() || whiteout.is_err() {
        return false;
    }
    let options = format!("lowerdir={}:{}", upper.display(), lower.display());
    let Some(merged) = Mounted::new(&at, &["-t", "overlay", "overlay", "-o", &options]) else { return false };
    !merged.0.join("gone").exists() && merged.0.join("x").is_dir() && !merged.0.join("x/gone").exists()
}

/// Something that is mounted for as long as this lives.
struct Mounted(PathBuf);

impl Mounted {
    fn new(at: &Path, arguments: &[&str]) -> Option<Self> {
        let output = Command::new("mount").args(arguments).arg(at).output().ok()?;
        output.status.success().then(|| Mounted(at.to_owned()))
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        must(Command::new("umount").arg(&self.0));
    }
}
