//! Which causes are acceptable, where, with a mandatory reason.
//!
//! A policy is a list of rules; a finding is accepted when one of them matches it. What no cause explains is accepted by
//! no rule, and neither is a derived value that follows from nothing that is reported, or one inside a file where any of
//! what it follows from is not accepted. A policy file looks like this:
//!
//! ```toml
//! name = "release"
//! extends = "default"            # the default; "strict" starts from no rules at all
//!
//! [[accept]]
//! cause = "pyc-header-mtime"     # or: severity = "cosmetic"
//! path = "usr/lib/python3/**"    # optional; `*` does not cross a slash, `**` does; no symbolic link may be on the way
//! field = "header.mtime"         # optional; exact, or a glob by the same rules
//! reason = "the interpreter checks sources by hash here"
//! expires = "2026-12-31"         # optional; the last day on which the rule holds
//! ```

mod chain;
mod date;
mod marks;
mod nearest;
mod parse;
mod rule;

pub use date::Date;
pub use nearest::unknown;
pub use rule::{Pattern, Rule, Subject};

use crate::causes::{Cause, Severity};
use crate::codec::unseen::toml_string;
use crate::digest::Digest;
use crate::explain::{Claim, Explained, Explanation, Head, Store};

/// A list of rules under a name.
#[derive(Debug, Clone)]
pub struct Policy {
    /// What reports call it.
    pub name: String,
    /// Tried in order; those of the file come before those of the policy it extends.
    pub rules: Vec<Rule>,
}

/// What a policy says of every finding of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement<'a> {
    /// By section (0 is the index, then the platforms) and position: the reason, where the finding is accepted.
    pub reasons: Vec<Vec<Option<&'a str>>>,
    /// Rules of the file that are in force and matched nothing.
    pub unused: Vec<&'a Rule>,
    /// Rules whose last day is over, and how many findings each would have matched.
    pub expired: Vec<(&'a Rule, u64)>,
}

/// What the policy `gate` accepts beside what is cosmetic.
const GATE_FIELDS: &[&str] = &[
    "/config/Labels/org.opencontainers.image.revision",
    "/config/Labels/org.opencontainers.image.version",
    "/container_config/Labels/org.opencontainers.image.revision",
    "/container_config/Labels/org.opencontainers.image.version",
    "/annotations/org.opencontainers.image.revision",
    "/annotations/org.opencontainers.image.version",
];

impl Policy {
    /// The built-in policy `default`: accepts causes of severity `cosmetic`.
    pub fn default_policy() -> Self {
        let reason = "cosmetic: it cannot change what runs";
        Policy { name: "default".to_owned(), rules: vec![Rule::built_in(Severity::Cosmetic, reason)] }
    }

    /// The built-in policy `strict`: accepts nothing.
    pub fn strict() -> Self {
        Policy { name: "strict".to_owned(), rules: Vec::new() }
    }

    /// The built-in policy `gate`: the default one, and labels and annotations that name another commit or version of the
    /// same source. They change with every commit, and say nothing of whether the image did.
    pub fn gate() -> Self {
        let reason = "the labels for revision and version change with every commit";
        let mut rules = Policy::default_policy().rules;
        let fields = GATE_FIELDS.iter().filter_map(|field| Pattern::new(field).ok());
        rules.extend(fields.map(|field| Rule { field: Some(field), ..Rule::built_in(Severity::Behavioural, reason) }));
        Policy { name: "gate".to_owned(), rules }
    }

    /// A built-in policy by name.
    pub fn built_in(name: &str) -> Option<Self> {
        match name {
            "default" => Some(Policy::default_policy()),
            "strict" => Some(Policy::strict()),
            "gate" => Some(Policy::gate()),
            _ => None,
        }
    }

    /// Whether a verdict can depend on the date.
    pub fn expires(&self) -> bool {
        self.rules.iter().any(|rule| rule.expires.is_some())
    }

    /// The policy written out in full, the rules it inherits included: what the digest is of, and itself a policy file
    /// with the same rules.
    pub fn canonical_text(&self) -> String {
        let mut text = format!("name = {}\nextends = \"strict\"\n", toml_string(&self.name));
        for rule in &self.rules {
            rule.write(&mut text);
        }
        text
    }

    /// SHA-256 of [`Policy::canonical_text`].
    pub fn digest(&self) -> Digest {
        Digest::of(self.canonical_text().as_bytes())
    }

    /// Why the rules accept the finding on that day, taken alone; `None` where they do not. What it follows from is only
    /// known to [`Policy::judge_all`].
    pub fn judge(&self, explained: &Explained, date: Date) -> Option<&str> {
        let cause = acceptable(explained.claim, explained.cause, explained.from_count > 0)?;
        let accepts = |rule: &&Rule| rule.in_force(date) && rule.is_about(cause) && rule.holds_for(explained);
        self.rules.iter().find(accepts).map(|rule| rule.reason.as_str())
    }

    /// Judges every finding of a comparison and finds the rules that do nothing.
    pub fn judge_all(&self, explanation: &Explanation, date: Date) -> Judgement<'_> {
        let mut matches = vec![0u64; self.rules.len()];
        let mut reasons = vec![self.judge_section(&explanation.index.findings, date, &mut matches)];
        for platform in &explanation.platforms {
            reasons.push(self.judge_section(&platform.findings, date, &mut matches));
        }
        let mut judgement = Judgement { reasons, unused: Vec::new(), expired: Vec::new() };
        for (rule, matches) in self.rules.iter().zip(matches) {
            if !rule.in_force(date) {
                judgement.expired.push((rule, matches));
            } else if matches == 0 && rule.entry.is_some() {
                judgement.unused.push(rule);
            }
        }
        judgement
    }

    /// The findings of one section. Those that are judged by their cause alone are not read.
    fn judge_section(&self, findings: &Store, date: Date, matches: &mut [u64]) -> Vec<Option<&str>> {
        let mut reader = findings.reader();
        let mut judge = |position: usize, head: Head| {
            let cause = acceptable(head.claim, head.cause, head.follows && head.grounded)?;
            let mut explained = None;
            let mut reason = None;
            for (rule, matches) in self.rules.iter().zip(&mut *matches).filter(|(rule, _)| rule.is_about(cause)) {
                let mut holds_here = || {
                    let explained = explained.get_or_insert_with(|| reader.get(position));
                    explained.as_ref().is_some_and(|explained| rule.holds_for(explained))
                };
                if rule.holds_anywhere() || holds_here() {
                    *matches += 1;
                    if reason.is_none() && rule.in_force(date) {
                        reason = Some(rule.reason.as_str());
                    }
                }
            }
            reason
        };
        let reasons = findings.heads().enumerate().map(|(position, head)| judge(position, head)).collect();
        chain::narrow(findings, reasons)
    }
}

/// The cause of a finding that a rule may accept. What no cause explains is never acceptable, whatever a rule says; nor
/// is what only claims to be derived.
fn acceptable(claim: Claim, cause: Option<&'static Cause>, follows: bool) -> Option<&'static Cause> {
    match claim {
        Claim::Unexplained => None,
        Claim::Derived if !follows => None,
        Claim::Proven | Claim::Derived | Claim::Attributed | Claim::Random | Claim::Excluded => cause,
    }
}

#[cfg(test)]
mod tests;
