//! Findings that get lost on the way, and what the measure says of that.

use std::cell::RefCell;
use std::sync::Arc;

use super::*;

thread_local! {
    /// What the comparison loses on this thread.
    static LOST: RefCell<Option<Lost>> = const { RefCell::new(None) };
}

/// What gets lost.
#[derive(Debug, Clone)]
enum Lost {
    /// One finding, at the level of decoding where it is found.
    One(Place),
    /// All of a range in the file at hand.
    Range(Sides<Option<Range>>),
}

/// A finding by its place.
#[derive(Debug, Clone, PartialEq)]
struct Place(Vec<Arc<[u8]>>, String, Aspect, Sides<Option<Range>>);

impl Place {
    fn of(finding: &Finding) -> Self {
        let Location { inside, range, .. } = &finding.location;
        Place(inside.clone(), finding.location.field_name().to_owned(), finding.aspect, *range)
    }
}

/// Whether the finding is to get lost.
pub(in crate::compare::contents) fn is(finding: &Finding) -> bool {
    LOST.with_borrow(|lost| match lost {
        Some(Lost::One(lost)) => *lost == Place::of(finding),
        Some(Lost::Range(range)) => finding.location.outer == *range,
        None => false,
    })
}

/// What is found where something gets lost.
fn without(lost: Lost, path: &str, files: &Sides<Vec<u8>>) -> Vec<ContentDifference<'static>> {
    LOST.set(Some(lost));
    let found = differences(path, &files.original, &files.rebuild, &Limits::default());
    LOST.set(None);
    found
}

fn uncovered(found: &[ContentDifference<'_>]) -> Vec<Location> {
    let locations = found.iter().map(|found| found.finding.location.clone());
    locations.filter(|location| location.field_name() == UNCOVERED).collect()
}

/// What a file holds; the last of the numbers is what changes.
#[derive(Debug, Clone)]
enum Kind {
    Bytes(Vec<u8>),
    Text(Vec<u8>),
    Pyc(u8, Vec<u8>),
    Gzip(Vec<(u32, Kind)>),
}

impl Kind {
    fn name(&self) -> &'static str {
        match self {
            Kind::Bytes(_) => "b",
            Kind::Text(_) => "a.dist-info/RECORD",
            Kind::Pyc(..) => "m.pyc",
            // A member goes by its file's name without the ending.
            Kind::Gzip(members) => match members.first().map(|(_, kind)| kind.name()) {
                Some("m.pyc") => "m.pyc.gz",
                Some("m.pyc.gz") => "m.pyc.gz.gz",
                Some("b.gz") => "b.gz.gz",
                Some("a.dist-info/RECORD") => "a.dist-info/RECORD.gz",
                _ => "b.gz",
            },
        }
    }

    fn bytes(&self) -> Vec<u8> {
        match self {
            Kind::Bytes(bytes) => bytes.clone(),
            Kind::Text(rows) => rows.iter().flat_map(|row| format!("{},,{}\n", row % 5, row).into_bytes()).collect(),
            Kind::Pyc(mtime, code) => {
                [&[203, 13, b'\r', b'\n', 0, 0, 0, 0, *mtime, 0, 0, 0, 9, 0, 0, 0, 0xe3], &code[..]].concat()
            }
            Kind::Gzip(members) => {
                members.iter().flat_map(|(mtime, kind)| gzip(&kind.bytes(), 1 + mtime % 9, *mtime)).collect()
            }
        }
    }
}

fn kind() -> impl Strategy<Value = Kind> {
    let bytes = prop::collection::vec(0u8..4, 0..24);
    let leaf = prop_oneof![
        bytes.clone().prop_map(Kind::Bytes),
        bytes.clone().prop_map(Kind::Text),
        (0u8..3, bytes).prop_map(|(mtime, code)| Kind::Pyc(mtime, code)),
    ];
    leaf.prop_recursive(3, 8, 2, |inner| prop::collection::vec((0u32..3, inner), 1..3).prop_map(Kind::Gzip))
}

/// The same file with one thing changed at some depth.
fn changed(kind: &Kind, choice: u64) -> Kind {
    let swap = |bytes: &[u8]| {
        let mut bytes = bytes.to_vec();
        match (choice % 3, bytes.len()) {
            (0, length @ 1..) => bytes[choice as usize / 3 % length] ^= 1,
            (1, length @ 1..) => drop(bytes.remove(choice as usize / 3 % length)),
            (_, length) => bytes.insert(choice as usize / 3 % (length + 1), 3),
        }
        bytes
    };
    match kind {
        Kind::Bytes(bytes) => Kind::Bytes(swap(bytes)),
        Kind::Text(rows) => Kind::Text(swap(rows)),
        Kind::Pyc(mtime, code) if choice.is_multiple_of(2) => Kind::Pyc(mtime ^ 1, code.clone()),
        Kind::Pyc(mtime, code) => Kind::Pyc(*mtime, swap(code)),
        Kind::Gzip(members) => {
            let mut members = members.clone();
            let position = choice as usize % members.len();
            let (mtime, inner) = &members[position];
            members[position] = if choice.is_multiple_of(5) {
                (mtime ^ 1, inner.clone())
            } else {
                (*mtime, changed(inner, choice / 3))
            };
            Kind::Gzip(members)
        }
    }
}

