//! Decoders lose no byte.

use reprove::content::{Node, decode};
use reprove::finding::Role;
use reprove::limits::budget::allowance;
use reprove::limits::Limits;
use reprove::limits::ledger::Room;
use reprove::spill::{Content, Spill};

/// Takes a file apart, and what is in it. Every byte is in one part; what can be opened keeps to the limits.
pub fn check(path: &[u8], bytes: &[u8]) {
    let (most, _) = allowance(bytes.len() as u64, &crate::limits());
    check_at(path, &Content::from_bytes(bytes), 0, &Room::new(most));
    check_long(path, bytes, most);
}

/// A file that is too long to be held is taken apart like one that is, or not at all.
fn check_long(path: &[u8], bytes: &[u8], most: u64) {
    let limits = Limits { decoded_content_bytes: bytes.len().saturating_sub(1) as u64, ..crate::limits() };
    let mut spill = Spill::new(0);
    spill.push(bytes).unwrap();
    let Some(long) = decode(path, &spill.finish(), &limits, 0, &Room::new(most)) else { return };
    let node = decode(path, &Content::from_bytes(bytes), &crate::limits(), 0, &Room::new(most)).unwrap();
    assert_eq!(node.parts, long.parts);
}

/// The same of a file inside others; what all of it costs comes out of one room.
fn check_at(path: &[u8], file: &Content, depth: usize, room: &Room) {
    let limits = crate::limits();
    let Some(node) = decode(path, file, &limits, depth, room) else { return };
    check_ranges(&node, file.size());
    assert!(depth < limits.nesting || node.members.is_empty(), "nested too deep");
    for (number, member) in node.members.iter().enumerate() {
        assert!(node.encoded(number).next().is_some(), "a member of no part");
        let Some(content) = node.open(file, number, &limits, room) else { continue };
        assert!(content.size() <= limits.nested_bytes, "a member of {} bytes", content.size());
        check_at(&member.name, &content.loaded(limits.nested_bytes).unwrap(), depth + 1, room);
    }
}

fn check_ranges(node: &Node, length: u64) {
    let mut end = 0;
    for part in &node.parts {
        assert_eq!(part.range.0, end, "{node:?}");
        assert!(part.range.1 >= part.range.0);
        assert!(part.role != Role::Encoded || part.member.is_some());
        assert!(part.member.is_none_or(|member| member < node.members.len()));
        end = part.range.1;
    }
    assert_eq!(end, length, "{node:?}");
}
