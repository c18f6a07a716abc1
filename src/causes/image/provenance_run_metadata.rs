//! # What differs
//!
//! What a provenance statement says of the run that made it: times, ids of the invocation, of the session and of local
//! sources, the number of the CI run, what BuildKit notes of the layers and of its own operations, whether it was to use
//! its cache, and the sequence of the materials. Their digests, the builder and the arguments of the build are not
//! covered.
//!
//! # Why it happens
//!
//! Provenance describes one run, and no two runs are the same.
//!
//! # How to fix the build
//!
//! Switch provenance off, or attach it to the finished image.
//!
//! # When it is not harmless
//!
//! It says when and by which run the image was built, and nothing about what is in it.

use serde_json::Value as Json;

use crate::causes::fixes::provenance;
use crate::causes::scope::{Field, Place, VALUE, patterns};
use crate::causes::shape::identifiers::{is_digest, is_uuid};
use crate::causes::shape::json::sorted;
use crate::causes::shape::provenance::{SETS, matches};
use crate::causes::shape::times::is_time;
use crate::causes::{Canonical, Cause, Proof, Severity, View};
use crate::finding::{Aspect, Value};

/// The run that provenance is about.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "provenance-run-metadata",
    title: "The run described by provenance",
    source: include_str!("provenance_run_metadata.rs"),
    severity: Severity::Cosmetic,
    scope: &[
        Place { aspects: VALUE, field: Field::Member(&patterns::<_, { MEMBERS.len() }>(MEMBERS)), ..Place::INDEX },
        Place { aspects: &[Aspect::Order], field: Field::Member(SETS), ..Place::INDEX },
    ],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[&provenance::NO_ATTESTATIONS, &provenance::REFERRER],
};

/// What a member has to look like.
#[derive(Debug, Clone, Copy)]
enum Shape {
    /// A time.
    Time,
    /// An id of a run, a session or a store; two addresses are the same but for the number of the run.
    Id,
    /// The address of a run of CI: two of them are the same but for its number.
    Run,
    /// A step of BuildKit, keyed by a digest.
    Step,
    /// A digest of a layer.
    Digest,
    /// A size of a layer.
    Size,
    /// Which steps were not to come out of the cache.
    Stages,
    /// A source in a local store: two of them are the same but for the id of the store.
    Store,
}

/// The members of SLSA provenance v0.2 and v1 that are about the run; `*` stands for one token of the pointer.
const MEMBERS: &[(&str, Shape)] = &[
    ("metadata/buildInvocationID", Shape::Id),
    ("metadata/buildInvocationId", Shape::Id),
    ("metadata/buildStartedOn", Shape::Time),
    ("metadata/buildFinishedOn", Shape::Time),
    ("runDetails/metadata/invocationId", Shape::Id),
    ("runDetails/metadata/invocationID", Shape::Id),
    ("runDetails/metadata/startedOn", Shape::Time),
    ("runDetails/metadata/finishedOn", Shape::Time),
    ("builder/id", Shape::Run),
    ("runDetails/builder/id", Shape::Run),
    ("BUILDKIT/layers/*/*/*/digest", Shape::Digest),
    ("BUILDKIT/layers/*/*/*/size", Shape::Size),
    ("BUILDKIT/source/infos/*/digestMapping/*", Shape::Step),
    ("CONFIG/digestMapping/*", Shape::Step),
    ("CONFIG/llbDefinition/*/op/Op/source/attrs/oci.session", Shape::Id),
    ("CONFIG/llbDefinition/*/op/Op/source/attrs/oci.store", Shape::Id),
    ("CONFIG/llbDefinition/*/op/Op/source/attrs/local.session", Shape::Id),
    ("CONFIG/llbDefinition/*/op/Op/source/attrs/local.unique", Shape::Id),
    ("CONFIG/llbDefinition/*/op/Op/source/attrs/local.uniqueid", Shape::Id),
    ("ARGUMENTS/no-cache", Shape::Stages),
    ("ARGUMENTS/*", Shape::Store),
];

