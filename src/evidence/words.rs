//! Statements in one line, for people.

use super::others::{Other, Seal, What};
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
    let lost = comparison.previous.as_ref().filter(|before| before.no_longer_reproduced);
    let lost = lost.map(|before| format!("; was {} and is no longer reproduced", verdict_name(before.verdict)));
    format!("{}{why}, {scope} compared by {verifier}{}", verdict_name(verdict), lost.unwrap_or_default())
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

/// What somebody else states, and that it decides nothing.
pub fn line_of_other(other: &Other) -> String {
    let what = match &other.what {
        What::BuildKit { builder } if builder.is_empty() => "provenance by BuildKit".to_owned(),
        What::BuildKit { builder } => format!("provenance by BuildKit, as {}", cut(builder)),
        What::Provenance { builder } if builder.is_empty() => "provenance by a builder without a name".to_owned(),
        What::Provenance { builder } => format!("provenance by {}", cut(builder)),
        What::Rebuild { artifact } => format!("a build of {} by OSS Rebuild", cut(artifact)),
        What::Equivalence { target } => {
            format!("a statement of OSS Rebuild that {} equals its build once both are normalized", cut(target))
        }
        What::Rebuilderd { name } => format!("a statement of rebuilderd that {} rebuilds bit for bit", cut(name)),
        What::Summary { verifier, result, levels } => {
            let levels: Vec<String> = levels.iter().take(LEVELS).map(|level| cut(level)).collect();
            format!("a verification summary by {}: {} ({})", cut(verifier), cut(result), levels.join(", "))
        }
        What::InToto { predicate_type } => format!("a statement of type {}", cut(predicate_type)),
    };
    let about = if other.is_about { "this image" } else { "something else" };
    let seal = match &other.seal {
        Seal::Trusted(key) => format!("signed by key {}", key.id()),
        Seal::Unknown => "signed by none of the keys".to_owned(),
        Seal::Unchecked => "with a signature that is not checked here".to_owned(),
        Seal::None => "not signed".to_owned(),
    };
    format!("it is {what}, about {about}, {seal}: no comparison, and it decides nothing")
}

/// Levels of a summary that are shown.
const LEVELS: usize = 8;
/// Characters of a text of others that are shown.
const SHOWN: usize = 200;

fn cut(text: &str) -> String {
    let text = text.char_indices().nth(SHOWN).and_then(|(end, _)| text.get(..end)).unwrap_or(text);
    escape(text).into_owned()
}
