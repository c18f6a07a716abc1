//! What may be stated of a part of the images: the report's verdict, or a worse one.
//!
//! The built-in policy `default` accepts a finding exactly where a cause of severity `cosmetic` explains it and, for what
//! follows from other findings, where all of those are accepted. A report under another policy has for each finding
//! whether that one accepts it, which is the same question where all findings are cosmetic. So a part passes `default`
//! where every finding of it is cosmetic by the catalogue and accepted.

use std::collections::{BTreeMap, BTreeSet};

use super::predicate::{CauseCount, GapCount, Reason, Section};
use crate::causes::{self, Severity};
use crate::explain::Claim;
use crate::report::{Findings, Gap};
use crate::verdict::Verdict;

/// What holds for a part of the images.
#[derive(Debug, Clone)]
pub(super) struct Outcome {
    /// No better than the report's.
    pub(super) verdict: Verdict,
    /// Why it is no better.
    pub(super) reasons: BTreeSet<Reason>,
    /// What differs.
    pub(super) section: Section,
}

/// What must hold beside the findings of a part.
#[derive(Debug, Clone, Copy)]
pub(super) struct Circumstances {
    /// Something above the part could not be looked at.
    pub(super) gaps_above: bool,
    /// The day that it was judged by has not come.
    pub(super) future: bool,
}

impl Outcome {
    /// Of findings and gaps of which the report concludes `reported`.
    pub(super) fn of(reported: Verdict, findings: &Findings<'_>, gaps: &[Gap], around: Circumstances) -> Self {
        let mut reasons = BTreeSet::new();
        let mut counts: BTreeMap<(Option<&str>, Claim), CauseCount> = BTreeMap::new();
        for head in findings.heads() {
            let severity = head.cause.and_then(causes::find).map(|cause| cause.severity);
            match (head.claim, severity, head.accepted) {
                (Claim::Unexplained, ..) | (_, None, _) => reasons.insert(Reason::Unexplained),
                (_, Some(_), false) => reasons.insert(Reason::NotAccepted),
                (_, Some(Severity::Cosmetic), true) => false,
                (_, Some(_), true) => reasons.insert(Reason::BeyondDefault),
            };
            let count = counts.entry((head.cause, head.claim)).or_insert_with(|| CauseCount {
                id: head.cause.map(str::to_owned),
                claim: head.claim,
                severity,
                findings: 0,
                accepted: 0,
            });
            count.findings += 1;
            count.accepted += u64::from(head.accepted);
        }
        if !gaps.is_empty() || around.gaps_above {
            reasons.insert(Reason::Gaps);
        }
        let section =
            Section { findings: findings.len() as u64, causes: counts.into_values().collect(), gaps: counted(gaps) };
        Outcome { verdict: reported, reasons, section }.concluded(around.future)
    }

    /// Never better than the report, and not positive where there is a reason.
    fn concluded(mut self, future: bool) -> Self {
        if self.verdict == Verdict::Equivalent && future {
            self.reasons.insert(Reason::FutureDate);
        }
        if self.verdict.passes() && !self.reasons.is_empty() {
            let inconclusive = self.reasons.iter().all(|reason| matches!(reason, Reason::Gaps | Reason::FutureDate));
            self.verdict = if inconclusive { Verdict::Inconclusive } else { Verdict::Different };
        }
        if !self.verdict.passes() && self.reasons.is_empty() {
            self.reasons.insert(Reason::NotTheSame);
        }
        self
    }
}

fn counted(gaps: &[Gap]) -> Vec<GapCount> {
    let mut counts = BTreeMap::new();
    for gap in gaps {
        *counts.entry(gap.reason).or_insert(0) += 1;
    }
    counts.into_iter().map(|(reason, count)| GapCount { reason, count }).collect()
}
