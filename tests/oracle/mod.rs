//! A second opinion: what a runtime would make of two images that passed.
//!
//! Whatever is green must be, once the claimed places are blanked, the same root file system, the same config and the same
//! choice among platforms. This is read here in the plainest way there is, by other readers than the program's own, after
//! containerd's `archive.Apply` and `images.Manifest` and Go's `encoding/json`; nothing of the program is used but what
//! its explanation says was claimed.

use std::collections::BTreeMap;
use std::io::Read;

use reprove::explain::{Explanation, PlatformExplanation};
use reprove::finding::{Finding, Side, Sides};
use serde_json::Value;

mod blank;
pub(crate) mod chance;
mod choice;
mod config;
mod sparse;
mod tree;

/// The blobs of one image, by digest as text.
pub(crate) type Blobs<'a> = dyn Fn(&str) -> Option<Vec<u8>> + 'a;

/// One image: its blobs, and the descriptor of its manifest or index.
pub(crate) struct Stored<'a> {
    pub(crate) root: Value,
    pub(crate) blobs: Box<Blobs<'a>>,
}

impl Stored<'static> {
    /// The first image of an OCI layout; `None` for any other reference.
    pub(crate) fn of_layout(reference: &str) -> Option<Self> {
        let folder = std::path::PathBuf::from(reference.strip_prefix("oci:")?.split(':').next()?);
        let index: Value = serde_json::from_slice(&std::fs::read(folder.join("index.json")).ok()?).ok()?;
        let blobs = move |digest: &str| std::fs::read(folder.join("blobs").join(digest.replace(':', "/"))).ok();
        Some(Stored { root: index.pointer("/manifests/0")?.clone(), blobs: Box::new(blobs) })
    }
}

/// What is at a path: its kind as tar has it, its mode, and what it holds or where it leads.
pub(crate) type Named = (u8, u32, Vec<u8>);

/// What the layers of an image make on overlayfs, by path.
pub(crate) fn overlaid(image: &Stored<'_>) -> Result<BTreeMap<String, Named>, String> {
    let digest = image.root["digest"].as_str().ok_or("a root without a digest")?;
    let manifest = (image.blobs)(digest).ok_or("the manifest is missing")?;
    let manifest = serde_json::from_slice(&manifest).map_err(|error| error.to_string())?;
    let tree = tree::overlaid(image, &manifest)?;
    let named = |(path, inode): (&Vec<u8>, &usize)| {
        let found = tree.inodes.get(*inode)?;
        let (mode, said) = if found.kind == b'2' { (0o777, &found.link) } else { (found.mode, &found.content) };
        Some((String::from_utf8_lossy(path).into_owned(), (found.kind, mode, said.clone())))
    };
    Ok(tree.names.iter().filter_map(named).collect())
}

/// What of two images that passed a runtime would notice; nothing where the program may stand by its verdict.
pub(crate) fn noticed(explanation: &Explanation, images: Sides<&Stored<'_>>) -> Option<String> {
    if let Some(other) = choice::differs(explanation, images) {
        return Some(other);
    }
    explanation.platforms.iter().find_map(|platform| platform_differs(platform, images))
}

fn platform_differs(platform: &PlatformExplanation, images: Sides<&Stored<'_>>) -> Option<String> {
    let manifests = platform.manifest_digest.as_ref().zip(images).map(|(digest, image)| {
        let bytes = (image.blobs)(&digest.as_ref()?.to_string())?;
        serde_json::from_slice::<Value>(&bytes).ok()
    });
    let manifests = manifests.both()?;
    let findings: Vec<Finding> = platform.findings.iter().map(|explained| explained.finding.clone()).collect();
    let configs = images.zip(manifests.as_ref()).map(|(image, manifest)| {
        let digest = manifest.pointer("/config/digest")?.as_str()?;
        (image.blobs)(digest)
    });
    if let Some(configs) = configs.both()
        && let Some(other) = config::differs(configs.as_ref().map(Vec::as_slice), &findings)
    {
        return Some(format!("the configs differ: {other}"));
    }
    let unpacked = [tree::of, tree::overlaid];
    unpacked.into_iter().find_map(|unpack| {
        let trees = images.zip(manifests.as_ref()).map(|(image, manifest)| unpack(image, manifest));
        trees_differ(trees, &findings)
    })
}

fn trees_differ(trees: Sides<Result<tree::Tree, String>>, findings: &[Finding]) -> Option<String> {
    match trees {
        Sides { original: Ok(original), rebuild: Ok(rebuild) } => {
            let trees = Sides::new(original, rebuild);
            blank::differs(&trees, findings).map(|other| format!("the root file systems differ: {other}"))
        }
        Sides { original: Err(_), rebuild: Err(_) } => None,
        Sides { original: Err(error), .. } | Sides { rebuild: Err(error), .. } => {
            Some(format!("only one of them can be unpacked: {error}"))
        }
    }
}

/// The bytes of a layer, as Go's readers take off its compression.
fn decompressed(stored: &[u8]) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let outcome = match stored {
        [0x1f, 0x8b, ..] => flate2::read::MultiGzDecoder::new(stored).read_to_end(&mut bytes),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => {
            zstd::stream::read::Decoder::new(stored).and_then(|mut decoder| decoder.read_to_end(&mut bytes))
        }
        _ => return Ok(stored.to_vec()),
    };
    outcome.map(|_| bytes).map_err(|error| error.to_string())
}

/// The side's own word for messages.
fn name(side: Side) -> &'static str {
    match side {
        Side::Original => "original",
        Side::Rebuild => "rebuild",
    }
}
