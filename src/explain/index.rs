//! What differs above the platforms, explained once the platforms are.

use std::collections::BTreeMap;

use crate::causes::{Cause, ImageFacts, Proof, Referent};
use crate::digest::Digest;
use crate::finding::{Finding, Gap, Kind, Location, Sides, Value};
use crate::limits::Limits;

use super::candidate::{Candidate, Context, Texts};
use super::platform::no_room;
use super::{Claim, Explained, FindingRef, IndexExplanation, PlatformExplanation, Store, order, witness};

/// How many findings a derived one names.
const NAMED: usize = 20;

/// Explains the findings of index and attestation manifests. `platforms` are explained already.
pub fn explain(
    mut findings: Vec<Finding>,
    mut gaps: Vec<Gap>,
    platforms: &[PlatformExplanation],
    causes: &[&'static Cause],
    limits: &Limits,
) -> IndexExplanation {
    findings.sort_by(order::by_location);
    gaps.sort_by(|one, other| {
        order::locations(&one.location, &other.location).then_with(|| one.detail.cmp(&other.detail))
    });
    let (facts, texts) = (Facts::new(platforms), Texts::default());
    let candidate = |finding: Finding| {
        let context = Context { causes, facts: facts.about(&finding.location).as_ref(), limits, texts: &texts };
        Candidate::of_document(&context, finding)
    };
    let candidates: Vec<Candidate> = findings.into_iter().map(candidate).collect();
    let explained: Vec<Explained> =
        candidates.iter().map(|candidate| one(candidate, &candidates, &gaps, platforms)).collect();
    let findings = Store::of(converged(explained, platforms)).unwrap_or_else(|error| {
        gaps.push(no_room(Location::new(Kind::Index), &error));
        Store::default()
    });
    IndexExplanation { findings, gaps }
}

/// What is known of the images that attestations are about: their provenance, by platform.
struct Facts {
    platforms: BTreeMap<String, Sides<ImageFacts>>,
    nothing: Sides<ImageFacts>,
}

impl Facts {
    fn new(platforms: &[PlatformExplanation]) -> Self {
        let facts = |platform: &PlatformExplanation| {
            let facts =
                platform.provenance.clone().map(|provenance| ImageFacts { provenance, ..ImageFacts::default() });
            (platform.platform.original.clone(), facts)
        };
        Facts { platforms: platforms.iter().map(facts).collect(), nothing: Sides::default() }
    }

    fn about(&self, location: &Location) -> &Sides<ImageFacts> {
        let place = location.attestation.as_ref();
        place.and_then(|place| self.platforms.get(&place.platform)).unwrap_or(&self.nothing)
    }
}

fn one(candidate: &Candidate, all: &[Candidate], gaps: &[Gap], platforms: &[PlatformExplanation]) -> Explained {
    let finding = candidate.finding.clone();
    let unexplained = |finding| Explained {
        finding,
        claim: Claim::Unexplained,
        cause: None,
        converges: false,
        canonical: None,
        witness: None,
        from: Vec::new(),
        from_count: 0,
        diff: None,
    };
    if let Some(claimed) = &candidate.claimed {
        let converges = matches!(claimed.claim, Claim::Proven | Claim::Excluded);
        let (claim, cause, canonical) = (claimed.claim, Some(claimed.cause), claimed.canonical);
        let witness = witness::of_document(candidate);
        return Explained { claim, cause, converges, canonical, witness, ..unexplained(finding) };
    }
    for cause in &candidate.deferred {
        let Proof::Derived(referent) = cause.proof else { continue };
        let Some(referent) = referent(&finding, Sides::new(&ImageFacts::default(), &ImageFacts::default())) else {
            continue;
        };
        let (from, unread) = follows_from(&finding, &referent, all, gaps, platforms);
        if !from.is_empty() || unread {
            let from_count = from.len() as u64;
            return Explained { claim: Claim::Derived, cause: Some(cause), from, from_count, ..unexplained(finding) };
        }
    }
    unexplained(finding)
}

/// The findings inside what a value is the digest or size of, and whether something in it could not be looked at.
fn follows_from(
    finding: &Finding,
    referent: &Referent,
    all: &[Candidate],
    gaps: &[Gap],
    platforms: &[PlatformExplanation],
) -> (Vec<FindingRef>, bool) {
    if let Some(place) = finding.location.attestation.as_deref().filter(|_| !is_about_image(&finding.location)) {
        let part = Part::of(&finding.location, referent);
        let inside = all.iter().enumerate().filter(|(_, other)| {
            let location = &other.finding.location;
            let same = location.attestation.as_ref().is_some_and(|other| other.platform == place.platform);
            same && part.holds(location)
        });
        let from = inside.map(|(position, _)| FindingRef { section: 0, position }).collect();
        let unread =
            |gap: &Gap| gap.location.attestation.as_ref().is_some_and(|other| other.platform == place.platform);
        return (from, gaps.iter().any(unread));
    }
    let label = match &finding.location.attestation {
        Some(place) => Some(place.platform.clone()),
        None => platform_of(&finding.location),
    };
    let Some(index) = platforms.iter().position(|platform| Some(&platform.platform.original) == label.as_ref()) else {
        return (Vec::new(), false);
    };
    let platform = &platforms[index];
    if *referent != Referent::Manifest || !names_manifest(finding, platform) {
        return (Vec::new(), false);
    }
    // Those of the manifest come first.
    let kinds = platform.findings.iter().map(|explained| explained.finding.location.kind);
    let manifest = kinds.enumerate().take_while(|(_, kind)| *kind <= Kind::Manifest);
    let manifest = manifest.filter(|(_, kind)| *kind == Kind::Manifest);
    (manifest.map(|(position, _)| FindingRef { section: index + 1, position }).collect(), !platform.gaps.is_empty())
}

/// What of an attestation manifest a digest or size in it is taken of.
enum Part {
    /// Everything in it.
    Manifest,
    /// Its config.
    Config,
    /// The statement of a predicate type.
    Statement(String),
}

impl Part {
    fn of(location: &Location, referent: &Referent) -> Self {
        let mut tokens = location.field_name().rsplit('/');
        match referent {
            Referent::Config => Part::Config,
            Referent::Layer => {
                let last = tokens.next().unwrap_or_default();
                let name = if matches!(last, "digest" | "size") { tokens.next().unwrap_or_default() } else { last };
                Part::Statement(unescaped(name))
            }
            _ => Part::Manifest,
        }
    }

    /// Whether another place in the same attestation manifest is in this part of it.
    fn holds(&self, other: &Location) -> bool {
        let predicate_type = other.attestation.as_ref().map_or("", |place| place.predicate_type.as_str());
        let field = other.field_name();
        match self {
            // What the index itself says of the attestation manifest is not inside it.
            Part::Manifest => !is_descriptor(other),
            Part::Config => {
                let own = matches!(field, "/config/digest" | "/config/size" | "/config/mediaType");
                predicate_type.is_empty() && field.starts_with("/config") && !own
            }
            Part::Statement(name) => predicate_type == name,
        }
    }
}

/// Whether a digest in an attestation is that of the image that it is about.
fn is_about_image(location: &Location) -> bool {
    let in_statement = location.attestation.as_ref().is_some_and(|place| !place.predicate_type.is_empty());
    let field = location.field_name();
    in_statement || field.starts_with("/subject/") || field.ends_with("/annotations/vnd.docker.reference.digest")
}

/// Whether a digest is that of the manifest of the platform, on both sides; sizes are taken at their word.
fn names_manifest(finding: &Finding, platform: &PlatformExplanation) -> bool {
    let named = |value: &Value, digest: &Option<Digest>| match (value.as_str(), digest) {
        (Some(text), Some(digest)) => text == digest.to_string() || text == digest.encoded(),
        (Some(_), None) => false,
        (None, _) => true,
    };
    let sides = finding.values.as_ref().zip(platform.manifest_digest.as_ref());
    sides.map(|(value, digest)| named(value, digest)) == Sides::new(true, true)
}

/// Whether a finding is of a descriptor in the index.
fn is_descriptor(location: &Location) -> bool {
    location.field_name().starts_with("/manifests/")
}

/// The platform whose descriptor in the index a location is in.
fn platform_of(location: &Location) -> Option<String> {
    let token = location.field_name().strip_prefix("/manifests/")?.split('/').next()?;
    Some(unescaped(token))
}

fn unescaped(token: &str) -> String {
    token.replace("~1", "/").replace("~0", "~")
}

/// Marks what maps both sides to one form, by what it follows from.
fn converged(mut explained: Vec<Explained>, platforms: &[PlatformExplanation]) -> Vec<Explained> {
    let holds = |reference: &FindingRef, own: &[Explained]| match reference.section {
        0 => own.get(reference.position).is_some_and(|explained| explained.converges),
        section => platforms.get(section - 1).is_some_and(|platform| {
            // All of a platform's manifest findings are what the descriptor follows from.
            platform.gaps.is_empty() && platform.findings.heads().all(|head| head.converges)
        }),
    };
    // Derived values follow from derived values: repeat to the end.
    loop {
        let next = explained.iter().position(|one| {
            let open = one.claim == Claim::Derived && !one.converges && one.from_count > 0;
            open && one.from.iter().all(|reference| holds(reference, &explained))
        });
        match next.and_then(|position| explained.get_mut(position)) {
            Some(one) => one.converges = true,
            None => break,
        }
    }
    for one in &mut explained {
        one.from.truncate(NAMED);
    }
    explained
}
