//! One finding offered to the causes: the only place where a claim is made.

use crate::causes::{Canonical, Cause, Proof, Record, Table, View, Witness};
use crate::digest::sha256;
use crate::finding::{Aspect, Finding, Kind, Side, Sides, UNCOVERED};
use crate::image::path;
use crate::image::rootfs::Rootfs;

use super::{Claim, evidence, future, gate};

/// A checked claim.
#[derive(Clone)]
pub(super) struct Claimed {
    pub(super) claim: Claim,
    pub(super) cause: &'static Cause,
    /// SHA-256 of the canonical form that both sides map to; absent where that is empty, and for derived claims.
    pub(super) canonical: Option<[u8; 32]>,
    /// What each side's value is predicted to be, where the cause has a witness.
    pub(super) witnesses: Option<Box<Sides<Option<Witness>>>>,
}

/// What came of offering a finding to the causes.
pub(super) struct Offer {
    pub(super) claimed: Option<Claimed>,
    /// Causes whose check needs more than the finding: the merged trees, or other findings.
    pub(super) deferred: Vec<&'static Cause>,
}

/// Offers a finding to every cause whose scope it is in, in order; the first claim that holds is made.
pub(super) fn offer(table: Option<&Table>, finding: &Finding, views: &Sides<View<'_>>) -> Offer {
    let mut deferred = Vec::new();
    // Scopes go by stored names: what another path is meant by is for no cause to claim.
    let nobody = means_another_path(finding) || finding.location.field_name() == UNCOVERED;
    // Nor does any know bytes that the comparison itself did not account for.
    let table = if nobody { None } else { table };
    for cause in table.into_iter().flat_map(|table| table.of(finding)) {
        if matches!(cause.proof, Proof::Tree(_) | Proof::Derived(_)) {
            deferred.push(cause);
            continue;
        }
        let Some(claimed) = claim(cause, &cause.proof, views) else { continue };
        // What may be run is no noise of another kind either, nor is a time that no build wrote.
        let inert = !cause.proof.is_of_unread() || views.as_ref().map(gate::is_inert) == Sides::new(true, true);
        let holds = inert && !future::is_told(views);
        return Offer { claimed: holds.then_some(claimed), deferred: Vec::new() };
    }
    Offer { claimed: None, deferred }
}

/// The claim of one cause, where it holds and needs no more than the finding.
fn claim(cause: &'static Cause, proof: &Proof, views: &Sides<View<'_>>) -> Option<Claimed> {
    let (claim, canonicalize) = match *proof {
        Proof::Unread(proof) => return self::claim(cause, proof, views),
        Proof::Canonical(canonicalize) => (Claim::Proven, canonicalize),
        Proof::Dated { canonicalize, .. } => return dated(cause, views, canonicalize),
        Proof::Random(shape) => (Claim::Random, shape),
        Proof::Excluded(shape) => (Claim::Excluded, shape),
        Proof::Attributed(record) => (Claim::Attributed, record),
        Proof::Drift(_, record) => return drift(cause, views.as_ref().map(record)),
        Proof::Tree(_) | Proof::Repeated(_) | Proof::Derived(_) | Proof::Warning(_) => return None,
    };
    let canonical = common(views, canonicalize)?;
    let witnesses = cause.witness.map(|witness| Box::new(views.as_ref().map(witness)));
    Some(Claimed { claim, cause, canonical, witnesses })
}

/// Whether a finding says something of a path whose stored name has to be cleaned first (`var/log/../../usr/bin/x`). No
/// builder writes such names. Times and the way a header is written say nothing of the path.
fn means_another_path(finding: &Finding) -> bool {
    let of_header = [Aspect::Mtime, Aspect::Atime, Aspect::Ctime, Aspect::Uname, Aspect::Gname, Aspect::Encoding];
    finding.location.kind == Kind::Entry
        && !of_header.contains(&finding.aspect)
        && !path::is_clean(finding.location.path_bytes())
}

/// The claim that the sides differ in times of the build, none of which is after the day. What would be claimed on no day
/// does not hang on it.
fn dated(
    cause: &'static Cause,
    views: &Sides<View<'_>>,
    canonicalize: fn(&View<'_>, i64) -> Option<Canonical>,
) -> Option<Claimed> {
    let day = views.original.day;
    let until = |end: i64| common(views, |view| canonicalize(view, end));
    let canonical = day.end().and_then(until);
    if canonical.is_some() || until(i64::MAX).is_some() {
        day.decide();
    }
    let canonical = canonical?;
    let witnesses = cause.witness.map(|witness| Box::new(views.as_ref().map(witness)));
    Some(Claimed { claim: Claim::Proven, cause, canonical, witnesses })
}

/// The identity of the canonical form that both sides map to. One form is held at a time, for it may be as long as the
/// file; where the first side declines the other one is not asked.
fn common(views: &Sides<View<'_>>, canonicalize: impl Fn(&View<'_>) -> Option<Canonical>) -> Option<Option<[u8; 32]>> {
    let original = identity(&canonicalize(&views.original)?);
    (identity(&canonicalize(&views.rebuild)?) == original).then_some(original)
}

/// The claim that the sides come from different inputs, which their own records name.
fn drift(cause: &'static Cause, records: Sides<Option<Record>>) -> Option<Claimed> {
    let records = records.both()?;
    let holds = records.original.common == records.rebuild.common && records.original.input != records.rebuild.input;
    let evidence = evidence::of(records.as_ref());
    let witnesses = evidence.map(|evidence| Box::new(evidence.map(|evidence| Some(Witness::Records(evidence)))));
    let canonical = identity(&records.original.common);
    holds.then_some(Claimed { claim: Claim::Attributed, cause, canonical, witnesses })
}

/// Checks the claim of a cause that looks at the merged trees.
pub(super) fn offer_trees(cause: &'static Cause, views: &Sides<View<'_>>, trees: Sides<&Rootfs>) -> Option<Claimed> {
    let canonicalize = cause.proof.of_tree()?;
    if views.as_ref().map(looks_at_folded_names) != Sides::new(false, false) {
        return None;
    }
    // The side without a value first: mostly its tree has nothing there either, and the other one need not be asked.
    let first = if views.rebuild.is_absent() { Side::Rebuild } else { Side::Original };
    let form = |side| canonicalize(views.get(side), trees.get(side));
    let canonical = form(first)?;
    let holds = form(first.other()).as_ref() == Some(&canonical);
    let holds = holds && !future::is_told(views);
    holds.then(|| Claimed { claim: Claim::Proven, cause, canonical: identity(&canonical), witnesses: None })
}

/// Whether names that differ in case are one file and more than one layer counts: only within a layer it is known that
/// there are no two such names.
fn looks_at_folded_names(view: &View<'_>) -> bool {
    let within_layer = view.aspect == Aspect::Order && view.implied.is_some_and(|implied| implied.is_empty());
    view.image.folds_names() && !within_layer
}

/// What stands for a canonical form; nothing for an empty one.
fn identity(canonical: &Canonical) -> Option<[u8; 32]> {
    (!canonical.is_empty()).then(|| sha256(canonical))
}
