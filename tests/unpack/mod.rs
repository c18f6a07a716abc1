//! Layers made by chance, unpacked in memory, and what the merged trees of the library say of them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use reprove::image::load::{Image, Origin};
use reprove::image::path as paths;
use reprove::image::rootfs::{LayerView, Rootfs, Wanted};
use reprove::limits::Limits;
use reprove::reference::Reference;
use reprove::source::progress::Progress;
use reprove::source::{Access, Root, Sources};
use serde_json::{Value, json};

mod model;
mod random;

pub(crate) use model::{Kind, Model, clean};
pub(crate) use random::layers;

/// One entry of a layer.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) mode: u32,
    pub(crate) what: What,
}

/// What an entry is.
#[derive(Debug, Clone)]
pub(crate) enum What {
    Directory,
    File(String),
    Symlink(String),
    Hardlink(String),
}

impl Entry {
    /// As fixtures have it.
    fn written(&self) -> Value {
        let mut entry = json!({ "path": self.name, "mode": format!("{:04o}", self.mode), "mtime": 0 });
        match &self.what {
            What::Directory => entry["type"] = json!("dir"),
            What::File(text) => entry["text"] = json!(text),
            What::Symlink(target) => (entry["type"], entry["link"]) = (json!("symlink"), json!(target)),
            What::Hardlink(target) => (entry["type"], entry["link"]) = (json!("hardlink"), json!(target)),
        }
        entry
    }
}

/// A fixture of two images: the layers, and each of the trees as one layer.
pub(crate) fn pair(layers: &[Vec<Entry>], trees: &[Model]) -> String {
    let image = |layers: &[Vec<Entry>]| {
        let layer = |entries: &Vec<Entry>| json!({ "compression": "none", "entries": entries.iter().map(Entry::written).collect::<Vec<_>>() });
        json!({ "layers": layers.iter().map(layer).collect::<Vec<_>>() })
    };
    let packed: Vec<Vec<Entry>> = trees.iter().map(packed).collect();
    json!({ "original": image(layers), "rebuild": image(&packed), "expect": { "cause": "" } }).to_string()
}

/// A tree packed as one layer.
fn packed(tree: &Model) -> Vec<Entry> {
    let mut first: BTreeMap<usize, &String> = BTreeMap::new();
    let entry = |first: Option<&&String>, path: &String, inode: &usize| {
        let known = tree.inodes.get(*inode)?;
        let what = match (first, &known.kind) {
            (Some(first), Kind::File(_) | Kind::Symlink(_)) => What::Hardlink((*first).clone()),
            (_, Kind::Directory) => What::Directory,
            (_, Kind::File(text)) => What::File(text.clone()),
            (_, Kind::Symlink(target)) => What::Symlink(target.clone()),
        };
        (!known.implicit).then(|| Entry { name: path.clone(), mode: known.mode, what })
    };
    let mut entries = Vec::new();
    for (path, inode) in &tree.names {
        entries.extend(entry(first.get(inode), path, inode));
        first.entry(*inode).or_insert(path);
    }
    entries
}

/// Loads all of all layers.
fn views(reference: &str) -> Vec<Arc<LayerView>> {
    let limits = Limits::default();
    let reference = Reference::parse(reference).unwrap();
    let opened = Sources::new(&Access::default(), &limits, &[&reference]).unwrap().open(&reference).unwrap();
    let Root::Descriptor(descriptor) = opened.root else { panic!("a layout has a manifest") };
    let origin = Origin { blobs: opened.blobs, progress: Arc::new(Progress::default()) };
    let image = Image::of_manifest(&origin, descriptor, &limits).unwrap();
    let load = |layer: usize| {
        let reader = image.open_layer(u32::try_from(layer).unwrap(), &limits).unwrap();
        Arc::new(LayerView::load(reader, &everything(), 1 << 20).unwrap())
    };
    (0..image.layers.len()).map(load).collect()
}

fn everything() -> Wanted {
    let mut wanted = Wanted::default();
    wanted.directory(b"");
    wanted
}

/// How often the library was asked, and how often it could not tell.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) asked: usize,
    pub(crate) undecided: usize,
}

