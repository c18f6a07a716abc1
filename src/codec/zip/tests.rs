use proptest::prelude::*;

use super::*;
use crate::finding::GapReason;

/// One member to be written.
#[derive(Debug, Clone, Default)]
pub(crate) struct Entry {
    pub(crate) name: Vec<u8>,
    /// As it is to be stored.
    pub(crate) data: Vec<u8>,
    pub(crate) method: u16,
    pub(crate) flags: u16,
    pub(crate) crc32: u32,
    pub(crate) size: u32,
    /// DOS time and date.
    pub(crate) time: u32,
    pub(crate) external: u32,
    /// Extra fields of the local header and of the central one.
    pub(crate) extra: [Vec<u8>; 2],
    /// The descriptor, where there is one.
    pub(crate) descriptor: Option<Vec<u8>>,
}

impl Entry {
    /// A stored member.
    pub(crate) fn stored(name: &str, data: &[u8]) -> Self {
        let (name, crc32) = (name.as_bytes().to_vec(), crc32fast::hash(data));
        Entry { name, data: data.to_vec(), crc32, size: data.len() as u32, time: 0x5965_7b9a, ..Entry::default() }
    }

    /// The same with a descriptor behind the data.
    pub(crate) fn described(mut self, signed: bool) -> Self {
        self.flags |= 8;
        let signature: &[u8] = if signed { b"PK\x07\x08" } else { b"" };
        let numbers = [self.crc32, self.data.len() as u32, self.size].map(u32::to_le_bytes).concat();
        self.descriptor = Some([signature, &numbers].concat());
        self
    }

    fn header(&self, is_central: bool, offset: usize) -> Vec<u8> {
        let blank = !is_central && self.descriptor.is_some();
        let number = |number: usize| if blank { 0 } else { number as u32 };
        let extra = &self.extra[usize::from(is_central)];
        let mut header = if is_central { b"PK\x01\x02\x14\x03\x14\0".to_vec() } else { b"PK\x03\x04\x14\0".to_vec() };
        header.extend([self.flags.to_le_bytes(), self.method.to_le_bytes()].concat());
        header.extend(self.time.to_le_bytes());
        header.extend(number(self.crc32 as usize).to_le_bytes());
        header.extend(number(self.data.len()).to_le_bytes());
        header.extend(number(self.size as usize).to_le_bytes());
        header.extend([(self.name.len() as u16).to_le_bytes(), (extra.len() as u16).to_le_bytes()].concat());
        if is_central {
            header.extend([0; 6]);
            header.extend(self.external.to_le_bytes());
            header.extend((offset as u32).to_le_bytes());
        }
        [&header[..], &self.name, extra].concat()
    }
}

/// An archive of these members.
pub(crate) fn archive(entries: &[Entry]) -> Vec<u8> {
    around(entries, b"", b"", b"")
}

/// The same with a prefix, something between members and directory, and a comment.
pub(crate) fn around(entries: &[Entry], prefix: &[u8], gap: &[u8], comment: &[u8]) -> Vec<u8> {
    let (mut bytes, mut directory) = (prefix.to_vec(), Vec::new());
    for entry in entries {
        directory.extend(entry.header(true, bytes.len() - prefix.len()));
        bytes.extend(entry.header(false, 0));
        bytes.extend(&entry.data);
        bytes.extend(entry.descriptor.iter().flatten());
    }
    bytes.extend(gap);
    let offset = bytes.len() - prefix.len();
    let count = (entries.len() as u16).to_le_bytes();
    let sizes = [directory.len() as u32, offset as u32].map(u32::to_le_bytes).concat();
    let comment = [&(comment.len() as u16).to_le_bytes()[..], comment].concat();
    [&bytes[..], &directory, b"PK\x05\x06\0\0\0\0", &count, &count, &sizes, &comment].concat()
}

fn times(flags: u8, times: &[u32]) -> Vec<u8> {
    let size = (1 + 4 * times.len() as u16).to_le_bytes();
    let times: Vec<u8> = times.iter().flat_map(|time| time.to_le_bytes()).collect();
    [b"UT", &size[..], &[flags], &times].concat()
}

fn several() -> Vec<Entry> {
    let mut timed = Entry::stored("a/one.txt", b"one");
    timed.extra = [times(3, &[1, 2]), times(3, &[1])];
    let other = Entry { extra: [b"\xfe\xca\0\0".to_vec(), Vec::new()], ..Entry::stored("two", b"") };
    vec![timed, other, Entry::stored("three", b"three").described(true), Entry::stored("four", b"4").described(false)]
}

