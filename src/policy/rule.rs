//! One rule of a policy: what it is about, where it holds, why, and until when.

use std::fmt::Write as _;

use globset::{Candidate, GlobBuilder, GlobMatcher};

use super::Date;
use crate::causes::{Cause, Severity};
use crate::codec::unseen::toml_string;
use crate::explain::Explained;
use crate::finding::Location;
use crate::image::path;

/// What a rule accepts.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Subject {
    /// The cause with this id.
    Cause(String),
    /// Every cause of this severity.
    Severity(Severity),
}

/// A glob over bytes: `*` and `?` do not cross a slash, `**` does.
#[derive(Debug, Clone)]
pub struct Pattern {
    text: String,
    glob: GlobMatcher,
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Pattern {}

impl Pattern {
    /// Compiles a glob.
    ///
    /// # Errors
    /// What is wrong with it, as a sentence fragment.
    pub fn new(text: &str) -> Result<Self, String> {
        let glob = GlobBuilder::new(text)
            .literal_separator(true)
            .backslash_escape(true)
            .build()
            .map_err(|error| error.kind().to_string())?;
        Ok(Pattern { text: text.to_owned(), glob: glob.compile_matcher() })
    }

    /// The glob as written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the whole of `bytes` matches.
    pub fn matches(&self, bytes: &[u8]) -> bool {
        self.glob.is_match_candidate(&Candidate::from_bytes(bytes))
    }
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// What it accepts.
    pub subject: Subject,
    /// The entries it holds for, by path in the image (of the outermost file, cleaned, without a leading slash); all
    /// findings, also those outside entries, where there is none.
    pub path: Option<Pattern>,
    /// The fields it holds for: equal to this text, or matched by it as a glob.
    pub field: Option<Pattern>,
    /// Why; never blank.
    pub reason: String,
    /// The last day on which it holds.
    pub expires: Option<Date>,
    /// Where it stands in its file; `None` for a built-in rule.
    pub entry: Option<Place>,
}

/// Where a rule stands in a policy file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Number among the `[[accept]]` entries, from 1.
    pub number: u64,
    /// Line, from 1.
    pub line: u64,
}

impl Rule {
    pub(super) fn built_in(severity: Severity, reason: &str) -> Self {
        Rule {
            subject: Subject::Severity(severity),
            path: None,
            field: None,
            reason: reason.to_owned(),
            expires: None,
            entry: None,
        }
    }

    /// Whether its last day is not over.
    pub fn in_force(&self, date: Date) -> bool {
        self.expires.is_none_or(|last| date <= last)
    }

    /// Whether it is about this cause, whatever the place and the date.
    pub fn is_about(&self, cause: &Cause) -> bool {
        match &self.subject {
            Subject::Cause(id) => id == cause.id,
            Subject::Severity(severity) => *severity == cause.severity,
        }
    }

    /// Whether it holds at every place.
    pub const fn holds_anywhere(&self) -> bool {
        self.path.is_none() && self.field.is_none()
    }

    /// Whether it holds for this finding, whatever the cause and the date. A rule with a path means what lies there: an entry
    /// that a symbolic link of the image leads elsewhere, or may, is not what its author had in mind.
    pub fn holds_for(&self, explained: &Explained) -> bool {
        let is_place = |pattern: &Pattern| pattern.text != "**" && !is_name_alone(&pattern.text);
        let is_led_elsewhere = explained.astray && self.path.as_ref().is_some_and(is_place);
        self.holds_at(&explained.finding.location) && !is_led_elsewhere
    }

    /// Whether it holds at this place, whatever the cause and the date.
    pub fn holds_at(&self, location: &Location) -> bool {
        let path = || match &self.path {
            Some(pattern) => location.path.as_deref().is_some_and(|path| pattern.matches(&path::clean(path))),
            None => true,
        };
        let field = || match &self.field {
            Some(pattern) => location
                .field
                .as_deref()
                .is_some_and(|field| field == pattern.text || pattern.matches(field.as_bytes())),
            None => true,
        };
        path() && field()
    }

    /// Appends the rule as an entry of a policy file.
    pub(super) fn write(&self, text: &mut String) {
        text.push_str("\n[[accept]]\n");
        let mut line = |key: &str, value: &str| {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{key} = {}", toml_string(value));
        };
        match &self.subject {
            Subject::Cause(id) => line("cause", id),
            Subject::Severity(severity) => line("severity", severity_name(*severity)),
        }
        if let Some(path) = &self.path {
            line("path", path.as_str());
        }
        if let Some(field) = &self.field {
            line("field", field.as_str());
        }
        line("reason", &self.reason);
        if let Some(expires) = self.expires {
            line("expires", &expires.to_string());
        }
    }
}

/// Whether a glob says nothing of directories: `**/*.pyc`.
fn is_name_alone(glob: &str) -> bool {
    glob.strip_prefix("**/").is_some_and(|name| !name.contains(['/', '{', '[']))
}

/// A severity as policies and reports write it.
pub(super) const fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Cosmetic => "cosmetic",
        Severity::Behavioural => "behavioural",
        Severity::Security => "security",
    }
}
