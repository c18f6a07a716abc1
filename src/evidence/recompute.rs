//! Whether a comparison that was made again finds what is stated: then a statement is checked, and not only believed.

use super::Refusal;
use super::predicate::{Comparison, Scope};
use super::statement::DigestSet;
use crate::canonical;
use crate::error::Refuted;
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
        return Err(Refusal::Foreign(Refuted::AnotherRebuild(shown(rebuild)).into()));
    }
    held(stated, found, same_policy).map_err(|why| {
        let (then, now) = (&stated.verifier.version, &found.verifier.version);
        let other = || Refuted::ByVersion { version: then.clone(), problem: Box::new(why.clone()) };
        Refusal::Against(if then == now { why } else { other() }.into())
    })
}

fn held(stated: &Comparison, found: &Comparison, same_policy: bool) -> Result<(), Refuted> {
    if stated.original.digest != found.original.digest {
        return Err(Refuted::AnotherOriginal(stated.original.digest.as_ref().map(shown)));
    }
    if let Some(form) = stated.canonical_form.as_ref().filter(|form| *form != canonical::VERSION) {
        return Err(Refuted::Form(form.clone(), canonical::VERSION));
    }
    let whole = |comparison: &Comparison| comparison.scope == Scope::Image;
    if stated.scope == Scope::Image && (!whole(found) || stated.platforms.len() != found.platforms.len()) {
        return Err(Refuted::Platforms);
    }
    same_verdict(None, stated.verdict, found.verdict, same_policy)?;
    for platform in &stated.platforms {
        let name = &platform.platform;
        let mut matching = found.platforms.iter().filter(|found| {
            found.platform == *name && found.original == platform.original && found.rebuild == platform.rebuild
        });
        let again = matching.next().ok_or_else(|| Refuted::Manifests(name.clone()))?;
        if platform.canonical_digest.is_some() && platform.canonical_digest != again.canonical_digest {
            return Err(Refuted::CanonicalDigests(name.clone()));
        }
        same_verdict(Some(name), platform.verdict, again.verdict, same_policy)?;
    }
    Ok(())
}

fn same_verdict(platform: Option<&str>, stated: Verdict, found: Verdict, same_policy: bool) -> Result<(), Refuted> {
    // What passes under any policy passes under the built-in one, or it could not be stated.
    if stated == found || (!same_policy && !stated.passes()) {
        return Ok(());
    }
    let name = |verdict| verdict_name(verdict).to_owned();
    Err(Refuted::Verdict { platform: platform.map(str::to_owned), stated: name(stated), found: name(found) })
}

fn shown(digests: &DigestSet) -> String {
    digests.iter().map(|(algorithm, hex)| format!("{algorithm}:{hex}")).collect::<Vec<_>>().join(", ")
}
