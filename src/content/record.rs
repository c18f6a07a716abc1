//! `RECORD` of an installed Python distribution (PyPA, "Recording installed projects"): one part per row.
//!
//! A row is CSV: path, hash, size. The part is named `row.PATH` and its value is `HASH,SIZE`, both empty where the
//! installer records none.

use super::File;
use super::node::{Node, Part, Shape, range};
use crate::finding::{Role, Value};

/// Whether the file at this path is taken for one.
pub(super) fn is_at(path: &[u8]) -> bool {
    path.ends_with(b".dist-info/RECORD")
}

/// Takes a `RECORD` apart; declines where a row is not three columns of text.
pub(crate) fn decode(file: &File<'_>) -> Option<Node> {
    if !is_at(file.path) {
        return None;
    }
    let text = std::str::from_utf8(file.bytes).ok()?;
    let mut parts = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let (columns, length) = row(text.get(at..)?)?;
        file.room.take_parts(1)?;
        let [path, hash, size] = <[String; 3]>::try_from(columns).ok()?;
        let part = Part::new(format!("row.{path}"), Role::Payload, range(at, at + length));
        parts.push(part.with_value(Value::text(format!("{hash},{size}"))));
        at += length;
    }
    Some(Node { shape: Shape::Fields { order: "rows" }, ..Node::of_fields("record", parts) })
}

/// Whether a `RECORD` may hold the hash of this file. Those of compiled files are left out (same document) where they
/// were made at installation, which is when they differ.
pub(crate) fn may_list(path: &[u8]) -> bool {
    !path.ends_with(b".pyc")
}

/// The columns of the row that a text opens with, and the row's length with its line break (RFC 4180).
fn row(text: &str) -> Option<(Vec<String>, usize)> {
    let mut columns = Vec::new();
    let mut rest = text;
    loop {
        let (column, length) = column(rest)?;
        columns.push(column);
        rest = rest.get(length..)?;
        let line_break = ["\r\n", "\n"].iter().find_map(|line_break| rest.strip_prefix(line_break));
        if let Some(after) = line_break.or_else(|| rest.is_empty().then_some("")) {
            return Some((columns, text.len() - after.len()));
        }
        rest = rest.strip_prefix(',').filter(|_| columns.len() < 3)?;
    }
}

/// The column that a text opens with, unquoted, and its length.
fn column(text: &str) -> Option<(String, usize)> {
    if !text.starts_with('"') {
        let length = text.find([',', '\r', '\n', '"']).unwrap_or(text.len());
        return Some((text.get(..length)?.to_owned(), length));
    }
    let mut column = String::new();
    let mut at = 1;
    loop {
        let quote = at + text.get(at..)?.find('"')?;
        column.push_str(text.get(at..quote)?);
        at = quote + 1;
        // Two quotes are one quote; anything else ends the column.
        if text.as_bytes().get(at) != Some(&b'"') {
            return Some((column, at));
        }
        column.push('"');
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{assert_partition, never_panics_and_partitions};
    use super::*;
    use crate::limits::Limits;
    use crate::limits::ledger::Room;
    use proptest::prelude::*;

    fn decoded(bytes: &[u8]) -> Option<Node> {
        decode(&File {
            path: b"site-packages/a-1.0.dist-info/RECORD",
            bytes,
            limits: &Limits::default(),
            room: &Room::endless(),
        })
    }

    fn rows(bytes: &[u8]) -> Vec<(String, String)> {
        let decoded = decoded(bytes).unwrap();
        assert_partition(&decoded, bytes.len());
        let row = |part: &Part| (part.name.to_string(), part.value.clone().unwrap().as_str().unwrap().to_owned());
        decoded.parts.iter().map(row).collect()
    }

    #[test]
    fn rows_are_parts() {
        let text = b"a/__init__.py,sha256=abc,12\r\na/x.pyc,,\n\"a/b,\"\"c\"\".py\",sha256=d,3\nlast,,";
        let expected = [
            ("row.a/__init__.py", "sha256=abc,12"),
            ("row.a/x.pyc", ","),
            ("row.a/b,\"c\".py", "sha256=d,3"),
            ("row.last", ","),
        ];
        assert_eq!(rows(text), expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

    #[test]
    fn other_shapes_are_bytes() {
        for text in
            ["a,b\n", "a,b,c,d\n", "\n", "\"a,b,c\n", "\"a\"x,b,c\n", "a\"b,c,d\n", "a,b,c\rd\n", "\"a\"\"", "\""]
        {
            assert!(decoded(text.as_bytes()).is_none(), "{text:?}");
        }
        assert!(decoded(b"\xff,,\n").is_none());
    }

    proptest! {
        #[test]
        fn every_byte_in_one_part(text in "([ab\"]{0,4},[ab]?,[ab\",]?\r?\n?){0,4}") {
            never_panics_and_partitions(b"x.dist-info/RECORD", text.as_bytes());
        }

        #[test]
        fn quoting_round_trips(path in "[a-c\",\n é]{0,8}") {
            let text = format!("\"{}\",h,1\n", path.replace('"', "\"\""));
            prop_assert_eq!(rows(text.as_bytes()), [(format!("row.{path}"), "h,1".to_owned())]);
        }
    }
}
