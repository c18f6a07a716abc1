//! `reprove verify --recompute`: the comparison is made again, and what is stated is held against it.

use anyhow::{Context as _, ensure};
use reprove::digest::Digest;
use reprove::evidence::{Comparison, Refusal, Scope, Terms, Verified, compose, recomputed};
use reprove::source::Access;
use reprove::{Date, Limits, Options, Policy, Report};

use super::{compare, say, today};

/// Whether all statements about this rebuild say what is found now, and there is one.
pub(crate) fn run(comparing: &Again<'_>, names: &[String], evidence: &[Verified]) -> anyhow::Result<bool> {
    let rebuild = comparing.rebuild;
    let (mut held, mut holds) = (0, true);
    // Who has no key can put what somebody else signed there any number of times: it is one statement.
    let mut known: Vec<(&Comparison, Result<(), Refusal>)> = Vec::new();
    for (name, verified) in names.iter().zip(evidence) {
        let stated = &verified.comparison;
        let result = match known.iter().find(|(known, _)| *known == stated) {
            Some((_, result)) => result.clone(),
            None => {
                let result = comparing.hold(stated)?;
                known.push((stated, result.clone()));
                result
            }
        };
        match result {
            Ok(()) => held += 1,
            Err(Refusal::Foreign(why)) => say(&format!("{name}: not recomputed: {why} [{}]", why.code())),
            Err(why) => {
                let code = why.code();
                say(&format!("{name}: the comparison was made again, and does not bear it out: {why} [{code}]"));
                holds = false;
            }
        }
    }
    if held == 0 && holds {
        say(&format!("{rebuild}: no evidence that counts is about this rebuild"));
    }
    Ok(holds && held > 0)
}

/// The comparison that is made again.
pub(crate) struct Again<'a> {
    pub(crate) original: &'a str,
    pub(crate) rebuild: &'a str,
    /// What the original has to be still.
    pub(crate) image: &'a Digest,
    pub(crate) access: &'a Access,
    pub(crate) limits: Limits,
    pub(crate) is_shown: bool,
}

impl Again<'_> {
    fn hold(&self, stated: &Comparison) -> anyhow::Result<Result<(), Refusal>> {
        let policy = [Policy::default_policy(), Policy::strict(), Policy::gate()]
            .into_iter()
            .find(|policy| stated.policy.digest.get("sha256") == Some(&policy.digest().encoded()));
        let is_known = policy.is_some();
        let found = self.state(stated, &policy.unwrap_or_else(Policy::default_policy))?;
        Ok(recomputed(stated, &found, is_known))
    }

    /// As `attest` would state it now, on the day and of the platforms of a statement.
    fn state(&self, stated: &Comparison, policy: &Policy) -> anyhow::Result<Comparison> {
        let today = today()?;
        let date = match &stated.policy.date {
            Some(text) => Date::parse(text).context("the evidence was judged by a day that does not exist")?,
            None => today,
        };
        let names = || stated.platforms.iter().map(|platform| platform.platform.clone());
        let platforms: Vec<String> = if stated.scope == Scope::Platforms { names().collect() } else { Vec::new() };
        let mut options = Options::default();
        options.platforms.clone_from(&platforms);
        options.canonical_digest = true;
        options.date = Some(date);
        options.limits = self.limits;
        options.access = self.access.clone();
        let (session, explanation) = compare::run(self.original, self.rebuild, options, self.is_shown)?;
        drop(session);
        let now = explanation.images.original.digest.as_ref();
        ensure!(now == Some(self.image), "{}: stands for another image by now", self.original);
        let report = Report::new(&explanation, policy, date, env!("CARGO_PKG_VERSION"));
        report.check()?;
        let terms = Terms {
            name: self.rebuild,
            digest: self.image,
            platforms: &platforms,
            verifier: "",
            version: env!("CARGO_PKG_VERSION"),
            resource: None,
            time: None,
            today,
            earlier: None,
        };
        let composed = compose(&report, &terms)?;
        report.check()?;
        Ok(composed.comparison.predicate)
    }
}
