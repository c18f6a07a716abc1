//! Which descriptors of two indexes belong together: by platform, never by position.

use std::collections::{BTreeMap, BTreeSet};

use crate::digest::Digest;
use crate::finding::{Side, Sides};
use crate::image::index::IndexEntry;
use crate::image::platform::Platform;

/// What a descriptor of an index stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    /// An image of a platform.
    Image,
    /// An attestation manifest.
    Attestation,
    /// An index.
    Index,
    /// Something else, such as a signature.
    Other,
}

/// Descriptors that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Match {
    /// What they stand for.
    pub(super) role: Role,
    /// The platform of images and attestations; else the artifact type, or `index`.
    pub(super) label: String,
    /// How many of the same label come before, on its side.
    pub(super) repeat: usize,
    /// Positions in the lists.
    pub(super) elements: Sides<Option<usize>>,
}

impl Match {
    /// The token that stands for it in a JSON pointer.
    pub(super) fn name(&self) -> String {
        match self.repeat {
            0 => self.label.clone(),
            repeat => format!("{}#{}", self.label, repeat + 1),
        }
    }
}

/// Matches the descriptors of two lists; in order of role and label.
pub(super) fn match_entries(lists: Sides<&[&IndexEntry]>) -> Vec<Match> {
    let crowded = crowded(lists);
    let mut rows: BTreeMap<(Role, String, usize), Sides<Option<usize>>> = BTreeMap::new();
    for side in Side::BOTH {
        let mut seen: BTreeMap<(Role, String), usize> = BTreeMap::new();
        let list = lists.get(side);
        let images = images(list, &crowded);
        for (position, entry) in list.iter().enumerate() {
            let (role, label) = describe(entry, &images, &crowded);
            let count = seen.entry((role, label.clone())).or_default();
            *rows.entry((role, label, *count)).or_default().get_mut(side) = Some(position);
            *count += 1;
        }
    }
    let rows = rows.into_iter();
    rows.map(|((role, label, repeat), elements)| Match { role, label, repeat, elements }).collect()
}

fn role(entry: &IndexEntry) -> Role {
    let other_reference = entry.annotations.contains_key("vnd.docker.reference.type");
    if entry.is_index() {
        Role::Index
    } else if entry.is_attestation() {
        Role::Attestation
    } else if other_reference || (entry.platform.is_none() && entry.artifact_type.is_some()) {
        Role::Other
    } else {
        Role::Image
    }
}

fn describe(entry: &IndexEntry, images: &BTreeMap<&Digest, String>, crowded: &BTreeSet<Platform>) -> (Role, String) {
    let role = role(entry);
    let label = match role {
        Role::Image => image_label(entry, crowded),
        Role::Attestation => {
            let attested = entry.attested().and_then(|digest| images.get(&digest).cloned());
            attested.unwrap_or_else(|| Platform::default().to_string())
        }
        Role::Index => "index".to_owned(),
        Role::Other => entry.artifact_type.clone().unwrap_or_else(|| "other".to_owned()),
    };
    (role, label)
}

/// The platforms of which one list has several images that can be told apart.
fn crowded(lists: Sides<&[&IndexEntry]>) -> BTreeSet<Platform> {
    let mut crowded = BTreeSet::new();
    for side in Side::BOTH {
        let mut seen: BTreeMap<Platform, BTreeSet<Details>> = BTreeMap::new();
        for entry in lists.get(side).iter().filter(|entry| role(entry) == Role::Image) {
            seen.entry(platform_key(entry)).or_default().insert(details(entry));
        }
        crowded.extend(seen.into_iter().filter(|(_, details)| details.len() > 1).map(|(platform, _)| platform));
    }
    crowded
}

/// The platform by which an entry is matched.
pub(super) fn platform_key(entry: &IndexEntry) -> Platform {
    entry.platform.as_ref().map(Platform::key).unwrap_or_default()
}

/// What tells images of one platform apart: the version of the operating system, and whether the layers are in zstd
/// (containers/image puts both forms into one index and marks them).
type Details = (Option<String>, bool);

fn details(entry: &IndexEntry) -> Details {
    let zstd = entry.annotations.get("io.github.containers.compression.zstd").is_some_and(|mark| mark == "true");
    (entry.platform.as_ref().and_then(Platform::version_key), zstd)
}

fn image_label(entry: &IndexEntry, crowded: &BTreeSet<Platform>) -> String {
    let platform = platform_key(entry);
    if !crowded.contains(&platform) {
        return platform.to_string();
    }
    let (version, zstd) = details(entry);
    let version = version.map(|version| format!("({version})")).unwrap_or_default();
    let name = platform.to_string().replacen('/', &format!("{version}/"), 1);
    if zstd { format!("{name}+zstd") } else { name }
}

fn images<'a>(list: &[&'a IndexEntry], crowded: &BTreeSet<Platform>) -> BTreeMap<&'a Digest, String> {
    let images = list.iter().rev().filter(|entry| role(entry) == Role::Image);
    images.map(|entry| (&entry.descriptor.digest, image_label(entry, crowded))).collect()
}
