//! Which descriptors of two indexes belong together: by platform, never by position.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

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

/// Digests of manifests that say that they are attestations and are not.
pub(super) type Refuted = BTreeSet<Digest>;

/// Matches the descriptors of two lists; in order of role and label. Of several with one label those that point at the
/// same manifest belong together, then the rest in their order.
pub(super) fn match_entries(lists: Sides<&[&IndexEntry]>, refuted: Sides<&Refuted>) -> Vec<Match> {
    let lists = lists.zip(refuted).map(|(entries, refuted)| List { entries, roles: roles(entries, refuted) });
    let crowded = crowded(lists.as_ref());
    let mut groups: BTreeMap<(Role, String), Sides<Vec<usize>>> = BTreeMap::new();
    for side in Side::BOTH {
        let list = lists.get(side);
        let images = list.images(&crowded);
        for (position, (entry, role)) in list.iter().enumerate() {
            let label = label(entry, role, &images, &crowded);
            groups.entry((role, label)).or_default().get_mut(side).push(position);
        }
    }
    let digest =
        |side: Side, position: usize| lists.get(side).entries.get(position).map(|entry| &entry.descriptor.digest);
    let mut matches = Vec::new();
    for ((role, label), positions) in groups {
        let mut rows = pair_up(positions, &digest);
        // In an order that does not depend on which side is which.
        rows.sort_by_key(|row| {
            let places = [row.original, row.rebuild];
            let named =
                [row.original.map(|at| digest(Side::Original, at)), row.rebuild.map(|at| digest(Side::Rebuild, at))];
            (places.into_iter().flatten().min(), places.into_iter().flatten().max(), named.into_iter().flatten().min())
        });
        let rows = rows.into_iter().enumerate();
        matches.extend(rows.map(|(repeat, elements)| Match { role, label: label.clone(), repeat, elements }));
    }
    matches
}

/// Pairs the positions of one label.
fn pair_up<'a>(
    positions: Sides<Vec<usize>>,
    digest: &impl Fn(Side, usize) -> Option<&'a Digest>,
) -> Vec<Sides<Option<usize>>> {
    if positions.as_ref().map(Vec::len) == Sides::new(1, 1) {
        return vec![positions.map(|positions| positions.first().copied())];
    }
    let mut waiting: BTreeMap<_, VecDeque<usize>> = BTreeMap::new();
    for position in &positions.rebuild {
        waiting.entry(digest(Side::Rebuild, *position)).or_default().push_back(*position);
    }
    let (mut rows, mut left) = (Vec::new(), VecDeque::new());
    for position in positions.original {
        match waiting.get_mut(&digest(Side::Original, position)).and_then(VecDeque::pop_front) {
            Some(same) => rows.push(Sides::new(Some(position), Some(same))),
            None => left.push_back(position),
        }
    }
    let mut rest: Vec<usize> = waiting.into_values().flatten().collect();
    rest.sort_unstable();
    let mut rest = VecDeque::from(rest);
    while !(left.is_empty() && rest.is_empty()) {
        rows.push(Sides::new(left.pop_front(), rest.pop_front()));
    }
    rows
}

/// The entries of one side with what they stand for.
struct List<'a> {
    entries: &'a [&'a IndexEntry],
    roles: Vec<Role>,
}

impl<'a> List<'a> {
    fn iter(&self) -> impl DoubleEndedIterator<Item = (&'a IndexEntry, Role)> + ExactSizeIterator {
        self.entries.iter().copied().zip(self.roles.iter().copied())
    }

    /// The labels of the images, by digest; of several with one digest the first.
    fn images(&self, crowded: &BTreeSet<Platform>) -> BTreeMap<&'a Digest, String> {
        let images = self.iter().rev().filter(|(_, role)| *role == Role::Image);
        images.map(|(entry, _)| (&entry.descriptor.digest, image_label(entry, crowded))).collect()
    }
}

/// What the entries of a list stand for. An attestation is one only where what it is about is in the list too.
fn roles(list: &[&IndexEntry], refuted: &Refuted) -> Vec<Role> {
    let others = list.iter().filter(|entry| !entry.is_attestation());
    let listed: BTreeSet<&Digest> = others.map(|entry| &entry.descriptor.digest).collect();
    let attests = |entry: &IndexEntry| {
        entry.is_attestation()
            && !refuted.contains(&entry.descriptor.digest)
            && entry.attested().is_some_and(|about| listed.contains(&about))
    };
    let role = |entry: &&IndexEntry| {
        let artifact = entry.artifact_type.is_some();
        if entry.is_index() {
            Role::Index
        } else if attests(entry) {
            Role::Attestation
        } else if entry.is_nobodys() || (entry.platform.is_none() && artifact) {
            Role::Other
        } else {
            Role::Image
        }
    };
    list.iter().map(role).collect()
}

fn label(entry: &IndexEntry, role: Role, images: &BTreeMap<&Digest, String>, crowded: &BTreeSet<Platform>) -> String {
    match role {
        Role::Image => image_label(entry, crowded),
        Role::Attestation => {
            let attested = entry.attested().and_then(|digest| images.get(&digest).cloned());
            attested.unwrap_or_else(|| Platform::default().to_string())
        }
        Role::Index => "index".to_owned(),
        Role::Other => entry.artifact_type.clone().unwrap_or_else(|| "other".to_owned()),
    }
}

/// The platforms of which one list has several images that can be told apart.
fn crowded(lists: Sides<&List<'_>>) -> BTreeSet<Platform> {
    let mut crowded = BTreeSet::new();
    for side in Side::BOTH {
        let mut seen: BTreeMap<Platform, BTreeSet<Details>> = BTreeMap::new();
        for (entry, _) in lists.get(side).iter().filter(|(_, role)| *role == Role::Image) {
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
