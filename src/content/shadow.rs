//! shadow(5) and gshadow(5) and their backups: one part per line and column, named `USER.COLUMN`.
//!
//! A column's range takes in the separator behind it. Files with a line of another shape are bytes.

use super::node::{Node, Part, Shape, range};
use super::{File, secret};
use crate::finding::{Role, Secret, Value};

const SHADOW: &[&str] = &["name", "password", "lastChange", "min", "max", "warn", "inactive", "expire", "reserved"];
const GSHADOW: &[&str] = &["name", "password", "administrators", "members"];

/// The columns of the file at this path, where it is taken for one.
pub(super) const fn columns(path: &[u8]) -> Option<&'static [&'static str]> {
    match path {
        b"etc/shadow" | b"etc/shadow-" => Some(SHADOW),
        b"etc/gshadow" | b"etc/gshadow-" => Some(GSHADOW),
        _ => None,
    }
}

/// Takes a shadow file apart.
pub(crate) fn decode(file: &File<'_>) -> Option<Node> {
    let columns = columns(file.path)?;
    let mut parts = Vec::new();
    let mut at = 0;
    for line in file.bytes.split_inclusive(|byte| *byte == b'\n') {
        file.room.take_parts(columns.len())?;
        parts.extend(line_parts(line, at, columns)?);
        at += line.len();
    }
    Some(Node { shape: Shape::Fields { order: "lines" }, ..Node::of_fields("shadow", parts) })
}

fn line_parts(line: &[u8], mut at: usize, columns: &[&str]) -> Option<Vec<Part>> {
    let text = std::str::from_utf8(line).ok()?;
    let text = text.strip_suffix('\n').unwrap_or(text);
    let user = text.split(':').next().filter(|user| !user.is_empty())?;
    if text.split(':').count() != columns.len() {
        return None;
    }
    let end = at + line.len();
    let mut parts = Vec::with_capacity(columns.len());
    for (column, value) in columns.iter().zip(text.split(':')) {
        let next = (at + value.len() + 1).min(end);
        let part = Part::new(format!("{user}.{column}"), Role::Payload, range(at, next));
        let mut part = part.with_value(Value::text(value));
        if *column == "password" && secret::is_password(value.as_bytes()) {
            part.secret = Some(Secret::PasswordHash);
        }
        parts.push(part);
        at = next;
    }
    Some(parts)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{assert_partition, never_panics_and_partitions};
    use super::*;
    use crate::limits::Limits;
    use crate::limits::ledger::Room;
    use proptest::prelude::*;

    const FILE: &[u8] = b"root:*:19700:0:99999:7:::\nuser:$y$j9T$a$b:20000:0:99999:7:::\n";

    fn decoded(path: &[u8], bytes: &[u8]) -> Option<Node> {
        decode(&File { path, bytes, limits: &Limits::default(), room: &Room::endless() })
    }

    #[test]
    fn columns_are_parts() {
        let decoded = decoded(b"etc/shadow", FILE).unwrap();
        assert_partition(&decoded, FILE.len());
        let field = |name: &str| decoded.parts.iter().find(|part| part.name == name).unwrap();
        assert_eq!(field("root.lastChange").value, Some(Value::text("19700")));
        assert_eq!(field("root.lastChange").bytes(FILE), b"19700:");
        assert_eq!(field("root.reserved").bytes(FILE), b"\n");
        assert_eq!(field("root.password").secret, None);
        assert_eq!(field("user.password").secret, Some(Secret::PasswordHash));
    }

    #[test]
    fn other_shapes_are_bytes() {
        assert!(decoded(b"etc/shadow", b"root:*:1\n").is_none());
        assert!(decoded(b"etc/shadow", b":*:1::::::\n").is_none());
        assert!(decoded(b"etc/shadow", b"\n").is_none());
        assert!(decoded(b"etc/passwd", FILE).is_none());
        assert!(decoded(b"etc/gshadow", b"adm:*::a,b").is_some());
    }

    proptest! {
        #[test]
        fn every_byte_in_one_part(text in "([ab]{0,2}:[!*]?:[0-9]?:::::[0-9]?:\n?){0,4}") {
            never_panics_and_partitions(b"etc/shadow-", text.as_bytes());
        }
    }
}
