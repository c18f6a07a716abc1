//! A finding on its way to being explained.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use crate::causes::{Cause, Day, Evidence, Hazard, ImageFacts, Severity, Table, View, Witness};
use crate::content::{Place, diff};
use crate::finding::{Aspect, Diff, Finding, Kind, Range, Sides, Value};
use crate::image::entry::{Entry, EntryType};
use crate::image::rootfs::same_attributes;
use crate::limits::Limits;
use crate::spill::Content;
use crate::spill::codec::{Coded, Cursor, one_byte};

use super::Claim;
use super::claims::{Claimed, Offer, offer};

/// What does not change from finding to finding of one platform.
pub(crate) struct Context<'a> {
    pub(crate) causes: &'a [&'static Cause],
    /// The same, arranged.
    pub(crate) table: &'a Table,
    pub(crate) facts: Sides<&'a ImageFacts>,
    pub(crate) limits: &'a Limits,
    pub(crate) texts: &'a Texts,
    pub(crate) day: &'a Day,
}

impl Context<'_> {
    /// The cause that stands for a hazard, where it is one of those that are asked.
    pub(super) fn of_hazard(&self, hazard: Hazard) -> Option<&'static Cause> {
        self.causes.iter().copied().find(|cause| cause.warns_of().is_some_and(|own| own.is(hazard)))
    }
}

/// Texts that many findings share, each of them held once.
#[derive(Default)]
pub(crate) struct Texts(Mutex<BTreeSet<Arc<str>>>);

impl Texts {
    fn share(&self, witness: &mut Option<Witness>) {
        let Some(Witness::Records(Evidence { words, name, value })) = witness else { return };
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for text in [words, name].into_iter().chain(value) {
            match known.get(text) {
                Some(same) => *text = same.clone(),
                None => drop(known.insert(text.clone())),
            }
        }
    }
}

/// The layers that a finding is held against on each side.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Held {
    /// The one that it is in or, where that side has nothing there, the last of the run.
    pub(crate) layer: Sides<Option<u32>>,
    /// The first and the last layer of the run.
    pub(super) run: Sides<Option<(u32, u32)>>,
}

impl Held {
    /// A pair of layers.
    pub(crate) fn pair(layer: Sides<Option<u32>>) -> Self {
        Held { layer, run: layer.map(|layer| layer.map(|layer| (layer, layer))) }
    }

    /// Runs of layers, end exclusive; no layers where a run is empty.
    pub(crate) fn runs(runs: &Sides<std::ops::Range<u32>>) -> Self {
        let run = runs.as_ref().map(|run| run.end.checked_sub(1).map(|last| (run.start, last)));
        Held { layer: run.map(|run| run.map(|(_, last)| last)), run }
    }

    /// The same run, at the layers that an entry is in.
    pub(crate) fn at(self, layer: Sides<Option<u32>>) -> Self {
        Held { layer: Sides::from_fn(|side| layer.get(side).or(*self.layer.get(side))), ..self }
    }
}

/// A finding with what is claimed of it so far.
pub(crate) struct Candidate {
    pub(super) finding: Finding,
    pub(super) claimed: Option<Claimed>,
    pub(super) deferred: Vec<&'static Cause>,
    pub(super) diff: Option<Box<Diff>>,
    /// The layers that the finding is held against.
    pub(super) held: Held,
    /// Kept only while a deferred check may need them, without their raw bytes and with one xattr at most: no check of the
    /// trees looks at the bytes, nor at more than whether there are any xattrs.
    entries: Option<Box<Sides<Option<Entry>>>>,
    /// What the two entries of the finding, where there are two, say of the merged trees.
    pub(crate) pair: EntryPair,
}

/// What two entries of one path and of one pair of layers say of the merged trees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EntryPair {
    /// An entry is on one side only, or it is a link or a whiteout: layers below decide what it does.
    Open,
    /// What layers below hold does not matter.
    Covers,
    /// The same, and the trees differ here unless a layer above changes it again.
    Apart,
}

one_byte!(EntryPair { Open, Covers, Apart });

