//! Decoders lose no byte.

use reprove::content::{Node, decode};
use reprove::finding::Role;
use reprove::limits::budget::allowance;
use reprove::limits::ledger::Room;

/// Takes a file apart, and what is in it. Every byte is in one part; what can be opened keeps to the limits.
pub fn check(path: &[u8], bytes: &[u8]) {
    let (most, _) = allowance(bytes.len() as u64, &crate::limits());
    check_at(path, bytes, 0, &Room::new(most));
}

/// The same of a file inside others; what all of it costs comes out of one room.
fn check_at(path: &[u8], bytes: &[u8], depth: usize, room: &Room) {
    let limits = crate::limits();
    let Some(node) = decode(path, bytes, &limits, depth, room) else { return };
    check_ranges(&node, bytes.len() as u64);
    assert!(depth < limits.nesting || node.members.is_empty(), "nested too deep");
    for (number, member) in node.members.iter().enumerate() {
        assert!(node.encoded(number).next().is_some(), "a member of no part");
        let Some(content) = node.open(bytes, number, &limits, room) else { continue };
        assert!(content.size() <= limits.nested_bytes, "a member of {} bytes", content.size());
        if let Some(content) = content.bytes(limits.nested_bytes).unwrap() {
            check_at(&member.name, &content, depth + 1, room);
        }
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
