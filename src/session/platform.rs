//! One platform: compare the documents, compare the layers in parallel, then have explained what was found.

use std::io;

use rayon::prelude::*;

use crate::causes::{Cause, Day, Table};
use crate::compare::pairs::{LayerPairs, pair_images};
use crate::compare::{config, manifest};
use crate::explain::{
    Candidate, Compared, Context, Gathered, Gathering, GivenDockerfile, LayerFindings, PlatformExplanation, Texts,
    facts_of,
};
use crate::finding::{Aspect, Finding, Gap, Kind, Location, Sides, Value};
use crate::image::load::Image;
use crate::image::provenance::Attached;
use crate::limits::Limits;
use crate::limits::budget::Budget;

use super::layers::{self, Job};

/// How images are compared and explained.
pub(super) struct Terms<'a> {
    /// What is offered the findings, in order.
    pub(super) causes: &'a [&'static Cause],
    /// Whether the blobs are read and verified that the comparison does not need.
    pub(super) verify_all: bool,
    /// What the images are built from, where the user says so.
    pub(super) dockerfile: Option<&'a GivenDockerfile>,
    /// The last second of the day on which the comparison is judged.
    pub(super) day_ends: Option<i64>,
    /// The caps.
    pub(super) limits: &'a Limits,
    /// What it may cost in all.
    pub(super) budget: Budget,
}

/// Compares two images of one platform and has explained what differs, with what is attached to them as evidence.
/// `section` is the platform's number in finding references.
pub(super) fn explained(
    images: Sides<&Image>,
    attached: Sides<&Attached>,
    terms: &Terms<'_>,
    section: usize,
) -> PlatformExplanation {
    let Terms { causes, dockerfile, day_ends, limits, .. } = *terms;
    let facts = images.zip(attached).map(|(image, attached)| facts_of(image, attached.provenance.as_ref()));
    let texts = Texts::default();
    let day = Day::ending(day_ends);
    let table = Table::new(causes);
    let context = Context { causes, table: &table, facts: facts.as_ref(), limits, texts: &texts, day: &day };
    let pairs = pair_images(images.map(|image| &image.config));
    let mut gathered = Gathered::default();
    let gathering = compare(images, &pairs, terms, &context, &mut gathered);
    Compared { images, attached, dockerfile, pairs: &pairs, context: &context }.explain(gathering, gathered, section)
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
    Ok(gathering)
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
