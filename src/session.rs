//! One comparison from end to end.

use std::sync::Arc;

use rayon::prelude::*;

use crate::canonical;
use crate::causes::{self, Cause};
use crate::compare::index::{AttestationPair, PlatformPair, Root, compare_attestations, pair_platforms};
use crate::digest::Descriptor;
use crate::error::{Error, Result, Unkept};
use crate::explain::{Explanation, GivenDockerfile, Named, PlatformExplanation, index};
use crate::finding::{Finding, Gap, Kind, Location, Side, Sides, Unfit};
use crate::image::index::{Index, IndexEntry, IndexTree};
use crate::image::json::DocumentError;
use crate::image::load::{Image, Origin, document};
use crate::image::manifest::{ManifestKind, recognise};
use crate::image::platform::Platform;
use crate::limits::Limits;
use crate::limits::budget::Budget;
use crate::policy::Date;
use crate::reference::Reference;
use crate::source::progress::Progress;
use crate::source::{self, Access, Moved, Opened, Sources};

mod alone;
mod attestations;
mod extract;
mod layers;
mod platform;
mod put_off;
mod sink;
mod workers;

use attestations::{Documents, Evidence, too_much, unread_alone};
pub use extract::Extracted;
use platform::Terms;

/// What is compared, and how far it goes.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Options {
    /// Platforms to compare, as `os/architecture[/variant]`; all of them where empty.
    pub platforms: Vec<String>,
    /// Compute the canonical image digests.
    pub canonical_digest: bool,
    /// Also read and verify the blobs that the comparison does not need.
    pub verify_all: bool,
    /// The day on which the comparison is judged: no time after it is taken for one of a build. Without a day no
    /// stamp in a file is, and any other time may be. The report of the comparison has to be made for the same day.
    pub date: Option<Date>,
    /// What both images are built from, for lines in the report beyond those that provenance tells.
    pub dockerfile: Option<Arc<GivenDockerfile>>,
    /// Caps on memory and time.
    pub limits: Limits,
    /// How images that are not in files are reached.
    pub access: Access,
}

/// Two images that the user named, opened: what they resolved to stays the same as long as this lives.
pub struct Session {
    sides: Sides<Resolved>,
    sources: Sources,
    options: Options,
    wanted: Vec<Platform>,
    progress: Arc<Progress>,
}

impl Session {
    /// Opens both images, at the same time.
    ///
    /// # Errors
    /// [`Error::Reference`], [`Error::Source`] or [`Error::Platform`] where there is nothing to compare.
    pub fn open(original: &str, rebuild: &str, options: Options, progress: Arc<Progress>) -> Result<Self> {
        let wanted = platforms(&options)?;
        let references = Sides::new(Reference::parse(original)?, Reference::parse(rebuild)?);
        let sources = Sources::new(&options.access, &options.limits, &[&references.original, &references.rebuild])?;
        let open = |reference| -> Result<Resolved> { Ok(Resolved::of(sources.open(reference)?, &options, &progress)) };
        let (original, rebuild) = rayon::join(|| open(&references.original), || open(&references.rebuild));
        let sides = Sides::new(original?, rebuild?);
        Ok(Session { sides, sources, options, wanted, progress })
    }

    /// The comparison of two images that are open already: of any kind of [`crate::source::Blobs`], in memory for one.
    ///
    /// # Errors
    /// [`Error::Platform`] where there is nothing to compare.
    pub fn of(images: Sides<Opened>, options: Options, progress: Arc<Progress>) -> Result<Self> {
        let wanted = platforms(&options)?;
        let sources = Sources::new(&options.access, &options.limits, &[])?;
        let sides = images.map(|image| Resolved::of(image, &options, &progress));
        Ok(Session { sides, sources, options, wanted, progress })
    }

    /// The tags that stand for another image by now than they did when they were opened.
    pub fn moved(&self) -> Vec<Moved> {
        self.sources.moved()
    }

    /// Why the user's own cache was not used, where it was not for what others could do to it.
    pub fn unused_cache(&self) -> Option<&Unkept> {
        self.sources.unused_cache()
    }

