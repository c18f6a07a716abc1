//! Platforms and policies that are refused.

use std::fmt::{self, Display, Formatter};

use crate::error::{Misruled, Unpaired};

impl Display for Unpaired {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Unpaired::Malformed(text) => {
                write!(f, "{text:?} is not a platform (expected os/architecture[/variant], as in linux/arm64)")
            }
            Unpaired::Missing { wanted, found } => {
                let found = if found.is_empty() { "none".to_owned() } else { found.join(", ") };
                write!(f, "platform {wanted} is not in both images; one has {found}")
            }
            Unpaired::Ambiguous { wanted, found } => {
                write!(f, "platform {wanted} is ambiguous; an image has {}", found.join(", "))
            }
        }
    }
}

impl Display for Misruled {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Misruled::Syntax(said) => f.write_str(said),
            Misruled::Key(key) => write!(f, "unknown key {key}"),
            Misruled::NoName => f.write_str("the policy has no name (write name = \"…\")"),
            Misruled::Name => f.write_str("name must be a text that is not blank"),
            Misruled::Extends => f.write_str("extends must be \"default\", \"strict\" or \"gate\""),
            Misruled::Accept => f.write_str("accept must be a list of tables ([[accept]])"),
            Misruled::Entry => f.write_str("not a table"),
            Misruled::Text(key) => write!(f, "{key} must be a text"),
            Misruled::Reason => f.write_str("the reason is missing or empty: say why this difference is acceptable"),
            Misruled::Subject => f.write_str("needs either a cause or a severity, and only one of them"),
            Misruled::Cause(id) => write!(f, "unknown cause {id} (\"reprove causes\" lists them)"),
            Misruled::Severity(word) => write!(f, "unknown severity {word} (cosmetic, behavioural or security)"),
            Misruled::EmptyPattern(key) => write!(f, "{key} is empty: leave it out to mean everywhere"),
            Misruled::Pattern { key, pattern, said } => write!(f, "{key} {pattern:?} is not a glob: {said}"),
            Misruled::Expires => f.write_str("expires must be a date that exists, written YYYY-MM-DD"),
        }
    }
}
