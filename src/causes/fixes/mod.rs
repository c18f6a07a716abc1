//! The changes that make differences go away, each once: many causes have the same one. Lists that several causes have.

use super::fix::Fix;

pub(super) mod archives;
pub(super) mod builders;
pub(super) mod compilers;
pub(super) mod compression;
pub(super) mod context;
pub(super) mod documents;
pub(super) mod inputs;
pub(super) mod installs;
pub(super) mod layers;
pub(super) mod provenance;
pub(super) mod secrets;
pub(super) mod times;

/// Documents: times of the image and of its steps.
pub(super) const DOCUMENT_TIMES: &[&Fix] = &[
    &times::BUILDKIT_EPOCH,
    &times::BUILDAH_EPOCH,
    &times::BUILDAH_TIMESTAMP,
    &times::KANIKO_REPRODUCIBLE,
    &builders::DOCKER_BUILDKIT,
];

/// Entries: their times, whatever made them, and those of members of archives.
pub(super) const ENTRY_TIMES: &[&Fix] = &[
    &times::BUILDKIT_REWRITE,
    &times::BUILDAH_EPOCH,
    &times::BUILDAH_TIMESTAMP,
    &times::KANIKO_REPRODUCIBLE,
    &builders::DOCKER_BUILDKIT,
    &times::TOUCH,
    &archives::TAR,
];

/// Dates and times in texts.
pub(super) const STAMPS: &[&Fix] = &[&times::DATE, &times::NO_STAMP];

/// What may be about a file that nothing explains, where a step runs such a command: the first of each list, and what goes
/// with it.
pub(super) const SUSPECTS: &[&[&Fix]] = &[&[&times::DATE], &[&compilers::BUILD_ID]];

/// The same where it is built in a directory of another name each time. Compilers of C know `SOURCE_DATE_EPOCH`
/// (`__DATE__`, GCC 7 and clang 16).
pub(super) const SUSPECTS_ELSEWHERE: &[&[&Fix]] =
    &[&[&compilers::GO_TRIMPATH], &[&compilers::PREFIX_MAP, &times::ARG_EPOCH], &[&compilers::RUSTC_REMAP]];

/// How programs write the same layer.
pub(super) const WRITERS: &[&Fix] = &[
    &builders::ONE_BUILDER,
    &builders::BUILDKIT_RELEASE,
    &builders::BUILDAH_RELEASE,
    &builders::DOCKER_RELEASE,
    &builders::KANIKO_RELEASE,
    &archives::TAR,
];

/// Compressed bytes of the same content.
pub(super) const ENCODERS: &[&Fix] = &[
    &compression::BUILDKIT,
    &compression::BUILDAH,
    &compression::COPY_BLOBS,
    &compression::ONE_COMPRESSOR,
    &builders::ONE_BUILDER,
];

/// Headers of gzip members.
pub(super) const GZIP_HEADERS: &[&Fix] = &[&compression::GZIP_NO_NAME, &compression::ONE_PUSHER];

/// Logs of package tools.
pub(super) const LOGS: &[&Fix] = &[&installs::APT, &installs::LOG_MOUNT];

/// What apt keeps for itself.
pub(super) const APT_CACHES: &[&Fix] = &[&installs::APT, &installs::CACHE_MOUNT];

/// npm's cache and its logs.
pub(super) const NPM: &[&Fix] = &[&installs::NPM_CACHE, &installs::NPM_MOUNT];

/// Compiled Python modules.
pub(super) const PYTHON: &[&Fix] = &[&times::ARG_EPOCH, &installs::PIP_NO_COMPILE, &installs::UNCHECKED_HASH];
