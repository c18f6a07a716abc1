use super::*;
use crate::finding::Role;
use proptest::prelude::*;

/// Asserts that every byte of the file is in exactly one part, and that members have parts that encode them.
pub(crate) fn assert_partition(node: &Node, length: usize) {
    let mut position = 0;
    for Part { range: (start, end), member, .. } in &node.parts {
        assert_eq!(*start, position, "{node:?}");
        assert!(end >= start);
        assert!(member.is_none_or(|member| member < node.members.len()));
        position = *end;
    }
    assert_eq!(position, length as u64, "{node:?}");
    let encoded = |part: &&Part| part.role == Role::Encoded;
    assert!(node.parts.iter().filter(encoded).all(|part| part.member.is_some()), "{node:?}");
    for member in 0..node.members.len() {
        let all = node.parts.iter().filter(encoded).filter(|part| part.member == Some(member));
        assert!(node.encoded(member).eq(all) && node.encoded(member).next().is_some(), "{node:?}");
    }
}

/// All fields of a file, and of parts that are none by themselves; asserts that they are all of the part.
pub(crate) fn all_fields(node: &Node, bytes: &[u8]) -> Vec<Part> {
    let file = Content::from_bytes(bytes);
    let fields = |part: &Part| {
        let fields = node.fields(part, &file);
        let mut end = part.range.0;
        for field in &fields {
            assert_eq!((field.range.0, field.member), (end, part.member), "{field:?} of {part:?}");
            assert!(node.fields(field, &file).is_empty());
            end = field.range.1;
        }
        assert!(fields.is_empty() || end == part.range.1, "{part:?}");
        if fields.is_empty() { vec![part.clone()] } else { fields }
    };
    node.parts.iter().flat_map(fields).collect()
}

/// The name of the only member of a file, and what it holds.
pub(crate) fn opened(path: &[u8], bytes: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let (limits, room) = (Limits::default(), Room::endless());
    let node = decode(path, &Content::from_bytes(bytes), &limits, 0, &room)?;
    assert_partition(&node, bytes.len());
    let [member] = &node.members[..] else { panic!("{node:?}") };
    let content = node.open(&Content::from_bytes(bytes), 0, &limits, &room)?;
    Some((member.name.to_vec(), content.bytes(1 << 30).unwrap()?.to_vec()))
}

/// Decodes any bytes that open like the format, at any path, and checks the partition where the decoder takes them.
pub(crate) fn never_panics_and_partitions(path: &[u8], bytes: &[u8]) {
    let room = Room::new(1 << 16);
    if let Some(node) = decode(path, &Content::from_bytes(bytes), &Limits::default(), 0, &room) {
        assert_partition(&node, bytes.len());
        all_fields(&node, bytes);
        for member in 0..node.members.len() {
            node.open(&Content::from_bytes(bytes), member, &Limits::default(), &room);
        }
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
    assert!(decode(b"x.gz", &Content::from_bytes(&gz), &limits, 1, &Room::endless()).is_some());
    assert!(decode(b"x.gz", &Content::from_bytes(&gz), &limits, 2, &Room::endless()).is_none());
}
