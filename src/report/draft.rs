//! A draft of a policy that accepts what a report shows as not accepted: the user adds the reasons, or strikes what has
//! none.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::escape::{escape, toml_string};
use super::model::{CauseSummary, Finding, Findings, Report};
use super::text::number::count;
use crate::causes::Severity;
use crate::explain::Claim;
use crate::policy::Date;

/// The draft, a policy file that is refused until every reason is filled in: the fewest rules on top of the built-in
/// policy, each for the paths that it is needed for, until a day.
pub fn draft(report: &Report, expires: Date) -> String {
    let mut text = String::from(
        "# A draft: it accepts what the report shows as not accepted, on top of the built-in policy. Strike what should\n\
         # be fixed instead, and say why for the rest: the file is refused while a reason is empty.\n\n",
    );
    let name = toml_string(&format!("{} (edited)", report.policy.name));
    // Writing to a string cannot fail.
    let _ = writeln!(text, "name = {name}\nextends = \"default\"");
    let places = places(report);
    for cause in report.causes.iter().filter(|cause| needs_rule(cause)) {
        if let Some(place) = places.get(cause.id.as_str()) {
            entry(cause, place, expires, &mut text);
        }
    }
    let unexplained = report.summary.unexplained;
    if unexplained > 0 {
        let _ = writeln!(text, "\n# Unexplained findings: {unexplained}. No rule accepts what no cause explains.");
    }
    text
}

/// Whether the built-in policy does not accept it, and nothing else decides: what follows from other findings is accepted
/// with them.
fn needs_rule(cause: &CauseSummary) -> bool {
    !cause.accepted && cause.claim != Claim::Derived && cause.severity != Severity::Cosmetic
}

/// Where the findings of a cause are that are not accepted.
struct Place {
    findings: u64,
    /// What all their paths have in common, whole names; `None` where one is not at a path.
    path: Option<Vec<String>>,
    is_one_path: bool,
}

fn places(report: &Report) -> BTreeMap<String, Place> {
    let mut places = BTreeMap::new();
    let index = report.index.iter().map(|index| &index.findings);
    let all = index.chain(report.platforms.iter().map(|platform| &platform.findings)).flat_map(Findings::iter);
    for finding in all.filter(|finding| !finding.accepted) {
        let Some(cause) = finding.cause.as_deref() else { continue };
        match places.get_mut(cause) {
            Some(place) => extend(place, path(&finding)),
            None => {
                let path = path(&finding);
                places.insert(cause.to_owned(), Place { findings: 1, is_one_path: path.is_some(), path });
            }
        }
    }
    places
}

/// The names on the way to a finding; `None` where it is not at a path, or at one that no glob can name.
fn path(finding: &Finding) -> Option<Vec<String>> {
    let location = &finding.location;
    let path = location.path.as_deref().filter(|path| location.path_hex.is_none() && !path.contains("[redacted"))?;
    Some(path.split('/').map(str::to_owned).collect())
}

fn extend(place: &mut Place, other: Option<Vec<String>>) {
    place.findings += 1;
    if place.path == other {
        return;
    }
    place.is_one_path = false;
    place.path = place.path.take().zip(other).map(|(path, other)| {
        let common = path.iter().zip(&other).take_while(|(one, other)| one == other);
        common.map(|(name, _)| name.clone()).collect()
    });
}

impl Place {
    fn glob(&self) -> Option<String> {
        let path = self.path.as_ref().filter(|path| !path.is_empty())?;
        let names = path.iter().map(|name| literal(name)).collect::<Vec<_>>().join("/");
        Some(if self.is_one_path { names } else { format!("{names}/**") })
    }
}

/// A name as a glob that matches it alone.
fn literal(name: &str) -> String {
    let mut glob = String::new();
    for character in name.chars() {
        if "*?[]{}\\!".contains(character) {
            glob.push('\\');
        }
        glob.push(character);
    }
    glob
}

fn entry(cause: &CauseSummary, place: &Place, expires: Date, text: &mut String) {
    let severity = match cause.severity {
        Severity::Cosmetic => "cosmetic",
        Severity::Behavioural => "behavioural",
        Severity::Security => "security",
    };
    let (id, title) = (toml_string(&cause.id), escape(&cause.title));
    let findings = count(place.findings, "finding");
    let path = place.glob().map(|glob| format!("path = {}\n", toml_string(&glob))).unwrap_or_default();
    let _ = write!(
        text,
        "\n# {title} ({severity}): {findings}\n\
         [[accept]]\ncause = {id}\n{path}reason = \"\"\nexpires = \"{expires}\"\n"
    );
}
