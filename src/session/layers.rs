//! Which layers are read, and how far: nothing that need not be read is.

use std::collections::BTreeSet;
use std::ops::Range;
use std::thread;

use crate::compare::layer::{LayerFailure, LayerJob, compare_layers};
use crate::compare::merged::{self, RunFailure};
use crate::compare::pairs::LayerPairs;
use crate::compare::{compression, tables};
use crate::explain::{Gathering, Held, LayerFindings, commands_go_by_times};
use crate::finding::{Aspect, Finding, Gap, Kind, Location, Side, Sides};
use crate::image::layer::{LayerEnd, LayerError, LayerReader};
use crate::image::load::{Image, Layer};
use crate::limits::Limits;
use crate::limits::budget::Budget;

use super::sink::{LayerSink, Share};

/// One piece of work on layers.
pub(super) enum Job {
    /// The same uncompressed bytes: only their envelopes are compared.
    Envelopes(Sides<u32>),
    /// Other uncompressed bytes: the entries are compared.
    Entries(Sides<u32>),
    /// Runs of layers whose trees are compared.
    Trees(Sides<Range<u32>>),
    /// Nothing is compared, the bytes are checked, one side after the other: the second may come out of a cache then.
    Verify(Sides<u32>),
}

/// The work that two images need.
pub(super) fn jobs(images: Sides<&Image>, pairs: &LayerPairs, verify_all: bool) -> Vec<Job> {
    let mut jobs = Vec::new();
    for pair in &pairs.pairs {
        let Some(indexes) = pair.layer.both() else { continue };
        let layers = images.zip(indexes).map(|(image, index)| image.layers.get(index as usize)).both();
        match layers.map(|layers| work(layers, leading(images, indexes).same())) {
            Some(Work::Entries) => jobs.push(Job::Entries(indexes)),
            Some(Work::Envelopes) => jobs.push(Job::Envelopes(indexes)),
            Some(Work::Nothing) if verify_all => jobs.push(Job::Verify(indexes)),
            Some(Work::Nothing) | None => {}
        }
    }
    jobs.extend(pairs.merged.clone().map(Job::Trees));
    jobs
}

enum Work {
    Nothing,
    Envelopes,
    Entries,
}

fn work(layers: Sides<&Layer>, same_leading: bool) -> Work {
    if !layers.map(|layer| &layer.diff_id).same() {
        return Work::Entries;
    }
    match layers.map(|layer| layer.descriptor.as_ref().map(|descriptor| &descriptor.digest)).both() {
        // How a docker archive holds a layer is its wrapper's business.
        None => Work::Nothing,
        // One blob under labels of two compressions, or with two tables: one of them is wrong.
        Some(digests) if digests.same() && promised(layers).same() && same_leading => Work::Nothing,
        Some(_) => Work::Envelopes,
    }
}

fn promised(layers: Sides<&Layer>) -> Sides<Option<&'static str>> {
    layers.map(promised_by)
}

fn promised_by(layer: &Layer) -> Option<&'static str> {
    compression::promised_format(&layer.descriptor.as_ref()?.media_type)
}

impl Job {
    /// How much there is to do, as far as that is known before: the stored bytes of the layers whose entries are compared.
    pub(super) fn weight(&self, images: Sides<&Image>) -> u64 {
        let stored = |layers: Sides<Range<u32>>| {
            let sides = images.zip(layers).map(|(image, layers)| {
                let layers = image.layers.get(layers.start as usize..layers.end as usize).unwrap_or_default();
                let sizes = layers.iter().filter_map(|layer| layer.descriptor.as_ref()?.size);
                sizes.fold(layers.len() as u64, u64::saturating_add)
            });
            sides.original.saturating_add(sides.rebuild)
        };
        match self {
            Job::Entries(indexes) => stored(indexes.map(|index| index..index + 1)),
            Job::Trees(runs) => stored(runs.clone()),
            Job::Envelopes(_) | Job::Verify(_) => 0,
        }
    }

    /// Does the work.
    ///
    /// # Errors
    /// The gaps of layers that could not be read to their verified end.
    pub(super) fn run(
        &self,
        images: Sides<&Image>,
        gathering: &Gathering<'_>,
        budget: Budget,
    ) -> Result<LayerFindings, Vec<Gap>> {
        let limits = gathering.context.limits;
        let share = Share::new(budget);
        match self {
            Job::Envelopes(indexes) => envelopes(images, *indexes, gathering, &share),
            Job::Entries(indexes) => entries(images, *indexes, gathering, &share),
            Job::Trees(runs) => trees(images, runs, gathering, &share),
            Job::Verify(indexes) => {
                let gaps = Side::BOTH.into_iter().filter_map(|side| {
                    let index = *indexes.get(side);
                    let end = images.get(side).open_layer(index, limits).and_then(LayerReader::finish);
                    end.err().map(|error| error.gap(side, index))
                });
                let gaps: Vec<Gap> = gaps.collect();
                if gaps.is_empty() { Ok(LayerFindings::default()) } else { Err(gaps) }
            }
        }
    }
}

