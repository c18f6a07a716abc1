//! Pairs the platforms of two images and compares the indexes that list them.

use std::collections::BTreeSet;

use serde_json::json;

use super::matching::{Match, Refuted, Role, match_entries, platform_key};
use crate::compare::alignment::{Alignment, Containers, Row};
use crate::compare::json::compare_documents;
use crate::digest::Digest;
use crate::error::{Error, Result, Unpaired};
use crate::finding::{Aspect, AttestationPlace, Finding, Kind, Location, Side, Sides, Value};
use crate::image::index::{IndexEntry, IndexTree};
use crate::image::json::{Node, push_token};
use crate::image::platform::Platform;
use crate::limits::Limits;

/// What a reference resolved to.
#[derive(Debug, Clone)]
pub enum Root {
    /// An index, with the indexes inside it.
    Index(IndexTree),
    /// A single image; its platform is that of its config.
    Manifest(IndexEntry),
}

/// Images of one platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlatformPair {
    /// The platform by which they were matched; different only between two single images.
    pub platform: Sides<String>,
    /// The descriptors of their manifests.
    pub members: Sides<IndexEntry>,
}

/// Attestation manifests about the images of one platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttestationPair {
    /// The platform of the images.
    pub platform: String,
    /// The descriptors of the attestation manifests.
    pub members: Sides<IndexEntry>,
}

/// What is to be compared, and what differs above it.
#[derive(Debug, Clone, Default)]
pub struct Pairing {
    /// Images of the same platform, in order of its name.
    pub pairs: Vec<PlatformPair>,
    /// Attestation manifests about the same platform, in order of its name.
    pub attestations: Vec<AttestationPair>,
    /// What differs between the indexes.
    pub findings: Vec<Finding>,
}

/// Pairs the platforms of two roots; all of them where `wanted` is empty.
///
/// Two single images always pair. What stands for a platform that is not wanted is left out of the findings too.
///
/// Several images of one platform pair with those that they are the same as, then in their order; which of them a client
/// picks is a matter of the sequence, which has a finding of its own. `refuted` are manifests that say that they are
/// attestations and are not.
///
/// # Errors
/// [`Error::Platform`] where a wanted platform is not on both sides.
pub fn pair_platforms(
    roots: Sides<&Root>,
    wanted: &[Platform],
    refuted: Sides<&BTreeSet<Digest>>,
    limits: &Limits,
) -> Result<Pairing> {
    let lists = roots.map(|root| match root {
        Root::Index(tree) => tree.members(),
        Root::Manifest(entry) => vec![entry],
    });
    let lists = lists.as_ref().map(Vec::as_slice);
    let matches = match_entries(lists, refuted);
    let selection = Selection::new(wanted, lists, &matches)?;
    let matches: Vec<Match> =
        matches.into_iter().filter(|found| selection.includes(&found.label, found.role)).collect();
    let scope = Scope { selection: &selection, refuted, limits };
    let mut pairing = Pairing { findings: findings(roots, &matches, lists, &scope), ..Pairing::default() };
    if let Sides { original: Root::Manifest(original), rebuild: Root::Manifest(rebuild) } = roots {
        let members = Sides::new(original.clone(), rebuild.clone());
        let platform = members.as_ref().map(|entry| platform_key(entry).to_string());
        pairing.pairs.push(PlatformPair { platform, members });
        return Ok(pairing);
    }
    for found in matches {
        let Some(elements) = found.elements.both() else { continue };
        let members = lists.zip(elements).map(|(list, position)| list.get(position).map(|entry| (*entry).clone()));
        let Some(members) = members.both() else { continue };
        match found.role {
            Role::Image => {
                let platform = Sides::new(found.name(), found.name());
                pairing.pairs.push(PlatformPair { platform, members });
            }
            Role::Attestation => pairing.attestations.push(AttestationPair { platform: found.label, members }),
            _ => {}
        }
    }
    Ok(pairing)
}

/// What of the indexes is compared, and how.
struct Scope<'a> {
    selection: &'a Selection,
    refuted: Sides<&'a Refuted>,
    limits: &'a Limits,
}

/// The labels that are compared.
struct Selection(Option<Vec<String>>);

impl Selection {
    fn new(wanted: &[Platform], lists: Sides<&[&IndexEntry]>, matches: &[Match]) -> Result<Self> {
        if wanted.is_empty() {
            return Ok(Selection(None));
        }
        let mut labels = Vec::new();
        for platform in wanted {
            let found = Sides::from_fn(|side| labels_of(platform, lists.get(side), matches, side));
            match (found.original, found.rebuild) {
                (Ok(original), Ok(rebuild)) => labels.extend(original.into_iter().chain(rebuild)),
                // The same answer whichever side is which.
                (Err(original), Err(rebuild)) => return Err(Error::Platform(original.min(rebuild))),
                (Err(problem), Ok(_)) | (Ok(_), Err(problem)) => return Err(Error::Platform(problem)),
            }
        }
        Ok(Selection(Some(labels)))
    }