fn shape(member: &str) -> Option<Shape> {
    MEMBERS.iter().find(|(pattern, _)| matches(pattern, member)).map(|(_, shape)| *shape)
}

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    if view.aspect == Aspect::Order {
        return sorted(view.value);
    }
    let member = view.location.field_name().strip_prefix("/predicate/")?;
    let shape = shape(member)?;
    let nothing = Some(String::new());
    let form = match (shape, view.value) {
        (Shape::Time | Shape::Id | Shape::Step | Shape::Stages, Value::Absent) => nothing,
        (Shape::Size, Value::Json(Json::Number(size))) => nothing.filter(|_| size.is_u64()),
        (Shape::Time, value) => nothing.filter(|_| value.as_str().is_some_and(is_time)),
        (Shape::Id, value) => of_id(value.as_str()?),
        (Shape::Digest, value) => nothing.filter(|_| value.as_str().is_some_and(is_digest)),
        (Shape::Step, value) => nothing.filter(|_| is_step(member, value)),
        (Shape::Stages, value) => nothing.filter(|_| value.as_str().is_some_and(are_stages)),
        (Shape::Run, value) => without_run(value.as_str()?),
        (Shape::Store, value) => without_store(value.as_str()?),
        (Shape::Size, _) => None,
    };
    form.map(String::into_bytes)
}

/// Names of stages with commas in between; none for all of them.
fn are_stages(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.,".contains(&byte))
}

/// What counts of an id: nothing but where it is the address of a run, which also says whose run it was.
fn of_id(text: &str) -> Option<String> {
    if is_address(text) {
        return without_run(text).filter(|rest| rest != text);
    }
    is_id(text).then(String::new)
}

/// A UUID, or one of the random ids of BuildKit.
fn is_id(text: &str) -> bool {
    let random =
        (16..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    let local = text.len() <= 160
        && text.split(':').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    random || is_uuid(text) || (local && text.contains(':'))
}

fn is_address(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| {
        rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~:/?#@!&+,;=%".contains(&byte))
    })
}

fn is_step(member: &str, value: &Value) -> bool {
    let step = value.as_str().and_then(|text| text.strip_prefix("step"));
    let number = step.is_some_and(|step| !step.is_empty() && step.bytes().all(|byte| byte.is_ascii_digit()));
    number && member.rsplit('/').next().is_some_and(is_digest)
}

/// The address of a CI run without its number and attempt.
fn without_run(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.split('/').collect();
    let mut kept = Vec::with_capacity(parts.len());
    for (position, part) in parts.iter().enumerate() {
        let before = position.checked_sub(1).and_then(|position| parts.get(position));
        let numbered = before.is_some_and(|before| matches!(*before, "runs" | "attempts" | "jobs" | "pipelines"));
        let number = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        kept.push(if numbered && number { "N" } else { part });
    }
    (text.len() <= 2048).then(|| kept.join("/"))
}

/// `oci-layout://STORE:TAG@DIGEST` without the id of the store.
fn without_store(text: &str) -> Option<String> {
    let (store, rest) = text.strip_prefix("oci-layout://")?.split_once(':')?;
    is_id(store).then(|| rest.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_run_is_covered() {
        let buildkit = "metadata/https:~1~1mobyproject.org~1buildkit@v1#metadata";
        for member in [
            "metadata/buildStartedOn",
            "runDetails/metadata/invocationId",
            "buildConfig/digestMapping/sha256:00",
            &format!("{buildkit}/layers/step1:0/0/0/size"),
        ] {
            assert!(shape(member).is_some(), "{member}");
        }
        for member in [
            "materials/x/digest/sha256",
            "buildType",
            &format!("{buildkit}/vcs/revision"),
            "buildConfig/llbDefinition/step1/op/Op/exec/meta/args/2",
        ] {
            assert!(shape(member).is_none(), "{member}");
        }
    }

    #[test]
    fn only_ids_and_numbers_are_dropped() {
        let run = "https://github.com/o/r/actions/runs/17/attempts/1";
        assert_eq!(without_run(run), without_run(&run.replace("17", "18")));
        assert_ne!(without_run(run), without_run(&run.replace("/o/", "/p/")));
        assert_eq!(of_id(run), without_run(run));
        assert_eq!(of_id("https://github.com/o/r/actions"), None);
        assert_eq!(without_store("oci-layout://qnb952m9ijnokysxg23ba9lme:t@d").as_deref(), Some("t@d"));
        assert_eq!(without_store("docker-image://debian"), None);
    }
}
