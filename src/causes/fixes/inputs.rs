//! What a build is made from: base, commit, arguments, packages.

use crate::causes::fix::{Builder, Change, Edit, Fix, Spot};

/// The base by digest.
pub(in crate::causes) const PIN_BASE: Fix = Fix {
    id: "pin-base",
    change: Change::Dockerfile(Edit::Replace { what: "FROM NAME:TAG", with: "FROM NAME:TAG@sha256:…" }),
    note: Some("with the digest that docker buildx imagetools inspect NAME:TAG prints, that of the index"),
    ..Fix::BLANK
};

/// The base by digest, without a change of the Dockerfile.
pub(in crate::causes) const BUILDKIT_POLICY: Fix = Fix {
    id: "buildkit-source-policy",
    builder: Some(Builder::Buildkit),
    since: Some("0.11"),
    change: Change::File(
        "Pass a source policy that converts the tag to a digest (EXPERIMENTAL_BUILDKIT_SOURCE_POLICY=FILE)",
    ),
    ..Fix::BLANK
};

/// The same.
pub(in crate::causes) const BUILDAH_POLICY: Fix = Fix {
    id: "buildah-source-policy",
    builder: Some(Builder::Buildah),
    since: Some("1.44"),
    change: Change::Build(&["--source-policy-file FILE"]),
    note: Some("with a policy that converts the tag to a digest"),
    ..Fix::BLANK
};

/// The same commit.
pub(in crate::causes) const SAME_COMMIT: Fix = Fix {
    id: "same-commit",
    change: Change::File("Build both images from one commit: git checkout REVISION, in a clone of the same repository"),
    ..Fix::BLANK
};

/// The same Dockerfile.
pub(in crate::causes) const SAME_DOCKERFILE: Fix = Fix {
    id: "same-dockerfile",
    change: Change::File(
        "Build both images from the same Dockerfile: that of a build is in its provenance, docker buildx imagetools \
         inspect IMAGE --format '{{ json .Provenance }}'",
    ),
    ..Fix::BLANK
};

/// The same arguments.
pub(in crate::causes) const SAME_ARGUMENTS: Fix = Fix {
    id: "same-arguments",
    change: Change::File(
        "Pass the same --build-arg, --label and --target to both builds, from a file under version control; provenance \
         with mode=max shows those of a build",
    ),
    ..Fix::BLANK
};

/// The frontend by digest.
pub(in crate::causes) const PIN_FRONTEND: Fix = Fix {
    id: "pin-frontend",
    builder: Some(Builder::Buildkit),
    change: Change::Dockerfile(Edit::Insert { line: "# syntax=docker/dockerfile:1@sha256:…", place: Spot::Top }),
    note: Some("or pass --build-arg BUILDKIT_SYNTAX=docker/dockerfile:1@sha256:… (dockerfile 1.3)"),
    ..Fix::BLANK
};

/// The index, not a platform of it.
pub(in crate::causes) const PIN_INDEX: Fix = Fix {
    id: "pin-index",
    change: Change::Words(
        "Pin the digest of the index, not that of one platform's manifest; use FROM --platform=$BUILDPLATFORM only in stages \
         that build",
    ),
    ..Fix::BLANK
};

/// The platform in full.
pub(in crate::causes) const PLATFORM: Fix = Fix {
    id: "platform-in-full",
    change: Change::Build(&["--platform linux/arm64/v8"]),
    note: Some("the platform at hand in full, with its variant; not with BuildKit 0.20.0"),
    ..Fix::BLANK
};

/// One platform.
pub(in crate::causes) const ONE_PLATFORM: Fix = Fix {
    id: "one-platform",
    change: Change::Build(&["--platform OS/ARCHITECTURE"]),
    note: Some("the same for both images"),
    ..Fix::BLANK
};

/// Platforms in one sequence.
pub(in crate::causes) const PLATFORM_ORDER: Fix = Fix {
    id: "platform-order",
    change: Change::Build(&["--platform linux/amd64,linux/arm64"]),
    note: Some("in the same sequence for both images"),
    ..Fix::BLANK
};

/// A rebuild that is one.
pub(in crate::causes) const BUILDKIT_COLD: Fix = Fix {
    id: "buildkit-no-cache",
    builder: Some(Builder::Buildkit),
    change: Change::Build(&["--no-cache", "--pull"]),
    note: Some("and no --cache-from: a step that is taken from a cache is not built again, and shows nothing"),
    ..Fix::BLANK
};

/// The same.
pub(in crate::causes) const BUILDAH_COLD: Fix = Fix {
    id: "buildah-no-cache",
    builder: Some(Builder::Buildah),
    change: Change::Build(&["--no-cache", "--pull=always"]),
    note: Some("a step that is taken from a cache is not built again, and shows nothing"),
    ..Fix::BLANK
};
