//! What stands in config, manifest and index.

use crate::causes::fix::{Builder, Change, Edit, Fix, Spot};

/// Locale and time zone.
pub(in crate::causes) const LOCALE: Fix = Fix {
    id: "env-locale",
    change: Change::Dockerfile(Edit::Insert { line: "ENV LANG=C.UTF-8 LC_ALL=C.UTF-8 TZ=UTC", place: Spot::EachStage }),
    ..Fix::BLANK
};

/// Variables in one sequence.
pub(in crate::causes) const ENV_ORDER: Fix = Fix {
    id: "env-order",
    change: Change::Words("Write ENV lines in one fixed order; where a tool generates them, sort them by name first"),
    ..Fix::BLANK
};

/// Variables of the host.
pub(in crate::causes) const BUILDKIT_PROXY: Fix = Fix {
    id: "buildkit-proxy",
    builder: Some(Builder::Buildkit),
    change: Change::Words(
        "Pass proxies as the predefined arguments (--build-arg HTTP_PROXY=…), which stay out of the image; never write ENV \
         HTTP_PROXY=$HTTP_PROXY",
    ),
    ..Fix::BLANK
};

/// The same.
pub(in crate::causes) const BUILDAH_PROXY: Fix = Fix {
    id: "buildah-proxy",
    builder: Some(Builder::Buildah),
    change: Change::Build(&["--http-proxy=false"]),
    note: Some("and set no ENV from the host's variables"),
    ..Fix::BLANK
};

/// The label with the time.
pub(in crate::causes) const LABEL_CREATED: Fix = Fix {
    id: "label-created",
    change: Change::Build(&["--label org.opencontainers.image.created=$(git log -1 --pretty=%cI)"]),
    note: Some("with docker/metadata-action: override it by {{commit_date 'YYYY-MM-DDTHH:mm:ss[Z]'}}"),
    ..Fix::BLANK
};

/// The annotation with the time.
pub(in crate::causes) const BUILDAH_CREATED: Fix = Fix {
    id: "buildah-created-annotation",
    builder: Some(Builder::Buildah),
    since: Some("1.41"),
    also: Some("podman 5.6"),
    change: Change::Build(&["--created-annotation=false"]),
    ..Fix::BLANK
};

/// Labels about the run.
pub(in crate::causes) const NO_RUN_LABELS: Fix = Fix {
    id: "no-run-labels",
    change: Change::Words("Leave labels about the run (build number, address of the job) out of the image"),
    ..Fix::BLANK
};

/// A cache inside the config.
pub(in crate::causes) const BUILDKIT_CACHE: Fix = Fix {
    id: "buildkit-registry-cache",
    builder: Some(Builder::Buildkit),
    change: Change::Build(&["--cache-to type=registry,ref=…", "--build-arg BUILDKIT_INLINE_CACHE=0"]),
    note: Some("instead of --cache-to type=inline"),
    ..Fix::BLANK
};

/// Media types.
pub(in crate::causes) const BUILDKIT_TYPES: Fix = Fix {
    id: "buildkit-oci-mediatypes",
    builder: Some(Builder::Buildkit),
    since: Some("0.3"),
    change: Change::Build(&["--output type=…,oci-mediatypes=true"]),
    note: Some("for type=image it is the default only with compatibility-version 30"),
    ..Fix::BLANK
};

/// The same.
pub(in crate::causes) const BUILDAH_TYPES: Fix = Fix {
    id: "buildah-format",
    builder: Some(Builder::Buildah),
    change: Change::Build(&["--format oci"]),
    note: Some("or --format docker, to both builds"),
    ..Fix::BLANK
};

/// One name.
pub(in crate::causes) const SAME_NAME: Fix = Fix {
    id: "same-name",
    change: Change::Words("Give both builds the same name and tag, or compare them by digest"),
    ..Fix::BLANK
};

/// An archive around the image.
pub(in crate::causes) const BUILDKIT_LAYOUT: Fix = Fix {
    id: "buildkit-oci-layout",
    builder: Some(Builder::Buildkit),
    change: Change::Build(&["--output type=oci,tar=false,dest=DIR"]),
    note: Some("for both images"),
    ..Fix::BLANK
};

/// The same.
pub(in crate::causes) const BUILDAH_LAYOUT: Fix = Fix {
    id: "buildah-oci-layout",
    builder: Some(Builder::Buildah),
    change: Change::Words("Push both to oci:DIR:TAG instead of docker-archive:FILE"),
    ..Fix::BLANK
};

/// The same.
pub(in crate::causes) const DOCKER_BY_DIGEST: Fix = Fix {
    id: "docker-by-digest",
    builder: Some(Builder::Docker),
    change: Change::Words("Compare the images in the registry, by digest, instead of docker save archives"),
    ..Fix::BLANK
};
