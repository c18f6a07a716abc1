//! # What differs
//!
//! An environment variable of the configuration that describes the machine or the job that built the image: a proxy
//! setting, or a variable that a CI service sets. It is on one side only, or its value differs.
//!
//! # Why it happens
//!
//! The build takes over variables of its host, by `ENV` from a build argument or because the builder passes them on.
//!
//! # How to fix the build
//!
//! Pass such values as the predefined proxy arguments, or as secrets for one `RUN`, and never by `ENV`.
//!
//! # When it is not harmless
//!
//! A proxy variable changes where programs in the container connect to; CI variables switch features of many tools on.
//! Their values may also be secret.

use crate::causes::fixes::{documents, secrets};
use crate::causes::scope::{Field, Names, Place, VALUE};
use crate::causes::shape::environment::value_of;
use crate::causes::{Canonical, Cause, Proof, Severity, View};

/// Environment variables of the machine that built the image.
pub(in crate::causes) const CAUSE: Cause = Cause {
    id: "config-env-build-host-leak",
    title: "Proxy and CI variables of the build host",
    source: include_str!("config_env_build_host_leak.rs"),
    severity: Severity::Behavioural,
    scope: &[
        Place { aspects: VALUE, field: Field::Variable(Names::InAnyCase(PROXIES)), ..Place::CONFIG },
        Place { aspects: VALUE, field: Field::Variable(Names::Like(CI)), ..Place::CONFIG },
    ],
    proof: Proof::Canonical(canonicalize),
    witness: None,
    hazard: None,
    remedies: &[&documents::BUILDKIT_PROXY, &documents::BUILDAH_PROXY, &secrets::NOT_IN_ENV],
};

const PROXIES: &[&str] = &["http_proxy", "https_proxy", "ftp_proxy", "all_proxy", "no_proxy"];

const CI: &[&str] = &[
    "CI",
    "BUILD_ID",
    "BUILD_NUMBER",
    "BUILD_TAG",
    "BUILD_URL",
    "BUILDKITE_BUILD_ID",
    "BUILDKITE_BUILD_NUMBER",
    "BUILDKITE_COMMIT",
    "CIRCLE_BUILD_NUM",
    "CIRCLE_SHA1",
    "CIRCLE_WORKFLOW_ID",
    "CI_COMMIT_SHA",
    "CI_COMMIT_SHORT_SHA",
    "CI_COMMIT_TIMESTAMP",
    "CI_JOB_ID",
    "CI_JOB_URL",
    "CI_PIPELINE_ID",
    "CI_PIPELINE_IID",
    "CI_PIPELINE_URL",
    "CI_RUNNER_ID",
    "GITHUB_ACTIONS",
    "GITHUB_RUN_ATTEMPT",
    "GITHUB_RUN_ID",
    "GITHUB_RUN_NUMBER",
    "GITHUB_SHA",
    "GITLAB_CI",
    "JENKINS_URL",
    "JOB_NAME",
    "RUNNER_NAME",
    "TRAVIS",
    "TRAVIS_BUILD_ID",
    "TRAVIS_COMMIT",
];

fn canonicalize(view: &View<'_>) -> Option<Canonical> {
    if view.is_absent() {
        return Some(Canonical::new());
    }
    let value = value_of(view.value)?;
    let plain = value.len() <= 4096 && !value.chars().any(char::is_control);
    plain.then(Canonical::new)
}