    /// Compares the two and explains what differs.
    ///
    /// # Errors
    /// [`Error::Platform`] where a platform that was asked for cannot be compared; what stops the comparison of a part
    /// is a gap in the explanation.
    pub fn compare(&self) -> Result<Explanation> {
        let Session { options, progress, .. } = self;
        let images = self.sides.as_ref().map(|side| side.named.clone());
        let roots = self.sides.as_ref().map(|side| side.root.as_ref());
        let causes = causes::LIST;
        let (Ok(original_root), Ok(rebuild_root)) = (roots.original, roots.rebuild) else {
            let gaps =
                [roots.original.err(), roots.rebuild.err()].into_iter().flatten().map(|gap| (**gap).clone()).collect();
            let index = index::explain(Vec::new(), gaps, &[], causes, None, &options.limits);
            return Ok(Explanation {
                images,
                index,
                platforms: Vec::new(),
                selected: options.platforms.clone(),
                layers_opened: progress.snapshot().layers_opened,
            });
        };
        let roots = Sides::new(original_root, rebuild_root);
        let doubts = self.doubts(roots);
        let refuted = doubts.as_ref().map(|doubts| &doubts.refuted);
        let pairing = pair_platforms(roots, &self.wanted, refuted, &options.limits)?;
        let job = Job { sides: self.sides.as_ref(), options, causes };
        let shares = Budget::of(&options.limits).shares(&vec![1; pairing.pairs.len()]);
        let pairs: Vec<_> = pairing.pairs.iter().zip(shares).enumerate().collect();
        let explain = |(number, (pair, share))| job.platform(pair, number + 1, share);
        let platforms: Vec<PlatformExplanation> = pairs.into_par_iter().map(explain).collect();
        let mut gaps = unread_alone(&doubts, &pairing.attestations);
        let mut findings = pairing.findings;
        let mut left = Sides::new(options.limits.attestation_bytes, options.limits.attestation_bytes);
        for pair in &pairing.attestations {
            let (found, missing) = job.attestations(pair, &mut left);
            findings.extend(found);
            gaps.extend(missing);
        }
        let index = index::explain(findings, gaps, &platforms, causes, options.date.map(Date::end), &options.limits);
        let (selected, layers_opened) = (options.platforms.clone(), progress.snapshot().layers_opened);
        Ok(Explanation { images, index, platforms, selected, layers_opened })
    }
}

/// Compares two images that the user named and explains what differs: a [`Session`] for one comparison.
///
/// # Errors
/// Those of [`Session::open`] and [`Session::compare`].
pub fn compare_images(
    original: &str,
    rebuild: &str,
    options: &Options,
    progress: &Arc<Progress>,
) -> Result<Explanation> {
    Session::open(original, rebuild, options.clone(), progress.clone())?.compare()
}

fn platforms(options: &Options) -> Result<Vec<Platform>> {
    options.platforms.iter().map(|text| Platform::parse(text).map_err(Error::Platform)).collect()
}

/// A reference with what it resolved to.
struct Resolved {
    named: Named,
    origin: Origin,
    documents: Documents,
    root: std::result::Result<Root, Box<Gap>>,
    /// The config of an image without a manifest.
    bare: Option<Descriptor>,
    evidence: Evidence,
}

impl Resolved {
    fn of(opened: Opened, options: &Options, progress: &Arc<Progress>) -> Self {
        let Opened { reference, root, blobs } = opened;
        let origin = Origin { blobs, progress: progress.clone() };
        let documents = Documents::of(origin.clone());
        let mut named = Named { reference, media_type: None, digest: None };
        match root {
            source::Root::Descriptor(descriptor) => {
                named.digest = Some(descriptor.digest.clone());
                named.media_type = Some(descriptor.media_type.clone()).filter(|media_type| !media_type.is_empty());
                let root = resolve(&origin, &descriptor, &options.limits);
                let evidence = Evidence::of(root.as_ref().ok());
                Resolved { named, origin, documents, root, bare: None, evidence }
            }
            source::Root::Bare { config, .. } => {
                let root =
                    Image::of_config(&origin, &config, &options.limits).map(|image| single(config.clone(), &image));
                Resolved { named, origin, documents, root, bare: Some(config), evidence: Evidence::of(None) }
            }
        }
    }

    /// Loads the image that a member of the root points at.
    fn image(&self, member: &IndexEntry, limits: &Limits) -> std::result::Result<Image, Box<Gap>> {
        match &self.bare {
            Some(config) => Image::of_config(&self.origin, config, limits),
            None => Image::of_manifest(&self.origin, member.descriptor.clone(), limits),
        }
    }
}

