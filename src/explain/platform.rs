//! One platform: compare the documents, compare the layers in parallel, then resolve what needs both.

use std::collections::BTreeSet;
use std::sync::Arc;

use rayon::prelude::*;

use crate::causes::Cause;
use crate::compare::pairs::{LayerPairs, pair_images};
use crate::compare::{config, manifest};
use crate::finding::{Aspect, Finding, Gap, Kind, Location, Side, Sides, Value};
use crate::image::load::Image;
use crate::image::provenance::Attached;
use crate::limits::Limits;

use super::candidate::{Candidate, Context, Texts};
use super::layer::{Files, LayerFindings, Sources};
use super::layers::{self, Job};
use super::{Claim, Explained, FindingRef, PlatformExplanation, derived, facts, order, provenance, structure, witness};

/// What one platform's comparison gathers before its findings are in order.
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) candidates: Vec<Candidate>,
    pub(super) gaps: Vec<Gap>,
    pub(super) files: Files,
    pub(super) sources: Sides<Sources>,
    pub(super) duplicates: BTreeSet<Arc<[u8]>>,
}

impl Gathered {
    pub(super) fn take_in(&mut self, layer: LayerFindings) {
        self.candidates.extend(layer.candidates);
        self.files.extend(layer.files);
        self.sources.original.extend(layer.sources.original);
        self.sources.rebuild.extend(layer.sources.rebuild);
        self.duplicates.extend(layer.duplicates);
    }
}

/// Compares and explains two images of one platform, with what is attached to them as evidence. `section` is the
/// platform's number in finding references.
pub fn explain(
    images: Sides<&Image>,
    attached: Sides<&Attached>,
    causes: &[&'static Cause],
    verify_all: bool,
    limits: &Limits,
    section: usize,
) -> PlatformExplanation {
    let facts = images.zip(attached).map(|(image, attached)| facts::of(image, attached.provenance.as_ref()));
    let texts = Texts::default();
    let context = Context { causes, facts: facts.as_ref(), limits, texts: &texts };
    let pairs = pair_images(images.map(|image| &image.config));
    let mut gathered = Gathered::default();
    for finding in documents(images, &pairs, limits) {
        gathered.candidates.push(Candidate::of_document(&context, finding));
    }
    let jobs = layers::jobs(images, &pairs, verify_all);
    let outcomes: Vec<Result<LayerFindings, Vec<Gap>>> =
        jobs.par_iter().map(|job: &Job| job.run(images, &context)).collect();
    for outcome in outcomes {
        match outcome {
            Ok(found) => gathered.take_in(found),
            Err(gaps) => gathered.gaps.extend(gaps),
        }
    }
    gathered.gaps.sort_by(|one, other| {
        order::locations(&one.location, &other.location).then_with(|| one.detail.cmp(&other.detail))
    });
    gathered.candidates.sort_by(|one, other| order::by_location(&one.finding, &other.finding));
    let same_tree = structure::resolve(images, &context, &mut gathered, pairs.merged.is_some());
    let mut warnings = witness::warnings(&gathered);
    warnings.extend(provenance::warnings(images, facts.as_ref(), attached, &context));
    let links = derived::resolve(&mut gathered, facts.as_ref());
    let same_manifest = same_manifest(images);
    PlatformExplanation {
        platform: images.map(|image| image.config.platform.to_string()),
        manifest_digest: images.map(|image| image.manifest.as_ref().map(|(descriptor, _)| descriptor.digest.clone())),
        image_id: images.map(|image| Some(image.id.clone())),
        same_manifest,
        same_image: gathered.gaps.is_empty() && images.map(|image| &image.id).same(),
        same_tree: same_tree && gathered.gaps.is_empty(),
        findings: explained(gathered.candidates, &gathered.sources, links, section),
        gaps: gathered.gaps,
        warnings,
        steps: images.map(|image| image.config.commands()),
        lines: images.zip(facts.as_ref()).map(|(image, facts)| provenance::lines(image, facts)),
        provenance: attached.map(|attached| attached.provenance.clone()),
        builders: facts::builders([&facts.original, &facts.rebuild]),
        canonical_digest: None,
    }
}

fn same_manifest(images: Sides<&Image>) -> bool {
    images.map(|image| image.manifest.as_ref().map(|(descriptor, _)| &descriptor.digest)).same()
        && images.original.manifest.is_some()
}

fn documents(images: Sides<&Image>, pairs: &LayerPairs, limits: &Limits) -> Vec<Finding> {
    let mut findings = Vec::new();
    match images.map(|image| image.manifest.as_ref().map(|(_, manifest)| manifest)) {
        Sides { original: Some(original), rebuild: Some(rebuild) } => {
            findings.extend(manifest::compare_manifests(original, rebuild, pairs, limits));
        }
        Sides { original: None, rebuild: None } => {}
        one_sided => {
            let bytes =
                one_sided.original.or(one_sided.rebuild).map_or(0, |manifest| manifest.document.raw.len() as u64);
            let values = images.map(|image| {
                image
                    .manifest
                    .as_ref()
                    .map_or(Value::Absent, |(descriptor, _)| Value::text(descriptor.digest.to_string()))
            });
            findings.push(Finding { location: Location::new(Kind::Manifest), aspect: Aspect::Presence, values, bytes });
        }
    }
    findings.extend(config::compare_configs(&images.original.config, &images.rebuild.config, pairs, limits));
    findings
}

/// Whether a finding is about the layer's tree and not about how the layer is written or compressed.
pub(super) fn in_tree(finding: &Finding) -> bool {
    finding.location.kind == Kind::Entry
        && !matches!(
            finding.aspect,
            Aspect::Encoding
                | Aspect::Compression
                | Aspect::Order
                | Aspect::Uname
                | Aspect::Gname
                | Aspect::Atime
                | Aspect::Ctime
        )
        && finding.location.field_name() != "padding"
}

fn explained(
    candidates: Vec<Candidate>,
    sources: &Sides<Sources>,
    links: Vec<derived::Link>,
    section: usize,
) -> Vec<Explained> {
    let pairs = candidates.into_iter().zip(links);
    let explained = pairs.map(|(candidate, link)| {
        let witness = witness::text(&candidate, sources);
        let Candidate { finding, claimed, diff, .. } = candidate;
        let (claim, cause, canonical) = match claimed {
            Some(claimed) => (claimed.claim, Some(claimed.cause), claimed.canonical),
            None => (Claim::Unexplained, None, None),
        };
        let from = link.named().map(|position| FindingRef { section, position }).collect();
        let from_count = link.from.len() as u64;
        let diff = diff.filter(|_| cause.is_none());
        Explained { finding, claim, cause, converges: link.converges, canonical, witness, from, from_count, diff }
    });
    explained.collect()
}

/// A gap of one layer of one side.
pub(super) fn layer_gap(side: Side, layer: u32, error: crate::image::layer::LayerError) -> Gap {
    let location = Location::new(Kind::Layer).in_layer(Sides::only(side, layer));
    Gap { location, reason: error.reason, detail: error.detail }
}
