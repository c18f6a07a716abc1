//! The findings by cause: how many, where, what made them, and what to change.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::layers::{self, Layers};
use super::model::{CauseSummary, Pair, Remedy, Step};
use super::numbers::Ids;
use super::{fixes, redact};
use crate::causes::Cause;
use crate::explain::{Claim, Explanation, FindingRef};
use crate::finding::{Kind, Location, Range, Side, Sides};
use crate::plan::{Seen, Setting};
use crate::policy::Judgement;

/// Findings of each cause that are named as examples.
const EXAMPLES: usize = 5;

/// Section, layers and path.
type EntryKey = (usize, Sides<Option<u32>>, Arc<[u8]>);

/// What is known of one cause while the findings are walked over in document order.
pub(super) struct Tally<'a> {
    cause: &'static Cause,
    claim: Claim,
    findings: u64,
    /// Those of them that are inside of files.
    in_files: u64,
    accepted: u64,
    reason: Option<&'a str>,
    bytes: u64,
    entries: u64,
    last_entry: Option<EntryKey>,
    /// Where the member is that the last finding was in, in the file of `last_entry`.
    last_member: Sides<Option<Range>>,
    /// Sections and layers, by side: the same layer number may be another layer on another platform.
    layers: Sides<BTreeSet<(usize, u32)>>,
    sections: BTreeSet<usize>,
    examples: Vec<FindingRef>,
}

/// The causes of a comparison, in the order of the report. `names` and `layers` see every finding on the way.
pub(super) fn tallies<'a>(
    explanation: &Explanation,
    judgement: &Judgement<'a>,
    names: &mut redact::Names,
    layers: &mut Layers,
) -> Vec<Tally<'a>> {
    let mut tallies: BTreeMap<&str, Tally<'a>> = BTreeMap::new();
    let platforms = explanation.platforms.iter().map(|platform| &platform.findings);
    for (section, findings) in std::iter::once(&explanation.index.findings).chain(platforms).enumerate() {
        for (position, (head, (location, bytes))) in findings.heads().zip(findings.extents()).enumerate() {
            names.see(&location);
            let reason = judgement.reasons.get(section).and_then(|reasons| reasons.get(position)).copied().flatten();
            layers.add(section, &location, head.claim, reason.is_some());
            let Some(cause) = head.cause else { continue };
            let tally = tallies.entry(cause.id).or_insert_with(|| Tally::new(cause, head.claim));
            tally.add(FindingRef { section, position }, location, bytes, reason);
        }
    }
    let mut tallies: Vec<Tally<'a>> = tallies.into_values().collect();
    // Stable, and the map was in order of id.
    tallies.sort_by_key(|tally| {
        (tally.accepted == tally.findings, tally.claim == Claim::Derived, u64::MAX - tally.findings)
    });
    tallies
}

/// Whether a place is inside of a file: what differs there no builder has written.
fn is_in_file(location: &Location) -> bool {
    let range = location.range;
    let has_range = range.original.is_some() || range.rebuild.is_some();
    is_content(location.kind, !location.inside.is_empty(), has_range, location.field_name())
}

/// The same of a place as the report holds it.
pub(super) fn is_written_in_file(location: &super::Location) -> bool {
    let field = location.field.as_deref().unwrap_or_default();
    is_content(location.kind, !location.inside.is_empty(), location.range.is_some(), field)
}

fn is_content(kind: Kind, is_member: bool, has_range: bool, field: &str) -> bool {
    kind == Kind::Entry && (is_member || (has_range && !is_of_header(field)))
}

/// Whether a field of an entry is one of its header, or of an extension before it: their bytes have a range, too.
fn is_of_header(field: &str) -> bool {
    matches!(field, "name" | "name.form" | "linkName.form")
        || ["header.", "pax.", "gnu."].iter().any(|prefix| field.starts_with(prefix))
}

/// The length of the longer range.
fn longest(ranges: Sides<Option<Range>>) -> Option<u64> {
    Side::BOTH.into_iter().filter_map(|side| ranges.get(side).map(|(start, end)| end - start)).max()
}

impl<'a> Tally<'a> {
    const fn new(cause: &'static Cause, claim: Claim) -> Self {
        Tally {
            cause,
            claim,
            findings: 0,
            in_files: 0,
            accepted: 0,
            reason: None,
            bytes: 0,
            entries: 0,
            last_entry: None,
            last_member: Sides::new(None, None),
            layers: Sides::new(BTreeSet::new(), BTreeSet::new()),
            sections: BTreeSet::new(),
            examples: Vec::new(),
        }
    }

