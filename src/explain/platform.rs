//! One platform: compare the documents, compare the layers in parallel, then resolve what needs both.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;

use rayon::prelude::*;

use crate::causes::{Cause, Day, Hazard, Table};
use crate::compare::layer::LooseLink;
use crate::compare::pairs::{LayerPairs, pair_images};
use crate::compare::{config, manifest};
use crate::finding::{Aspect, Finding, Gap, GapReason, Kind, Location, Side, Sides, Value};
use crate::image::layer::{Folds, LayerError};
use crate::image::load::Image;
use crate::image::provenance::Attached;
use crate::limits::Limits;
use crate::limits::budget::Budget;

use super::candidate::{Candidate, Context, Texts};
use super::derived::{Derivations, Spans};
use super::files::{Digests, Files};
use super::gate::Gate;
use super::gather::{Gathering, Run};
use super::layer::{Implied, LayerFindings};
use super::layers::{self, Job};
use super::passing::Passing;
use super::resolve::{Resolved, Resolver};
use super::shared::Needs;
use super::structure::Questions;
use super::witness::Witnesses;
use super::{PlatformExplanation, facts, folds, hazards, order, programs, provenance};

/// What the layers of one platform give beside candidates.
#[derive(Default)]
struct Gathered {
    runs: Vec<Run>,
    gaps: Vec<Gap>,
    files: Files<Digests>,
    passing: Passing,
    duplicates: BTreeSet<Arc<[u8]>>,
    implied: Vec<(Sides<u32>, Implied)>,
    links: Sides<BTreeSet<LooseLink>>,
    folds: Sides<Vec<(u32, Folds)>>,
}

impl Gathered {
    fn take_in(&mut self, layer: LayerFindings) {
        self.runs.extend(layer.runs);
        self.files.extend(layer.files);
        self.passing.extend(layer.passing);
        self.duplicates.extend(layer.duplicates);
        self.implied.extend(layer.implied);
        self.gaps.extend(layer.gaps);
        self.links.original.extend(layer.links.original);
        self.links.rebuild.extend(layer.links.rebuild);
        self.folds.original.extend(layer.folds.original);
        self.folds.rebuild.extend(layer.folds.rebuild);
    }
}

/// How images are compared and explained.
pub struct Terms<'a> {
    /// What is offered the findings, in order.
    pub causes: &'a [&'static Cause],
    /// Whether the blobs are read and verified that the comparison does not need.
    pub verify_all: bool,
    /// The last second of the day on which the comparison is judged.
    pub day_ends: Option<i64>,
    /// The caps.
    pub limits: &'a Limits,
    /// What it may cost in all.
    pub budget: Budget,
}

/// Compares and explains two images of one platform, with what is attached to them as evidence. `section` is the
/// platform's number in finding references.
pub fn explain(
    images: Sides<&Image>,
    attached: Sides<&Attached>,
    terms: &Terms<'_>,
    section: usize,
) -> PlatformExplanation {
    let Terms { causes, day_ends, limits, .. } = *terms;
    let facts = images.zip(attached).map(|(image, attached)| facts::of(image, attached.provenance.as_ref()));
    let texts = Texts::default();
    let day = Day::ending(day_ends);
    let table = Table::new(causes);
    let context = Context { causes, table: &table, facts: facts.as_ref(), limits, texts: &texts, day: &day };
    let pairs = pair_images(images.map(|image| &image.config));
    let mut gathered = Gathered::default();
    let resolved = compare(images, &pairs, terms, &context, &mut gathered)
        .and_then(|mut gathering| resolve(images, &pairs, &mut gathering, &mut gathered, section));
    let complete = gathered.gaps.is_empty() && resolved.as_ref().is_ok_and(|resolved| resolved.gaps.is_empty());
    let Resolved { findings, mut warnings, same_tree, trees_unread, gaps } = resolved.unwrap_or_else(|error| {
        gathered.gaps.push(no_room(Location::new(Kind::Manifest), &error));
        Resolved::default()
    });
    gathered.gaps.extend(gaps);
    gathered.gaps.sort_by(by_place);
    if trees_unread {
        let most = limits.tree_paths;
        let detail = format!("more than {most} paths are to be looked up in the merged trees (see --limit tree-paths)");
        gathered.gaps.push(Gap { location: Location::new(Kind::Manifest), reason: GapReason::Limit, detail });
    }
    warnings.extend(hazards::warnings(&context));
    warnings.extend(provenance::warnings(images, facts.as_ref(), attached, &context));
    warnings.extend(programs::warning(
        context.of_hazard(Hazard::OtherMachine),
        facts.as_ref(),
        &gathered.passing.programs,
    ));
    PlatformExplanation {
        platform: images.map(|image| image.config.platform.to_string()),
        manifest_digest: images.map(|image| image.manifest.as_ref().map(|(descriptor, _)| descriptor.digest.clone())),
        image_id: images.map(|image| Some(image.id.clone())),
        same_manifest: same_manifest(images),
        same_image: complete && images.map(|image| &image.id).same(),
        same_tree: complete && same_tree && !(pairs.merged.is_some() && folds_names(images)),
        findings,
        gaps: gathered.gaps,
        warnings,
        steps: images.map(|image| image.config.commands()),
        lines: images.zip(facts.as_ref()).map(|(image, facts)| provenance::lines(image, facts)),
        provenance: attached.map(|attached| attached.provenance.clone()),
        built_by: facts.as_ref().map(facts::built_by),
        created: facts.as_ref().map(facts::created),
        canonical_digest: None,
        judged_by_day: day.has_decided(),
    }
}

