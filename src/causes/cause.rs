//! What a cause is: a scope, a way to check its claims, and what to tell the user.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::day::Day;
use super::fix::Fix;
use super::scope::Place;
use crate::content::recorded::Recorded;
use crate::content::{Member, Node, Part};
use crate::finding::{Aspect, Finding, Location, Sides, Value};
use crate::image::entry::{Entry, Time};
use crate::image::platform::folds_names;
use crate::image::provenance::{BaseImage, Provenance};
use crate::image::rootfs::Rootfs;
use crate::spill::Content;

/// How far a difference of this cause reaches, as the catalogue of causes says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Severity {
    /// Cannot change what runs.
    Cosmetic,
    /// Can: locale, paths, order, versions, links.
    Behavioural,
    /// Touches ownership, modes, capabilities, keys or identity.
    Security,
}

/// The canonical form of one side: equal on both sides means that the cause explains the difference.
pub type Canonical = Vec<u8>;

/// Maps one side to its canonical form, with the merged tree of the side at hand.
pub type OfTree = fn(&View<'_>, &Rootfs) -> Option<Canonical>;

/// How a cause's claim is checked.
#[non_exhaustive]
pub enum Proof {
    /// Each side is mapped to a canonical form alone; equal forms prove the claim (`proven`).
    Canonical(fn(&View<'_>) -> Option<Canonical>),
    /// Like `Canonical`, for what is a time of the build only as far as it is not after a last second, that of the day on
    /// which the comparison is judged (`proven`). Without such a day nothing is claimed.
    Dated {
        /// Maps a side to its canonical form, with that last second.
        canonicalize: fn(&View<'_>, i64) -> Option<Canonical>,
        /// Whether it is noise only while nobody runs or reads the file: a stamp, a tool's cache.
        unread: bool,
    },
    /// What another proof shows, for what is noise only while nobody runs or reads the file: a log, a tool's cache.
    Unread(&'static Proof),
    /// Like `Canonical`, with the merged tree of the side at hand (`proven`).
    Tree(OfTree),
    /// Like `Tree`, for what is found at a path that one layer names more than once (`proven`). Which paths those are only
    /// the engine can tell, once it has seen the layer: the scope of such a cause is empty.
    Repeated(OfTree),
    /// The value is a digest, size or checksum of another object that is itself compared (`derived`).
    Derived(fn(&Finding, Sides<&ImageFacts>) -> Option<Referent>),
    /// Input drift: each side matches its own record of where it came from (`attributed`).
    Attributed(fn(&View<'_>) -> Option<Canonical>),
    /// Input drift where the records themselves are the evidence: what is common is equal, the inputs that the sides
    /// record are not (`attributed`).
    Drift(InputKind, fn(&View<'_>) -> Option<Record>),
    /// Random by design: each side has the shape of it (`random`).
    Random(fn(&View<'_>) -> Option<Canonical>),
    /// A regenerable or leftover file that nobody runs or reads, dropped by name once its shape is checked (`excluded`).
    Excluded(fn(&View<'_>) -> Option<Canonical>),
    /// A hazard seen in one image; never a claim.
    Warning(Hazard),
}

/// A hazard of one image, by who sees it.
#[derive(Debug, Clone, Copy)]
pub enum Hazard {
    /// The cause itself, in the documents of the image: what it saw there.
    Config(fn(&ImageFacts) -> Option<String>),
    /// The engine: a file records another time or size of the file that it was made from.
    StaleRecord,
    /// The engine: programs believe such a record on one side only.
    OneSidedRecord,
    /// The engine: programs take another cache than one of records on one side only.
    RetakenCache,
    /// The engine: provenance says that a layer is older than the build.
    OlderStep,
    /// The engine: provenance that is attached to an image is about another one.
    OtherSubject,
    /// The engine: programs of the image are not for the machine that its config names.
    OtherMachine,
}

/// What an input is to a build, as reports have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum InputKind {
    /// The image that the Dockerfile begins with.
    Base,
    /// What is built: a commit, a Dockerfile.
    Source,
    /// What the command that builds is given: arguments, secrets, directories.
    BuildArgument,
    /// The program that reads the Dockerfile.
    Frontend,
    /// What packages are installed from.
    Package,
}

/// What one side records of its input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// What the sides must have in common.
    pub common: Canonical,
    /// Which input it was; the claim holds only where the sides name different ones.
    pub input: Vec<u8>,
    /// What may be told of it.
    pub told: Told,
}

/// How the evidence for another input is put into words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// Not at all.
    Nothing,
    /// What differs, without its values.
    Name(String),
    /// What differs, and this side's value.
    Value(String, String),
    /// What differs, where the inputs are texts: with the lines.
    Lines(String),
}

/// What a derived value is derived from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Referent {
    /// The content of the entry or, where the finding is of a part of a file that is derived, what the part is derived from.
    SameEntry,
    /// The other findings in the same header block of the same entry.
    SameHeader,
    /// The layer pair of the finding's location, as a whole.
    Layer,
    /// The config.
    Config,
    /// The manifest of one platform, or everything in an attestation manifest: what the finding's location names.
    Manifest,
    /// Another file of the same image, whose SHA-256 and size the value is on each side.
    File {
        /// Its path, as entries have it.
        path: Vec<u8>,
        /// What each side's value says of it.
        recorded: Sides<RecordedFile>,
    },
}

/// What a record says of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordedFile {
    /// Its SHA-256.
    pub sha256: [u8; 32],
    /// Its size in bytes, where recorded.
    pub size: Option<u64>,
}

/// One side of one finding, with what a canonicalizer may look at.
pub struct View<'a> {
    /// Where the finding is. Only this side's parts of it may be used.
    pub location: &'a Location,
    /// What differs.
    pub aspect: Aspect,
    /// What this side holds.
    pub value: &'a Value,
    /// The image of this side.
    pub image: &'a ImageFacts,
    /// The layer of this side that the finding is in or, where this side has nothing there, is held against.
    pub layer: Option<u32>,
    /// The first and the last of the layers of this side that are compared as one: the same where layers pair, the run of
    /// layers where the split differs.
    pub run: Option<(u32, u32)>,
    /// The entry on this side, for findings of entries.
    pub entry: Option<&'a Entry>,
    /// The finding's range in the innermost file or blob of this side, where it has one.
    pub range: Option<(u64, u64)>,
    /// The innermost file's bytes on this side, where the finding is in its content and it is small enough to look into.
    pub file: Option<&'a [u8]>,
    /// The same file, which may be too long to be at hand as a whole.
    pub content: Option<&'a Content>,
    /// The same file taken apart, where it was: nothing is decoded for every finding anew.
    pub node: Option<&'a Node>,
    /// The part of it that differs.
    pub part: Option<&'a Part>,
    /// SHA-256 of what the member holds that the part is about, where it was opened and holds the same on both sides.
    pub member_sha256: Option<[u8; 32]>,
    /// What the innermost file is to the file that it is in, where it is in one.
    pub around: Option<&'a Member>,
    /// Whether the entry is a directory that has entries of its own in the same layer on this side.
    pub has_children: bool,
    /// For the order of a layer's entries: the directories that they are in before the layer has entries for these.
    pub implied: Option<&'a BTreeSet<Arc<[u8]>>>,
    /// The day on which the comparison is judged: what is after it is no time of the build.
    pub day: &'a Day,
}

/// What is known of one image as a whole, its documents only.
#[derive(Debug, Clone, Default)]
pub struct ImageFacts {
    /// The config's `created` in seconds since 1970, where it parses.
    pub created: Option<i64>,
    /// `created_by` of the history entry of each layer, empty where unknown.
    pub commands: Vec<String>,
    /// `created` of the history entry of each layer, where it parses.
    pub layer_times: Vec<Option<Time>>,
    /// Which layers hold only what was copied from the build context, as provenance says.
    pub context_layers: Vec<bool>,
    /// The config as a value.
    pub config: serde_json::Value,
    /// The manifest as a value; null where there is none.
    pub manifest: serde_json::Value,
    /// The provenance attached to the image, where it is about this image.
    pub provenance: Option<Arc<Provenance>>,
    /// The image that it is built on, where provenance says which layers are that image's.
    pub base: Option<BaseImage>,
}

/// One reason why two builds of an image differ.
pub struct Cause {
    /// Its id in the catalogue.
    pub id: &'static str,
    /// One line, as a heading.
    pub title: &'static str,
    /// The source text of its module, whose documentation is its page.
    pub source: &'static str,
    /// How far it reaches.
    pub severity: Severity,
    /// Which findings it may be asked about: those that are in any of these places.
    pub scope: &'static [Place],
    /// How its claims are checked.
    pub proof: Proof,
    /// The value that other data of the same image predicts, where there is such data.
    pub witness: Option<fn(&View<'_>) -> Option<Witness>>,
    /// What a side whose witness contradicts the value is warned of.
    pub hazard: Option<Hazard>,
    /// What to change: any one of those for the builder at hand. The best first.
    pub remedies: &'static [&'static Fix],
}

/// A prediction: what this side's value must be if the witness is right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Witness {
    /// The value is the modification time of another file of the same image, and what else the file records of it. Where
    /// the record fits on one side only, the claim does not hold: programs believe the file on that side only.
    Recorded(Recorded),
    /// The value follows from data at hand, and does so; the text says from what.
    Holds(&'static str),
    /// What the record of this side says of its input.
    Records(Evidence),
}

/// The evidence for another input.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Evidence {
    /// What both sides say, in words that are the same on both.
    pub words: Arc<str>,
    /// What the input is called; the same on both sides.
    pub name: Arc<str>,
    /// What this side has there, where that may be told.
    pub value: Option<Arc<str>>,
}

impl ImageFacts {
    /// Whether names that differ in case are one file to the image's operating system.
    pub fn folds_names(&self) -> bool {
        self.config.get("os").and_then(serde_json::Value::as_str).is_some_and(folds_names)
    }
}

impl Proof {
    /// The canonical form of one side, where it takes the merged tree of that side.
    pub const fn of_tree(&self) -> Option<OfTree> {
        match self {
            Proof::Tree(canonicalize) | Proof::Repeated(canonicalize) => Some(*canonicalize),
            _ => None,
        }
    }

    /// Whether its claims hold only while nobody runs or reads the file.
    pub const fn is_of_unread(&self) -> bool {
        matches!(self, Proof::Unread(_) | Proof::Excluded(_) | Proof::Dated { unread: true, .. })
    }
}

impl Cause {
    /// Whether a finding is in its scope.
    pub fn is_about(&self, finding: &Finding) -> bool {
        self.scope.iter().any(|place| place.holds(finding))
    }

    /// The hazard that it stands for, where it is a warning.
    pub const fn warns_of(&self) -> Option<Hazard> {
        match self.proof {
            Proof::Warning(hazard) => Some(hazard),
            _ => None,
        }
    }
}

impl Hazard {
    /// Whether it is that of another cause, too.
    pub fn is(self, other: Hazard) -> bool {
        std::mem::discriminant(&self) == std::mem::discriminant(&other)
    }
}

impl<'a> View<'a> {
    /// The bytes of the part that differs.
    pub fn part_bytes(&self) -> Option<Cow<'a, [u8]>> {
        self.part?.of(self.content?)
    }

    /// The instruction that made the layer, as its history entry has it; empty where unknown.
    pub fn command(&self) -> &str {
        let layer = self.layer.and_then(|layer| self.image.commands.get(layer as usize));
        layer.map_or("", String::as_str)
    }

    /// Whether provenance says that the layer holds only what was copied from the build context.
    pub fn is_from_context(&self) -> bool {
        self.layer.and_then(|layer| self.image.context_layers.get(layer as usize)) == Some(&true)
    }

    /// When the layer was made, as its history entry says.
    pub fn layer_time(&self) -> Option<Time> {
        *self.image.layer_times.get(usize::try_from(self.layer?).ok()?)?
    }

    /// The first layer of the run: the tree below it is what the run changes.
    pub fn first(&self) -> Option<u32> {
        self.run.map(|(first, _)| first)
    }

    /// The last layer of the run: the tree up to it is what the run makes.
    pub fn last(&self) -> Option<u32> {
        self.run.map(|(_, last)| last)
    }

    /// The text of the value, where it is one.
    pub fn text(&self) -> Option<&str> {
        self.value.as_str()
    }

    /// The bytes of the value as the image has them, where they are at hand.
    pub fn bytes(&self) -> Option<&[u8]> {
        match self.value {
            Value::Bytes(bytes) => Some(bytes),
            Value::Json(serde_json::Value::String(text)) => Some(text.as_bytes()),
            Value::Json(_) | Value::Absent | Value::Content { .. } => None,
        }
    }

    /// Whether this side has nothing there.
    pub fn is_absent(&self) -> bool {
        matches!(self.value, Value::Absent)
    }
}
