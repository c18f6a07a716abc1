//! Entries of layers that do not show in the tree.

use crate::compare::merged::HIDDEN;
use crate::finding::{Aspect, Finding, Kind};

/// Whether a finding is of an entry that a later layer hides.
pub(in crate::causes) fn scope(finding: &Finding) -> bool {
    finding.location.kind == Kind::Entry
        && finding.aspect == Aspect::Presence
        && finding.location.field_name() == HIDDEN
}
