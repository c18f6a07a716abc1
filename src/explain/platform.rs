//! One platform: what was found in its documents and layers is brought in order, and what needs more than one finding
//! is resolved.

use std::io;
use std::sync::Arc;

use crate::causes::Hazard;
use crate::compare::pairs::LayerPairs;
use crate::content::notes::Noted;
use crate::finding::{Gap, GapReason, Kind, Location, Side, Sides, Unexplainable};
use crate::image::layer::LayerError;
use crate::image::load::Image;
use crate::image::provenance::Attached;

use super::alone::Alone;
use super::candidate::Context;
use super::copied::Copied;
use super::derived::{Derivations, Spans};
use super::gate::Gate;
use super::gather::Gathering;
use super::gathered::Gathered;
use super::noted::Recorders;
use super::resolve::{Resolved, Resolver};
use super::shared::Needs;
use super::structure::Questions;
use super::witness::Witnesses;
use super::{GivenDockerfile, PlatformExplanation, facts, folds, hazards, lines, order, programs, provenance};

/// Two images of one platform, compared.
pub(crate) struct Compared<'a> {
    pub(crate) images: Sides<&'a Image>,
    /// What is attached to them as evidence.
    pub(crate) attached: Sides<&'a Attached>,
    /// What they are built from, where the user says so.
    pub(crate) dockerfile: Option<&'a GivenDockerfile>,
    pub(crate) pairs: &'a LayerPairs,
    pub(crate) context: &'a Context<'a>,
}

impl<'a> Compared<'a> {
    /// Explains what was gathered. `section` is the platform's number in finding references.
    pub(crate) fn explain(
        &self,
        gathering: io::Result<Gathering<'a>>,
        mut gathered: Gathered,
        section: usize,
    ) -> PlatformExplanation {
        let Compared { images, attached, dockerfile, pairs, context } = *self;
        let facts = context.facts;
        gathered.gaps.extend(folds::gaps(std::mem::take(&mut gathered.folds)));
        gathered.gaps.sort_by(order::gaps);
        let resolved =
            gathering.and_then(|mut gathering| resolve(images, pairs, &mut gathering, &mut gathered, section));
        let complete = gathered.gaps.is_empty() && resolved.as_ref().is_ok_and(|resolved| resolved.gaps.is_empty());
        let Resolved { findings, mut warnings, inputs, same_tree, trees_unread, gaps } =
            resolved.unwrap_or_else(|error| {
                gathered.gaps.push(LayerError::no_room(error).at(Location::new(Kind::Manifest)));
                Resolved::default()
            });
        gathered.gaps.extend(gaps);
        gathered.gaps.sort_by(order::gaps);
        if trees_unread {
            let most = context.limits.tree_paths;
            let detail = Unexplainable::TreePaths(most).into();
            gathered.gaps.push(Gap { location: Location::new(Kind::Manifest), reason: GapReason::Limit, detail });
        }
        warnings.extend(hazards::warnings(context));
        warnings.extend(provenance::warnings(images, facts, attached, context));
        let other_machine = context.of_hazard(Hazard::OtherMachine);
        warnings.extend(programs::warning(other_machine, facts, &gathered.passing.programs));
        PlatformExplanation {
            platform: images.map(|image| image.config.platform.to_string()),
            manifest_digest: images
                .map(|image| image.manifest.as_ref().map(|(descriptor, _)| descriptor.digest.clone())),
            image_id: images.map(|image| Some(image.id.clone())),
            same_manifest: same_manifest(images),
            same_image: complete && images.map(|image| &image.id).same(),
            same_tree: complete && same_tree && !(pairs.merged.is_some() && folds_names(images)),
            findings,
            gaps: gathered.gaps,
            warnings,
            inputs,
            steps: images.map(|image| image.config.commands()),
            lines: images.zip(attached).map(|(image, attached)| lines::lines(image, attached, dockerfile)),
            provenance: attached.map(|attached| attached.provenance.clone()),
            built_by: facts.map(facts::built_by),
            created: facts.map(facts::created),
            canonical_digest: None,
            judged_by_day: context.day.has_decided(),
        }
    }
}

/// Whether names that differ in case are one file to either image: their trees are compared by exact names.
fn folds_names(images: Sides<&Image>) -> bool {
    images.map(|image| image.config.platform.folds_names()) != Sides::new(false, false)
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
    let mut needs = Needs::new(images, pairs, context.facts);
    let (mut alone, mut copied) = (Alone::new(images), Copied::default());
    let (mut noted, files) = (Ok(()), Arc::clone(&gathering.files));
    let sorted = gathering.merge(&gathered.runs, &mut |place, mut candidate| {
        questions.mark(&mut candidate);
        questions.note(&candidate, gathered.passing.leads_to(&candidate.finding));
        spans.note(place, &candidate.finding);
        alone.note(&candidate.finding);
        copied.note(&candidate.finding);
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
    let unread_links = needs.unread_links(&shared);
    gathered.passing.extend(shared.passing.unwrap_or_default());
    let unread_notes = shared.noted.is_none();
    let mut noted = shared.noted.unwrap_or_default();
    let unread_scripts = shared.scripts.is_none();
    noted.extend(Noted::of_scripts(shared.scripts.unwrap_or_default()));
    gathered.passing.noted.original.extend(noted.clone());
    gathered.passing.noted.rebuild.extend(noted);
    for side in Side::BOTH {
        gathered.passing.noted.get_mut(side).extend(facts::noted(context.facts.get(side)));
    }
    gathered.passing.sort();
    let trees = questions.trees(images, context.limits);
    gathered.gaps.extend(trees.unknown_links(&gathered.links));
    let mut gate = Gate::new(&gathered.passing.links, shared.links, context.facts, gathered.passing.noted.as_ref());
    if unread_scripts {
        gate.fear_times();
    }
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
        witnesses: Witnesses { passing: &gathered.passing, differing: &gathered.files, arena: &files, unread, context },
        recorders: Recorders {
            passing: &gathered.passing,
            differing: &gathered.files,
            arena: &files,
            unread: unread_notes,
        },
        alone,
        copied,
        images,
        unread_links,
        gate,
        section,
    };
    resolver.resolve()
}

fn same_manifest(images: Sides<&Image>) -> bool {
    images.map(|image| image.manifest.as_ref().map(|(descriptor, _)| &descriptor.digest)).same()
        && images.original.manifest.is_some()
}