/// Reads what a descriptor points at, as far as it takes to know the platforms.
fn resolve(origin: &Origin, descriptor: &Descriptor, limits: &Limits) -> std::result::Result<Root, Box<Gap>> {
    let root = document(origin, descriptor, limits, Kind::Index)?;
    let gap = |error: DocumentError| {
        let error = error.in_blob(&descriptor.digest);
        Box::new(Gap { location: Location::new(Kind::Index), reason: error.reason, detail: error.detail })
    };
    match recognise(&descriptor.media_type, &root) {
        ManifestKind::Index => {
            let index = Index::read(root, limits).map_err(gap)?;
            let mut read = |inner: &Descriptor| {
                let bytes = Image::read(origin, inner, limits, Kind::Index);
                bytes.map_err(|gap| DocumentError { reason: gap.reason, detail: gap.detail })
            };
            IndexTree::read(index, limits, &mut read).map(Root::Index).map_err(gap)
        }
        ManifestKind::Manifest => {
            let image = Image::of_manifest(origin, descriptor.clone(), limits)?;
            Ok(single(descriptor.clone(), &image))
        }
        ManifestKind::Unknown => Err(gap(DocumentError::unsupported(Unfit::Unknown))),
    }
}

fn single(descriptor: Descriptor, image: &Image) -> Root {
    Root::Manifest(IndexEntry {
        descriptor,
        platform: Some(image.config.platform.clone()),
        annotations: std::collections::BTreeMap::new(),
        artifact_type: None,
        position: 0,
    })
}

struct Job<'a> {
    sides: Sides<&'a Resolved>,
    options: &'a Options,
    causes: &'a [&'static Cause],
}

impl Job<'_> {
    fn platform(&self, pair: &PlatformPair, section: usize, budget: Budget) -> PlatformExplanation {
        let limits = &self.options.limits;
        let images = self.sides.zip(pair.members.as_ref()).map(|(side, member)| side.image(member, limits));
        match images {
            Sides { original: Ok(original), rebuild: Ok(rebuild) } => {
                let images = Sides::new(&original, &rebuild);
                let attached = self.sides.zip(pair.members.as_ref()).map(|(side, member)| {
                    if self.needs_evidence(pair) { side.attached(member, limits) } else { Arc::default() }
                });
                let terms = Terms {
                    causes: self.causes,
                    verify_all: self.options.verify_all,
                    dockerfile: self.options.dockerfile.as_deref(),
                    day_ends: self.options.date.map(Date::end),
                    limits,
                    budget,
                };
                let attached = attached.as_ref().map(Arc::as_ref);
                let mut explanation = platform::explained(images, attached, &terms, section);
                if self.sides.map(|side| matches!(side.root, Ok(Root::Manifest(_)))) != Sides::new(true, true) {
                    explanation.platform = pair.platform.clone();
                }
                if self.options.canonical_digest {
                    match canonical::digests(images, &explanation, limits) {
                        Ok(digests) => explanation.canonical_digest = digests,
                        Err(gap) => explanation.add_gap(*gap),
                    }
                }
                explanation
            }
            Sides { original, rebuild } => {
                let gaps = [original.err(), rebuild.err()].into_iter().flatten().map(|gap| *gap).collect();
                PlatformExplanation::unreadable(pair.platform.clone(), pair.members.as_ref(), gaps)
            }
        }
    }

    /// Whether anything differs that provenance may explain: the images, or what is attached to them.
    fn needs_evidence(&self, pair: &PlatformPair) -> bool {
        let same_image = pair.members.as_ref().map(|member| &member.descriptor.digest).same();
        let holders = self
            .sides
            .zip(pair.members.as_ref())
            .map(|(side, member)| side.evidence.holders(&member.descriptor.digest));
        !same_image || !holders.same()
    }

    /// Compares two attestation manifests as far as `left` bytes reach.
    fn attestations(&self, pair: &AttestationPair, left: &mut Sides<u64>) -> (Vec<Finding>, Vec<Gap>) {
        if pair.members.as_ref().map(|member| &member.descriptor.digest).same() {
            return (Vec::new(), Vec::new());
        }
        let limits = &self.options.limits;
        let mut read = |side: Side, descriptor: &Descriptor| {
            let bytes = self.sides.get(side).documents.read(descriptor, limits)?;
            let left = left.get_mut(side);
            *left = left.checked_sub(bytes.len() as u64).ok_or_else(|| too_much(limits))?;
            Ok(bytes.to_vec())
        };
        let found = compare_attestations(pair, limits, &mut read);
        (found.findings, found.gaps)
    }
}