/// Holds the merged trees of a pair's layers against the trees themselves.
///
/// # Errors
/// The first difference.
pub(crate) fn check(layers: &str, packed: &str, trees: &[Model], tally: &mut Tally) -> Result<(), String> {
    let (stack, missing) = Rootfs::new(&views(layers), &everything());
    assert!(missing.is_empty(), "everything was asked for: {missing:?}");
    if !stack.faults().is_empty() {
        return Err(format!("faults: {:?}", stack.faults()));
    }
    let singles: Vec<Rootfs> = views(packed).into_iter().map(|view| Rootfs::new(&[view], &everything()).0).collect();
    for (layer, (tree, single)) in (0_u32..).zip(trees.iter().zip(&singles)) {
        let mut names: BTreeSet<String> = trees.iter().flat_map(|tree| tree.names.keys().cloned()).collect();
        match stack.descendants(layer, b"") {
            Ok(known) => names.extend(known.into_iter().map(|name| String::from_utf8(name).unwrap())),
            Err(_) => tally.undecided += 1,
        }
        for name in names {
            let path = name.as_bytes();
            tally.asked += 1;
            let Ok(said) = stack.linked_at(layer, path) else {
                tally.undecided += 1;
                continue;
            };
            let inode = tree.names.get(&name).and_then(|inode| tree.inodes.get(*inode));
            if inode.is_some_and(|inode| inode.implicit) {
                continue;
            }
            let real =
                single.linked_at(0, path).map_err(|_| format!("layer {layer}: {name}: undecided in one layer"))?;
            if said != real {
                let there = |answer: &Option<Vec<u8>>| answer.as_ref().map(|bytes| bytes.escape_ascii().to_string());
                return Err(format!("layer {layer}: {name}: {:?} unpacked, {:?} said", there(&real), there(&said)));
            }
        }
    }
    Ok(())
}

/// What is in a directory, as a tree to compare.
pub(crate) fn read_directory(root: &Path) -> Model {
    read(root, false)
}

/// The same of one in which there are devices, which are left out.
pub(crate) fn read_directory_with_devices(root: &Path) -> Model {
    read(root, true)
}

fn read(root: &Path, has_devices: bool) -> Model {
    use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, PermissionsExt as _};
    let mut tree = Model::default();
    let mut inodes: BTreeMap<u64, usize> = BTreeMap::new();
    let mut pending = vec![String::new()];
    while let Some(directory) = pending.pop() {
        for found in std::fs::read_dir(root.join(&directory)).unwrap() {
            let found = found.unwrap();
            let name =
                String::from_utf8(paths::join(directory.as_bytes(), found.file_name().as_encoded_bytes())).unwrap();
            let full = root.join(&name);
            // overlayfs lists whiteouts in directories that are in one layer only.
            let Ok(about) = std::fs::symlink_metadata(&full) else { continue };
            if has_devices && about.file_type().is_char_device() {
                continue;
            }
            let kind = if about.is_dir() {
                pending.push(name.clone());
                Kind::Directory
            } else if about.is_symlink() {
                Kind::Symlink(std::fs::read_link(&full).unwrap().to_str().unwrap().to_owned())
            } else {
                Kind::File(std::fs::read_to_string(&full).unwrap())
            };
            let number = *inodes.entry(about.ino()).or_insert_with(|| {
                tree.inodes.push(model::Inode { kind, mode: about.permissions().mode() & 0o7777, implicit: false });
                tree.inodes.len() - 1
            });
            tree.names.insert(name, number);
        }
    }
    tree
}

/// What distinguishes two trees, if anything does: names, what they are, and which of them are one file.
pub(crate) fn difference(one: &Model, other: &Model) -> Option<String> {
    let (one, other) = (told(one), told(other));
    let all: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
    let different = all.into_iter().find(|path| one.get(*path) != other.get(*path))?;
    Some(format!("{different}: {:?} and {:?}", one.get(different), other.get(different)))
}

fn told(tree: &Model) -> BTreeMap<String, String> {
    let mut shared: BTreeMap<usize, Vec<&String>> = BTreeMap::new();
    for (path, inode) in &tree.names {
        shared.entry(*inode).or_default().push(path);
    }
    let told = |(path, inode): (&String, &usize)| {
        let known = &tree.inodes[*inode];
        // Modes of symlinks mean nothing, and directories that no entry names have the runtime's own. The vfs driver
        // copies each layer from the one below, and parts hard links to symlinks as it does.
        let of_file = matches!(known.kind, Kind::File(_)).then(|| (known.mode, shared.get(inode)));
        (path.clone(), format!("{:?} {of_file:?}", known.kind))
    };
    tree.names.iter().map(told).collect()
}
