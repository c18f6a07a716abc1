//! The steps of a build, the Dockerfile they stand in, and the layers that they made (BuildKit, `mode=max`).

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;

use super::{ImagePurl, Provenance, member, text};
use crate::digest::Digest;
use crate::image::json::{Node, NodeKind};

/// What `mode=max` says of a build.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Steps {
    /// The Dockerfiles, as the frontend read them.
    pub dockerfiles: Vec<Dockerfile>,
    /// What the steps that only fetch something fetch, by step.
    sources: BTreeMap<String, String>,
    /// The steps that copy from the build context and from nowhere else.
    context_copies: BTreeSet<String>,
    /// The chains of layer blobs below the outputs of steps, base first, by step.
    layers: BTreeMap<String, Vec<Vec<Digest>>>,
    /// Number of the Dockerfile and line from 1, by step.
    lines: BTreeMap<String, (usize, u64)>,
}

/// A Dockerfile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dockerfile {
    /// Its name.
    pub name: String,
    /// What it says; what is no UTF-8 is replaced.
    pub text: String,
}

/// A line of a Dockerfile.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SourceLine {
    /// The file.
    pub path: String,
    /// The line, from 1.
    pub line: u64,
}

/// The image that another one is built on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseImage {
    /// What it is called, without its digest.
    pub purl: ImagePurl,
    /// Its digest, `sha256:…`.
    pub digest: String,
    /// How many of the lowest layers are its own.
    pub layers: u32,
}

impl Steps {
    /// Reads `buildConfig` and what BuildKit notes in the metadata.
    pub(super) fn read(config: &Node, notes: Option<&Node>) -> Self {
        let definition = member(config, "llbDefinition").map_or(&[][..], Node::elements);
        let sources: BTreeMap<String, String> = definition
            .iter()
            .filter_map(|step| {
                let source = member(operation(step)?, "source")?;
                Some((text(step, "id")?.to_owned(), text(source, "identifier")?.to_owned()))
            })
            .collect();
        let copies = definition.iter().filter(|step| copies_from_context(step, &sources) == Some(true));
        let source = notes.and_then(|notes| member(notes, "source"));
        let infos = source.and_then(|source| member(source, "infos")).map_or(&[][..], Node::elements);
        let locations = source.and_then(|source| member(source, "locations")).map_or(&[][..], Node::members);
        let lines = locations.iter().filter_map(|step| Some((step.key.to_string(), line(&step.value)?)));
        let layers = notes.and_then(|notes| member(notes, "layers")).map_or(&[][..], Node::members);
        let mut chains: BTreeMap<String, Vec<Vec<Digest>>> = BTreeMap::new();
        for output in layers {
            // `step7:0` is the first output of a step.
            let step = output.key.split(':').next().unwrap_or_default();
            chains.entry(step.to_owned()).or_default().extend(output.value.elements().iter().filter_map(chain));
        }
        Steps {
            dockerfiles: infos.iter().map(Dockerfile::read).collect(),
            context_copies: copies.filter_map(|step| text(step, "id")).map(str::to_owned).collect(),
            sources,
            layers: chains,
            lines: lines.collect(),
        }
    }

    /// The step that made a layer: the first whose output ends with it. `layers` are the blobs of the image.
    fn of_layer(&self, layers: &[Digest], layer: usize) -> Option<&str> {
        let chain = layers.get(..=layer)?;
        let made = self.layers.iter().filter(|(step, chains)| {
            !self.sources.contains_key(*step) && chains.iter().any(|outputs| outputs == chain)
        });
        made.map(|(step, _)| step.as_str()).min_by_key(|step| number(step))
    }

    /// Which layers this build has steps for; the others are those of the base image, or unknown.
    pub fn own_layers(&self, layers: &[Digest]) -> Vec<bool> {
        (0..layers.len()).map(|layer| self.of_layer(layers, layer).is_some()).collect()
    }

    /// Which layers a step made that copies from the build context and from nowhere else.
    pub fn context_layers(&self, layers: &[Digest]) -> Vec<bool> {
        let copies = |layer| self.of_layer(layers, layer).is_some_and(|step| self.context_copies.contains(step));
        (0..layers.len()).map(copies).collect()
    }

