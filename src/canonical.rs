//! The canonical image and its digest.
//!
//! A canonical description is made of one image and of the claims of a report: the canonical config; for each layer its
//! diff ID where both sides share it, else the name-sorted records of its entries, what the claims name mapped to
//! canonical form; one merged tree where the splits differ. The description is hashed with SHA-256. The two digests are
//! equal exactly when every finding is claimed as proven or excluded, or derived from such.

mod config;
mod records;

use sha2::{Digest as _, Sha256};

use crate::compare::pairs::{LayerPairs, pair_images};
use crate::digest::Digest;
use crate::explain::PlatformExplanation;
use crate::finding::{Finding, Side, Sides};
use crate::image::layer::LayerError;
use crate::image::load::Image;
use crate::limits::Limits;

/// The first line of every canonical description.
const VERSION: &str = "reprove canonical image 1";

/// Computes the canonical image digest of both sides; none where something could not be looked at.
///
/// # Errors
/// [`LayerError`] where a layer that could be read before cannot be read again.
pub fn digests(
    images: Sides<&Image>,
    explanation: &PlatformExplanation,
    limits: &Limits,
) -> Result<Option<Sides<Digest>>, LayerError> {
    if !explanation.gaps.is_empty() {
        return Ok(None);
    }
    let pairs = pair_images(images.map(|image| &image.config));
    let describe = |side: Side| {
        let description = Description { image: images.get(side), side, explanation, pairs: &pairs };
        description.digest(images, limits)
    };
    let (original, rebuild) = rayon::join(|| describe(Side::Original), || describe(Side::Rebuild));
    Ok(Some(Sides::new(original?, rebuild?)))
}

struct Description<'a> {
    image: &'a Image,
    side: Side,
    explanation: &'a PlatformExplanation,
    pairs: &'a LayerPairs,
}

impl Description<'_> {
    fn digest(&self, images: Sides<&Image>, limits: &Limits) -> Result<Digest, LayerError> {
        let mut hash = Sha256::new();
        let mut line = |parts: &[&[u8]]| {
            for part in parts {
                hash.update((part.len() as u64).to_le_bytes());
                hash.update(part);
            }
            hash.update(b"\n");
        };
        line(&[VERSION.as_bytes()]);
        line(&[b"config", &config::canonical(&self.image.config.document, self.side, &self.claimed())]);
        for pair in &self.pairs.pairs {
            let Some(indexes) = pair.layer.both() else { continue };
            let diff_ids =
                images.zip(indexes).map(|(image, index)| image.layers.get(index as usize).map(|layer| &layer.diff_id));
            if diff_ids.same() {
                line(&[b"layer", diff_ids.original.map(ToString::to_string).unwrap_or_default().as_bytes()]);
                continue;
            }
            line(&[b"layer records"]);
            let index = *indexes.get(self.side);
            for record in records::of_layers(self.image, self.side, index..index + 1, &self.claimed(), limits)? {
                line(&[&record]);
            }
        }
        if let Some(runs) = &self.pairs.merged {
            line(&[b"tree records"]);
            for record in
                records::of_layers(self.image, self.side, runs.get(self.side).clone(), &self.claimed(), limits)?
            {
                line(&[&record]);
            }
        }
        for explained in &self.explanation.findings {
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

    /// The findings whose sides are mapped to one form.
    fn claimed(&self) -> Vec<&Finding> {
        self.explanation
            .findings
            .iter()
            .filter(|explained| explained.converges)
            .map(|explained| &explained.finding)
            .collect()
    }
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
