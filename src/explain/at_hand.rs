//! Findings whose contents are at hand: what is claimed of them, and what may be shown.

use crate::compare::layer::Difference;
use crate::content::{diff, secret};
use crate::finding::{Finding, Sides};
use crate::spill::Content;

use super::candidate::{Candidate, Context, Held};

/// A finding with what is claimed of it while the contents are at hand.
pub(crate) fn claimed(
    context: &Context<'_>,
    held: Held,
    difference: Difference<'_>,
    has_children: Sides<bool>,
) -> Candidate {
    let Difference { finding, entries, files, places, withheld } = difference;
    let held = held.at(finding.location.layer);
    let masked = if withheld { masked(&finding, &files) } else { None };
    let mut candidate = Candidate::new(context, finding, held, entries, &files, places, has_children);
    if withheld {
        let shown = candidate.diff.take().and(masked);
        let diff = shown.map(|files| diff::diff(files.original.as_bytes(), files.rebuild.as_bytes(), context.limits));
        candidate.diff = diff.filter(|diff| !diff.hunks.is_empty()).map(Box::new);
    }
    candidate
}

/// Both files of a finding without their secrets, where all that is not secret can be shown.
fn masked(finding: &Finding, files: &Sides<Option<Content>>) -> Option<Sides<String>> {
    let location = &finding.location;
    let path = location.inside.last().map_or(location.path_bytes(), |member| member);
    let whole = location.field.is_none();
    let masked = |file: &Option<Content>| secret::masked(path, file.as_ref().filter(|_| whole)?.in_memory()?);
    files.as_ref().map(masked).both()
}