    fn includes(&self, label: &str, role: Role) -> bool {
        match (&self.0, role) {
            (None, _) => true,
            (Some(labels), Role::Image | Role::Attestation) => labels.iter().any(|wanted| wanted == label),
            // The digest of an index, or a signature, is about more than the wanted platforms.
            (Some(_), Role::Index | Role::Other) => false,
        }
    }
}

/// The labels that one side has for a wanted platform. Without a variant it stands for the only one there is.
fn labels_of(
    wanted: &Platform,
    list: &[&IndexEntry],
    matches: &[Match],
    side: Side,
) -> std::result::Result<Vec<String>, Unpaired> {
    let key = wanted.key();
    let images = matches.iter().filter(|found| found.role == Role::Image).filter_map(|found| {
        let entry = list.get((*found.elements.get(side))?)?;
        Some((platform_key(entry), &found.label))
    });
    let images: Vec<_> = images.collect();
    // What the user calls linux/arm is any of its variants, if there is but one.
    let said = wanted.variant.is_some() || key.variant.is_none();
    let exact: Vec<String> =
        images.iter().filter(|(platform, _)| said && *platform == key).map(|(_, label)| (*label).clone()).collect();
    if !exact.is_empty() {
        return Ok(exact);
    }
    let loose = |platform: &Platform| {
        wanted.variant.is_none() && platform.os == key.os && platform.architecture == key.architecture
    };
    let mut variants: Vec<_> = images.iter().filter(|(platform, _)| loose(platform)).collect();
    variants.dedup_by(|later, earlier| later.0 == earlier.0);
    match variants.as_slice() {
        [(_, label)] => Ok(vec![(*label).clone()]),
        [] => {
            let found = images.iter().map(|(_, label)| (*label).clone()).collect();
            Err(Unpaired::Missing { wanted: wanted.to_string(), found })
        }
        several => {
            let found = several.iter().map(|(_, label)| (*label).clone()).collect();
            Err(Unpaired::Ambiguous { wanted: wanted.to_string(), found })
        }
    }
}

fn findings(roots: Sides<&Root>, matches: &[Match], lists: Sides<&[&IndexEntry]>, scope: &Scope<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    match (roots.original, roots.rebuild) {
        (Root::Manifest(_), Root::Manifest(_)) => {}
        (Root::Index(original), Root::Index(rebuild)) => {
            compare_trees("", Sides::new(original, rebuild), scope, &mut findings);
        }
        _ => {
            findings.push(shapes(roots));
            findings.extend(matches.iter().filter_map(|found| one_sided(found, lists)));
        }
    }
    findings
}

/// An index on one side, a single manifest on the other.
fn shapes(roots: Sides<&Root>) -> Finding {
    let values = roots.map(|root| match root {
        Root::Index(tree) if is_plain(tree) => Value::text("index"),
        Root::Index(tree) => Value::Json(tree.index.document.to_value()),
        Root::Manifest(_) => Value::text("manifest"),
    });
    let lengths = roots.map(|root| match root {
        Root::Index(tree) => tree.index.document.raw.len() as u64,
        Root::Manifest(entry) => entry.descriptor.size.unwrap_or(0),
    });
    let location = Location::field_of(Kind::Index, "").with_range(lengths.map(|length| Some((0, length))));
    Finding { location, aspect: Aspect::Type, values, bytes: lengths.original.max(lengths.rebuild) }
}

/// Annotations of indexes and of images in them that say where they came from, or when; what ends in a dot begins the name.
const OF_BUILDERS: [&str; 5] = [
    "org.opencontainers.image.ref.name",
    "io.containerd.image.name",
    "org.opencontainers.image.created",
    "org.opencontainers.image.base.",
    "containerd.io/distribution.source.",
];

fn is_of_builders(annotation: &str) -> bool {
    let is = |known: &&str| annotation == *known || (known.ends_with('.') && annotation.starts_with(known));
    OF_BUILDERS.iter().any(is)
}

