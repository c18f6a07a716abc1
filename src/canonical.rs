//! The canonical image and its digest.
//!
//! A canonical description is made of one image and of the claims of a report: the canonical config; for each layer its
//! diff ID where both sides share it, else the name-sorted records of its entries, what the claims name mapped to
//! canonical form; one merged tree where the splits differ. The description is hashed with SHA-256. The two digests are
//! equal exactly when every finding is claimed as proven or excluded, or derived from such.

mod config;
mod records;

use std::collections::BTreeMap;
use std::io;
use std::ops::Range;

use sha2::{Digest as _, Sha256};

use crate::compare::merged::RunFailure;
use crate::compare::pairs::{LayerPairs, pair_images};
use crate::digest::Digest;
use crate::explain::{Claim, Explained, PlatformExplanation, Store};
use crate::finding::{Aspect, Finding, Gap, GapReason, Kind, Location, Side, Sides};
use crate::image::load::Image;
use crate::limits::Limits;

/// The first line of every canonical description.
const VERSION: &str = "reprove canonical image 1";

/// Computes the canonical image digest of both sides; none where something could not be looked at.
///
/// # Errors
/// The gap, where a layer that could be read before cannot be read again, or a finding cannot.
pub fn digests(
    images: Sides<&Image>,
    explanation: &PlatformExplanation,
    limits: &Limits,
) -> Result<Option<Sides<Digest>>, Box<Gap>> {
    if !explanation.gaps.is_empty() {
        return Ok(None);
    }
    let pairs = pair_images(images.map(|image| &image.config));
    let describe = |side: Side| {
        let description = Description { image: images.get(side), side, explanation, pairs: &pairs };
        description.digest(images, limits)
    };
    let (original, rebuild) = rayon::join(|| describe(Side::Original), || describe(Side::Rebuild));
    let unread = |error: io::Error| Gap {
        location: Location::new(Kind::Manifest),
        reason: GapReason::Limit,
        detail: error.to_string(),
    };
    explanation.findings.check().map_err(unread)?;
    Ok(Some(Sides::new(original.map_err(RunFailure::gap)?, rebuild.map_err(RunFailure::gap)?)))
}

struct Description<'a> {
    image: &'a Image,
    side: Side,
    explanation: &'a PlatformExplanation,
    pairs: &'a LayerPairs,
}

impl Description<'_> {
    fn digest(&self, images: Sides<&Image>, limits: &Limits) -> Result<Digest, RunFailure> {
        let mut hash = Sha256::new();
        let mut line = |parts: &[&[u8]]| {
            for part in parts {
                hash.update((part.len() as u64).to_le_bytes());
                hash.update(part);
            }
            hash.update(b"\n");
        };
        line(&[VERSION.as_bytes()]);
        let claimed = Claimed::new(&self.explanation.findings, self.side);
        line(&[b"config", &config::canonical(&self.image.config.document, self.side, &claimed.config)]);
        for pair in &self.pairs.pairs {
            let Some(indexes) = pair.layer.both() else { continue };
            let diff_ids =
                images.zip(indexes).map(|(image, index)| image.layers.get(index as usize).map(|layer| &layer.diff_id));
            if diff_ids.same() {
                line(&[b"layer", diff_ids.original.map(ToString::to_string).unwrap_or_default().as_bytes()]);
                continue;
            }
            line(&[b"layer records"]);
            let runs = indexes.map(|index| index..index + 1);
            records::of_layers(self.image, self.side, &runs, &claimed, limits, &mut |record| line(&[record]))?;
        }
        if let Some(runs) = &self.pairs.merged {
            line(&[b"tree records"]);
            records::of_layers(self.image, self.side, runs, &claimed, limits, &mut |record| line(&[record]))?;
        }
        for explained in self.explanation.findings.iter() {
            let place = place(&explained.finding);
            match (explained.converges, explained.canonical, explained.cause) {
                (true, Some(form), Some(cause)) => line(&[b"claim", place.as_bytes(), cause.id.as_bytes(), &form]),
                (true, _, _) => {}
                (false, _, _) => line(&[
                    b"finding",
                    place.as_bytes(),
                    format!("{:?}", explained.finding.values.get(self.side)).as_bytes(),
                ]),
            }
        }
        Ok(Digest::Sha256(hash.finalize().into()))
    }
}

/// The findings whose sides are mapped to one form.
struct Claimed<'a> {
    findings: &'a Store,
    config: Vec<Finding>,
    /// Positions of those of entries, by layer of this side.
    entries: BTreeMap<u32, Vec<usize>>,
    /// Positions of those of entries that are dropped by name, by layer of the other side: a side that has several
    /// entries of one path may have one that the other has too, and loses that as well.
    dropped: BTreeMap<u32, Vec<usize>>,
}

impl<'a> Claimed<'a> {
    fn new(findings: &'a Store, side: Side) -> Self {
        let mut claimed = Claimed { findings, config: Vec::new(), entries: BTreeMap::new(), dropped: BTreeMap::new() };
        for (position, explained) in findings.iter().enumerate().filter(|(_, explained)| explained.converges) {
            let location = &explained.finding.location;
            match (location.kind, location.layer.get(side)) {
                (Kind::Config, _) => claimed.config.push(explained.finding),
                (Kind::Entry, Some(layer)) => claimed.entries.entry(*layer).or_default().push(position),
                (Kind::Entry, None) if is_dropped(&explained) => {
                    let layer = location.layer.original.or(location.layer.rebuild);
                    claimed.dropped.entry(layer.unwrap_or(u32::MAX)).or_default().push(position);
                }
                _ => {}
            }
        }
        claimed
    }

    /// Those of entries of these layers, `layers` of this side and `others` of the other, in order within each.
    fn in_layers(&self, layers: Range<u32>, others: Range<u32>) -> impl Iterator<Item = Explained> + '_ {
        let mut reader = self.findings.reader();
        let positions = self.entries.range(layers).chain(self.dropped.range(others));
        positions.flat_map(|(_, positions)| positions).filter_map(move |position| reader.get(*position))
    }
}

/// Whether a path is none of the canonical image's.
fn is_dropped(explained: &Explained) -> bool {
    explained.claim == Claim::Excluded && explained.finding.aspect == Aspect::Presence
}

/// A finding's place, the same on both sides.
fn place(finding: &Finding) -> String {
    let location = &finding.location;
    format!(
        "{:?} {} {:?} {} {:?}",
        location.kind,
        hex::encode(location.path_bytes()),
        location.inside,
        location.field_name(),
        finding.aspect
    )
}
