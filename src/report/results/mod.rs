//! Lists of results, for programs that show such: what a report says, and what lint finds. Who has results says what each is
//! about and where it belongs; how a format shows them is said here.

mod anchor;
mod edits;
pub mod github;
pub mod gitlab;
pub mod junit;
mod of_report;
pub mod sarif;
#[cfg(test)]
mod tests;

use crate::causes::Severity;
pub(crate) use anchor::Anchor;
pub(crate) use of_report::rule as of_cause;

/// What stands for a cause where there is none.
pub(crate) const UNEXPLAINED: &str = "unexplained";
/// What stands for a cause where something could not be looked at.
pub(crate) const NOT_COMPARED: &str = "not-compared";

/// How much a result matters, least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    /// Explained, and accepted by the policy; or known, and suppressed.
    Accepted,
    /// A hazard that nobody would notice.
    Cosmetic,
    /// Explained, and not accepted; or a hazard.
    Refused,
    /// The same of severity `security`.
    Security,
    /// Unexplained, or not looked at.
    Open,
}

/// One result.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// The id of the cause or of the rule, or what stands for it.
    pub(crate) rule: String,
    /// The platform, or the file: what results are told together of.
    pub(crate) suite: String,
    /// Where in there, in words.
    pub(crate) place: String,
    /// How much it matters.
    pub(crate) level: Level,
    /// How many findings it stands for.
    pub(crate) count: u64,
    /// All of it in one line, with nothing in it that steers a terminal.
    pub(crate) message: String,
    /// The same for what is the same in the next run: 16 hexadecimal digits.
    pub(crate) fingerprint: String,
    /// Where it is anchored in the user's repository.
    pub(crate) anchor: Anchor,
    /// Why it is suppressed, where somebody wrote that down.
    pub(crate) reason: Option<String>,
    /// Edits that make it go away, as fixes of SARIF (section 3.55).
    pub(crate) fixes: Vec<serde_json::Value>,
}

/// What there is to say of a rule.
pub(crate) struct Rule {
    /// One line, as a heading.
    pub(crate) title: String,
    /// What it is about.
    pub(crate) about: String,
    /// What to do.
    pub(crate) help: String,
    /// How far what it is about reaches.
    pub(crate) severity: Severity,
}

/// Results that are told together.
pub(crate) struct Suite {
    /// Its name.
    pub(crate) name: String,
    /// Rules that are named whatever was found.
    pub(crate) rules: Vec<&'static str>,
}

/// The results of one run.
pub struct Results {
    /// The verdict, in one line.
    pub(crate) verdict: String,
    /// The version of this program.
    pub(crate) version: String,
    /// What tells the run from others of the same commit: a category with a slash at its end.
    pub(crate) run: &'static str,
    /// What else is known of it.
    pub(crate) properties: Vec<(&'static str, String)>,
    /// What was looked at, whatever was found.
    pub(crate) suites: Vec<Suite>,
    /// Rules that suites have which are not named above.
    pub(crate) others: Vec<&'static str>,
    /// What there is to say of a rule.
    pub(crate) describe: fn(&str) -> Rule,
    /// What was found.
    pub(crate) outcomes: Vec<Outcome>,
}

impl Results {
    fn title(&self, rule: &str) -> String {
        (self.describe)(rule).title
    }
}