    fn add(&mut self, at: FindingRef, location: Location, bytes: u64, reason: Option<&'a str>) {
        self.findings += 1;
        self.in_files += u64::from(is_in_file(&location));
        self.accepted += u64::from(reason.is_some());
        self.reason = self.reason.or(reason);
        self.sections.insert(at.section);
        let member = if location.inside.is_empty() { Sides::default() } else { location.outer };
        if let Some(path) = location.path {
            // Document order keeps the findings of an entry together.
            let entry = Some((at.section, location.layer, path));
            if self.last_entry != entry {
                self.entries += 1;
                self.last_member = Sides::default();
            }
            self.last_entry = entry;
        }
        // What is in a member counts in the file that is stored, once.
        let is_counted = member != Sides::default() && member == self.last_member;
        let bytes = longest(member).unwrap_or(bytes);
        self.bytes = self.bytes.saturating_add(if is_counted { 0 } else { bytes });
        self.last_member = member;
        for side in Side::BOTH {
            if let Some(layer) = location.layer.get(side) {
                self.layers.get_mut(side).insert((at.section, *layer));
            }
        }
        if self.examples.len() < EXAMPLES {
            self.examples.push(at);
        }
    }

    /// What a plan has to know of it; `None` of what only follows from other findings.
    pub(super) fn seen(&self) -> Option<Seen> {
        let Tally { cause, findings, in_files, .. } = *self;
        (self.claim != Claim::Derived).then(|| Seen { cause, in_image: findings - in_files, in_files })
    }

    pub(super) fn summary(&self, explanation: &Explanation, ids: &Ids) -> CauseSummary {
        let numbers = |side| {
            let numbers: BTreeSet<u32> = self.layers.get(side).iter().map(|(_, layer)| *layer).collect();
            numbers.into_iter().collect()
        };
        CauseSummary {
            id: self.cause.id.to_owned(),
            title: self.cause.title.to_owned(),
            claim: self.claim,
            severity: self.cause.severity,
            accepted: self.accepted == self.findings,
            accepted_findings: self.accepted,
            reason: self.reason.map(str::to_owned),
            findings: self.findings,
            entries: self.entries,
            bytes: self.bytes,
            layers: Pair { original: numbers(Side::Original), rebuild: numbers(Side::Rebuild) },
            steps: Pair {
                original: self.steps(Side::Original, explanation),
                rebuild: self.steps(Side::Rebuild, explanation),
            },
            remedies: self.remedies(explanation),
            examples: self.examples.iter().map(|at| ids.of(*at)).collect(),
        }
    }

    /// The instructions behind the layers; platforms that were built from the same Dockerfile mostly share them.
    fn steps(&self, side: Side, explanation: &Explanation) -> Vec<Step> {
        let step = |(section, layer): &(usize, u32)| {
            layers::step(explanation.platforms.get(section.checked_sub(1)?)?, side, *layer)
        };
        let steps: BTreeSet<Step> = self.layers.get(side).iter().filter_map(step).collect();
        steps.into_iter().collect()
    }

    fn remedies(&self, explanation: &Explanation) -> Vec<Remedy> {
        let concerned = |section: usize| self.sections.contains(&0) || self.sections.contains(&section);
        let platforms = (1..).zip(&explanation.platforms).filter(|(section, _)| concerned(*section));
        let images = platforms.flat_map(|(_, platform)| Side::BOTH.map(|side| platform.built_by.get(side).as_ref()));
        let setting = Setting::new(images);
        let fixes = setting.fixes(self.cause).into_iter();
        let mut remedies: Vec<Remedy> = fixes.map(|fix| fixes::remedy(fix, &setting)).collect();
        // Stable: those for one builder stay in order.
        remedies.sort_by(|one, other| one.builder.cmp(&other.builder));
        remedies
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::sample;
    use crate::finding::Kind;

    #[test]
    fn what_is_in_a_member_counts_in_the_file_that_is_stored_and_once() {
        let mut tally = Tally::new(&sample::DIGEST, Claim::Proven);
        let mut add = |path: &str, member: Option<Range>, bytes| {
            let mut location = Location::new(Kind::Entry).at_path(path.as_bytes().into());
            location.inside = member.iter().map(|_| b"m"[..].into()).collect();
            location.outer = Sides::new(member, member.map(|(start, end)| (start, end + 1)));
            tally.add(FindingRef { section: 0, position: 0 }, location, bytes, None);
        };
        add("a.jar", Some((10, 110)), 4);
        add("a.jar", Some((10, 110)), 4);
        add("a.jar", Some((110, 120)), 900);
        add("b.jar", Some((110, 120)), 900);
        add("b.jar", None, 7);
        assert_eq!((tally.bytes, tally.entries), (101 + 11 + 11 + 7, 2));
    }

    #[test]
    fn headers_of_entries_are_what_builders_write() {
        let range = Sides::new(Some((100, 108)), Some((100, 108)));
        let ranged = || Location::new(Kind::Entry).with_range(range);
        assert!(!is_in_file(&Location::new(Kind::Entry)));
        for field in ["header.mode", "header.linkname", "pax.header.name", "gnu.longname", "name"] {
            assert!(!is_in_file(&ranged().with_field(field)), "{field}");
        }
        assert!(is_in_file(&ranged()), "the content");
        assert!(is_in_file(&ranged().with_field("mtime")), "that of a compiled module");
        let mut member = ranged().with_field("header.mode");
        member.inside = vec![b"a.tar".as_slice().into()];
        assert!(is_in_file(&member));
        assert!(!is_in_file(&Location::new(Kind::Layer).with_range(range)));
    }
}