impl EntryPair {
    pub(crate) fn of(entries: Sides<Option<&Entry>>) -> Self {
        match entries {
            Sides { original: Some(original), rebuild: Some(rebuild) } => {
                let open = |entry: &Entry| entry.whiteout().is_some() || entry.entry_type == EntryType::Hardlink;
                match (open(original) || open(rebuild), same_attributes(original, rebuild)) {
                    (true, _) => EntryPair::Open,
                    (false, true) => EntryPair::Covers,
                    (false, false) => EntryPair::Apart,
                }
            }
            _ => EntryPair::Open,
        }
    }
}

/// The two sides of a finding as causes see them.
pub(super) fn views<'a>(
    context: &Context<'a>,
    finding: &'a Finding,
    held: Held,
    entries: Sides<Option<&'a Entry>>,
    files: Sides<Option<&'a Content>>,
    places: Sides<Place<'a>>,
    has_children: Sides<bool>,
) -> Sides<View<'a>> {
    Sides::from_fn(|side| View {
        location: &finding.location,
        aspect: finding.aspect,
        value: finding.values.get(side),
        image: context.facts.get(side),
        layer: *held.layer.get(side),
        run: *held.run.get(side),
        entry: *entries.get(side),
        range: *finding.location.range.get(side),
        file: files.get(side).and_then(Content::in_memory),
        content: *files.get(side),
        node: places.get(side).node,
        part: places.get(side).part,
        member_sha256: places.get(side).member_sha256,
        around: places.get(side).around,
        has_children: *has_children.get(side),
        implied: None,
        day: context.day,
    })
}

/// Whether what differs is shown although it is explained: a date that programs may read says little without its line.
/// What comes from other inputs is too much to be shown.
pub(super) fn shows_difference(claim: Claim, cause: &Cause) -> bool {
    claim == Claim::Proven && cause.severity != Severity::Cosmetic
}

impl Candidate {
    /// Offers a finding to the causes and keeps of it what later checks need.
    pub(super) fn new(
        context: &Context<'_>,
        finding: Finding,
        held: Held,
        entries: Sides<Option<&Entry>>,
        files: &Sides<Option<Content>>,
        places: Sides<Place<'_>>,
        has_children: Sides<bool>,
    ) -> Self {
        let files = files.as_ref().map(Option::as_ref);
        let contested = [entries.original, entries.rebuild].into_iter().flatten().any(|entry| entry.contested);
        // Where readers see different entries, what one of them sees proves nothing.
        let table = (!contested).then_some(context.table);
        let Offer { mut claimed, deferred } =
            offer(table, &finding, &views(context, &finding, held, entries, files, places, has_children));
        if let Some(witnesses) = claimed.as_mut().and_then(|claimed| claimed.witnesses.as_deref_mut()) {
            context.texts.share(&mut witnesses.original);
            context.texts.share(&mut witnesses.rebuild);
        }
        // Where it turns out that somebody reads the file, what differs is to be shown; so it is where it may matter.
        let certain = claimed.as_ref().is_some_and(|claimed| {
            !claimed.cause.proof.is_of_unread() && !shows_difference(claimed.claim, claimed.cause)
        });
        let bytes = || files.map(|file| file.and_then(Content::in_memory));
        let diff = if !certain { content_diff(&finding, bytes(), context.limits) } else { None };
        let diff = diff.map(Box::new);
        let tree_relevant = finding.location.kind == Kind::Entry && finding.aspect != Aspect::Encoding;
        let asks = deferred.iter().any(|cause| cause.proof.of_tree().is_some());
        let keep = claimed.is_none() && (tree_relevant || asks);
        let entries = keep.then(|| Box::new(entries.map(|entry| entry.map(Entry::without_bulk))));
        Candidate { finding, claimed, deferred, diff, held, entries, pair: EntryPair::Open }
    }

    /// Whether anything is claimed of it so far.
    pub(crate) const fn is_claimed(&self) -> bool {
        self.claimed.is_some()
    }

    /// Whether it is claimed so far, by a cause that the default policy accepts.
    pub(crate) fn is_claimed_cosmetic(&self) -> bool {
        self.claimed.as_ref().is_some_and(|claimed| claimed.cause.severity == Severity::Cosmetic)
    }

