//! What was stated of an image before, beside what is found of it now: an image that was reproduced may be so no longer.

use super::bundle::Bundle;
use super::dsse::Envelope;
use super::key::PublicKey;
use super::predicate::{Comparison, Previous};
use super::statement::{DigestSet, Subject, digest_set};
use super::strict;
use super::verify::{Refusal, about, comparison};
use crate::digest::Digest;

/// An earlier statement by somebody who is trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earlier {
    comparison: Comparison,
    /// Of the statement as it was signed.
    statement: DigestSet,
}

impl Earlier {
    /// Reads a bundle or an envelope that one of the keys signed.
    ///
    /// # Errors
    /// Why it is no evidence.
    pub fn read(bytes: &[u8], keys: &[PublicKey]) -> Result<Self, Refusal> {
        let envelope = strict::read::<Envelope>(bytes)
            .or_else(|_| strict::read::<Bundle>(bytes).and_then(Bundle::envelope))
            .map_err(Refusal::Foreign)?;
        let (payload, _) = envelope.open(keys).map_err(Refusal::Foreign)?;
        let comparison = comparison(&payload, None)?;
        let statement = digest_set(&Digest::of(&payload).to_string()).unwrap_or_default();
        Ok(Earlier { comparison, statement })
    }

    /// What it says of these images, taken together; `None` where it is not about all of them.
    pub(super) fn of(&self, subjects: &[Subject], found: &Comparison) -> Option<Previous> {
        let verdicts = subjects.iter().map(|subject| about(&self.comparison, &subject.digest));
        let verdict = verdicts.collect::<Option<Vec<_>>>()?.into_iter().max()?;
        Some(Previous {
            verdict,
            no_longer_reproduced: found.is_lost(verdict),
            verifier: self.comparison.verifier.id.clone(),
            compared_on: self.comparison.compared_on.clone(),
            compared_on_source: self.comparison.compared_on_source,
            statement: self.statement.clone(),
        })
    }
}