/// Whether every client takes the image for the same machine: containers/image compares platforms as they are written (seen
/// with skopeo 1.9.3), containerd makes them alike before.
fn is_for_all_clients(entry: &IndexEntry) -> bool {
    let Some(platform) = &entry.platform else { return false };
    let key = platform.key();
    let usual = match (&key.architecture[..], platform.variant.as_deref()) {
        (_, None) | ("arm64", Some("v8")) => true,
        ("arm", variant) => variant == key.variant.as_deref(),
        _ => false,
    };
    usual
        && (&platform.os, &platform.architecture) == (&key.os, &key.architecture)
        && (platform.os_version.is_none() || platform.os == "windows")
        && entry.artifact_type.is_none()
        && entry.annotations.keys().all(|key| is_of_builders(key))
}

/// Whether an index says nothing of its members that a single manifest could not be held against: what they are, for which
/// machine, and annotations of builders.
fn is_plain(tree: &IndexTree) -> bool {
    let only = |node: &Node, known: &[&str]| node.members().iter().all(|member| known.contains(&&*member.key));
    let root = &tree.index.document.root;
    let members = root.member("manifests").map_or(&[][..], Node::elements);
    let said = root.member("annotations").map_or(&[][..], Node::members);
    let is_nobodys = |entry: &IndexEntry| entry.platform.as_ref().is_some_and(Platform::is_nobodys);
    let is_index = |entry: &IndexEntry| tree.nested.contains_key(&entry.position);
    only(root, &["schemaVersion", "mediaType", "manifests", "annotations"])
        && said.iter().all(|member| is_of_builders(&member.key))
        && tree.index.descriptors.iter().all(|it| is_nobodys(it) || is_index(it) || is_for_all_clients(it))
        && members.iter().all(|member| {
            let known = ["mediaType", "digest", "size", "platform", "annotations", "artifactType"];
            let platform = member.member("platform");
            only(member, &known) && platform.is_none_or(|it| only(it, &["os", "architecture", "variant", "os.version"]))
        })
        && tree.nested.values().all(is_plain)
}

fn place_of(found: &Match) -> Option<Box<AttestationPlace>> {
    let place = || AttestationPlace { platform: found.label.clone(), predicate_type: String::new() };
    (found.role == Role::Attestation).then(|| Box::new(place()))
}

/// What an index lists and a single manifest cannot have.
fn one_sided(found: &Match, lists: Sides<&[&IndexEntry]>) -> Option<Finding> {
    if found.elements.both().is_some() {
        return None;
    }
    let values = lists.zip(found.elements).map(|(list, position)| {
        let Some(entry) = position.and_then(|position| list.get(position)) else { return Value::Absent };
        let descriptor = &entry.descriptor;
        let value = json!({
            "mediaType": descriptor.media_type, "digest": descriptor.digest.to_string(), "size": descriptor.size,
        });
        Value::Json(value)
    });
    let length = |value: &Value| match value {
        Value::Json(value) => value.to_string().len() as u64,
        _ => 0,
    };
    let mut field = "/manifests".to_owned();
    push_token(&mut field, &found.name());
    let mut location = Location::field_of(Kind::Index, field);
    location.attestation = place_of(found);
    let bytes = length(&values.original).max(length(&values.rebuild));
    Some(Finding { location, aspect: Aspect::Presence, values, bytes })
}

/// Compares two indexes and the indexes inside them; `prefix` is put in front of every pointer.
fn compare_trees(prefix: &str, trees: Sides<&IndexTree>, scope: &Scope<'_>, findings: &mut Vec<Finding>) {
    let lists = trees.map(|tree| tree.index.descriptors.iter().collect::<Vec<_>>());
    let matches = match_entries(lists.as_ref().map(Vec::as_slice), scope.refuted);
    let base = Location::field_of(Kind::Index, prefix.to_owned());
    let containers = IndexLists { matches: &matches, selection: scope.selection };
    findings.extend(compare_documents(&base, trees.map(|tree| &tree.index.document), &containers, scope.limits));
    for found in matches.iter().filter(|found| found.role == Role::Index) {
        let inner = trees.zip(found.elements).map(|(tree, position)| tree.nested.get(&position?));
        if let Some(inner) = inner.both() {
            let mut prefix = format!("{prefix}/manifests");
            push_token(&mut prefix, &found.name());
            compare_trees(&prefix, inner, scope, findings);
        }
    }
}

struct IndexLists<'a> {
    matches: &'a [Match],
    selection: &'a Selection,
}

impl Containers for IndexLists<'_> {
    fn align(&self, pointer: &str, _: Sides<&[Node]>) -> Option<Alignment> {
        if pointer != "/manifests" {
            return None;
        }
        let included = self.matches.iter().filter(|found| self.selection.includes(&found.label, found.role));
        let rows = included.map(|found| Row {
            name: found.name(),
            elements: found.elements,
            attestation: place_of(found),
            ..Row::default()
        });
        let partial = self.selection.0.is_some();
        Some(Alignment { rows: rows.collect(), merged: None, partial })
    }
}