/// What the ranges of findings in the outermost file cover there, byte by byte.
fn covered(files: &Sides<Vec<u8>>, found: &[ContentDifference<'_>]) -> Sides<Vec<bool>> {
    let mut covered = files.as_ref().map(|file| vec![false; file.len()]);
    for found in found.iter().filter(|found| found.finding.aspect != Aspect::Order) {
        for side in crate::finding::Side::BOTH {
            if let Some((start, end)) = *found.finding.location.outer.get(side) {
                covered.get_mut(side)[start as usize..end as usize].fill(true);
            }
        }
    }
    covered
}

fn check(original: &Kind, choices: &[u64], which: usize) -> Result<(), TestCaseError> {
    let rebuild = choices.iter().fold(original.clone(), |kind, choice| changed(&kind, *choice));
    let path = original.name();
    let files = Sides::new(original.bytes(), rebuild.bytes());
    let found = differences(path, &files.original, &files.rebuild, &Limits::default());
    prop_assert!(uncovered(&found).is_empty(), "{:?}", found);
    // What is in no finding is the same on both sides, in the same order where no finding says that this differs.
    let moved = found.iter().any(|found| found.finding.aspect == Aspect::Order);
    let covered = covered(&files, &found);
    let rests = files.as_ref().zip(covered.as_ref()).map(|(file, covered)| {
        let rest = file.iter().zip(covered).filter(|(_, covered)| !**covered).map(|(byte, _)| *byte);
        rest.collect::<Vec<u8>>()
    });
    let in_place = rests.same();
    let sorted = rests.map(|mut rest| {
        rest.sort_unstable();
        rest
    });
    // The range of a member that is encoded in more than one part holds what is between them, too.
    let in_parts = matches!(original, Kind::Gzip(members) if members.len() > 1);
    prop_assert!(in_place || in_parts || (moved && sorted.same()));
    let longest =
        files.as_ref().zip(covered.as_ref()).map(|(_, covered)| covered.iter().filter(|set| **set).count() as u64);
    let measured = found.iter().filter_map(|found| found.finding.location.measured).sum::<u64>();
    prop_assert!(measured <= longest.original + longest.rebuild && (measured > 0 || moved) != files.same());
    let Some(lost) = found.get(which % found.len().max(1)).map(|found| &found.finding) else { return Ok(()) };
    // What comes in another order only because something was put in before it has not moved.
    if lost.aspect == Aspect::Order && in_place {
        return Ok(());
    }
    let others: Vec<_> = found.iter().map(|found| &found.finding).filter(|other| *other != lost).collect();
    let below = |other: &&&Finding| other.location.inside.starts_with(&lost.location.inside);
    if !others.iter().filter(below).any(|other| overlaps(other, lost)) {
        let left = without(Lost::One(Place::of(lost)), path, &files);
        prop_assert!(!uncovered(&left).is_empty(), "{:?} is not missed", lost);
    }
    let range = lost.location.outer;
    if others.iter().all(|other| other.location.outer == range || !meet(other.location.outer, range)) {
        let left = without(Lost::Range(range), path, &files);
        prop_assert!(!uncovered(&left).is_empty(), "what is in {:?} is not missed", range);
    }
    Ok(())
}

/// Whether another finding of the same file, or one in a member of it, is of some of the same bytes.
fn overlaps(other: &Finding, lost: &Finding) -> bool {
    if other.location.inside.len() > lost.location.inside.len() {
        return true;
    }
    let moved = other.aspect == Aspect::Order || lost.aspect == Aspect::Order;
    !moved && meet(other.location.range, lost.location.range)
}

fn meet(ranges: Sides<Option<Range>>, others: Sides<Option<Range>>) -> bool {
    let meets = ranges
        .zip(others)
        .map(|(one, other)| one.zip(other).is_some_and(|(one, other)| one.0 < other.1 && other.0 < one.1));
    meets.original || meets.rebuild
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]
    #[test]
    fn what_differs_in_nested_files_is_covered_and_a_lost_finding_is_missed(
        original in kind(), choices in prop::collection::vec(any::<u64>(), 1..4), which in any::<usize>(),
    ) {
        check(&original, &choices, which)?;
    }
}