    /// Takes back what was claimed: it does not hold beside what is known of other files.
    pub(super) fn withdraw(&mut self) {
        self.claimed = None;
    }

    /// The entries, where a deferred check may need them.
    pub(super) fn entries(&self) -> Sides<Option<&Entry>> {
        self.entries.as_ref().map_or(Sides::new(None, None), |entries| entries.as_ref().as_ref().map(Option::as_ref))
    }

    /// A finding of a document.
    pub(crate) fn of_document(context: &Context<'_>, finding: Finding) -> Self {
        let held = Held::pair(finding.location.layer);
        Candidate::new(
            context,
            finding,
            held,
            Sides::new(None, None),
            &Sides::new(None, None),
            Sides::default(),
            Sides::new(false, false),
        )
    }
}

/// Written for the time until all layers are read.
impl Candidate {
    /// Appends it as bytes; its causes are of the list `causes`.
    pub(super) fn put(&self, causes: &[&'static Cause], out: &mut Vec<u8>) {
        let Candidate { finding, claimed, deferred, diff, held, entries, pair } = self;
        finding.put(out);
        claimed.is_some().put(out);
        if let Some(Claimed { claim, cause, canonical, witnesses }) = claimed {
            claim.put(out);
            number(causes, cause).put(out);
            canonical.put(out);
            witnesses.put(out);
        }
        deferred.iter().map(|cause| number(causes, cause)).collect::<Vec<_>>().put(out);
        diff.put(out);
        held.layer.put(out);
        held.run.put(out);
        entries.put(out);
        pair.put(out);
    }

    /// Reads what [`Candidate::put`] wrote.
    pub(super) fn take(causes: &[&'static Cause], from: &mut Cursor<'_>) -> Option<Self> {
        let cause = |number: u16| causes.get(usize::from(number)).copied();
        let finding = Finding::take(from)?;
        let claimed = if bool::take(from)? {
            let (claim, cause) = (Coded::take(from)?, cause(Coded::take(from)?)?);
            Some(Claimed { claim, cause, canonical: Coded::take(from)?, witnesses: Coded::take(from)? })
        } else {
            None
        };
        let deferred = Vec::<u16>::take(from)?.into_iter().map(cause).collect::<Option<_>>()?;
        let diff = Coded::take(from)?;
        let held = Held { layer: Coded::take(from)?, run: Coded::take(from)? };
        Some(Candidate {
            finding,
            claimed,
            deferred,
            diff,
            held,
            entries: Coded::take(from)?,
            pair: Coded::take(from)?,
        })
    }
}

/// The position of a cause in the list that it was offered from.
fn number(causes: &[&'static Cause], cause: &'static Cause) -> u16 {
    let position = causes.iter().position(|known| known.id == cause.id);
    position.and_then(|position| u16::try_from(position).ok()).unwrap_or(u16::MAX)
}

/// What differs in a content, for showing.
fn content_diff(finding: &Finding, files: Sides<Option<&[u8]>>, limits: &Limits) -> Option<Diff> {
    if finding.aspect != Aspect::Content {
        return None;
    }
    if let Some(files) = files.both() {
        // The whole file gives text its lines; a field is shown alone.
        let parts = match finding.location.field {
            None => Some(files),
            Some(_) => {
                finding.location.range.both().map(|ranges| files.zip(ranges).map(|(file, range)| part(file, range)))
            }
        };
        return parts.map(|parts| diff::diff(parts.original, parts.rebuild, limits));
    }
    let bytes = finding.values.as_ref().map(|value| match value {
        Value::Bytes(bytes) => Some(&bytes[..]),
        Value::Absent => Some(&b""[..]),
        Value::Json(_) | Value::Content { .. } => None,
    });
    bytes.both().map(|bytes| diff::diff(bytes.original, bytes.rebuild, limits))
}

fn part(file: &[u8], (start, end): Range) -> &[u8] {
    let bounds = usize::try_from(start).ok().zip(usize::try_from(end).ok());
    bounds.and_then(|(start, end)| file.get(start..end)).unwrap_or(b"")
}
