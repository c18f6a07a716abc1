//! # What differs
//!
//! The times in the configuration's `history[].created` members, and nothing else.
//!
//! # Why it happens
//!
//! Builders write there when each step was run. Steps that come with the base image keep the base's own times.
//!
//! # How to fix the build
//!
//! Give the builder one time for everything, `SOURCE_DATE_EPOCH`.
//!
//! # When it is not harmless
//!
//! Nothing that runs reads it.

use super::config_created_time::{REMEDIES, is_time_or_nothing};
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::finding::{Aspect, Finding, Kind};

/// The times of the steps.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "config-history-created-time",
    title: "Times of the build steps",
    source: include_str!("config_history_created_time.rs"),
    severity: Severity::Cosmetic,
    scope,
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: REMEDIES,
};

fn scope(finding: &Finding) -> bool {
    history_member(finding) == Some("created") && matches!(finding.aspect, Aspect::Value | Aspect::Presence)
}

/// The member of a history entry that a finding is of.
pub(in crate::causes) fn history_member(finding: &Finding) -> Option<&str> {
    if finding.location.kind != Kind::Config {
        return None;
    }
    let (entry, member) = finding.location.field_name().strip_prefix("/history/")?.split_once('/')?;
    entry.bytes().all(|byte| byte.is_ascii_digit()).then_some(member)
}

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    is_time_or_nothing(view.value).then(Canonical::new)
}
