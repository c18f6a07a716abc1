//! Where the instructions stand that made an image's layers: told by provenance, or found by what its history says.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::dockerfile::{Build, Dockerfile, Record, layer_steps};
use crate::image::load::Image;
use crate::image::provenance::{Attached, Provenance, SourceLine};

use super::facts::layer_blobs;

/// How it is known where an instruction stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Certainty {
    /// The builder says so, for a layer of this digest.
    Provenance,
    /// What the history says of the step is said of one instruction, in the order in which they stand.
    Matched,
    /// It is not known.
    #[default]
    Unknown,
}

/// A Dockerfile that the user says the images are built from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenDockerfile {
    /// What it is called in reports.
    pub path: String,
    /// What it says.
    pub file: Dockerfile,
}

/// Where an instruction stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstructionPlace {
    /// File and first line.
    pub line: SourceLine,
    /// The name of its stage, or its number from 0 where it has none.
    pub stage: Option<String>,
    /// How this is known.
    pub certainty: Certainty,
}

/// Where the instructions behind the layers of an image stand, base first; `None` where that is not known.
pub(super) fn lines(
    image: &Image,
    attached: &Attached,
    given: Option<&GivenDockerfile>,
) -> Vec<Option<InstructionPlace>> {
    let provenance = attached.provenance.as_ref().or(attached.unbound.as_ref()).map(AsRef::as_ref);
    let built = provenance.and_then(built_from);
    // What the builder says is about its own file.
    let same = given.is_none_or(|given| built.as_ref().is_some_and(|built| built.file.source() == given.file.source()));
    let told = provenance.filter(|_| same).map(|provenance| told(image, provenance)).unwrap_or_default();
    let file = given.or(built.as_ref());
    let matched = file.map(|file| matched(image, provenance.filter(|_| same), file)).unwrap_or_default();
    let place = |layer: usize| {
        let mut told = told.get(layer).cloned().flatten();
        if let (Some(told), Some(given), Some(built)) = (&mut told, given, &built) {
            // The same file goes by the name that the user has for it; others are those of named contexts.
            if told.line.path == built.path {
                told.line.path.clone_from(&given.path);
            }
        }
        told.or_else(|| matched.get(layer).cloned().flatten())
    };
    (0..image.config.diff_ids.len()).map(place).collect()
}

/// The first Dockerfile in provenance: what was built.
fn built_from(provenance: &Provenance) -> Option<GivenDockerfile> {
    let dockerfile = provenance.steps.as_ref()?.dockerfiles.first()?;
    let file = Dockerfile::parse(dockerfile.text.as_bytes()).ok()?;
    Some(GivenDockerfile { path: dockerfile.name.clone(), file })
}

/// What the builder says.
fn told(image: &Image, provenance: &Provenance) -> Vec<Option<InstructionPlace>> {
    let Some(steps) = &provenance.steps else { return Vec::new() };
    let mut files: BTreeMap<&str, Option<Dockerfile>> = BTreeMap::new();
    for dockerfile in &steps.dockerfiles {
        let file = Dockerfile::parse(dockerfile.text.as_bytes()).ok();
        // Of two of one name, neither is known to be the one.
        files.entry(&dockerfile.name).and_modify(|known| *known = None).or_insert(file);
    }
    let place = |line: SourceLine| {
        let file = files.get(line.path.as_str()).and_then(Option::as_ref);
        let node = file.and_then(|file| file.node_at(usize::try_from(line.line).ok()?));
        let stage = file.zip(node).and_then(|(file, node)| file.stage_name(node));
        InstructionPlace { line, stage, certainty: Certainty::Provenance }
    };
    steps.lines(&layer_blobs(image)).into_iter().map(|line| line.map(place)).collect()
}

/// What the history says.
fn matched(image: &Image, provenance: Option<&Provenance>, given: &GivenDockerfile) -> Vec<Option<InstructionPlace>> {
    let config = &image.config;
    let history: Vec<Record<'_>> =
        config.history.iter().map(|entry| Record { command: &entry.created_by, empty: entry.empty_layer }).collect();
    let environment = config.document.get("/config/Env").map_or(&[][..], |list| list.elements());
    let environment = environment.iter().filter_map(|variable| variable.as_str()).map(str::to_owned).collect();
    // Only where the steps are told, the arguments are as well.
    let told = provenance.filter(|provenance| provenance.steps.is_some()).map(|provenance| &provenance.arguments);
    let arguments = told.map(|all| {
        let named = all.iter().filter_map(|(name, value)| Some((name.strip_prefix("build-arg:")?, value)));
        named.map(|(name, value)| (name.to_owned(), value.clone())).collect()
    });
    // Builders end with the last stage unless they are told another.
    let target = told.map(|all| match all.get("target") {
        Some(name) => given.file.target(name),
        None => given.file.stages().len().checked_sub(1),
    });
    let steps = layer_steps(&given.file, &history, target.flatten(), &Build { arguments, environment });
    let place = |node: usize| {
        let line = u64::try_from(given.file.nodes().get(node)?.line).ok()?;
        let line = SourceLine { path: given.path.clone(), line };
        Some(InstructionPlace { line, stage: given.file.stage_name(node), certainty: Certainty::Matched })
    };
    let of_layer = |layer: usize| {
        let entry = config.history_of_layer(u32::try_from(layer).ok()?)?;
        steps.get(entry).copied().flatten().and_then(place)
    };
    (0..config.diff_ids.len()).map(of_layer).collect()
}
