//! The numbers of findings in document order.

use std::sync::Arc;

use crate::explain::{Explanation, FindingRef};

use super::FindingId;

/// The numbers of findings: those of a section follow those of the section before.
#[derive(Clone)]
pub(super) struct Ids(Arc<[u64]>);

impl Ids {
    pub(super) fn new(explanation: &Explanation) -> Self {
        let mut first = vec![1];
        let mut next = 1 + explanation.index.findings.len() as u64;
        for platform in &explanation.platforms {
            first.push(next);
            next += platform.findings.len() as u64;
        }
        Ids(first.into())
    }

    pub(super) fn of(&self, at: FindingRef) -> FindingId {
        FindingId(self.0.get(at.section).copied().unwrap_or(1) + at.position as u64)
    }
}
