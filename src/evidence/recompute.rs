//! Whether a comparison that was made again finds what is stated: then a statement is checked, and not only believed.

use super::Refusal;
use super::predicate::{Comparison, Scope};
use super::statement::DigestSet;
use crate::canonical;
use crate::report::verdict_name;
use crate::verdict::Verdict;

/// Holds what is stated of an image against what was found now. `same_policy` is whether both were judged by one policy;
/// else `found` is by the built-in policy `default`, which passes whatever may be stated to pass.
///
/// # Errors
/// [`Refusal::Foreign`] where the statement is about another rebuild, and [`Refusal::Against`] where it is not so.
pub fn recomputed(stated: &Comparison, found: &Comparison, same_policy: bool) -> Result<(), Refusal> {
    if let Some(rebuild) = stated.rebuild.digest.as_ref().filter(|digest| found.rebuild.digest.as_ref() != Some(digest))
    {
        return Err(Refusal::Foreign(format!("it is about another rebuild, {}", shown(rebuild))));
    }
    held(stated, found, same_policy).map_err(|why| {
        let (then, now) = (&stated.verifier.version, &found.verifier.version);
        let other = if then == now { String::new() } else { format!(" (it was made by another version, {then:?})") };
        Refusal::Against(format!("{why}{other}"))
    })
}

fn held(stated: &Comparison, found: &Comparison, same_policy: bool) -> Result<(), String> {
    if stated.original.digest != found.original.digest {
        let compared = stated.original.digest.as_ref().map_or_else(|| "an image without a digest".to_owned(), shown);
        return Err(format!("what it compared is {compared}: name that image"));
    }
    if let Some(form) = stated.canonical_form.as_ref().filter(|form| *form != canonical::VERSION) {
        return Err(format!("its canonical digests are of {form:?}, and this is {:?}", canonical::VERSION));
    }
    let whole = |comparison: &Comparison| comparison.scope == Scope::Image;
    if stated.scope == Scope::Image && (!whole(found) || stated.platforms.len() != found.platforms.len()) {
        return Err("the images have other platforms than it says".to_owned());
    }
    same_verdict("the images", stated.verdict, found.verdict, same_policy)?;
    for platform in &stated.platforms {
        let name = &platform.platform;
        let mut matching = found.platforms.iter().filter(|found| {
            found.platform == *name && found.original == platform.original && found.rebuild == platform.rebuild
        });
        let again =
            matching.next().ok_or_else(|| format!("the images have no {name} of the manifests that it says"))?;
        if platform.canonical_digest.is_some() && platform.canonical_digest != again.canonical_digest {
            return Err(format!("the canonical digests of {name} are not those that it says"));
        }
        same_verdict(name, platform.verdict, again.verdict, same_policy)?;
    }
    Ok(())
}

fn same_verdict(what: &str, stated: Verdict, found: Verdict, same_policy: bool) -> Result<(), String> {
    // What passes under any policy passes under the built-in one, or it could not be stated.
    if stated == found || (!same_policy && !stated.passes()) {
        return Ok(());
    }
    Err(format!("it says that {what} are {}, and they are {}", verdict_name(stated), verdict_name(found)))
}

fn shown(digests: &DigestSet) -> String {
    digests.iter().map(|(algorithm, hex)| format!("{algorithm}:{hex}")).collect::<Vec<_>>().join(", ")
}