fn read(bytes: &[u8]) -> Result<Zip, Fault> {
    Zip::read(&Window::of(bytes), 1000)
}

fn refused(bytes: &[u8]) -> String {
    read(bytes).expect_err("readers disagree").detail.to_string()
}

fn parts(bytes: &[u8]) -> Vec<Part> {
    let zip = read(bytes).unwrap();
    let of_block = |block: Part| {
        let fields = fields(&bytes[block.range.clone()], &block);
        if fields.is_empty() { vec![block] } else { fields }
    };
    let parts: Vec<Part> = zip.blocks(&Window::of(bytes)).flat_map(of_block).collect();
    let mut end = 0;
    for part in &parts {
        assert_eq!(part.range.start, end, "{part:?}");
        end = part.range.end;
    }
    assert_eq!(end, bytes.len());
    parts
}

#[test]
fn every_byte_is_in_one_part() {
    let bytes = around(&several(), b"#!/bin/sh\n", b"gap", b"comment");
    let zip = read(&bytes).unwrap();
    let names: Vec<_> = zip.members.iter().map(|member| member.name(&Window::of(&bytes))).collect();
    assert_eq!(names, [&b"a/one.txt"[..], b"two", b"three", b"four"]);
    let data: Vec<&[u8]> = zip.members.iter().map(|member| &bytes[member.data.clone()]).collect();
    assert_eq!(data, [&b"one"[..], b"", b"three", b"4"]);
    let parts = parts(&bytes);
    let named =
        |name: &'static str| parts.iter().filter(move |part| part.name == name).map(|part| &bytes[part.range.clone()]);
    assert_eq!(named("prefix").collect::<Vec<_>>(), [b"#!/bin/sh\n"]);
    assert_eq!(named("gap").collect::<Vec<_>>(), [b"gap"]);
    assert_eq!(named("end.comment").collect::<Vec<_>>(), [b"comment"]);
    assert_eq!(named("local.extra.5455.atime").collect::<Vec<_>>(), [&[2, 0, 0, 0]]);
    assert_eq!(named("central.extra.5455.mtime").collect::<Vec<_>>(), [&[1, 0, 0, 0]]);
    assert_eq!(named("local.extra.cafe").collect::<Vec<_>>(), [b"\xfe\xca\0\0"]);
    assert_eq!(named("descriptor.signature").count(), 1);
    assert_eq!(named("descriptor.size").collect::<Vec<_>>(), [&[5, 0, 0, 0], &[1, 0, 0, 0]]);
    assert_eq!(named("central.mtime").count(), 4);
}

#[test]
fn an_empty_archive_and_a_directory_in_another_order() {
    let empty = archive(&[]);
    assert!(read(&empty).unwrap().members.is_empty());
    assert!(empty.starts_with(MAGIC[1]));
    parts(&empty);
    let bytes = archive(&[Entry::stored("a", b"1"), Entry::stored("b", b"2")]);
    let zip = read(&bytes).unwrap();
    let [one, two] = [0, 1].map(|at: usize| bytes[zip.members[at].central.clone()].to_vec());
    let start = zip.members[0].central.start;
    let turned = [&bytes[..start], &two, &one, &bytes[zip.members[1].central.end..]].concat();
    assert_eq!(read(&turned).unwrap().stored_order(), [1, 0]);
    parts(&turned);
}

#[test]
fn headers_that_contradict_each_other_are_refused() {
    let bytes = archive(&[Entry::stored("name", b"data")]);
    assert!(read(&bytes).is_ok());
    // Flags, method, checksum, both sizes and the name of the local header.
    for at in [6, 8, 14, 18, 22, 30] {
        let mut changed = bytes.clone();
        changed[at] ^= 8;
        assert!(read(&changed).is_err(), "{at}");
    }
    let described = archive(&[Entry::stored("name", b"data").described(true)]);
    for at in 0..12 {
        let mut changed = described.clone();
        changed[30 + 4 + 4 + 4 + at] ^= 1;
        assert!(read(&changed).is_err(), "{at}");
    }
}

