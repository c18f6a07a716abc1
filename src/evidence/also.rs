//! The same comparison in predicates of the in-toto attestation framework, for whoever goes by those. They hold less than
//! ours, and none says anything good where ours does not.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use serde_json::{Value, json};

use super::dsse::PAYLOAD_TYPE;
use super::predicate::{Comparison, Scope, TimeSource};
use super::statement::{Statement, digest_set};
use super::vsa::{default_policy, levels};
use crate::digest::Digest;
use crate::verdict::Verdict;

/// A predicate of others that a comparison can be stated in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Also {
    /// Simple verification result, version 0.2: properties that were verified.
    Svr,
    /// Test result, version 0.1: each platform is a test.
    TestResult,
    /// Supply chain attribute integrity, version 0.3: attributes with evidence for them.
    Scai,
}

/// What came of stating a comparison in another predicate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Restated {
    /// The document: exactly what is signed.
    Document(Vec<u8>),
    /// The predicate can only say something good, and there is nothing good to be said.
    Negative,
    /// The predicate has to have the time of the comparison, and nobody told it.
    Undated,
}

impl Also {
    /// States a comparison in this predicate, of the same subjects.
    ///
    /// # Errors
    /// Where a document is too large to be read by anybody.
    pub fn state(self, comparison: &Statement<Comparison>) -> io::Result<Restated> {
        let found = &comparison.predicate;
        let (kind, predicate) = match self {
            Also::TestResult => ("https://in-toto.io/attestation/test-result/v0.1", test_result(found)),
            _ if !found.verdict.passes() => return Ok(Restated::Negative),
            Also::Scai => ("https://in-toto.io/attestation/scai/v0.3", scai(comparison)?),
            Also::Svr => match svr(found) {
                Some(predicate) => ("https://in-toto.io/attestation/svr/v0.2", predicate),
                None => return Ok(Restated::Undated),
            },
        };
        Ok(Restated::Document(Statement::new(comparison.subject.clone(), kind, predicate).bytes()?))
    }
}

/// `timeCreated` is required and says when it was verified, which the times of images do not tell.
fn svr(comparison: &Comparison) -> Option<Value> {
    let time = comparison.compared_on.as_ref();
    let time = time.filter(|_| comparison.compared_on_source != Some(TimeSource::Images))?;
    // "These SHOULD be scoped according to the framework": ours have its name in front.
    let properties: Vec<String> = levels(comparison).iter().map(|level| format!("REPROVE_{level}")).collect();
    Some(json!({
        "verifier": { "id": comparison.verifier.id, "policies": [default_policy()] },
        "timeCreated": time,
        "properties": properties,
    }))
}

/// Of three results one has to stand for what could not be looked at: it is the one that nobody takes for good.
const fn result(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Identical => "PASSED",
        Verdict::Equivalent => "WARNED",
        Verdict::Inconclusive | Verdict::Different => "FAILED",
    }
}

fn test_result(comparison: &Comparison) -> Value {
    let mut tests: BTreeMap<&str, Verdict> = BTreeMap::new();
    if comparison.scope == Scope::Image {
        tests.insert("image", comparison.verdict);
    }
    // Two platforms can have one name: the worse of them is what the test of that name found.
    for platform in &comparison.platforms {
        let known = tests.entry(&platform.platform).or_insert(platform.verdict);
        *known = platform.verdict.max(*known);
    }
    let named = |wanted: &str| -> Vec<&str> {
        tests.iter().filter(|(_, verdict)| result(**verdict) == wanted).map(|(name, _)| *name).collect()
    };
    json!({
        "result": result(comparison.verdict),
        "configuration": [{ "name": comparison.policy.name, "digest": comparison.policy.digest }],
        "passedTests": named("PASSED"),
        "warnedTests": named("WARNED"),
        "failedTests": named("FAILED"),
    })
}

/// The evidence is the statement in our own predicate, by the digest of what is signed: it is the same whoever signs it.
fn scai(comparison: &Statement<Comparison>) -> io::Result<Value> {
    let found = &comparison.predicate;
    let statement = digest_set(&Digest::of(&comparison.bytes()?).to_string());
    let sections = found.index.iter().chain(found.platforms.iter().map(|platform| &platform.differences));
    let causes: BTreeSet<&str> =
        sections.flat_map(|section| &section.causes).filter_map(|cause| cause.id.as_deref()).collect();
    let mut conditions = json!({
        "verdict": found.verdict, "scope": found.scope, "policy": default_policy(), "causes": causes,
    });
    if let Some(form) = &found.canonical_form {
        conditions["canonicalForm"] = json!(form);
    }
    let attributes: Vec<Value> = levels(found)
        .iter()
        .map(|level| {
            json!({
                "attribute": attribute(level),
                "conditions": conditions,
                "evidence": { "digest": statement, "mediaType": PAYLOAD_TYPE },
            })
        })
        .collect();
    Ok(json!({ "attributes": attributes, "producer": { "uri": found.verifier.id } }))
}

/// What is called reproducible without more is the same in every bit.
fn attribute(level: &str) -> String {
    match level {
        "REPRODUCED_BIT_FOR_BIT" => "REPRODUCIBLE".to_owned(),
        level => level.replacen("REPRODUCED", "REPRODUCIBLE", 1),
    }
}
