//! Whether bytes that anybody can have written are evidence about an image, by somebody who is trusted, and say enough.

use std::collections::BTreeSet;

use chrono::DateTime;
use serde_json::Value;

use super::bundle::Bundle;
use super::dsse::Envelope;
use super::key::PublicKey;
use super::predicate::{ComparedPlatform, Comparison, IMAGE_COMPARISON, Reason, Scope, Section, TimeSource};
use super::requirements::Requirements;
use super::statement::{DigestSet, Statement, TYPE, digest_set, names, subjects_of};
use super::strict;
use crate::causes::Severity;
use crate::digest::Digest;
use crate::error::Unproven;
use crate::explain::Claim;
use crate::verdict::Verdict;

/// Seconds that the clock of whoever compared may be ahead.
const AHEAD: i64 = 300;
const DAY: i64 = 86_400;

/// What a file of evidence is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A Sigstore bundle.
    Bundle,
    /// A DSSE envelope.
    Envelope,
}

/// Why something is no evidence, or not enough.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is by nobody who is trusted, or of something else: it counts neither for the image nor against it.
    #[error("{0}")]
    Foreign(Unproven),
    /// Somebody who is trusted signed it, and it contradicts itself or is less than what is required.
    #[error("{0}")]
    Against(Unproven),
}

impl Refusal {
    /// What it is called by programs: the same for good, whatever the words are.
    pub fn code(&self) -> &'static str {
        let (Refusal::Foreign(why) | Refusal::Against(why)) = self;
        why.code()
    }
}

/// A statement about an image by somebody who is trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// What it says of the image.
    pub verdict: Verdict,
    /// What it says.
    pub comparison: Comparison,
    /// Who signed it.
    pub signers: Vec<PublicKey>,
}

/// Checks who signed a file, that it is about the image, and that it does not contradict itself. What it has to say is asked
/// for by [`Verified::meets`].
///
/// # Errors
/// Why it is no evidence.
pub fn verify(bytes: &[u8], form: Form, keys: &[PublicKey], image: &Digest) -> Result<Verified, Refusal> {
    let envelope = match form {
        Form::Bundle => strict::read::<Bundle>(bytes).and_then(Bundle::envelope),
        Form::Envelope => strict::read::<Envelope>(bytes),
    };
    let envelope = envelope.map_err(Refusal::Foreign)?;
    let (payload, signers) = envelope.open(keys).map_err(Refusal::Foreign)?;
    let comparison = comparison(&payload, Some(image))?;
    let verdict = digest_set(&image.to_string()).and_then(|image| about(&comparison, &image));
    let verdict = verdict.ok_or(Refusal::Against(Unproven::Subject))?;
    Ok(Verified { verdict, comparison, signers: signers.into_iter().cloned().collect() })
}

/// The comparison that a statement is about, where it is about this image, if any is asked for.
pub(super) fn comparison(payload: &[u8], image: Option<&Digest>) -> Result<Comparison, Refusal> {
    // What it is, and of what, comes first: a statement of another kind is no broken one of ours.
    let any: Value = strict::read(payload).map_err(Refusal::Foreign)?;
    if any["_type"] != TYPE {
        return Err(Refusal::Foreign(Unproven::StatementType(any["_type"].to_string(), TYPE)));
    }
    if any["predicateType"] != IMAGE_COMPARISON {
        let kind = any["predicateType"].to_string();
        return Err(Refusal::Foreign(Unproven::PredicateType(kind, IMAGE_COMPARISON)));
    }
    if image.is_some_and(|image| !subjects_of(&any).any(|digests| names(digests, image))) {
        return Err(Refusal::Foreign(Unproven::AnotherImage(None)));
    }
    let statement: Statement<Comparison> = strict::read(payload).map_err(Refusal::Against)?;
    let comparison = statement.predicate;
    coherent(&comparison).map_err(Refusal::Against)?;
    Ok(comparison)
}

fn includes(digests: &DigestSet, image: &DigestSet) -> bool {
    image.iter().all(|(algorithm, hex)| digests.get(algorithm) == Some(hex))
}

/// What a predicate says of an image: of the index only as a whole, of a platform by itself, and of both the worse.
pub(super) fn about(comparison: &Comparison, image: &DigestSet) -> Option<Verdict> {
    let whole = comparison.original.digest.as_ref().filter(|digest| includes(digest, image));
    let whole = whole.filter(|_| comparison.scope == Scope::Image).map(|_| comparison.verdict);
    let platforms = comparison.platforms.iter();
    let platforms =
        platforms.filter(|platform| platform.original.as_ref().is_some_and(|digest| includes(digest, image)));
    platforms.map(|platform| platform.verdict).chain(whole).max()
}