    /// The line of the Dockerfile that made each layer, where that is said.
    pub fn lines(&self, layers: &[Digest]) -> Vec<Option<SourceLine>> {
        let line = |layer| {
            let (dockerfile, line) = *self.lines.get(self.of_layer(layers, layer)?)?;
            Some(SourceLine { path: self.dockerfiles.get(dockerfile)?.name.clone(), line })
        };
        (0..layers.len()).map(line).collect()
    }
}

impl Provenance {
    /// The image that an image with these layer blobs is built on: the one fetched by a step whose layers are the lowest
    /// of the image. `None` where that is not said, or said of several.
    pub fn base_image(&self, layers: &[Digest]) -> Option<BaseImage> {
        let steps = self.steps.as_ref()?;
        let mut found: Option<BaseImage> = None;
        for (step, identifier) in &steps.sources {
            let Some((_, digest)) = image_source(identifier) else { continue };
            let chains = steps.layers.get(step).map_or(&[][..], Vec::as_slice);
            let below = chains.iter().filter(|chain| !chain.is_empty() && layers.starts_with(chain));
            let Some(length) = below.map(Vec::len).max() else { continue };
            let base = BaseImage {
                purl: self.image(digest)?.without_digest(),
                digest: digest.to_owned(),
                layers: u32::try_from(length).ok()?,
            };
            found = match found {
                Some(other) if other.layers > base.layers => Some(other),
                Some(other) if other.layers == base.layers && other != base => return None,
                _ => Some(base),
            };
        }
        found
    }
}

/// Name and digest of an image that a step fetches: `docker-image://NAME@sha256:…`, `oci-layout://NAME@sha256:…`.
pub(super) fn image_source(identifier: &str) -> Option<(&str, &str)> {
    let image = identifier.strip_prefix("docker-image://").or_else(|| identifier.strip_prefix("oci-layout://"))?;
    image.rsplit_once('@').filter(|(_, digest)| digest.starts_with("sha256:"))
}

impl Dockerfile {
    fn read(info: &Node) -> Self {
        let data = text(info, "data").and_then(|data| base64::engine::general_purpose::STANDARD.decode(data).ok());
        Dockerfile {
            name: text(info, "filename").unwrap_or("Dockerfile").to_owned(),
            text: String::from_utf8_lossy(&data.unwrap_or_default()).into_owned(),
        }
    }
}

/// What a step does (`pb.Op` of BuildKit's `solver/pb/ops.proto`).
fn operation(step: &Node) -> Option<&Node> {
    member(member(step, "op")?, "Op")
}

/// Whether a step copies, and all of it from directories that the client sent: the build context or a named one. Copying
/// from other stages and images looks the same in an image's history.
fn copies_from_context(step: &Node, sources: &BTreeMap<String, String>) -> Option<bool> {
    let actions = member(member(operation(step)?, "file")?, "actions")?.elements();
    let inputs = member(step, "inputs")?.elements();
    let mut copies = false;
    for action in actions {
        let what = member(action, "Action")?;
        if member(what, "mkdir").is_some() {
            continue;
        }
        member(what, "copy")?;
        // Numbers from the count of inputs on are those of what earlier actions made.
        let source = inputs.get(usize::try_from(count(member(action, "secondaryInput")?)?).ok()?)?;
        let NodeKind::String(source) = &source.kind else { return None };
        let identifier = sources.get(source.split(':').next().unwrap_or_default())?;
        if !identifier.starts_with("local://") {
            return Some(false);
        }
        copies = true;
    }
    Some(copies)
}

fn chain(layers: &Node) -> Option<Vec<Digest>> {
    layers.elements().iter().map(|layer| Digest::parse(text(layer, "digest")?).ok()).collect()
}

/// Number of the Dockerfile and first line of a step.
fn line(step: &Node) -> Option<(usize, u64)> {
    let location = member(step, "locations")?.elements().first()?;
    let source = member(location, "sourceIndex").map_or(Some(0), count)?;
    let ranges = member(location, "ranges")?.elements().iter();
    let lines = ranges.filter_map(|range| count(member(member(range, "start")?, "line")?));
    Some((usize::try_from(source).ok()?, lines.min()?))
}

fn count(node: &Node) -> Option<u64> {
    match &node.kind {
        NodeKind::Number(text) => text.parse().ok(),
        _ => None,
    }
}

/// The number of a step, for its place in the sequence.
fn number(step: &str) -> u64 {
    step.strip_prefix("step").and_then(|digits| digits.parse().ok()).unwrap_or(u64::MAX)
}
