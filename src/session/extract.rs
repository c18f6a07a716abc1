//! Both versions of what is unexplained, for people's own tools.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::path::PathBuf;
use std::sync::Arc;

use crate::compare::index::pair_platforms;
use crate::content::secret;
use crate::error::{Error, Result};
use crate::explain::{Claim, Explanation, PlatformExplanation};
use crate::finding::{Kind, Secret, Side, Sides};
use crate::image::layer::Item;
use crate::image::load::Image;
use crate::limits::Limits;
use crate::report::redacted;
use crate::spill::{Content, Spill};

use super::Session;

/// Longest component of an extracted name, in bytes.
const COMPONENT: usize = 200;

/// A regular file that has an unexplained finding.
pub struct Extracted<'a> {
    /// A relative path that is safe to write to: `original/linux-amd64/layer3/usr/bin/x`. What no file system should be
    /// asked to take is written as `%` and two hexadecimal digits.
    pub name: PathBuf,
    /// The same for people to read: without a secret that the name itself holds.
    pub shown: String,
    /// What a report would withhold of its name or content.
    pub secret: Option<Secret>,
    /// The bytes.
    pub content: &'a Content,
}

impl Session {
    /// Hands out the contents of the regular files that have an unexplained finding, original's first.
    ///
    /// # Errors
    /// [`Error::Io`] where there is no room for a content. Layers that cannot be read are left out: the explanation has a
    /// gap there.
    pub fn extract(&self, explanation: &Explanation, out: &mut dyn FnMut(Extracted<'_>)) -> Result<()> {
        let Some(roots) = self.sides.as_ref().map(|side| side.root.as_ref().ok()).both() else { return Ok(()) };
        let limits = &self.options.limits;
        // What attestations are is of no importance to the images.
        let none = std::collections::BTreeSet::new();
        let pairing = pair_platforms(roots, &self.wanted, Sides::new(&none, &none), limits)?;
        for side in Side::BOTH {
            for (pair, platform) in pairing.pairs.iter().zip(&explanation.platforms) {
                let Ok(image) = self.sides.get(side).image(pair.members.get(side), limits) else { continue };
                for (layer, paths) in unexplained(platform, side) {
                    let folder = folder(side, platform.platform.get(side), layer);
                    files(&image, layer, &paths, limits, &mut |path, content| {
                        let name = safe(path);
                        let shown = format!("{}/{}", folder.display(), redacted(&name.to_string_lossy()));
                        let secret = secret_in(path, content);
                        out(Extracted { name: folder.join(name), shown, secret, content });
                    })?;
                }
            }
        }
        Ok(())
    }
}

fn unexplained(platform: &PlatformExplanation, side: Side) -> BTreeMap<u32, BTreeSet<Arc<[u8]>>> {
    let mut wanted: BTreeMap<u32, BTreeSet<Arc<[u8]>>> = BTreeMap::new();
    let mut reader = platform.findings.reader();
    let heads = platform.findings.heads().enumerate().filter(|(_, head)| head.claim == Claim::Unexplained);
    for explained in heads.filter_map(|(position, _)| reader.get(position)) {
        let location = &explained.finding.location;
        if let (Kind::Entry, Some(path), Some(layer)) = (location.kind, &location.path, *location.layer.get(side)) {
            wanted.entry(layer).or_default().insert(path.clone());
        }
    }
    wanted
}

/// Reads a layer for the files of these paths; the last of several entries of one path is the one that counts.
fn files(
    image: &Image,
    layer: u32,
    paths: &BTreeSet<Arc<[u8]>>,
    limits: &Limits,
    out: &mut dyn FnMut(&[u8], &Content),
) -> Result<()> {
    let mut found = BTreeMap::new();
    if let Ok(mut reader) = image.open_layer(layer, limits) {
        while let Ok(Some(item)) = reader.next_item() {
            let Item::Entry(entry) = item else { continue };
            if !paths.contains(&entry.path) || !entry.has_content() {
                continue;
            }
            let mut spill = Spill::new(limits.memory_content_bytes);
            while let Ok(Some(chunk)) = reader.read_content() {
                let no_room = |source| Error::Io { path: PathBuf::from("a temporary file"), source };
                spill.push(chunk).map_err(no_room)?;
            }
            found.insert(entry.path.clone(), spill.finish());
        }
    }
    for (path, content) in found {
        out(&path, &content);
    }
    Ok(())
}

/// Bytes that are searched for a secret at once, and those that are searched again with the next ones.
const SEARCHED: usize = 8 << 20;
const AGAIN: usize = 64 << 10;

/// What a report would withhold of a file. Where the content cannot be read back it might be anything.
fn secret_in(path: &[u8], content: &Content) -> Option<Secret> {
    let mut reader = content.reader();
    let mut bytes = Vec::new();
    loop {
        let kept = bytes.len().saturating_sub(AGAIN);
        bytes.drain(..kept);
        let before = bytes.len();
        let room = (SEARCHED - before) as u64;
        if reader.by_ref().take(room).read_to_end(&mut bytes).is_err() {
            return Some(Secret::NamedSecret);
        }
        if let Some(secret) = secret::anywhere(path, &bytes) {
            return Some(secret);
        }
        if bytes.len() == before {
            return None;
        }
    }
}

fn folder(side: Side, platform: &str, layer: u32) -> PathBuf {
    let side = match side {
        Side::Original => "original",
        Side::Rebuild => "rebuild",
    };
    let platform = platform.replace('/', "-");
    [side, &component(platform.as_bytes()), &format!("layer{layer}")].iter().collect()
}

fn safe(path: &[u8]) -> PathBuf {
    path.split(|byte| *byte == b'/').map(component).collect()
}

/// One component of a path, in printable ASCII, never empty, `.` or `..`.
fn component(name: &[u8]) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-+@=,~ ".contains(&byte);
    let mut text = String::new();
    for (position, byte) in name.iter().copied().enumerate() {
        let dots = byte == b'.' && position == 0 && matches!(name, b"." | b"..");
        if plain(byte) && !dots { text.push(char::from(byte)) } else { text.push_str(&format!("%{byte:02x}")) }
    }
    if text.is_empty() {
        text.push('%');
    }
    if text.len() > COMPONENT {
        let digest = blake3::hash(name).to_hex();
        text.truncate(COMPONENT - 17);
        text = format!("{text}-{}", &digest.as_str()[..16]);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_below_their_folder() {
        for (path, safe_path) in [
            (&b"usr/bin/x"[..], "usr/bin/x"),
            (b"../../etc/passwd", "%2e./%2e./etc/passwd"),
            (b"a//b", "a/%/b"),
            (b"./x", "%2e/x"),
            (b"x\n\xff", "x%0a%ff"),
            (b"", "%"),
        ] {
            assert_eq!(safe(path), PathBuf::from(safe_path));
        }
        assert!(component(&[b'a'; 1000]).len() <= COMPONENT);
        assert_ne!(component(&[b'a'; 1000]), component(&[b'a'; 1001]));
    }
}
