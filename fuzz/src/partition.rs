//! Decoders lose no byte.

use reprove::content::{Decoded, Field, decode};
use reprove::finding::{Aspect, Range};
use reprove::limits::budget::allowance;
use reprove::limits::ledger::Room;

/// Takes a file apart, and what is in it. Every byte is in one field, or in a member that has no field of its own.
pub fn check(path: &[u8], bytes: &[u8]) {
    let (most, _) = allowance(bytes.len() as u64, &crate::limits());
    check_at(path, bytes, 0, &Room::new(most));
}

/// The same of a file inside others; what all of it costs comes out of one room.
fn check_at(path: &[u8], bytes: &[u8], depth: usize, room: &Room) {
    let limits = crate::limits();
    let Some(decoded) = decode(path, bytes, &limits, depth, room) else { return };
    check_ranges(&decoded, bytes.len() as u64);
    assert!(depth < limits.nesting || decoded.members.is_empty(), "nested too deep");
    for field in &decoded.fields {
        assert_eq!(field.bytes(bytes).len() as u64, field.range.1 - field.range.0);
    }
    for member in &decoded.members {
        assert!(member.content.size() <= limits.nested_bytes, "a member of {} bytes", member.content.size());
        if let Some(content) = member.content.bytes(limits.nested_bytes).unwrap() {
            check_at(&member.name, &content, depth + 1, room);
        }
    }
}

fn check_ranges(decoded: &Decoded, length: u64) {
    let mut parts: Vec<Range> = decoded.fields.iter().map(|field| field.range).collect();
    assert!(parts.is_sorted(), "{decoded:?}");
    for member in &decoded.members {
        let encodes = |field: &Field| {
            field.aspect == Aspect::Compression && member.range.0 <= field.range.0 && field.range.1 <= member.range.1
        };
        if !decoded.fields.iter().any(encodes) {
            parts.push(member.range);
        }
    }
    parts.sort_unstable();
    let mut end = 0;
    for part in parts {
        assert_eq!(part.0, end, "{decoded:?}");
        assert!(part.1 >= part.0);
        end = part.1;
    }
    assert_eq!(end, length, "{decoded:?}");
}