fn base(indexes: Sides<u32>) -> Location {
    Location::new(Kind::Layer).in_layer(indexes.map(Some))
}

fn drain_envelope(image: &Image, index: u32, limits: &Limits) -> Result<LayerEnd, LayerError> {
    image.open_envelope(index, limits)?.finish()
}

fn envelopes(
    images: Sides<&Image>,
    indexes: Sides<u32>,
    gathering: &Gathering<'_>,
    share: &Share,
) -> Result<LayerFindings, Vec<Gap>> {
    let (original, rebuild) = rayon::join(
        || drain_envelope(images.original, indexes.original, gathering.context.limits),
        || drain_envelope(images.rebuild, indexes.rebuild, gathering.context.limits),
    );
    match (original, rebuild) {
        (Ok(original), Ok(rebuild)) => {
            let ends = Sides::new(&original, &rebuild);
            let findings = envelope_findings(images, indexes, ends, gathering.context.limits);
            let finished = thread::scope(|scope| {
                let sink = LayerSink::new(scope, gathering, Held::pair(indexes.map(Some)), share);
                sink.finish(findings, BTreeSet::new(), None)
            });
            finished.map_err(|error| vec![LayerError::no_room(error).at(base(indexes))])
        }
        (original, rebuild) => {
            let gap = |side, outcome: Result<LayerEnd, LayerError>| {
                outcome.err().map(|error| error.gap(side, *indexes.get(side)))
            };
            Err([gap(Side::Original, original), gap(Side::Rebuild, rebuild)].into_iter().flatten().collect())
        }
    }
}

/// How the layers are compressed, and what their descriptors say of that.
fn envelope_findings(
    images: Sides<&Image>,
    indexes: Sides<u32>,
    ends: Sides<&LayerEnd>,
    limits: &Limits,
) -> Vec<Finding> {
    let tables = if leading(images, indexes).same() && compression::same_tables(ends) {
        Sides::new(None, None)
    } else {
        Sides::from_fn(|side| {
            let open = || images.get(side).open_layer(*indexes.get(side), limits);
            tables::sound(ends.get(side), open, limits)
        })
    };
    let base = base(indexes);
    let sound = tables.as_ref().map(Option::is_some);
    let mut findings = compression::compare(&base, ends, stored(images, indexes), sound, limits);
    findings.extend(labels(images, indexes, ends));
    findings.extend(tables::misleading(&base, leading(images, indexes), tables.as_ref().map(Option::as_ref)));
    findings
}

/// The annotations of a pair of layers that lead partial pulls to a table.
fn leading(images: Sides<&Image>, indexes: Sides<u32>) -> Sides<tables::Leading<'_>> {
    images.zip(indexes).map(|(image, index)| {
        let layer = image.manifest.as_ref().and_then(|(_, manifest)| manifest.layers.get(index as usize));
        layer.map_or_else(Default::default, |layer| tables::leading(&layer.annotations))
    })
}

fn labels(images: Sides<&Image>, indexes: Sides<u32>, ends: Sides<&LayerEnd>) -> Option<Finding> {
    let layers = images.zip(indexes).map(|(image, index)| image.layers.get(index as usize));
    let media_types =
        layers.map(|layer| layer.and_then(|layer| layer.descriptor.as_ref()).map_or("", |blob| &blob.media_type));
    compression::labels(&base(indexes), media_types, ends)
}

fn stored(images: Sides<&Image>, indexes: Sides<u32>) -> Sides<u64> {
    let layers = images.zip(indexes).map(|(image, index)| image.layers.get(index as usize));
    layers.map(|layer| layer.and_then(|layer| layer.descriptor.as_ref()?.size).unwrap_or(0))
}

