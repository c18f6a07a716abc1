//! Offers findings to causes, checks every claim, closes the ledger.

mod alone;
mod at_hand;
mod caches;
mod candidate;
mod claims;
mod codec;
mod converge;
mod copied;
mod derived;
mod directories;
mod evidence;
mod hazards;
mod facts;
mod files;
mod folds;
mod future;
mod gate;
mod gather;
mod gathered;
pub mod index;
mod inputs;
mod lines;
mod links;
mod noted;
mod order;
mod passing;
mod platform;
mod programs;
mod provenance;
mod records;
mod resolve;
mod shared;
mod store;
mod structure;
mod trees;
mod warnings;
mod ways;
mod witness;
#[cfg(test)]
pub(crate) mod sample;

use std::io;
use std::sync::Arc;

pub(crate) use at_hand::claimed;
pub(crate) use candidate::{Candidate, Context, EntryPair, Held, Texts};
pub(crate) use facts::of as facts_of;
pub(crate) use files::{Digests, FileDigest, Files, FilesIntake};
pub(crate) use gate::commands_go_by_times;
pub(crate) use gather::{Gathering, Intake, Run};
pub(crate) use gathered::{Gathered, LayerFindings};
pub use inputs::{Input, Inputs};
pub use lines::{Certainty, GivenDockerfile, InstructionPlace};
pub(crate) use passing::PassingIntake;
pub(crate) use platform::Compared;
pub use store::{Head, Positions, Reader, Store};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::causes::{Builder, Cause};
use crate::digest::Digest;
use crate::finding::{Diff, Finding, Gap, Location, Sides};
use crate::image::index::IndexEntry;
use crate::image::provenance::Provenance;

/// How far a finding is explained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Claim {
    /// The named canonicalizer was applied to each side and the results are equal.
    Proven,
    /// A digest, size or checksum of objects that are themselves reported.
    Derived,
    /// Input drift, with evidence.
    Attributed,
    /// Random by design, checked for shape.
    Random,
    /// A regenerable or leftover file that the policy drops by name.
    Excluded,
    /// None of these.
    Unexplained,
}

/// A finding by its place in the explanation: section 0 is the index, section n the n-th platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FindingRef {
    /// 0 for the index, else 1 + the platform's position.
    pub section: usize,
    /// Position in the section's findings.
    pub position: usize,
}

/// A finding with what is claimed of it.
pub struct Explained {
    /// The finding.
    pub finding: Finding,
    /// How far it is explained.
    pub claim: Claim,
    /// The cause claimed; `None` exactly where the claim is [`Claim::Unexplained`].
    pub cause: Option<&'static Cause>,
    /// Whether the claim maps both sides to one form: proven, excluded, or derived from such alone.
    pub converges: bool,
    /// Whether it is no derived value, or follows in the end from one that is none.
    pub grounded: bool,
    /// SHA-256 of that form; absent where it is empty, and for derived findings.
    pub canonical: Option<[u8; 32]>,
    /// What other data of the same image predicted the value, in words that name no side.
    pub witness: Option<Arc<str>>,
    /// What a derived finding follows from directly, the first 20.
    pub from: Vec<FindingRef>,
    /// How many findings it follows from directly.
    pub from_count: u64,
    /// Whether the entry may lie elsewhere than where its name says: a symbolic link is on the way, or may be.
    pub astray: bool,
    /// What differs, for content that is unexplained, or explained and not cosmetic.
    pub diff: Option<Box<Diff>>,
}

/// Not a difference, a hazard seen in an image.
pub struct Warning {
    /// The hazard.
    pub cause: &'static Cause,
    /// Where; the first place, where there are more of its kind.
    pub location: Location,
    /// In how many places.
    pub count: u64,
    /// The detail, on the sides that show it.
    pub details: Sides<Option<String>>,
}

/// What the user named, resolved.
#[derive(Debug, Clone, Default)]
pub struct Named {
    /// As typed.
    pub reference: String,
    /// Media type of what it resolved to; absent for an image without a manifest.
    pub media_type: Option<String>,
    /// Digest of what it resolved to; absent for an image without a manifest.
    pub digest: Option<Digest>,
}

