//! What is wrong with what the user chose or wrote: platforms, policies.

use crate::finding::coded;

coded! {
    /// Why a platform that was asked for cannot be compared.
    pub enum Unpaired {
        /// The text names no platform.
        "platform-malformed" Malformed(String),
        /// Several of an image may be meant.
        "platform-ambiguous" Ambiguous {
            /// The one that was asked for.
            wanted: String,
            /// Those of the image.
            found: Vec<String>,
        },
        /// It is not in both images.
        "platform-missing" Missing {
            /// The one that was asked for.
            wanted: String,
            /// What one of the images has.
            found: Vec<String>,
        },
    }
}

/// Where in a policy file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PolicyPlace {
    /// The line, from 1; absent where there is none.
    pub line: Option<u64>,
    /// The entry of `accept`, from 1, where it is in one.
    pub entry: Option<u64>,
}

/// A word that is not known, and the nearest that is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unknown {
    /// As written.
    pub word: String,
    /// What may have been meant.
    pub nearest: Option<String>,
}

coded! {
    /// What is wrong with a policy.
    pub enum Misruled {
        /// It is no TOML: what the reader says.
        "policy-syntax" Syntax(String),
        /// A key that is none.
        "policy-key" Key(Unknown),
        /// It has no name.
        "policy-without-name" NoName,
        /// Its name is blank or no text.
        "policy-name" Name,
        /// It extends what is no policy.
        "policy-extends" Extends,
        /// `accept` is no list of tables.
        "policy-accept" Accept,
        /// An entry is no table.
        "policy-entry" Entry,
        /// The value of this key is no text.
        "policy-text" Text(String),
        /// An entry without a reason.
        "policy-reason" Reason,
        /// An entry has neither a cause nor a severity, or both.
        "policy-subject" Subject,
        /// No cause has this id.
        "policy-cause" Cause(Unknown),
        /// There is no such severity.
        "policy-severity" Severity(Unknown),
        /// The pattern of this key is empty.
        "policy-pattern-empty" EmptyPattern(String),
        /// A pattern that cannot be one.
        "policy-pattern" Pattern {
            /// Of which key.
            key: String,
            /// As written.
            pattern: String,
            /// What its reader says.
            said: String,
        },
        /// The day does not exist.
        "policy-expires" Expires,
    }
}
