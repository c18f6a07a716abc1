//! The report as JSON: the contract itself. What a terminal or a person could take for something else is escaped, which
//! changes no value.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::{Formatter, PrettyFormatter};

use super::Report;
use super::escape::is_unsafe;
use crate::error::{Error, Result, Unusable};

/// Writes the report, indented, with a newline at its end.
///
/// # Errors
/// The writer's own.
pub fn write(report: &Report, mut to: impl Write) -> io::Result<()> {
    report.serialize(&mut serializer(&mut to))?;
    report.check()?;
    to.write_all(b"\n")
}

/// Writes any document in the same manner.
///
/// # Errors
/// The writer's own.
pub fn document(value: &impl Serialize, mut to: impl Write) -> io::Result<()> {
    value.serialize(&mut serializer(&mut to))?;
    to.write_all(b"\n")
}

fn serializer<W: Write>(to: W) -> Serializer<W, Escaping<'static>> {
    Serializer::with_formatter(to, Escaping(PrettyFormatter::new()))
}

/// Indents, and escapes what [`super::escape::escape`] does (RFC 8259, section 7): controls that JSON itself lets pass,
/// and characters that nobody sees or that reorder others.
struct Escaping<'a>(PrettyFormatter<'a>);

impl Formatter for Escaping<'_> {
    fn begin_array<W: Write + ?Sized>(&mut self, to: &mut W) -> io::Result<()> {
        self.0.begin_array(to)
    }

    fn end_array<W: Write + ?Sized>(&mut self, to: &mut W) -> io::Result<()> {
        self.0.end_array(to)
    }

    fn begin_array_value<W: Write + ?Sized>(&mut self, to: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(to, first)
    }

    fn end_array_value<W: Write + ?Sized>(&mut self, to: &mut W) -> io::Result<()> {
        self.0.end_array_value(to)
    }

    fn begin_object<W: Write + ?Sized>(&mut self, to: &mut W) -> io::Result<()> {
        self.0.begin_object(to)
    }

    fn end_object<W: Write + ?Sized>(&mut self, to: &mut W) -> io::Result<()> {
        self.0.end_object(to)
    }

    fn begin_object_key<W: Write + ?Sized>(&mut self, to: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(to, first)
    }

    fn begin_object_value<W: Write + ?Sized>(&mut self, to: &mut W) -> io::Result<()> {
        self.0.begin_object_value(to)
    }

    fn end_object_value<W: Write + ?Sized>(&mut self, to: &mut W) -> io::Result<()> {
        self.0.end_object_value(to)
    }

    fn write_string_fragment<W: Write + ?Sized>(&mut self, to: &mut W, fragment: &str) -> io::Result<()> {
        let mut at = 0;
        for (position, character) in fragment.char_indices().filter(|(_, character)| is_unsafe(*character)) {
            to.write_all(fragment.as_bytes().get(at..position).unwrap_or_default())?;
            for unit in character.encode_utf16(&mut [0; 2]) {
                write!(to, "\\u{unit:04x}")?;
            }
            at = position + character.len_utf8();
        }
        to.write_all(fragment.as_bytes().get(at..).unwrap_or_default())
    }
}

/// Reads a report back.
///
/// # Errors
/// [`Error::Report`] for what is no report of a version that this program understands.
pub fn read(name: &str, bytes: &[u8]) -> Result<Report<'static>> {
    let wrong = |problem| Error::Report { name: name.to_owned(), problem };
    let report: Report =
        serde_json::from_slice(bytes).map_err(|error| wrong(Unusable::Malformed(error.to_string())))?;
    match report.schema_version.split_once('.') {
        Some(("1", _)) => Ok(report),
        _ => Err(wrong(Unusable::Version(report.schema_version))),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_steers_a_terminal_or_hides_is_escaped_and_no_value_changes() {
        let all: String = (0..=0x0010_ffff).filter_map(char::from_u32).collect();
        let value =
            json!({ all.clone(): [all.clone(), "\u{202e}gpj.exe", "é 日本"], "n": [1, null, true, 1.5, {}, []] });
        let mut bytes = Vec::new();
        document(&value, &mut bytes).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert_eq!(text.chars().find(|character| is_unsafe(*character) && *character != '\n'), None);
        assert!(text.contains(r"\u202egpj.exe") && text.contains("é 日本") && text.contains(r"\udb40\udc41"));
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
        let plain = json!({ "a": [1, { "b": [] }, {}], "c": "d" });
        let mut bytes = Vec::new();
        document(&plain, &mut bytes).unwrap();
        assert_eq!(String::from_utf8(bytes).unwrap(), format!("{plain:#}\n"));
    }
}
