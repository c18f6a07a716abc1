//! # What differs
//!
//! `/var/log/apt/eipp.log.xz`: the sequence of the packages in the last request that apt made to its planner, and the numbers
//! that they have in its cache.
//!
//! # Why it happens
//!
//! apt writes packages in the order of its cache, which depends on the order of the lists.
//!
//! # How to fix the build
//!
//! Remove the log in the RUN that installs, or do not write it.
//!
//! # When it is not harmless
//!
//! The packages and what apt asks for are held against each other.

use super::{Canonical, Cause, Proof, Remedy, Severity, View};
use crate::finding::{Aspect, Finding};

/// The order of a planner request.
pub(super) const CAUSE: Cause = Cause {
    id: "apt-eipp-log",
    title: "apt's planner log",
    source: include_str!("apt_eipp_log.rs"),
    severity: Severity::Cosmetic,
    scope,
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[Remedy {
        builder: "any",
        text: "End the RUN that installs with: rm -f /var/log/apt/eipp.log.xz; or pass apt-get -o Dir::Log::Planner=",
    }],
};

fn scope(finding: &Finding) -> bool {
    let location = &finding.location;
    let at = location.path_bytes() == b"var/log/apt/eipp.log.xz" && location.inside.len() == 1;
    at && finding.aspect == Aspect::Content && location.field.is_none()
}

/// The request, then the sorted packages.
fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    let text = std::str::from_utf8(view.file?).ok()?;
    let (request, packages) = text.split_once("\n\n")?;
    if !request.starts_with("Request: EIPP ") {
        return None;
    }
    let mut packages: Vec<String> = packages.split("\n\n").map(without_id).collect();
    packages.sort_unstable();
    Some(format!("{request}\n\n{}", packages.join("\n\n")).into_bytes())
}

/// A stanza without `APT-ID`, the package's number in the cache.
fn without_id(stanza: &str) -> String {
    let is_id = |line: &&str| {
        let number = line.strip_prefix("APT-ID: ");
        number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
    };
    stanza.trim_matches('\n').lines().filter(|line| !is_id(line)).map(|line| format!("{line}\n")).collect()
}
