//! Hazards that provenance shows of one image alone.

use crate::causes::{Cause, Hazard, ImageFacts};
use crate::codec::time;
use crate::finding::{AttestationPlace, Kind, Location, Side, Sides};
use crate::image::load::Image;
use crate::image::provenance::{Attached, Misplaced};

use super::Warning;
use super::candidate::Context;
use super::facts::layer_blobs;

/// Layers that one warning names.
const NAMED: usize = 20;

/// `BuildKit` takes this step from its cache whatever it is told; the directory that it makes is the same each time.
const ALWAYS_CACHED: &str = "WORKDIR ";

/// The hazards that the provenance of the sides shows.
pub(super) fn warnings(
    images: Sides<&Image>,
    facts: Sides<&ImageFacts>,
    attached: Sides<&Attached>,
    context: &Context<'_>,
) -> Vec<Warning> {
    let mut warnings = Vec::new();
    if let Some(cause) = context.of_hazard(Hazard::OtherSubject) {
        warnings.extend(misplaced(cause, images, attached));
    }
    if let Some(cause) = context.of_hazard(Hazard::OlderStep) {
        let details = images.zip(facts).map(|(image, facts)| older_steps(image, facts));
        let location = Location::field_of(Kind::Config, "/history");
        warnings.extend(warning(cause, location, details));
    }
    warnings
}

fn warning(cause: &'static Cause, location: Location, details: Sides<Option<String>>) -> Option<Warning> {
    let any = details.original.is_some() || details.rebuild.is_some();
    any.then_some(Warning { cause, location, count: 1, details })
}

/// Provenance about another image, one warning for each version of it.
fn misplaced(cause: &'static Cause, images: Sides<&Image>, attached: Sides<&Attached>) -> Vec<Warning> {
    let mut types: Vec<&str> = Side::BOTH
        .into_iter()
        .flat_map(|side| &attached.get(side).misplaced)
        .map(|statement| statement.predicate_type.as_str())
        .collect();
    types.sort_unstable();
    types.dedup();
    let one = |predicate_type: &str| {
        let details = attached.map(|attached| {
            let mut statements = attached.misplaced.iter();
            statements.find(|statement| statement.predicate_type == predicate_type).map(detail)
        });
        let platforms = images.map(|image| image.config.platform.key().to_string());
        let platform = platforms.original.min(platforms.rebuild);
        let place = AttestationPlace { platform, predicate_type: predicate_type.to_owned() };
        let location = Location::field_of(Kind::Index, "/subject");
        warning(cause, Location { attestation: Some(Box::new(place)), ..location }, details)
    };
    types.into_iter().filter_map(one).collect()
}

fn detail(statement: &Misplaced) -> String {
    let about = match statement.subjects.as_slice() {
        [] => "nothing".to_owned(),
        [only] => only.to_string(),
        [first, ..] => format!("{first} and others"),
    };
    format!("is attached to manifest {} and is about {about}", statement.manifest)
}

/// The layers of this build that its own provenance shows to be older than it.
fn older_steps(image: &Image, facts: &ImageFacts) -> Option<String> {
    let provenance = facts.provenance.as_ref()?;
    let (started, steps) = (provenance.started?, provenance.steps.as_ref()?);
    if provenance.has_epoch() {
        return None;
    }
    let own = steps.own_layers(&layer_blobs(image));
    let is_older = |layer: u32| {
        let entry = image.config.history_of_layer(layer).and_then(|entry| image.config.history.get(entry))?;
        let created = time::parse(entry.created.as_deref()?)?;
        let is_told = !entry.created_by.starts_with(ALWAYS_CACHED);
        Some(is_told && created < started)
    };
    let layers = (0_u32..).zip(&own).filter(|(_, own)| **own).map(|(layer, _)| layer);
    let older: Vec<String> =
        layers.filter(|layer| is_older(*layer) == Some(true)).map(|layer| layer.to_string()).collect();
    let count = own.iter().filter(|own| **own).count();
    let more = if older.len() > NAMED { ", …" } else { "" };
    let named = older.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    let text = format!(
        "{} of {count} layers with a step of the Dockerfile ({named}{more}) are older than the start of the build, \
         {}",
        older.len(),
        started.to_rfc3339()
    );
    (!older.is_empty()).then_some(text)
}