/// Whether names that differ in case are one file to either image: their trees are compared by exact names.
fn folds_names(images: Sides<&Image>) -> bool {
    images.map(|image| image.config.platform.folds_names()) != Sides::new(false, false)
}

/// Compares documents and layers: candidates in sorted runs, and gaps in order.
fn compare<'a>(
    images: Sides<&Image>,
    pairs: &LayerPairs,
    terms: &Terms<'_>,
    context: &'a Context<'a>,
    gathered: &mut Gathered,
) -> io::Result<Gathering<'a>> {
    let gathering = Gathering::new(context);
    let mut intake = gathering.intake();
    for (number, finding) in (0..).zip(documents(images, pairs, context.limits)) {
        intake.add(number, Candidate::of_document(context, finding));
    }
    gathered.runs = intake.finish()?;
    let jobs = layers::jobs(images, pairs, terms.verify_all);
    // Shares are fixed before work starts: what one pair of layers costs takes nothing from another.
    let weights: Vec<u64> = jobs.iter().map(|job| job.weight(images)).collect();
    let shared: Vec<(Job, Budget)> = jobs.into_iter().zip(terms.budget.shares(&weights)).collect();
    let outcomes: Vec<Result<LayerFindings, Vec<Gap>>> =
        shared.par_iter().map(|(job, share)| job.run(images, &gathering, *share)).collect();
    for outcome in outcomes {
        match outcome {
            Ok(found) => gathered.take_in(found),
            Err(gaps) => gathered.gaps.extend(gaps),
        }
    }
    for side in Side::BOTH {
        gathered.gaps.extend(folds::gaps(side, std::mem::take(gathered.folds.get_mut(side))));
    }
    gathered.gaps.sort_by(by_place);
    Ok(gathering)
}

/// Brings the candidates in order and makes the claims that need more than one of them.
fn resolve(
    images: Sides<&Image>,
    pairs: &LayerPairs,
    gathering: &mut Gathering<'_>,
    gathered: &mut Gathered,
    section: usize,
) -> io::Result<Resolved> {
    let duplicates = std::mem::take(&mut gathered.duplicates);
    let context = gathering.context;
    let implied = std::mem::take(&mut gathered.implied);
    let mut questions = Questions::new(images, context, duplicates, implied, pairs.merged.is_some());
    let mut spans = Spans::default();
    gathered.passing.sort();
    let mut needs = Needs::new(images, pairs);
    let (mut noted, files) = (Ok(()), Arc::clone(&gathering.files));
    let sorted = gathering.merge(&gathered.runs, &mut |place, mut candidate| {
        questions.mark(&mut candidate);
        questions.note(&candidate);
        spans.note(place, &candidate.finding);
        if noted.is_ok() {
            noted = needs.note(&candidate, &gathered.passing, &files);
        }
    })?;
    noted?;
    spans.sort();
    questions.ask_links(&gathered.links);
    gathered.files.sort();
    let shared = needs.read(images, context.facts, &files, context.limits)?;
    let unread = shared.passing.is_none().then_some(&needs);
    gathered.passing.extend(shared.passing.unwrap_or_default());
    gathered.passing.sort();
    let trees = questions.trees(images, context.limits);
    gathered.gaps.extend(trees.unknown_links(&gathered.links));
    let resolver = Resolver {
        questions: &questions,
        trees,
        derivations: Derivations {
            facts: context.facts,
            gaps: &gathered.gaps,
            spans: &spans,
            sorted: &sorted,
            files: &gathered.files,
            arena: &files,
        },
        witnesses: Witnesses {
            passing: &gathered.passing,
            arena: &files,
            unread,
            stale: context.of_hazard(Hazard::StaleRecord),
            one_sided: context.of_hazard(Hazard::OneSidedRecord),
            retaken: context.of_hazard(Hazard::RetakenCache),
        },
        gate: Gate::new(&gathered.passing.links, shared.links, context.facts),
        section,
    };
    resolver.resolve()
}

fn by_place(one: &Gap, other: &Gap) -> Ordering {
    order::locations(&one.location, &other.location).then_with(|| one.detail.cmp(&other.detail))
}

/// A comparison that came to nothing for want of room.
pub(super) fn no_room(location: Location, error: &io::Error) -> Gap {
    let LayerError { reason, detail } = LayerError::no_room(error);
    Gap { location, reason, detail }
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
