//! Derived values: digests, sizes and checksums of objects that are themselves reported.

use std::collections::BTreeMap;

use crate::causes::{ImageFacts, Proof, Referent};
use crate::finding::{Aspect, Finding, Kind, Location, Sides};

use super::Claim;
use super::candidate::Candidate;
use super::claims::Claimed;
use super::order::layer_rank;
use super::platform::Gathered;

/// How many findings a derived one names.
const NAMED: usize = 20;

/// What a finding follows from, and what comes of it.
#[derive(Debug, Clone, Default)]
pub(super) struct Link {
    /// Positions of the findings, in order.
    pub(super) from: Vec<usize>,
    /// Whether the claim maps both sides to one form.
    pub(super) converges: bool,
}

impl Link {
    /// The findings that a report names.
    pub(super) fn named(&self) -> impl Iterator<Item = usize> + '_ {
        self.from.iter().copied().take(NAMED)
    }
}

/// Makes the derived claims that hold. The candidates must be in their final order.
pub(super) fn resolve(gathered: &mut Gathered, facts: Sides<&ImageFacts>) -> Vec<Link> {
    let mut links = vec![Link::default(); gathered.candidates.len()];
    for (position, claimed, from) in claims(gathered, facts) {
        if let (Some(candidate), Some(link)) = (gathered.candidates.get_mut(position), links.get_mut(position)) {
            candidate.claimed = Some(claimed);
            link.from = from;
        }
    }
    converge(&gathered.candidates, &mut links);
    links
}

fn claims(gathered: &Gathered, facts: Sides<&ImageFacts>) -> Vec<(usize, Claimed, Vec<usize>)> {
    let index = Index::new(&gathered.candidates);
    let open = gathered.candidates.iter().enumerate().filter(|(_, candidate)| candidate.claimed.is_none());
    let claims = open.filter_map(|(position, candidate)| {
        candidate.deferred.iter().find_map(|cause| {
            let Proof::Derived(referent) = cause.proof else { return None };
            let referent = referent(&candidate.finding, facts)?;
            let from = index.findings(gathered, position, &referent);
            let holds = !from.is_empty() || unread(gathered, &candidate.finding, &referent);
            let claimed = Claimed { claim: Claim::Derived, cause, canonical: None, witnesses: None };
            holds.then_some((position, claimed, from))
        })
    });
    claims.collect()
}

/// Finds out which claims map both sides to one form. Derived values follow from derived values: repeat to the end.
fn converge(candidates: &[Candidate], links: &mut [Link]) {
    let mut converges: Vec<bool> = candidates
        .iter()
        .map(|candidate| {
            candidate.claimed.as_ref().is_some_and(|claimed| matches!(claimed.claim, Claim::Proven | Claim::Excluded))
        })
        .collect();
    loop {
        let derived = |position: usize| {
            candidates
                .get(position)
                .and_then(|candidate| candidate.claimed.as_ref())
                .is_some_and(|claimed| claimed.claim == Claim::Derived)
        };
        let next: Vec<usize> = (0..links.len())
            .filter(|position| !converges[*position] && derived(*position))
            .filter(|position| {
                !links[*position].from.is_empty() && links[*position].from.iter().all(|other| converges[*other])
            })
            .collect();
        if next.is_empty() {
            break;
        }
        for position in next {
            converges[position] = true;
        }
    }
    for (link, converges) in links.iter_mut().zip(converges) {
        link.converges = converges;
    }
}

/// Whether the object that a value is derived from could not be read: then the value follows from the gap.
fn unread(gathered: &Gathered, finding: &Finding, referent: &Referent) -> bool {
    *referent == Referent::Layer
        && gathered.gaps.iter().any(|gap| {
            let (gap, layer) = (&gap.location.layer, &finding.location.layer);
            (gap.original.is_some() && gap.original == layer.original)
                || (gap.rebuild.is_some() && gap.rebuild == layer.rebuild)
        })
}

struct Index<'a> {
    candidates: &'a [Candidate],
    by_layer: BTreeMap<(u32, u32), Vec<usize>>,
    by_path: BTreeMap<&'a [u8], Vec<usize>>,
    config: Vec<usize>,
}