/// Both images, compared and explained.
pub struct Explanation {
    /// What the user named.
    pub images: Sides<Named>,
    /// Findings above the platforms.
    pub index: IndexExplanation,
    /// The platforms that both have, in order of name.
    pub platforms: Vec<PlatformExplanation>,
    /// The platforms that the comparison was restricted to; empty where it was not.
    pub selected: Vec<String>,
    /// Layer blobs opened, on both sides together.
    pub layers_opened: u64,
}

impl Explanation {
    /// Whether all findings that were asked for so far could be read back from where they are kept.
    ///
    /// # Errors
    /// When a temporary file could not be read.
    pub fn check(&self) -> io::Result<()> {
        self.platforms.iter().try_for_each(|platform| platform.findings.check())?;
        self.index.findings.check()
    }
}

/// What differs above the platforms.
#[derive(Default)]
pub struct IndexExplanation {
    /// In document order.
    pub findings: Store,
    /// Places that could not be looked at.
    pub gaps: Vec<Gap>,
    /// Inputs of the builds that differ.
    pub inputs: Inputs,
    /// Whether what is claimed hangs on the day on which the comparison is judged.
    pub judged_by_day: bool,
}

/// The program that built an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuiltBy {
    /// Which one.
    pub builder: Builder,
    /// Its version, numbers and dots, where the image shows that too.
    pub version: Option<String>,
}

/// One platform, compared and explained.
pub struct PlatformExplanation {
    /// `os/architecture[/variant]` of each side; equal between indexes.
    pub platform: Sides<String>,
    /// Digest of the manifest, where the image has one.
    pub manifest_digest: Sides<Option<Digest>>,
    /// Digest of the config, where it could be read.
    pub image_id: Sides<Option<Digest>>,
    /// The manifests are byte-identical (or absent on both sides).
    pub same_manifest: bool,
    /// Config and every diff ID are identical.
    pub same_image: bool,
    /// The merged root file systems are identical, and the configs but for diff IDs (and history, where the splits differ).
    pub same_tree: bool,
    /// In document order.
    pub findings: Store,
    /// Places that could not be looked at.
    pub gaps: Vec<Gap>,
    /// Hazards.
    pub warnings: Vec<Warning>,
    /// Inputs of the builds that differ.
    pub inputs: Inputs,
    /// `created_by` of the history entry of each layer, base first, raw.
    pub steps: Sides<Vec<String>>,
    /// Where the instruction of each layer stands, as far as that is known.
    pub lines: Sides<Vec<Option<InstructionPlace>>>,
    /// The provenance attached to each image, where it is about it.
    pub provenance: Sides<Option<Arc<Provenance>>>,
    /// What each image was built by, where it shows it.
    pub built_by: Sides<Option<BuiltBy>>,
    /// The time of each config, where it is one.
    pub created: Sides<Option<String>>,
    /// The canonical image digests, where asked for and where there are no gaps.
    pub canonical_digest: Option<Sides<Digest>>,
    /// Whether what is claimed hangs on the day on which the comparison is judged.
    pub judged_by_day: bool,
}

impl PlatformExplanation {
    /// A platform of which nothing could be compared.
    pub fn unreadable(platform: Sides<String>, members: Sides<&IndexEntry>, mut gaps: Vec<Gap>) -> Self {
        gaps.sort_by(order::gaps);
        let digests = members.map(|member| &member.descriptor.digest);
        PlatformExplanation {
            platform,
            manifest_digest: digests.map(|digest| Some(digest.clone())),
            image_id: Sides::new(None, None),
            same_manifest: false,
            same_image: false,
            same_tree: false,
            findings: Store::default(),
            gaps,
            warnings: Vec::new(),
            inputs: Inputs::default(),
            steps: Sides::default(),
            lines: Sides::default(),
            provenance: Sides::default(),
            built_by: Sides::default(),
            created: Sides::default(),
            canonical_digest: None,
            judged_by_day: false,
        }
    }

    /// Takes note of what could not be looked at once more: then nothing is the same for certain.
    pub(crate) fn add_gap(&mut self, gap: Gap) {
        self.same_image = false;
        self.same_tree = false;
        self.gaps.push(gap);
    }
}