fn entries(
    images: Sides<&Image>,
    indexes: Sides<u32>,
    gathering: &Gathering<'_>,
    share: &Share,
) -> Result<LayerFindings, Vec<Gap>> {
    let limits = gathering.context.limits;
    let open = |side: Side| images.get(side).open_layer(*indexes.get(side), limits);
    let failed = |failure: LayerFailure| layer_gaps(images, indexes, failure, limits);
    let readers = Sides::new(
        open(Side::Original).map_err(|error| failed(LayerFailure { side: Side::Original, error }))?,
        open(Side::Rebuild).map_err(|error| failed(LayerFailure { side: Side::Rebuild, error }))?,
    );
    let mut location = base(indexes);
    location.kind = Kind::Entry;
    let job = LayerJob { base: location, readers, reopen: &open, limits };
    thread::scope(|scope| {
        let mut sink = LayerSink::new(scope, gathering, Held::pair(indexes.map(Some)), share);
        let outcome = compare_layers(job, &mut sink).map_err(failed)?;
        let mut whole = outcome.findings;
        if images.map(|image| image.manifest.is_some()) == Sides::new(true, true) {
            whole.extend(envelope_findings(images, indexes, outcome.ends.as_ref(), limits));
        }
        let reordered = whole.iter().any(|finding| finding.aspect == Aspect::Order);
        let implied = outcome.arrangements.map(|arrangement| arrangement.implied);
        let implied = reordered.then_some((indexes, implied));
        let folds = indexes.zip(outcome.ends).map(|(index, end)| end.folds.map(|folds| (index, folds)));
        let folds = folds.map(|folds| folds.into_iter().collect());
        let finished = sink.finish(whole, outcome.duplicates, Some(&outcome.parents));
        let finished = finished.map(|found| LayerFindings { implied, folds, ..found }.with_doubts(outcome.doubts));
        finished.map_err(|error| vec![LayerError::no_room(error).at(base(indexes))])
    })
}

/// A layer failed: each side is read alone, so that both are told of and the sides may be swapped.
fn layer_gaps(images: Sides<&Image>, indexes: Sides<u32>, failure: LayerFailure, limits: &Limits) -> Vec<Gap> {
    let alone = |side: Side| {
        let index = *indexes.get(side);
        scan(images.get(side), index, limits).err().map(|error| error.gap(side, index))
    };
    let gaps: Vec<Gap> = Side::BOTH.into_iter().filter_map(alone).collect();
    if !gaps.is_empty() {
        return gaps;
    }
    vec![failure.error.at(base(indexes))]
}

fn scan(image: &Image, index: u32, limits: &Limits) -> Result<LayerEnd, LayerError> {
    let mut reader = image.open_layer(index, limits)?;
    while reader.next_item()?.is_some() {}
    reader.finish()
}

fn trees(
    images: Sides<&Image>,
    runs: &Sides<Range<u32>>,
    gathering: &Gathering<'_>,
    share: &Share,
) -> Result<LayerFindings, Vec<Gap>> {
    let limits = gathering.context.limits;
    let open = |side: Side, index: u32| images.get(side).open_layer(index, limits);
    let layers = (0..).take(images.original.layers.len());
    let promised = |side: Side, index: u32| promised_by(images.get(side).layers.get(index as usize)?);
    let shared: Vec<u32> = layers.filter(|index| !runs.original.contains(index)).collect();
    let by_times = commands_go_by_times(gathering.context.facts);
    let compared = thread::scope(|scope| {
        let mut sink = LayerSink::new(scope, gathering, Held::runs(runs), share);
        merged::compare(runs, &shared, (&open, &promised, by_times), &mut sink, limits).map(
            |merged::Outcome { findings, doubts, folds }| {
                let finished = sink.finish(findings, BTreeSet::new(), None);
                finished.map(|found| LayerFindings { folds, ..found }.with_doubts(doubts))
            },
        )
    });
    match compared {
        Ok(finished) => finished.map_err(|error| vec![LayerError::no_room(error).at(Location::new(Kind::Layer))]),
        Err(failure) => {
            let alone = |side: Side| {
                let layers = runs.get(side).clone();
                let failing =
                    layers.filter_map(move |index| Some((index, scan(images.get(side), index, limits).err()?)));
                failing.map(|(index, error)| error.gap(side, index)).collect::<Vec<_>>()
            };
            let mut gaps: Vec<Gap> = Side::BOTH.into_iter().flat_map(alone).collect();
            if gaps.is_empty() {
                gaps =
                    run_gaps(Sides::from_fn(|side| merged::check(side, runs.get(side).clone(), &open, limits).err()));
            }
            if gaps.is_empty() {
                // Both make a tree: it is the pair that is too much.
                let first = runs.as_ref().map(|run| (!run.is_empty()).then_some(run.start));
                let Gap { reason, detail, .. } = failure.gap();
                gaps = vec![Gap { location: Location::new(Kind::Layer).in_layer(first), reason, detail }];
            }
            Err(gaps)
        }
    }
}

/// What keeps the runs from making a tree each: told once where it is the same on both sides.
fn run_gaps(failures: Sides<Option<RunFailure>>) -> Vec<Gap> {
    let gaps = failures.map(|failure| failure.map(RunFailure::gap));
    match gaps {
        Sides { original: Some(original), rebuild: Some(rebuild) } if original.detail == rebuild.detail => {
            let layer = Sides::new(original.location.layer.original, rebuild.location.layer.rebuild);
            vec![Gap { location: original.location.clone().in_layer(layer), ..original }]
        }
        gaps => [gaps.original, gaps.rebuild].into_iter().flatten().collect(),
    }
}
