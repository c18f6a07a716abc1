//! An archive whose members come in another order on the other side, put into one order
//! (`docs/canonical-form.md`, "Contents").

use crate::content::Node as Parts;
use crate::finding::{Aspect, Range};

use super::claims::Mark;

/// Whether a claim is about the order of an archive's members.
pub(super) fn is_of_order(mark: &Mark) -> bool {
    mark.aspect == Aspect::Order && mark.field == "members"
}

/// Where the pieces of an archive go.
pub(super) struct Ordered {
    /// Where each is, and where it begins then, in the order of the archive.
    pieces: Vec<(Range, u64)>,
}

/// What of a zip archive comes first: what is stored by members, else, the directory by members, its end.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Section {
    Stored,
    Between,
    Directory,
    End,
}

impl Ordered {
    /// Of a zip archive: other formats have no such order.
    pub(super) fn of(node: &Parts) -> Option<Self> {
        let mut parts: Vec<_> = (node.format == "zip").then_some(&node.parts)?.iter().collect();
        let name =
            |member: Option<usize>| member.and_then(|member| node.members.get(member)).map(|member| &member.name);
        parts.sort_by_key(|part| {
            let section = match (&*part.name, part.member) {
                ("central", _) => Section::Directory,
                (_, Some(_)) => Section::Stored,
                ("gap" | "prefix", None) => Section::Between,
                (_, None) => Section::End,
            };
            (section, name(part.member))
        });
        let mut at = 0;
        let place = |range: Range| {
            at += range.1 - range.0;
            (range, at - (range.1 - range.0))
        };
        let mut pieces: Vec<(Range, u64)> = parts.into_iter().map(|part| part.range).map(place).collect();
        pieces.sort_unstable();
        Some(Ordered { pieces })
    }

    /// The pieces of the archive in that order.
    pub(super) fn in_order(&self) -> impl Iterator<Item = Range> {
        let mut pieces: Vec<_> = self.pieces.iter().collect();
        pieces.sort_unstable_by_key(|(range, place)| (*place, *range));
        pieces.into_iter().map(|(range, _)| *range)
    }

    /// Where a range goes that is in one piece.
    pub(super) fn range(&self, range: Range) -> Option<Range> {
        // Of pieces that begin at one place all but the last are empty.
        let first = self.pieces.partition_point(|(piece, _)| piece.0 < range.0);
        let exact = self.pieces.get(first).filter(|(piece, _)| *piece == range);
        let around = || {
            let behind = self.pieces.partition_point(|(piece, _)| piece.0 <= range.0);
            self.pieces.get(behind.checked_sub(1)?)
        };
        let (piece, place) = exact.or_else(around)?;
        let start = place + range.0.checked_sub(piece.0)?;
        (range.1 <= piece.1).then_some((start, start + (range.1 - range.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::zip::tests::{Entry, archive};
    use crate::content;
    use crate::limits::Limits;
    use crate::limits::ledger::Room;
    use crate::spill::Content;

    fn bytes(order: &Ordered, file: &[u8]) -> Vec<u8> {
        order.in_order().flat_map(|range| content::slice(file, range)).copied().collect()
    }

    fn ordered(entries: &[Entry]) -> (Vec<u8>, Ordered) {
        let file = archive(entries);
        let node =
            content::decode(b"a.zip", &Content::from_bytes(&file), &Limits::default(), 0, &Room::endless()).unwrap();
        (file, Ordered::of(&node).unwrap())
    }

    #[test]
    fn an_archive_in_any_order_is_the_same_but_for_places() {
        let entries =
            [Entry::stored("b", b"two"), Entry::stored("a", b"").described(true), Entry::stored("c", b"three")];
        let (file, order) = ordered(&entries);
        let sorted = bytes(&order, &file);
        assert_eq!(sorted.len(), file.len());
        let [one, two, three] = entries;
        let (other, again) = ordered(&[two, three, one]);
        let other = bytes(&again, &other);
        let differing = sorted.iter().zip(&other).filter(|(one, other)| one != other).count();
        assert!(differing > 0 && differing <= 3, "the offsets in the directory: {differing}");
        let at = sorted.windows(5).position(|window| window == b"three").unwrap() as u64;
        let from = file.windows(5).position(|window| window == b"three").unwrap() as u64;
        assert_eq!(order.range((from, from + 5)), Some((at, at + 5)));
        assert_eq!(order.range((from + 1, from + 2)), Some((at + 1, at + 2)));
        assert_eq!(order.range((from, from + 6)), None, "more than one piece");
    }

    #[test]
    fn what_is_empty_stays_with_its_member() {
        let (file, order) = ordered(&[Entry::stored("b", b"two"), Entry::stored("a", b"")]);
        let header = 30 + 1;
        let empty = (2 * header + 3) as u64;
        assert_eq!(order.range((empty, empty)), Some((header as u64, header as u64)));
        assert_eq!(bytes(&order, &file)[30], b'a');
    }
}
