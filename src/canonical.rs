//! The canonical image and its digest.
//!
//! The digest of a side is made of that side's image and of the claims of a report alone. It is a tree of SHA-256 hashes
//! that commits to every byte which no claim maps away; what a policy accepts plays no role. The two are equal exactly
//! when every finding is claimed as proven or excluded, or derived from such. `docs/canonical-form.md` says byte by byte
//! how it is made; `scripts/canonical-digest` computes it by that page.

mod claims;
mod document;
mod file;
mod form;
mod header;
mod layer;
mod ordered;
mod tree;

use std::io;
use std::ops::Range;

use crate::codec::json::Node as Json;
use crate::compare::merged::RunFailure;
use crate::compare::pairs::pair_images;
use crate::digest::Digest;
use crate::explain::PlatformExplanation;
use crate::finding::{Gap, GapReason, Kind, Location, Side, Sides, Unread};
use crate::image::load::Image;
use crate::limits::Limits;

use claims::{Claims, Part};
pub(crate) use form::VERSION;
use form::{Form, Node, list};

/// Computes the canonical image digest of both sides; none where something could not be looked at.
///
/// # Errors
/// The gap, where a layer that could be read before cannot be read again, where a finding cannot, or where claims do not
/// tell what of the image they are about.
pub(crate) fn digests(
    images: Sides<&Image>,
    explanation: &PlatformExplanation,
    limits: &Limits,
) -> Result<Option<Sides<Digest>>, Box<Gap>> {
    if !explanation.gaps.is_empty() {
        return Ok(None);
    }
    let findings = &explanation.findings;
    let claims = Claims::new(findings, &pair_images(images.map(|image| &image.config)));
    let of = |side: Side| of_side(images.get(side), side, &claims, limits);
    let (original, rebuild) = rayon::join(|| of(Side::Original), || of(Side::Rebuild));
    let unread = |error: io::Error| Gap {
        location: Location::new(Kind::Manifest),
        reason: GapReason::Limit,
        detail: Unread::NoRoom(error.to_string()).into(),
    };
    findings.check().map_err(unread)?;
    let forms = Sides::new(original.map_err(RunFailure::gap)?, rebuild.map_err(RunFailure::gap)?);
    Ok(Some(forms.map(Digest::Sha256)))
}

/// The form of one image.
fn of_side(image: &Image, side: Side, claims: &Claims<'_>, limits: &Limits) -> Result<Form, RunFailure> {
    let manifest = image.manifest.as_ref().map(|(_, manifest)| &manifest.document);
    let mut node = Node::new("image")
        .item(&document::of(manifest, side, claims, &claims.manifest))
        .item(&document::of(Some(&image.config.document), side, claims, &claims.config));
    for part in &claims.parts {
        node.add(&of_part(image, side, part, claims, limits)?);
    }
    Ok(node.end())
}

fn of_part(image: &Image, side: Side, part: &Part, claims: &Claims<'_>, limits: &Limits) -> Result<Form, RunFailure> {
    match (part.is_taken_apart(), part.merged) {
        (true, false) => layer::of(image, side, part, claims, limits),
        (true, true) => tree::of(image, side, part, claims, limits),
        (false, _) => {
            let descriptors =
                if part.is_open() { descriptors(image, part.layers.get(side).clone()) } else { Vec::new() };
            let mut node = Node::new("layers").item(&claims.of_part(part)).item(&descriptors);
            for index in part.layers.get(side).clone() {
                let diff_id = image.layers.get(index as usize).map(|layer| layer.diff_id.to_string());
                node.add(diff_id.unwrap_or_default().as_bytes());
            }
            Ok(node.end())
        }
    }
}

/// What the manifest says of layers, whatever is claimed of that: a layer may contradict it.
fn descriptors(image: &Image, layers: Range<u32>) -> Vec<u8> {
    let Some((_, manifest)) = &image.manifest else { return Vec::new() };
    let all = manifest.document.get("/layers").map(Json::elements).unwrap_or_default();
    let of_layers = layers.filter_map(|layer| all.get(layer as usize));
    list("descriptors", of_layers.filter_map(document::plain)).to_vec()
}
