//! What is required of evidence, as the user's own TOML says it.

use serde::Deserialize;

use super::predicate::{Comparison, Reason, Section};
use crate::causes::Severity;
use crate::error::{Unproven, Unrequired};
use crate::explain::Claim;
use crate::verdict::Verdict;

/// What evidence has to say and who has to have signed it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Requirements {
    /// The least. `different` passes only what the listed causes explain.
    pub verdict: Verdict,
    /// These causes and no others; any where it is absent.
    pub causes: Option<Vec<String>>,
    /// No cause reaches further.
    pub severity: Severity,
    /// By one of these; by anybody whose key is trusted where it is absent.
    pub verifiers: Option<Vec<String>>,
    /// How many of the keys have to have signed it.
    pub signers: usize,
    /// The comparison is no older, in days.
    pub max_age: Option<u32>,
}

impl Default for Requirements {
    fn default() -> Self {
        Requirements {
            verdict: Verdict::Equivalent,
            causes: None,
            severity: Severity::Cosmetic,
            verifiers: None,
            signers: 1,
            max_age: None,
        }
    }
}

impl Requirements {
    /// Reads a file.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, Unrequired> {
        let read = toml::from_str(text).map_err(|error| Unrequired::Malformed(error.to_string()));
        let read: Requirements = read?;
        if read.signers == 0 {
            return Err(Unrequired::Signers);
        }
        if read.verdict == Verdict::Inconclusive {
            return Err(Unrequired::Inconclusive);
        }
        if read.verdict == Verdict::Different && read.causes.is_none() {
            return Err(Unrequired::Different);
        }
        Ok(read)
    }

    /// Whether a statement about a subject of this verdict meets them, but for time and number of keys.
    pub(super) fn met(&self, comparison: &Comparison, verdict: Verdict) -> Result<(), Unproven> {
        if verdict > self.verdict || verdict == Verdict::Inconclusive {
            return Err(Unproven::Verdict(crate::report::verdict_name(verdict).to_owned()));
        }
        let explained = |reason: &Reason| matches!(reason, Reason::NotAccepted | Reason::BeyondDefault);
        if !comparison.reasons.iter().all(explained) {
            return Err(Unproven::NotExplained);
        }
        self.by(comparison)?;
        let sections = comparison.index.iter().chain(comparison.platforms.iter().map(|platform| &platform.differences));
        sections.into_iter().try_for_each(|section| self.allow(section))
    }

    /// Whether a statement is by one of those that are asked for.
    pub(super) fn by(&self, comparison: &Comparison) -> Result<(), Unproven> {
        match self.verifiers.as_ref().filter(|ids| !ids.contains(&comparison.verifier.id)) {
            Some(verifiers) => Err(Unproven::Verifier(comparison.verifier.id.clone(), verifiers.clone())),
            None => Ok(()),
        }
    }

    fn allow(&self, section: &Section) -> Result<(), Unproven> {
        if !section.gaps.is_empty() {
            return Err(Unproven::Gaps);
        }
        for count in &section.causes {
            let (Some(id), Some(severity)) = (&count.id, count.severity) else {
                return Err(Unproven::Unexplained(count.findings));
            };
            if count.claim == Claim::Unexplained {
                return Err(Unproven::Unexplained(count.findings));
            }
            if severity > self.severity {
                return Err(Unproven::Severity(id.clone()));
            }
            if self.causes.as_ref().is_some_and(|causes| !causes.contains(id)) {
                return Err(Unproven::Cause(id.clone()));
            }
        }
        Ok(())
    }
}