/// Whether its verdicts are what its findings say: a signature does not make a contradiction true.
fn coherent(comparison: &Comparison) -> Result<(), Unproven> {
    let sections =
        comparison.platforms.iter().map(|platform| (platform.verdict, &platform.reasons, &platform.differences));
    let whole = comparison.index.iter().map(|index| (comparison.verdict, &comparison.reasons, index));
    for (verdict, reasons, section) in sections.chain(whole) {
        let sum = section.causes.iter().try_fold(0u64, |sum, count| sum.checked_add(count.findings));
        let is_coherent =
            sum == Some(section.findings) && (!verdict.passes() || (passes(section) && reasons.is_empty()));
        if !is_coherent || (verdict == Verdict::Identical && section.findings > 0) {
            return Err(Unproven::Incoherent);
        }
    }
    let worst = comparison.platforms.iter().map(|platform| platform.verdict).max();
    let positive = comparison.verdict.passes();
    if worst.is_some_and(|worst| worst > comparison.verdict) || positive != comparison.reasons.is_empty() {
        return Err(Unproven::Incoherent);
    }
    let same = comparison.original.digest.is_some() && comparison.original.digest == comparison.rebuild.digest;
    let claims_same = comparison.verdict == Verdict::Identical || (positive && comparison.platforms.is_empty());
    if claims_same && !same && (comparison.scope == Scope::Image || comparison.platforms.is_empty()) {
        return Err(Unproven::Incoherent);
    }
    let differs = |platform: &ComparedPlatform| platform.original.is_none() || platform.original != platform.rebuild;
    if comparison.platforms.iter().any(|platform| platform.verdict == Verdict::Identical && differs(platform)) {
        return Err(Unproven::Incoherent);
    }
    if comparison
        .previous
        .as_ref()
        .is_some_and(|before| before.no_longer_reproduced != comparison.is_lost(before.verdict))
    {
        return Err(Unproven::Incoherent);
    }
    let listed: BTreeSet<Reason> = comparison.reasons.iter().copied().collect();
    if listed.len() == comparison.reasons.len() { Ok(()) } else { Err(Unproven::Incoherent) }
}

fn passes(section: &Section) -> bool {
    let fine = |count: &super::predicate::CauseCount| {
        count.claim != Claim::Unexplained
            && count.id.is_some()
            && count.severity == Some(Severity::Cosmetic)
            && count.accepted == count.findings
    };
    section.gaps.is_empty() && section.causes.iter().all(fine)
}

/// Whether all that holds of an image, taken together, is what is required. A statement of anybody who is trusted counts,
/// whatever it says: one that says less than is required is not outvoted.
///
/// # Errors
/// What is missing.
pub fn decide(evidence: &[Verified], requirements: &Requirements, now: i64) -> Result<(), Refusal> {
    evidence.iter().try_for_each(|verified| verified.meets(requirements, now))?;
    let mut signers: Vec<&PublicKey> = Vec::new();
    for key in evidence.iter().flat_map(|verified| &verified.signers) {
        if !signers.contains(&key) {
            signers.push(key);
        }
    }
    match (signers.len(), requirements.signers) {
        (0, _) => Err(Refusal::Against(Unproven::None)),
        (found, wanted) if found < wanted => Err(Refusal::Against(Unproven::Signers(found, wanted))),
        _ => Ok(()),
    }
}

impl Verified {
    /// What it says, in one line.
    pub fn line(&self) -> String {
        super::words::line_of(self.verdict, &self.comparison)
    }

    /// Whether it says what is required, at a time in seconds since 1970.
    ///
    /// # Errors
    /// What is missing.
    pub fn meets(&self, requirements: &Requirements, now: i64) -> Result<(), Refusal> {
        requirements.met(&self.comparison, self.verdict).map_err(Refusal::Against)?;
        self.is_fresh(requirements, now).map_err(Refusal::Against)
    }

    /// Why it counts neither for the image nor against it, where nobody chose it and it was only found: it is by another
    /// verifier, or it is too old to show anything good. What it says against the image counts however old it is.
    pub fn passed_over(&self, requirements: &Requirements, now: i64) -> Option<Refusal> {
        let fresh = if self.verdict.passes() { self.is_fresh(requirements, now) } else { Ok(()) };
        requirements.by(&self.comparison).and(fresh).err().map(Refusal::Foreign)
    }

    fn is_fresh(&self, requirements: &Requirements, now: i64) -> Result<(), Unproven> {
        match requirements.max_age {
            None => Ok(()),
            Some(days) => fresh(&self.comparison, i64::from(days), now),
        }
    }
}

/// Only a time of the clock tells how old a comparison is.
fn fresh(comparison: &Comparison, days: i64, now: i64) -> Result<(), Unproven> {
    let time = comparison.compared_on.as_deref().and_then(|text| DateTime::parse_from_rfc3339(text).ok());
    let time = time.filter(|_| comparison.compared_on_source == Some(TimeSource::Clock));
    let time = time.ok_or(Unproven::Undated)?.timestamp();
    if time > now.saturating_add(AHEAD) {
        return Err(Unproven::Future);
    }
    let age = now.saturating_sub(time);
    if age <= days.saturating_mul(DAY) { Ok(()) } else { Err(Unproven::Age(age / DAY)) }
}
