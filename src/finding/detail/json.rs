//! What is wrong with a JSON document, and with the members that programs read of it.

use crate::finding::coded;

/// What a document lists, and not any number of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Listed {
    /// Descriptors of an index.
    Descriptors,
    /// Layers of a manifest.
    Layers,
    /// Diff IDs of a config.
    DiffIds,
    /// Entries of a config's history.
    History,
}

coded! {
    /// What is no JSON, or is read in two ways by two parsers.
    #[derive(Copy)]
    pub enum BadSyntax {
        /// Bytes that are no text.
        "json-utf8" Utf8,
        /// Bytes after the end.
        "json-end" End,
        /// No value where one must be.
        "json-value" Value,
        /// An array goes on with neither a comma nor its end.
        "json-array" Array,
        /// An object goes on with neither a comma nor its end.
        "json-object" Object,
        /// An object has no key where one must be.
        "json-key" Key,
        /// A key is followed by no colon.
        "json-colon" Colon,
        /// A key is there twice.
        "json-key-repeated" KeyRepeated,
        /// A key is there twice for who takes both cases for the same.
        "json-key-folded" KeyFolded,
        /// A key is that of a known member but for its case.
        "json-key-case" KeyCase,
        /// A number without digits.
        "json-number" Number,
        /// A number without digits after its point.
        "json-number-fraction" NumberFraction,
        /// A number without digits in its exponent.
        "json-number-exponent" NumberExponent,
        /// A string that does not end.
        "json-string-end" StringEnd,
        /// A string with a bare control character.
        "json-string-control" StringControl,
        /// A string with an escape that is not known.
        "json-escape" Escape,
        /// A string with an escape that has not got four hexadecimal digits.
        "json-escape-digits" EscapeDigits,
        /// A string with half a surrogate pair.
        "json-escape-surrogate" EscapeSurrogate,
    }
}

coded! {
    /// What is wrong with a value that programs read.
    pub enum BadValue {
        /// It is no object.
        "value-object" NotAnObject,
        /// It is no string.
        "value-string" NotAString,
        /// It is neither true nor false.
        "value-flag" NotAFlag,
        /// It is no whole number.
        "value-count" NotACount,
        /// It is no array.
        "value-array" NotAnArray,
        /// It has no member of this key.
        "value-member" Without(&'static str),
        /// It is no digest: the text.
        "value-digest" NoDigest(String),
    }
}

coded! {
    /// Why a JSON document is not read.
    pub enum BadJson {
        /// How many bytes it has, and how many may be.
        "json-bytes" Bytes(usize, u64),
        /// More values than this.
        "json-values" Values(usize),
        /// At this byte it is nested more than so many levels deep.
        "json-depth" Depth(usize, usize),
        /// How many of these it lists, and how many may be.
        "json-listed" Listed(Listed, usize, usize),
        /// The digest at this pointer, which is cut off where it is long, is of this algorithm, which is not known.
        "json-digest-algorithm" DigestAlgorithm(String, String),
        /// The data that the descriptor at this pointer embeds is not what digest and size say.
        "json-embedded-data" EmbeddedData(String),
        ; around
        /// It is none.
        At {
            /// The byte from which on it is none.
            at: usize,
            /// Why.
            problem: BadSyntax,
        },
        /// A value is not what it must be.
        Value {
            /// The pointer that leads to it, cut off where it is long; empty for the whole document.
            pointer: String,
            /// Where it begins.
            at: usize,
            /// What is wrong with it.
            problem: BadValue,
        },
    }
}
