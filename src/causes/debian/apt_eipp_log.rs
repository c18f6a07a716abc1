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

use crate::causes::fixes::installs;
use crate::causes::scope::{Inside, Path, Place};
use crate::causes::{Canonical, Cause, Proof, Severity, View};

/// The order of a planner request.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "apt-eipp-log",
    title: "apt's planner log",
    source: include_str!("apt_eipp_log.rs"),
    severity: Severity::Cosmetic,
    scope: &[Place { path: Path::Like(&["var/log/apt/eipp.log.xz"]), inside: Inside::Once, ..Place::WHOLE_FILE }],
    proof: Proof::Unread(&Proof::Canonical(canonicalize)),
    witness: None,
    hazard: None,
    remedies: &[&installs::APT],
};

/// The request, then the sorted packages.
fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    let text = std::str::from_utf8(view.file?).ok()?;
    let (request, packages) = text.trim_end_matches('\n').split_once("\n\n")?;
    if !request.starts_with("Request: EIPP ") {
        return None;
    }
    let packages: Option<Vec<String>> = packages.split("\n\n").map(without_id).collect();
    let mut packages = packages?;
    packages.sort_unstable();
    Some(format!("{request}\n\n{}", packages.join("\n")).into_bytes())
}

/// A package without `APT-ID`, its number in the cache; `None` for a stanza of another form.
fn without_id(stanza: &str) -> Option<String> {
    let is_id = |line: &str| {
        let number = line.strip_prefix("APT-ID: ");
        number.is_some_and(|number| (1..=9).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let is_field = |line: &str| {
        let name = line.split_once(": ").map_or("", |(name, _)| name);
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let mut kept = String::new();
    let mut ids = 0;
    for line in stanza.split('\n') {
        if is_id(line) {
            ids += 1;
        } else if is_field(line) || line.starts_with(' ') {
            kept.push_str(line);
            kept.push('\n');
        } else {
            return None;
        }
    }
    (ids <= 1 && kept.starts_with("Package: ")).then_some(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_packages_lose_their_number() {
        let package = "Package: a\nArchitecture: amd64\nVersion: 1\nAPT-ID: 17\nDepends: b (>= 1)";
        assert_eq!(without_id(package), without_id(&package.replace("17", "3")));
        for other in
            ["APT-ID: 1\nAPT-ID: 2\nPackage: a", "Package: a\nAPT-ID: x;id", "Package: a\ncurl evil", "curl evil", ""]
        {
            let same = without_id(other).is_some_and(|kept| kept == "Package: a\n");
            assert!(!same, "{other}");
        }
    }
}
