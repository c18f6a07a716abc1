//! What differs above the platforms, explained once the platforms are.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::causes::{Cause, Day, ImageFacts, Proof, Referent, Table};
use crate::digest::Digest;
use crate::finding::{Finding, Gap, Kind, Location, Sides, Value};
use crate::image::layer::LayerError;
use crate::limits::Limits;

use super::candidate::{Candidate, Context, Texts};
use super::{Claim, Explained, FindingRef, IndexExplanation, Inputs, PlatformExplanation, Store, order, witness};

/// How many findings a derived one names.
const NAMED: usize = 20;

/// Explains the findings of index and attestation manifests. `platforms` are explained already; `day_ends` is the last
/// second of the day on which the comparison is judged.
pub fn explain(
    mut findings: Vec<Finding>,
    mut gaps: Vec<Gap>,
    platforms: &[PlatformExplanation],
    causes: &[&'static Cause],
    day_ends: Option<i64>,
    limits: &Limits,
) -> IndexExplanation {
    findings.sort_by(order::by_location);
    gaps.sort_by(order::gaps);
    let (facts, texts, day) = (Facts::new(platforms), Texts::default(), Day::ending(day_ends));
    let table = Table::new(causes);
    let candidate = |finding: Finding| {
        let context = Context {
            causes,
            table: &table,
            facts: facts.about(&finding.location).as_ref(),
            limits,
            texts: &texts,
            day: &day,
        };
        Candidate::of_document(&context, finding)
    };
    let candidates: Vec<Candidate> = findings.into_iter().map(candidate).collect();
    let referents = Referents::new(&candidates, &gaps, platforms);
    let mut inputs = Inputs::default();
    candidates.iter().for_each(|candidate| inputs.note(candidate));
    let explained: Vec<Explained> = candidates.iter().map(|candidate| one(candidate, &referents)).collect();
    let findings = Store::of(grounded(converged(explained, platforms), platforms)).unwrap_or_else(|error| {
        gaps.push(LayerError::no_room(error).at(Location::new(Kind::Index)));
        Store::default()
    });
    IndexExplanation { findings, gaps, inputs, judged_by_day: day.has_decided() }
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

/// What values may be derived from, by the platform that it is of: an index may list a hundred thousand.
struct Referents<'a> {
    candidates: &'a [Candidate],
    /// Positions of the findings in attestations.
    attested: HashMap<&'a str, Vec<usize>>,
    /// Whose attestations could not be looked at.
    unread: HashSet<&'a str>,
    platforms: &'a [PlatformExplanation],
    /// The first of each name.
    named: HashMap<&'a str, usize>,
}

impl<'a> Referents<'a> {
    fn new(candidates: &'a [Candidate], gaps: &'a [Gap], platforms: &'a [PlatformExplanation]) -> Self {
        let of = |location: &'a Location| location.attestation.as_ref().map(|place| place.platform.as_str());
        let mut attested: HashMap<&str, Vec<usize>> = HashMap::new();
        for (position, candidate) in candidates.iter().enumerate() {
            if let Some(platform) = of(&candidate.finding.location) {
                attested.entry(platform).or_default().push(position);
            }
        }
        let mut named = HashMap::new();
        for (position, platform) in platforms.iter().enumerate() {
            named.entry(platform.platform.original.as_str()).or_insert(position);
        }
        let unread = gaps.iter().filter_map(|gap| of(&gap.location)).collect();
        Referents { candidates, attested, unread, platforms, named }
    }
}

fn one(candidate: &Candidate, referents: &Referents<'_>) -> Explained {
    let finding = candidate.finding.clone();
    let unexplained = |finding| Explained {
        finding,
        claim: Claim::Unexplained,
        cause: None,
        converges: false,
        grounded: true,
        canonical: None,
        witness: None,
        from: Vec::new(),
        from_count: 0,
        astray: false,
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
        let (from, unread) = follows_from(&finding, &referent, referents);
        if !from.is_empty() || unread {
            let from_count = from.len() as u64;
            let grounded = false;
            return Explained {
                claim: Claim::Derived,
                cause: Some(cause),
                grounded,
                from,
                from_count,
                astray: false,
                ..unexplained(finding)
            };
        }
    }
    unexplained(finding)
}

/// The findings inside what a value is the digest or size of, and whether something in it could not be looked at.
fn follows_from(finding: &Finding, referent: &Referent, referents: &Referents<'_>) -> (Vec<FindingRef>, bool) {
    let Referents { candidates, attested, unread, platforms, named } = referents;
    if let Some(place) = finding.location.attestation.as_deref().filter(|_| !is_about_image(&finding.location)) {
        let part = Part::of(&finding.location, referent);
        let same = attested.get(place.platform.as_str()).into_iter().flatten().copied();
        let holds = |position: &usize| candidates.get(*position).is_some_and(|it| part.holds(&it.finding.location));
        let from = same.filter(holds).map(|position| FindingRef { section: 0, position }).collect();
        return (from, unread.contains(place.platform.as_str()));
    }
    let label = match &finding.location.attestation {
        Some(place) => Some(place.platform.clone()),
        None => platform_of(&finding.location),
    };
    let Some(index) = label.and_then(|label| named.get(label.as_str()).copied()) else {
        return (Vec::new(), false);
    };
    let Some(platform) = platforms.get(index) else { return (Vec::new(), false) };
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
                let name =
                    if matches!(last, "digest" | "size" | "data") { tokens.next().unwrap_or_default() } else { last };
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
                let own = matches!(field, "/config/digest" | "/config/size" | "/config/data" | "/config/mediaType");
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

/// Whether a digest is that of the manifest of the platform, on both sides; sizes are taken at their word, and embedded
/// content was held against its digest.
fn names_manifest(finding: &Finding, platform: &PlatformExplanation) -> bool {
    if finding.location.field_name().ends_with("/data") {
        return true;
    }
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
    // All of a platform's manifest findings are what the descriptor follows from.
    let whole = |platform: &PlatformExplanation| {
        platform.gaps.is_empty() && platform.findings.heads().all(|head| head.converges)
    };
    let platforms: Vec<bool> = platforms.iter().map(whole).collect();
    let open = |one: &Explained| one.claim == Claim::Derived && !one.converges && one.from_count > 0;
    // Derived values follow from derived values: whatever converges may be the last that others wait for.
    let mut waiting: Vec<usize> = vec![0; explained.len()];
    let mut followers: HashMap<usize, Vec<usize>> = HashMap::new();
    let mut ready = Vec::new();
    for (position, one) in explained.iter().enumerate().filter(|(_, one)| open(one)) {
        let mut missing = 0;
        for reference in &one.from {
            let own = reference.section == 0;
            let holds = match reference.section.checked_sub(1) {
                None => explained.get(reference.position).is_some_and(|explained| explained.converges),
                Some(platform) => platforms.get(platform).copied().unwrap_or(false),
            };
            if own && !holds {
                followers.entry(reference.position).or_default().push(position);
            }
            missing += usize::from(!holds);
        }
        if let Some(count) = waiting.get_mut(position) {
            *count = missing;
        }
        ready.extend((missing == 0).then_some(position));
    }
    while let Some(position) = ready.pop() {
        if let Some(one) = explained.get_mut(position) {
            one.converges = true;
        }
        for follower in followers.remove(&position).unwrap_or_default() {
            if let Some(count) = waiting.get_mut(follower) {
                *count -= 1;
                ready.extend((*count == 0).then_some(follower));
            }
        }
    }
    explained
}

/// Marks what follows from anything real, and cuts off what is not named.
fn grounded(mut explained: Vec<Explained>, platforms: &[PlatformExplanation]) -> Vec<Explained> {
    let mut followers: HashMap<usize, Vec<usize>> = HashMap::new();
    let mut real = Vec::new();
    for (position, one) in explained.iter().enumerate().filter(|(_, one)| !one.grounded) {
        for at in &one.from {
            let holds = match at.section.checked_sub(1).and_then(|platform| platforms.get(platform)) {
                Some(platform) => platform.findings.head(at.position).is_some_and(|head| head.grounded),
                None => explained.get(at.position).is_some_and(|other| other.grounded),
            };
            if holds {
                real.push(position);
                break;
            }
            followers.entry(at.position).or_default().push(position);
        }
    }
    while let Some(position) = real.pop() {
        let Some(one) = explained.get_mut(position).filter(|one| !one.grounded) else { continue };
        one.grounded = true;
        real.extend(followers.remove(&position).unwrap_or_default());
    }
    for one in &mut explained {
        one.from.truncate(NAMED);
    }
    explained
}