impl<'a> Index<'a> {
    fn new(candidates: &'a [Candidate]) -> Self {
        let mut index = Index { candidates, by_layer: BTreeMap::new(), by_path: BTreeMap::new(), config: Vec::new() };
        for (position, candidate) in candidates.iter().enumerate() {
            let location = &candidate.finding.location;
            match location.kind {
                Kind::Config => index.config.push(position),
                Kind::Layer | Kind::Entry => {
                    index.by_layer.entry(layer_rank(&location.layer)).or_default().push(position);
                    if let Some(path) = &location.path {
                        index.by_path.entry(path).or_default().push(position);
                    }
                }
                Kind::Index | Kind::Manifest => {}
            }
        }
        index
    }

    /// The findings that the one at `position` follows from directly.
    fn findings(&self, gathered: &Gathered, position: usize, referent: &Referent) -> Vec<usize> {
        let Some(candidate) = self.candidates.get(position) else { return Vec::new() };
        let finding = &candidate.finding;
        let location = &finding.location;
        let same_entry = || {
            let all = self.by_path.get(location.path_bytes()).map_or(&[][..], Vec::as_slice);
            all.iter().copied().filter(|other| *other != position && self.at(*other).location.layer == location.layer)
        };
        match referent {
            Referent::SameEntry => same_entry().filter(|other| contents(location, self.at(*other))).collect(),
            Referent::SameHeader => same_entry().filter(|other| in_header(self.at(*other))).collect(),
            Referent::Layer => {
                let all = self.by_layer.get(&layer_rank(&location.layer)).map_or(&[][..], Vec::as_slice);
                let uncompressed = location.kind == Kind::Config;
                all.iter().copied().filter(|other| !(uncompressed && is_envelope(self.at(*other)))).collect()
            }
            Referent::Config => self.config.clone(),
            Referent::Manifest => Vec::new(),
            Referent::File { path, recorded } => {
                let Some(actual) = gathered.files.get(&path[..]) else { return Vec::new() };
                let holds = recorded.zip(*actual).map(|(recorded, (sha256, size))| {
                    recorded.sha256 == sha256 && recorded.size.is_none_or(|recorded| recorded == size)
                });
                let at_path = self.by_path.get(&path[..]).map_or(&[][..], Vec::as_slice);
                let contents = at_path.iter().copied().filter(|other| {
                    matches!(
                        self.at(*other).aspect,
                        Aspect::Content | Aspect::Compression | Aspect::Order | Aspect::Size
                    ) && self.at(*other).location.field_name() != "header.size"
                });
                if holds == Sides::new(true, true) { contents.collect() } else { Vec::new() }
            }
        }
    }

    fn at(&self, position: usize) -> &'a Finding {
        &self.candidates[position].finding
    }
}

/// Whether a finding is of the content that a size or checksum at `location` is taken of.
fn contents(location: &Location, other: &Finding) -> bool {
    let inside = other.location.inside.starts_with(&location.inside);
    let deeper = other.location.inside.len() > location.inside.len();
    let whole = location.inside.is_empty() && !location.field_name().starts_with("gzip.");
    inside
        && match other.aspect {
            Aspect::Content | Aspect::Compression | Aspect::Order => whole || deeper,
            Aspect::Type | Aspect::LinkName => whole,
            _ => false,
        }
        && !other.location.field_name().ends_with("crc32")
}

/// Whether a finding is of a tar header, its checksums aside.
fn in_header(other: &Finding) -> bool {
    let field = other.location.field_name();
    other.location.inside.is_empty()
        && !matches!(other.aspect, Aspect::Content | Aspect::Compression)
        && !field.ends_with("chksum")
        && field != "pax.header.size"
}

fn is_envelope(finding: &Finding) -> bool {
    let field = finding.location.field_name();
    finding.location.kind == Kind::Layer
        && (field == "compression"
            || field.starts_with("gzip.")
            || field.starts_with("zstd.")
            || field.starts_with("compression."))
}
