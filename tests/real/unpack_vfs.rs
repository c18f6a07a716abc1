//! What buildah, podman and skopeo unpack (containers/storage, driver vfs) against the merged trees of the library.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use rayon::prelude::*;
use serde_json::Value;

use crate::tools::have;
use crate::{fixture, unpack};

/// Layers of one image: the store has the tree after each of them.
const LAYERS: usize = 8;
/// Images.
const IMAGES: u64 = 250;

/// 2,000 layers of aliases, symlinks, whiteouts, opaque markers, hard links and replaced directories.
#[test]
#[ignore = "needs skopeo and root: scripts/test-real"]
fn merged_trees_are_what_containers_storage_unpacks() {
    const NAME: &str = "merged_trees_are_what_containers_storage_unpacks";
    if !have(NAME, &["skopeo"]) {
        return;
    }
    // Skopeo waits for the disk for most of its time.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(8).build().unwrap();
    let tallies: Vec<unpack::Tally> = pool.install(|| (0..IMAGES).into_par_iter().map(image).collect());
    let asked: usize = tallies.iter().map(|tally| tally.asked).sum();
    let undecided: usize = tallies.iter().map(|tally| tally.undecided).sum();
    eprintln!("{} layers, {asked} paths, {undecided} of them undecided", LAYERS * tallies.len());
    // Where overlayfs shows another tree there is no answer, and layers made by chance are full of that: about half.
    assert!(asked > 30_000 && asked - undecided > 15_000, "{undecided} of {asked}");
}

fn image(number: u64) -> unpack::Tally {
    let (layers, trees) = unpack::layers(1_000 + number, LAYERS, true);
    let folder = tempfile::tempdir().unwrap();
    let text = unpack::pair(&layers, &trees);
    let pair = fixture::build_text(&text, Path::new(""), folder.path()).unwrap().references;
    let unpacked =
        unpacked(&pair.original, folder.path()).unwrap_or_else(|said| panic!("image {number}: {said}: {layers:#?}"));
    for (layer, (directory, tree)) in unpacked.iter().zip(&trees).enumerate() {
        let different = unpack::difference(&unpack::read_directory(directory), tree);
        assert_eq!(different, None, "image {number}, layer {layer}, on disk and in memory: {layers:#?}");
    }
    assert_eq!(unpacked.len(), layers.len());
    let mut tally = unpack::Tally::default();
    let checked = unpack::check(&pair.original, &pair.rebuild, &trees, &mut tally);
    assert!(checked.is_ok(), "image {number}: {}\n{layers:#?}", checked.unwrap_err());
    tally
}

/// The directories that containers/storage has of the trees after each layer.
fn unpacked(reference: &str, folder: &Path) -> Result<Vec<PathBuf>, String> {
    let root = folder.join("storage");
    let to = format!("containers-storage:[vfs@{}+{}]t:1", root.display(), folder.join("run").display());
    let output =
        Command::new("skopeo").args(["copy", "--quiet", "--insecure-policy", reference, &to]).output().unwrap();
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let text = std::fs::read_to_string(root.join("vfs-layers/layers.json")).unwrap();
    let layers: Vec<Value> = serde_json::from_str(&text).unwrap();
    let text = |layer: &Value, member: &str| layer[member].as_str().unwrap_or("").to_owned();
    let on: BTreeMap<String, String> = layers.iter().map(|layer| (text(layer, "parent"), text(layer, "id"))).collect();
    let chain = std::iter::successors(on.get(""), |id| on.get(*id));
    Ok(chain.map(|id| root.join("vfs/dir").join(id)).collect())
}
