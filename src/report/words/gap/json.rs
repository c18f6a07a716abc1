//! What is wrong with a JSON document, and where.

use std::fmt::{self, Display, Formatter};

use crate::digest::DigestError;
use crate::finding::{BadJson, BadSyntax, BadValue, Listed};

impl Display for BadJson {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            BadJson::Bytes(count, most) => {
                write!(f, "the JSON document has {count} bytes, more than {most} (see --limit document-bytes)")
            }
            BadJson::Values(most) => {
                write!(f, "the JSON document has more than {most} values (see --limit document-nodes)")
            }
            BadJson::Depth(at, most) => write!(
                f,
                "at byte {at} the JSON document is nested more than {most} levels deep (see --limit document-depth)"
            ),
            BadJson::Listed(what, count, most) => {
                let (name, limit) = listed(*what);
                write!(f, "the document has {count} {name}, more than {most} (see --limit {limit})")
            }
            BadJson::DigestAlgorithm(pointer, algorithm) => {
                write!(f, "{pointer}: {}", DigestError::Unsupported(algorithm.clone()))
            }
            BadJson::EmbeddedData(pointer) => {
                write!(f, "{pointer}: its data is not what its digest and size say")
            }
            BadJson::At { at, problem } => write!(f, "at byte {at} {problem}"),
            BadJson::Value { pointer, at, problem } => {
                let place = if pointer.is_empty() { "the document" } else { pointer };
                write!(f, "{place} (byte {at}) {problem}")
            }
        }
    }
}

/// What is listed, and the limit that says how many may be.
const fn listed(what: Listed) -> (&'static str, &'static str) {
    match what {
        Listed::Descriptors => ("descriptors", "index-descriptors"),
        Listed::Layers => ("layers", "layers"),
        Listed::DiffIds => ("diff IDs", "layers"),
        Listed::History => ("history entries", "layers"),
    }
}

impl Display for BadSyntax {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            BadSyntax::Utf8 => "the text is not valid UTF-8",
            BadSyntax::End => "there are bytes after the end of the JSON document",
            BadSyntax::Value => "there is no JSON value",
            BadSyntax::Array => "an array goes on with neither a comma nor a closing bracket",
            BadSyntax::Object => "an object goes on with neither a comma nor a closing brace",
            BadSyntax::Key => "a key of an object is missing",
            BadSyntax::Colon => "a key of an object has no colon after it",
            BadSyntax::KeyRepeated => "a key occurs a second time in its object",
            BadSyntax::KeyFolded => "a key occurs a second time in its object, in another case",
            BadSyntax::KeyCase => "a key is written in another case than the member that it is",
            BadSyntax::Number => "a number has no digits",
            BadSyntax::NumberFraction => "a number has no digits after its point",
            BadSyntax::NumberExponent => "a number has no digits in its exponent",
            BadSyntax::StringEnd => "a string does not end",
            BadSyntax::StringControl => "a string holds a bare control character",
            BadSyntax::Escape => "a string holds an unknown escape",
            BadSyntax::EscapeDigits => "a string holds an escape without four hexadecimal digits",
            BadSyntax::EscapeSurrogate => "a string holds half a surrogate pair",
        })
    }
}

impl Display for BadValue {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            BadValue::NotAnObject => f.write_str("is not an object"),
            BadValue::NotAString => f.write_str("is not a string"),
            BadValue::NotAFlag => f.write_str("is neither true nor false"),
            BadValue::NotACount => f.write_str("is not a whole number"),
            BadValue::NotAnArray => f.write_str("is not an array"),
            BadValue::Without(key) => write!(f, "has no {key}"),
            BadValue::NoDigest(text) => {
                write!(f, "holds no digest: {}", DigestError::Malformed(text.clone()))
            }
        }
    }
}
