//! How many of the stored header bytes differ, held against what the findings are of.

use std::collections::BTreeSet;

use super::Comparison;
use super::encoding::{Fields, is_filler, slice, tail};
use crate::finding::{Aspect, Finding, Range, Sides, UNCOVERED, Value};

impl Comparison<'_> {
    /// Counts each differing byte in the finding that its field is of. What is of no finding becomes one of its own.
    pub(super) fn measure(&mut self, fields: Sides<&Fields>) {
        let names: BTreeSet<_> = fields.original.keys().chain(fields.rebuild.keys()).collect();
        for name in names {
            let ranges = fields.map(|fields| fields.get(name).copied());
            let bytes = self.stored(ranges);
            if bytes.same() {
                continue;
            }
            let (all, unused) = (differing(bytes), differing(bytes.map(tail)));
            let unused = self.owned.owner(&format!("{name}.unused")).map_or(0, |tail| self.count(tail, unused));
            match self.owner(name) {
                Some(finding) => drop(self.count(finding, all.saturating_sub(unused))),
                None => self.uncovered(ranges, all),
            }
        }
    }

    fn count(&mut self, finding: usize, bytes: u64) -> u64 {
        if let Some(finding) = self.findings.get_mut(finding) {
            *finding.location.measured.get_or_insert(0) += bytes;
        }
        bytes
    }

    fn stored(&self, ranges: Sides<Option<Range>>) -> Sides<&[u8]> {
        ranges.zip(self.entries).map(|(range, entry)| range.map_or(&b""[..], |range| slice(&entry.raw, range)))
    }

    /// The finding that a field's difference is of: for zeros at the end of an extension, that of its size.
    fn owner(&self, name: &str) -> Option<usize> {
        let of_size = || {
            let family = name.split_once(".padding").filter(|_| is_filler(name))?.0;
            self.owned.owner(&format!("{family}.header.size"))
        };
        self.owned.owner(name).or_else(of_size)
    }

    fn uncovered(&mut self, ranges: Sides<Option<Range>>, differing: u64) {
        let values = self.stored(ranges).map(Value::from_bytes);
        let mut location = self.base.clone().with_field(UNCOVERED).with_range(ranges);
        location.measured = Some(differing);
        self.findings.push(Finding { location, aspect: Aspect::Encoding, values, bytes: differing });
    }
}

/// Bytes at the same places that differ; where a field was resized, those of the longer side.
fn differing(bytes: Sides<&[u8]>) -> u64 {
    let lengths = bytes.map(<[u8]>::len);
    if lengths.same() {
        return bytes.original.iter().zip(bytes.rebuild).filter(|(original, rebuild)| original != rebuild).count()
            as u64;
    }
    lengths.original.max(lengths.rebuild) as u64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::Owned;
    use super::*;
    use crate::codec::tar::fixtures::{END, Header, long, pax};
    use crate::codec::tar::{Entry, InMemory, Item, Scanner, raw_fields};
    use crate::finding::{Kind, Location};
    use crate::limits::Limits;

    fn entry(raw: &[u8]) -> Option<Entry> {
        let archive = [raw, &END[..]].concat();
        let limits = Limits::default();
        let mut scanner = Scanner::new(InMemory::new(&archive), &limits);
        match scanner.next_item() {
            Ok(Some(Item::Entry(entry))) => Some(entry),
            _ => None,
        }
    }

    /// What is found, measured, where what the findings of some fields are of gets lost.
    fn found(entries: Sides<&Entry>, lost: Option<usize>) -> Vec<(String, u64)> {
        let base = Location::new(Kind::Entry);
        let mut comparison = Comparison { base: &base, entries, findings: Vec::new(), owned: Owned::default() };
        comparison.values();
        let fields = comparison.encoding();
        if let Some(lost) = lost {
            comparison.owned.names.retain(|_, finding| *finding != lost);
            comparison.owned.prefixes.retain(|(_, finding)| *finding != lost);
        }
        comparison.measure(fields.as_ref());
        let found = comparison.findings.into_iter();
        found
            .map(|finding| (finding.location.field_name().to_owned(), finding.location.measured.unwrap_or(0)))
            .collect()
    }

    #[test]
    fn bytes_are_counted_one_by_one_and_once() {
        let header = |mtime: &[u8], uname: &[u8]| Header::new("f", b'0', 0).with(136..148, mtime).with(265..297, uname);
        let original = entry(&header(b"00000001111\0", b"a").bytes()).unwrap();
        let rebuild = entry(&header(b"00000001122\0", b"b\0x").bytes()).unwrap();
        let found = found(Sides::new(&original, &rebuild), None);
        let expected = [("header.uname", 1), ("header.mtime", 2), ("header.chksum", 3), ("header.uname.unused", 1)];
        assert_eq!(found, expected.map(|(field, bytes)| (field.to_owned(), bytes)));
    }

    #[test]
    fn extension_headers_in_another_sequence_are_a_finding() {
        let (time, link) = (pax(b'x', &[("mtime", b"1.5")]), long(b'K', b"link"));
        let header = Header::gnu("f", b'2', 0).bytes();
        let original = entry(&[&time[..], &link, &header].concat()).unwrap();
        let rebuild = entry(&[&link[..], &time, &header].concat()).unwrap();
        assert_eq!(found(Sides::new(&original, &rebuild), None), [("extensions".to_owned(), 0)]);
    }

    proptest! {
        #[test]
        fn what_differs_is_covered_and_a_lost_finding_is_missed(
            extensions in prop::sample::subsequence(vec![0usize, 1, 2], 0..=3),
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4), which in any::<prop::sample::Index>(),
        ) {
            let known = [pax(b'x', &[("mtime", b"1.5"), ("uid", b"7")]), long(b'L', b"long"), long(b'K', b"link")];
            let blocks = extensions.iter().flat_map(|extension| known[*extension].clone());
            let raw: Vec<u8> = blocks.chain(Header::gnu("f", b'0', 0).bytes()).collect();
            let mut changed = raw.clone();
            for (at, byte) in changes {
                changed[at.index(raw.len())] = byte;
            }
            let Some((original, rebuild)) = entry(&raw).zip(entry(&changed)) else { return Ok(()) };
            let entries = Sides::new(&original, &rebuild);
            let found_all = found(entries, None);
            prop_assert!(found_all.iter().all(|(field, _)| field != UNCOVERED), "{:?}", found_all);
            // What is of another name or length counts whole.
            let shape = |entry: &Entry| raw_fields(&entry.raw);
            if shape(&original) == shape(&rebuild) {
                let differing = differing(Sides::new(&original.raw, &rebuild.raw));
                prop_assert_eq!(found_all.iter().map(|(_, bytes)| bytes).sum::<u64>(), differing);
            }
            if found_all.is_empty() {
                return Ok(());
            }
            let lost = which.index(found_all.len());
            if found_all[lost].1 > 0 && !found_all[lost].0.ends_with(".unused") {
                let left = found(entries, Some(lost));
                prop_assert!(left.iter().any(|(field, _)| field == UNCOVERED), "{:?} is missed", found_all[lost]);
            }
        }
    }
}
