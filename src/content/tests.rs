use super::*;
use proptest::prelude::*;

/// Asserts that every byte of the file is in exactly one field, or in one member without a field.
pub(crate) fn assert_partition(decoded: &Decoded, length: usize) {
    let mut parts: Vec<Range> = decoded.fields.iter().map(|field| field.range).collect();
    for member in &decoded.members {
        let encoded = |field: &Field| {
            field.aspect == Aspect::Compression && member.range.0 <= field.range.0 && field.range.1 <= member.range.1
        };
        if !decoded.fields.iter().any(encoded) {
            parts.push(member.range);
        }
    }
    parts.sort_unstable();
    let mut position = 0;
    for (start, end) in parts {
        assert_eq!(start, position, "{decoded:?}");
        assert!(end >= start);
        position = end;
    }
    assert_eq!(position, length as u64, "{decoded:?}");
    assert!(decoded.fields.is_sorted_by_key(|field| field.range));
}

/// Decodes any bytes that open like the format, at any path, and checks the partition where the decoder takes them.
pub(crate) fn never_panics_and_partitions(path: &[u8], bytes: &[u8]) {
    let room = Room::new(1 << 16);
    if let Some(decoded) = decode(path, bytes, &Limits::default(), 0, &room) {
        assert_partition(&decoded, bytes.len());
    }
    assert!(room.taken() == 0 || is_costly(path, &bytes[..bytes.len().min(HEAD)]));
}

proptest! {
    #[test]
    fn any_bytes_at_any_path(path in "(etc/shadow|etc/gshadow-|x.pyc|a.dist-info/RECORD|x.gz)", bytes in any::<Vec<u8>>()) {
        never_panics_and_partitions(path.as_bytes(), &bytes);
    }
}

#[test]
fn containers_are_not_opened_below_the_limit_of_nesting() {
    let gz = gzip::tests::gzip(b"hello", None);
    let limits = Limits { nesting: 2, ..Limits::default() };
    assert!(decode(b"x.gz", &gz, &limits, 1, &Room::endless()).is_some());
    assert!(decode(b"x.gz", &gz, &limits, 2, &Room::endless()).is_none());
}
