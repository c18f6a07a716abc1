//! Hazards of one image that causes see in its documents.

use crate::causes::{Hazard, ImageFacts};
use crate::finding::{Kind, Location};

use super::Warning;
use super::candidate::Context;

/// The warnings of the causes that look at the config.
pub(super) fn warnings<'a>(context: &'a Context<'_>) -> impl Iterator<Item = Warning> + 'a {
    context.causes.iter().filter_map(|cause| {
        let Some(Hazard::Config(look)) = cause.warns_of() else { return None };
        let details = context.facts.map(|facts: &ImageFacts| look(facts));
        let any = details.original.is_some() || details.rebuild.is_some();
        any.then(|| Warning { cause, location: Location::new(Kind::Config), count: 1, details })
    })
}
