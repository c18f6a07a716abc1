//! ldconfig's auxiliary cache (glibc, `elf/cache.c`, `struct aux_cache_file`): header, records, strings.

use super::File;
use super::node::{Node, Part, range};
use crate::finding::Role;

const MAGICS: [&[u8]; 2] = [b"glibc-ld.so.auxcache-1.0", b"glibc-ld.so.auxcache-2.0"];
const HEADER: usize = 32;
const RECORD: usize = 48;

/// Takes an auxiliary cache apart.
pub(crate) fn decode(file: &File<'_>) -> Option<Node> {
    let layout = Layout::of(file.bytes)?;
    let mut parts = vec![
        Part::new("header", Role::Header, range(0, HEADER)),
        Part::new("records", Role::Payload, range(HEADER, layout.strings)),
        Part::new("strings", Role::Payload, range(layout.strings, layout.end)),
    ];
    if layout.end < file.bytes.len() {
        parts.push(Part::new("unparsed", Role::Unparsed, range(layout.end, file.bytes.len())));
    }
    Some(Node::of_fields("aux_cache", parts))
}

/// Where the parts of a file end.
struct Layout {
    strings: usize,
    end: usize,
}

impl Layout {
    fn of(bytes: &[u8]) -> Option<Layout> {
        if !MAGICS.iter().any(|magic| bytes.starts_with(magic)) {
            return None;
        }
        let count = usize::try_from(u32_at(bytes, 24)?).ok()?;
        let length = usize::try_from(u32_at(bytes, 28)?).ok()?;
        let strings = count.checked_mul(RECORD)?.checked_add(HEADER)?;
        let end = strings.checked_add(length)?;
        bytes.get(strings..end).map(|_| Layout { strings, end })
    }
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

/// What a record says of a library, without what depends on the file system: name (empty where the library has none),
/// size in bytes, flags, OS version.
pub type Entry<'a> = (&'a [u8], u64, i32, u32);

/// The records in the order of the file. `None` where `bytes` are no auxiliary cache, or where any byte of the strings
/// belongs to no record's name or any byte is behind them: what the records do not say must not get lost.
pub fn aux_cache_entries(bytes: &[u8]) -> Option<Vec<Entry<'_>>> {
    let layout = Layout::of(bytes)?;
    let strings = bytes.get(layout.strings..layout.end)?;
    if layout.end != bytes.len() {
        return None;
    }
    let mut entries = Vec::new();
    let mut used = Used::new(strings);
    for record in bytes.get(HEADER..layout.strings)?.chunks_exact(RECORD) {
        let size = u64::from_le_bytes(record.get(16..24)?.try_into().ok()?);
        let flags = i32::from_le_bytes(record.get(32..36)?.try_into().ok()?);
        entries.push((used.name(u32_at(record, 36)?)?, size, flags, u32_at(record, 40)?));
    }
    used.all().then_some(entries)
}

/// The strings, and which of their bytes have been named by a record.
struct Used<'a> {
    strings: &'a [u8],
    named: Vec<(usize, usize)>,
}

impl<'a> Used<'a> {
    fn new(strings: &'a [u8]) -> Self {
        // The table opens with the empty name, whether or not a record uses it.
        let named = if strings.first() == Some(&0) { vec![(0, 1)] } else { Vec::new() };
        Used { strings, named }
    }

    fn name(&mut self, offset: u32) -> Option<&'a [u8]> {
        let start = usize::try_from(offset).ok()?;
        let rest = self.strings.get(start..)?;
        let length = memchr::memchr(0, rest)?;
        self.named.push((start, start + length + 1));
        rest.get(..length)
    }

    fn all(mut self) -> bool {
        self.named.sort_unstable();
        let mut covered = 0;
        for (start, end) in self.named {
            if start > covered {
                return false;
            }
            covered = covered.max(end);
        }
        covered == self.strings.len()
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::assert_partition;
    use super::*;
    use crate::limits::Limits;
    use crate::limits::ledger::Room;
    use proptest::prelude::*;

    /// A cache of libraries given as (inode, name, size).
    fn cache(libraries: &[(u64, &str, u64)]) -> Vec<u8> {
        let mut records = Vec::new();
        let mut strings = vec![0];
        for (inode, name, size) in libraries {
            for word in [*inode, 1_700_000_000, *size, 66306] {
                records.extend(word.to_le_bytes());
            }
            records.extend(0x0303u32.to_le_bytes());
            records.extend((strings.len() as u32).to_le_bytes());
            records.extend([0; 8]);
            strings.extend(name.bytes());
            strings.push(0);
        }
        let counts = [libraries.len() as u32, strings.len() as u32].map(u32::to_le_bytes).concat();
        [MAGICS[0], &counts, &records, &strings].concat()
    }

    fn decoded(bytes: &[u8]) -> Option<Node> {
        decode(&File {
            path: b"var/cache/ldconfig/aux-cache",
            bytes,
            limits: &Limits::default(),
            room: &Room::endless(),
        })
    }

    #[test]
    fn parts_and_entries() {
        let bytes = cache(&[(7, "libc.so.6", 1_922_136), (3, "libm.so.6", 907_784)]);
        let parts = decoded(&bytes).unwrap();
        assert_partition(&parts, bytes.len());
        assert_eq!(parts.parts.iter().map(|part| part.range).collect::<Vec<_>>(), [(0, 32), (32, 128), (128, 149)]);
        let entries = aux_cache_entries(&bytes).unwrap();
        assert_eq!(entries[0], (&b"libc.so.6"[..], 1_922_136, 0x0303, 0));
        assert_eq!(entries[1].0, b"libm.so.6");
    }

    #[test]
    fn bytes_that_no_record_names_are_not_lost() {
        let mut bytes = cache(&[(7, "libc.so.6", 1)]);
        let trailing = [&bytes[..], b"x"].concat();
        assert_eq!(decoded(&trailing).unwrap().parts.last().unwrap().name, "unparsed");
        assert!(aux_cache_entries(&trailing).is_none());
        bytes.push(b'x');
        bytes[28] += 1;
        assert!(decoded(&bytes).is_some());
        assert!(aux_cache_entries(&bytes).is_none());
    }

    #[test]
    fn bounds_are_checked() {
        let mut bytes = cache(&[(7, "libc.so.6", 1)]);
        assert!(decoded(&bytes[..bytes.len() - 1]).is_none());
        bytes[32 + 36] = 200;
        assert!(aux_cache_entries(&bytes).is_none());
        bytes[24..32].fill(0xff);
        assert!(decoded(&bytes).is_none());
    }

    proptest! {
        #[test]
        fn no_bytes_panic(rest in any::<Vec<u8>>(), counts in any::<(u8, u8)>()) {
            let head = [u32::from(counts.0 % 3), u32::from(counts.1)].map(u32::to_le_bytes).concat();
            let bytes = [MAGICS[1], &head, &rest].concat();
            if let Some(decoded) = decoded(&bytes) {
                assert_partition(&decoded, bytes.len());
            }
            if let Some(entries) = aux_cache_entries(&bytes) {
                prop_assert_eq!(entries.len(), usize::from(counts.0 % 3));
            }
        }
    }
}