#[test]
fn what_readers_take_for_different_members_is_refused() {
    let twice = archive(&[Entry::stored("a", b"1"), Entry::stored("a", b"2")]);
    assert!(refused(&twice).contains("several members have the name \"a\""));
    assert!(refused(&archive(&[Entry::stored("a\0b", b"")])).contains("NUL"));
    let other = Entry { extra: [b"up\x06\0\x01crc!b".to_vec(), Vec::new()], ..Entry::stored("a", b"") };
    assert!(refused(&archive(&[other])).contains("two names"));
    assert!(refused(&around(&several(), b"", b"", b"PK\x05\x06")).contains("several end records"));
    // A whole archive as the comment of another one.
    let inner = archive(&[Entry::stored("a", b"2")]);
    assert!(read(&around(&[Entry::stored("a", b"1")], b"", b"", &inner)).is_err());
    let encrypted = Entry { flags: 1, ..Entry::stored("a", b"") };
    assert_eq!(read(&archive(&[encrypted])).unwrap_err().reason, GapReason::Unsupported);
    // Two headers of the directory lead to one local header.
    let bytes = archive(&[Entry::stored("a", b"1"), Entry::stored("b", b"1")]);
    let mut both = bytes.clone();
    let at = read(&bytes).unwrap().members[1].central.start;
    both[at + 42..at + 46].fill(0);
    both[at + 46] = b'a';
    assert!(read(&both).is_err());
    assert_eq!(Zip::read(&Window::of(&bytes), 1).unwrap_err().reason, GapReason::Limit);
}

#[test]
fn zip64_records_are_read_where_all_agree() {
    let bytes = archive(&[Entry::stored("a", b"1")]);
    let zip = read(&bytes).unwrap();
    let numbers = [1, zip.directory.len() as u64, zip.directory.start as u64];
    let record = |numbers: [u64; 3]| {
        let numbers = [numbers[0], numbers[0], numbers[1], numbers[2]].map(u64::to_le_bytes).concat();
        let record = [&b"PK\x06\x06"[..], &44_u64.to_le_bytes(), &[45, 0, 45, 0], &[0; 8], &numbers].concat();
        let locator = [&b"PK\x06\x07\0\0\0\0"[..], &(zip.directory.end as u64).to_le_bytes(), &[1, 0, 0, 0]].concat();
        [&bytes[..zip.directory.end], &record, &locator, &bytes[zip.directory.end..]].concat()
    };
    let good = record(numbers);
    assert_eq!(read(&good).unwrap().members, zip.members);
    assert!(parts(&good).iter().any(|part| part.name == "end64.entries"));
    assert!(read(&record([2, numbers[1], numbers[2]])).is_err());
    let mut elsewhere = good.clone();
    let end = elsewhere.len() - 22;
    elsewhere[end + 8..end + 20].fill(0xff);
    assert!(read(&elsewhere).is_ok());
    elsewhere.drain(zip.directory.end..end);
    assert!(refused(&elsewhere).contains("which is not there"));
}

#[test]
fn no_truncation_is_an_archive() {
    let bytes = around(&several(), b"", b"gap", b"comment");
    for end in 0..bytes.len() {
        assert!(read(&bytes[..end]).is_err(), "{end}");
    }
}

fn entries() -> impl Strategy<Value = Vec<Entry>> {
    let entry = ("[a-c]{1,3}", any::<Vec<u8>>(), 0..3, any::<[u32; 2]>(), prop::collection::vec(any::<u8>(), 0..6));
    let entry = entry.prop_map(|(name, data, kind, [mtime, atime], extra)| {
        let mut entry = Entry::stored(&name, &data);
        entry.extra = [[times(3, &[mtime, atime]), extra].concat(), times(3, &[mtime])];
        if kind > 0 { entry.described(kind == 1) } else { entry }
    });
    prop::collection::vec(entry, 0..5)
}

proptest! {
    #[test]
    fn archives_are_partitioned(entries in entries(), prefix in any::<Vec<u8>>(), gap in any::<Vec<u8>>(), comment in any::<Vec<u8>>()) {
        let bytes = around(&entries, &prefix, &gap, &comment);
        match read(&bytes) {
            Ok(_) => drop(parts(&bytes)),
            Err(fault) => {
                let mut names: Vec<_> = entries.iter().map(|entry| &entry.name).collect();
                names.sort();
                names.dedup();
                prop_assert!(names.len() < entries.len(), "{}", fault.detail);
            }
        }
    }

    #[test]
    fn damage_is_refused_or_partitioned(
        entries in entries(), damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut bytes = around(&entries, b"", b"", b"comment");
        for (at, value) in damage {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if read(&bytes).is_ok() {
            parts(&bytes);
        }
    }

    #[test]
    fn any_bytes(start in any::<Vec<u8>>(), end in prop::collection::vec(any::<u8>(), 22)) {
        let _ = read(&start);
        let _ = read(&[&start[..], b"PK\x05\x06", &end[4..20], b"\0\0"].concat());
    }
}
