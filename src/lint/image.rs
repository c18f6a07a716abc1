//! Hazards of one image: what its documents and its files show without another build.
//!
//! The image is held against one with nothing in it ([`crate::Session::alone`]); what the causes know of leftovers, and the
//! engine of hazards, is told of it. Which files are leftovers is known by their paths: what is in them is not judged.

use std::collections::BTreeMap;

use crate::causes::{Cause, LIST, Path, Proof, Severity};
use crate::content::secret::is_key_name;
use crate::explain::{Explanation, PlatformExplanation};
use crate::finding::{Aspect, Finding, Gap, Kind, Value};
use crate::report::fix_text;

use super::rules;

/// Hazards of an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageHazard {
    /// The rule: the id of a cause.
    pub rule: &'static str,
    /// One line, as a heading.
    pub title: &'static str,
    /// How far it reaches.
    pub severity: Severity,
    /// The platform, as `os/architecture[/variant]`.
    pub platform: String,
    /// The first file or member of the config that shows it.
    pub place: String,
    /// How many do.
    pub count: u64,
    /// What there is to say of it; nothing where the rule says all.
    pub detail: Option<String>,
    /// The change that makes it go away, in one line.
    pub fix: String,
}

/// What is wrong with an image, and what of it could not be looked at.
#[derive(Debug, Clone, Default)]
pub struct ImageLint {
    /// In order of platform and rule.
    pub hazards: Vec<ImageHazard>,
    /// Places that could not be looked at.
    pub gaps: Vec<Gap>,
}

/// The hazards of an image, from its comparison with nothing.
pub fn of_image(explanation: &Explanation) -> ImageLint {
    let mut lint = ImageLint::default();
    lint.gaps.extend(explanation.index.gaps.iter().cloned());
    for platform in &explanation.platforms {
        lint.gaps.extend(platform.gaps.iter().cloned());
        of_platform(platform, &mut lint.hazards);
    }
    lint
}

/// What a file or a member of the config is: a cause that knows it, or a private key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Known {
    Cause(usize),
    Key,
}

fn of_platform(platform: &PlatformExplanation, hazards: &mut Vec<ImageHazard>) {
    let name = &platform.platform.original;
    for warning in &platform.warnings {
        let Some(detail) = &warning.details.original else { continue };
        let place = place(&warning.location.path, warning.location.field_name());
        hazards.push(hazard(warning.cause, name, place, warning.count, Some(detail.clone())));
    }
    let mut seen: BTreeMap<Known, (String, u64)> = BTreeMap::new();
    for explained in platform.findings.iter() {
        let finding = &explained.finding;
        if let Some(known) = known(finding) {
            let place = place(&finding.location.path, finding.location.field_name());
            seen.entry(known).or_insert((place, 0)).1 += 1;
        }
    }
    for (known, (place, count)) in seen {
        match known {
            Known::Cause(number) => {
                hazards.extend(LIST.get(number).map(|cause| hazard(cause, name, place, count, None)));
            }
            Known::Key => hazards.push(ImageHazard {
                rule: rules::KEY_FILE.id,
                title: rules::KEY_FILE.title,
                severity: rules::KEY_FILE.severity,
                platform: name.clone(),
                place,
                count,
                detail: None,
                fix: super::fixes::find("keys-at-start").map(fix_text).unwrap_or_default(),
            }),
        }
    }
}

fn hazard(cause: &'static Cause, platform: &str, place: String, count: u64, detail: Option<String>) -> ImageHazard {
    ImageHazard {
        rule: cause.id,
        title: cause.title,
        severity: cause.severity,
        platform: platform.to_owned(),
        place,
        count,
        detail,
        fix: cause.remedies.first().map(|fix| fix_text(fix)).unwrap_or_default(),
    }
}

fn place(path: &Option<std::sync::Arc<[u8]>>, field: &str) -> String {
    match path {
        Some(path) => String::from_utf8_lossy(path).into_owned(),
        None => format!("config{field}"),
    }
}

/// What the image has and should not.
fn known(finding: &Finding) -> Option<Known> {
    let Value::Json(value) = &finding.values.original else { return None };
    if finding.aspect != Aspect::Presence || finding.values.rebuild != Value::Absent {
        return None;
    }
    match finding.location.kind {
        // A file of no size holds nothing: `/etc/machine-id` is to be there so.
        Kind::Entry if value["type"] != "file" || value["size"] == 0 => None,
        Kind::Entry => {
            // Most are about what is in a file that both images have: here it is the path that counts.
            let changed = Finding { aspect: Aspect::Content, ..finding.clone() };
            let about = |cause: &Cause| cause.is_about(finding) || cause.is_about(&changed);
            let cause = LIST.iter().position(|cause| is_leftover(cause) && about(cause));
            let withheld = value.get("sha256").is_none() && is_key_name(finding.location.path_bytes());
            cause.map(Known::Cause).or(withheld.then_some(Known::Key))
        }
        Kind::Config => LIST.iter().position(|cause| is_in_config(cause) && cause.is_about(finding)).map(Known::Cause),
        _ => None,
    }
}

/// Whether a cause is about files that a build leaves behind, or that have to be other ones on each machine, and knows them
/// by where they are.
fn is_leftover(cause: &Cause) -> bool {
    let kind = cause.proof.is_of_unread() || matches!(cause.proof, Proof::Random(_) | Proof::Drift(..));
    kind && cause.scope.iter().all(|place| !matches!(place.path, Path::Any))
}

/// Whether what a cause is about need not be in a config at all: a rule of Dockerfiles says so, too.
fn is_in_config(cause: &Cause) -> bool {
    rules::INLINE.id == cause.id
}
