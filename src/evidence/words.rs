//! Statements in one line, for people.

use super::predicate::{Comparison, Reason, Scope};
use crate::report::escape::escape;
use crate::report::verdict_name;
use crate::verdict::Verdict;

/// What a statement says, and of how many images.
pub fn line(comparison: &Comparison, subjects: usize) -> String {
    let images = if subjects == 1 { "1 image".to_owned() } else { format!("{subjects} images") };
    format!("{}, stated of {images}", line_of(comparison.verdict, comparison))
}

/// What a statement says of an image of this verdict.
pub(super) fn line_of(verdict: Verdict, comparison: &Comparison) -> String {
    let scope = match comparison.scope {
        Scope::Image => "the whole image",
        Scope::Platforms => "single platforms",
    };
    let reasons: Vec<&str> = comparison.reasons.iter().map(|reason| word(*reason)).collect();
    let why = if reasons.is_empty() { String::new() } else { format!(" ({})", reasons.join("; ")) };
    let verifier = escape(&comparison.verifier.id);
    format!("{}{why}, {scope} compared by {verifier}", verdict_name(verdict))
}

const fn word(reason: Reason) -> &'static str {
    match reason {
        Reason::Unexplained => "differences are unexplained",
        Reason::NotAccepted => "differences are not accepted",
        Reason::BeyondDefault => "the policy accepts more than the built-in one",
        Reason::Gaps => "something could not be looked at",
        Reason::FutureDate => "it was judged by a day that has not come",
        Reason::NotTheSame => "nothing is reported, and the images are not the same",
    }
}
