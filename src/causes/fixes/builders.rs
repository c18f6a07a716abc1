//! Which program builds, in which version, and what it leaves behind by itself.

use crate::causes::fix::{Builder, Change, Edit, Fix, Runs};

/// Two builders, or two versions of one, write the same thing in different ways.
pub(in crate::causes) const ONE_BUILDER: Fix =
    Fix { id: "one-builder", change: Change::SameBuilder(None), ..Fix::BLANK };

/// One `BuildKit`.
pub(in crate::causes) const BUILDKIT_RELEASE: Fix = Fix {
    id: "buildkit-release",
    builder: Some(Builder::Buildkit),
    change: Change::SameBuilder(Some(
        "Build both images with one BuildKit release: docker buildx create --driver docker-container --driver-opt \
         image=moby/buildkit:vVERSION@sha256:DIGEST",
    )),
    ..Fix::BLANK
};

/// One buildah.
pub(in crate::causes) const BUILDAH_RELEASE: Fix = Fix {
    id: "buildah-release",
    builder: Some(Builder::Buildah),
    change: Change::SameBuilder(Some(
        "Build both images with one release of buildah (or podman), pinned by its image's digest",
    )),
    ..Fix::BLANK
};

/// One kaniko.
pub(in crate::causes) const KANIKO_RELEASE: Fix = Fix {
    id: "kaniko-release",
    builder: Some(Builder::Kaniko),
    change: Change::SameBuilder(Some("Build both images with one kaniko image, pinned by digest")),
    ..Fix::BLANK
};

/// One Docker.
pub(in crate::causes) const DOCKER_RELEASE: Fix = Fix {
    id: "docker-release",
    builder: Some(Builder::Docker),
    change: Change::SameBuilder(Some("Build both images with one version of Docker")),
    ..Fix::BLANK
};

/// Another builder than the legacy one of Docker.
pub(in crate::causes) const DOCKER_BUILDKIT: Fix = Fix {
    id: "docker-buildkit",
    builder: Some(Builder::Docker),
    change: Change::Words(
        "Build with docker buildx build (BuildKit), --build-arg SOURCE_DATE_EPOCH=$(git log -1 --pretty=%ct) and --output \
         type=oci,dest=FILE,rewrite-timestamp=true, never with docker commit: the legacy builder cannot fix a time",
    ),
    ..Fix::BLANK
};

/// What a step made decides what the history says of it.
pub(in crate::causes) const FOLLOWS_STEP: Fix = Fix {
    id: "follows-step",
    change: Change::Nothing("it follows from what the step made, or from the step before"),
    ..Fix::BLANK
};

/// What buildah calls the base may be the image of the step before.
pub(in crate::causes) const FOLLOWS_BASE: Fix = Fix {
    id: "follows-base",
    builder: Some(Builder::Buildah),
    change: Change::Nothing(
        "buildah notes the digest of the image that the step before made, and it goes with its times",
    ),
    ..Fix::BLANK
};

/// The same options on both sides.
pub(in crate::causes) const SAME_OPTIONS: Fix = Fix {
    id: "same-options",
    change: Change::Words("Build and export both images with the same options, from the same base by the same name"),
    ..Fix::BLANK
};

/// The label with buildah's version.
pub(in crate::causes) const BUILDAH_IDENTITY: Fix = Fix {
    id: "buildah-identity-label",
    builder: Some(Builder::Buildah),
    since: Some("1.26"),
    also: Some("podman 4.1"),
    change: Change::Build(&["--identity-label=false"]),
    note: Some("since 1.41 --timestamp and --source-date-epoch do so by themselves"),
    ..Fix::BLANK
};

/// Annotations that buildah adds or takes over.
pub(in crate::causes) const BUILDAH_ANNOTATIONS: Fix = Fix {
    id: "buildah-annotations",
    builder: Some(Builder::Buildah),
    since: Some("1.41"),
    also: Some("podman 5.6"),
    change: Change::Build(&["--inherit-annotations=false"]),
    note: Some("--unsetannotation NAME removes one"),
    ..Fix::BLANK
};

/// What `BuildKit` mounts.
pub(in crate::causes) const BUILDKIT_MOUNTS: Fix = Fix {
    id: "buildkit-mounts",
    builder: Some(Builder::Buildkit),
    since: Some("0.11"),
    change: Change::Words(
        "Use a BuildKit that hides its mounts; with rootless workers have /proc and /sys in the base image",
    ),
    ..Fix::BLANK
};

/// What buildah writes into the container.
pub(in crate::causes) const BUILDAH_HOSTS: Fix = Fix {
    id: "buildah-hosts",
    builder: Some(Builder::Buildah),
    since: Some("1.33"),
    change: Change::Build(&["--no-hosts", "--no-hostname"]),
    note: Some("since 1.41 the host name is constant with --timestamp or --source-date-epoch"),
    ..Fix::BLANK
};

/// kaniko's own directory.
pub(in crate::causes) const KANIKO_PATH: Fix = Fix {
    id: "kaniko-ignore-path",
    builder: Some(Builder::Kaniko),
    change: Change::Build(&["--ignore-path=/kaniko"]),
    note: Some("or leave the executor's directory where it is mounted"),
    ..Fix::BLANK
};

/// Files of the container.
pub(in crate::causes) const CONTAINER_FILES: Fix = Fix {
    id: "remove-container-files",
    change: Change::Dockerfile(Edit::Append {
        run: Runs { words: "the last RUN", names: &[], commands: &[] },
        command: "rm -f /.dockerenv /run/.containerenv",
    }),
    note: Some("where the builder lets you"),
    ..Fix::BLANK
};
