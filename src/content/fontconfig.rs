//! fontconfig caches (`fcint.h`, `struct _FcCache`) in the 64-bit little-endian layout of versions 7 to 9. What caches in the
//! other layouts record is known too, so that they are held against their directories; they are not taken apart.
//!
//! `checksum` and `checksumNano` are the modification time of the font directory, seconds and nanoseconds; `size` is the
//! length of the file, by which the layout is told from the 32-bit one. The rest is a memory image.

use super::File;
use super::node::{Node, Part, range};
use super::stamp::Stamp;
use crate::finding::{Derivation, Role, Value};
use crate::image::path::file_name;

const MAGIC: &[u8] = &[0x04, 0xfc, 0x02, 0xfc];
const STRUCT: usize = 0x40;

/// Takes a cache apart.
pub(crate) fn decode(file: &File<'_>) -> Option<Node> {
    let bytes = file.bytes;
    if !bytes.starts_with(MAGIC) || bytes.len() < STRUCT {
        return None;
    }
    let version = u32::from_le_bytes(bytes.get(4..8)?.try_into().ok()?);
    let size = u64::from_le_bytes(bytes.get(8..16)?.try_into().ok()?);
    if !(7..=9).contains(&version) || size != bytes.len() as u64 {
        return None;
    }
    let seconds = i32::from_le_bytes(bytes.get(0x30..0x34)?.try_into().ok()?);
    let nanoseconds = i64::from_le_bytes(bytes.get(0x38..0x40)?.try_into().ok()?);
    let parts = vec![
        Part::new("magic", Role::Header, (0, 4)),
        Part::new("version", Role::Header, (4, 8)).with_value(Value::number(version)),
        Part::new("size", Role::of_file(Derivation::Size), (8, 0x10)).with_value(Value::number(size)),
        Part::new("body.offsets", Role::Payload, (0x10, 0x30)),
        Part::new("checksum", Role::Header, (0x30, 0x34)).with_value(Value::number(seconds)),
        Part::new("body.padding", Role::Padding, (0x34, 0x38)),
        Part::new("checksumNano", Role::Header, (0x38, 0x40)).with_value(Value::number(nanoseconds)),
        Part::new("body", Role::Payload, range(STRUCT, bytes.len())),
    ];
    Some(Node::of_fields("fontconfig", parts))
}

/// Where the fields of a layout are: how wide an address is, and which byte of a number comes first.
#[derive(Clone, Copy)]
struct Layout {
    address: usize,
    is_big_endian: bool,
}

impl Layout {
    /// The layout that a name says (`fccache.c`, `FC_ARCHITECTURE`): `…-le64.cache-8`, `…-be32d4.cache-7`. A program opens
    /// only caches of the name of its own.
    fn of(path: &[u8], bytes: &[u8]) -> Option<Layout> {
        let name = file_name(path);
        let says = |part: &[u8]| name.windows(part.len()).any(|window| window == part);
        let is_big_endian = !bytes.starts_with(MAGIC);
        let opens = bytes.starts_with(MAGIC) || bytes.get(..4)?.iter().rev().eq(MAGIC);
        let address = if says(b"-le32") || says(b"-be32") { 4 } else { 8 };
        opens.then_some(Layout { address, is_big_endian })
    }

    fn number(self, bytes: &[u8], at: usize, width: usize) -> Option<u64> {
        let digits = bytes.get(at..at.checked_add(width)?)?;
        let join = |number: u64, digit: &u8| number << 8 | u64::from(*digit);
        Some(if self.is_big_endian { digits.iter().fold(0, join) } else { digits.iter().rev().fold(0, join) })
    }
}

/// The directory that a cache is of (`dir`, an offset behind `size`), and its time. The string comes soon after the header:
/// `FcDirCacheBuild` writes it first.
pub(super) fn recorded(path: &[u8], bytes: &[u8]) -> Option<(Vec<u8>, Stamp)> {
    let layout = Layout::of(path, bytes)?;
    if layout.number(bytes, 4, 4)? < 7 {
        return None;
    }
    let start = usize::try_from(layout.number(bytes, 8 + layout.address, layout.address)?).ok()?;
    let rest = bytes.get(start..)?;
    let directory = rest.get(..rest.iter().position(|byte| *byte == 0)?)?.strip_prefix(b"/")?;
    // Behind four addresses and a number that is as wide as one.
    let checksum = 8 + 5 * layout.address;
    let seconds = u32::try_from(layout.number(bytes, checksum, 4)?).ok()?;
    // A number of 64 bits is at a multiple of eight, which this is in either layout.
    let nanoseconds = layout.number(bytes, (checksum + 4).next_multiple_of(8), 8)?;
    // More than a second of nanoseconds is no directory's.
    let rest = u32::try_from(nanoseconds).unwrap_or(u32::MAX);
    Some((directory.to_vec(), Stamp { seconds, rest: Some(rest) }))
}

#[cfg(test)]
mod tests {
    use super::super::tests::assert_partition;
    use super::*;
    use crate::limits::Limits;
    use crate::limits::ledger::Room;
    use proptest::prelude::*;

    fn cache(version: u32, body: &[u8]) -> Vec<u8> {
        let size = (STRUCT + body.len()) as u64;
        let mut bytes = [MAGIC, &version.to_le_bytes(), &size.to_le_bytes(), &[1; 0x20]].concat();
        bytes.extend(1_700_000_000i32.to_le_bytes());
        bytes.extend([0; 4]);
        bytes.extend(123_456_789i64.to_le_bytes());
        bytes.extend(body);
        bytes
    }

    fn decoded(bytes: &[u8]) -> Option<Node> {
        decode(&File { path: b"x-le64.cache-8", bytes, limits: &Limits::default(), room: &Room::endless() })
    }

    #[test]
    fn the_directory_time_has_fields_of_its_own() {
        let bytes = cache(8, b"fonts");
        let decoded = decoded(&bytes).unwrap();
        assert_partition(&decoded, bytes.len());
        let field = |name: &str| decoded.parts.iter().find(|part| part.name == name).unwrap();
        assert_eq!(field("checksum").value, Some(Value::number(1_700_000_000)));
        assert_eq!(field("checksum").range, (0x30, 0x34));
        assert_eq!(field("checksumNano").value, Some(Value::number(123_456_789)));
        assert_eq!(field("checksumNano").range, (0x38, 0x40));
    }

    #[test]
    fn other_layouts_are_bytes() {
        assert!(decoded(&cache(6, b"fonts")).is_none());
        assert!(decoded(&cache(8, b"fonts")[..0x44]).is_none(), "not the size it names");
        assert!(decoded(&cache(8, b"")[..0x3f]).is_none());
    }

    proptest! {
        #[test]
        fn every_byte_in_one_part(body in any::<Vec<u8>>(), end in any::<prop::sample::Index>()) {
            let bytes = cache(7, &body);
            assert_partition(&decoded(&bytes).unwrap(), bytes.len());
            prop_assert!(decoded(&bytes[..end.index(bytes.len())]).is_none());
        }
    }
}
