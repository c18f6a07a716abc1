//! What is copied into the image: from a checkout, from the network.

use super::times::BUILDKIT_EPOCH;
use crate::causes::fix::{Builder, Change, Edit, Fix, Need};

/// The times of a checkout.
pub(in crate::causes) const CHECKOUT_TIMES: Fix = Fix {
    id: "checkout-times",
    change: Change::File(
        "Give the checkout fixed times before the build: git restore-mtime, or git ls-files -z | xargs -0 touch -hd \
         @$SOURCE_DATE_EPOCH",
    ),
    ..Fix::BLANK
};

/// No checkout at all.
pub(in crate::causes) const BUILDKIT_GIT: Fix = Fix {
    id: "buildkit-git-context",
    builder: Some(Builder::Buildkit),
    since: Some("0.29"),
    change: Change::File(
        "Build from a commit: docker buildx build https://HOST/REPOSITORY.git#COMMIT: files have its time then",
    ),
    needs: &[Need { one_of: &[&BUILDKIT_EPOCH], reason: "without it files have the time at which they are fetched" }],
    ..Fix::BLANK
};

/// Modes that do not depend on a umask.
pub(in crate::causes) const COPY_CHMOD: Fix = Fix {
    id: "copy-chmod",
    change: Change::Dockerfile(Edit::Replace { what: "COPY", with: "COPY --chmod=644" }),
    also: Some("BuildKit 0.8, dockerfile 1.2"),
    ..Fix::BLANK
};

/// A fixed umask.
pub(in crate::causes) const UMASK: Fix = Fix {
    id: "umask",
    change: Change::File(
        "Check out under umask 022 (git config core.sharedRepository umask), and begin RUN with umask 022",
    ),
    ..Fix::BLANK
};

/// Modes of files from a git context.
pub(in crate::causes) const BUILDKIT_MODES: Fix = Fix {
    id: "buildkit-git-modes",
    builder: Some(Builder::Buildkit),
    since: Some("0.15"),
    change: Change::Words(
        "For git contexts use such a BuildKit on both sides, or the same compatibility-version (0.30)",
    ),
    ..Fix::BLANK
};

/// Owners that do not depend on which user came first.
pub(in crate::causes) const FIXED_IDS: Fix = Fix {
    id: "fixed-ids",
    change: Change::Dockerfile(Edit::Replace {
        what: "useradd app",
        with: "groupadd -g 1234 app && useradd -u 1234 -g 1234 app",
    }),
    note: Some(
        "and COPY --chown=1234:1234; users that packages create, with fixed IDs before the package is installed",
    ),
    ..Fix::BLANK
};

/// Owners without a second copy of each file.
pub(in crate::causes) const COPY_CHOWN: Fix = Fix {
    id: "copy-chown",
    change: Change::Dockerfile(Edit::Replace { what: "RUN chown -R USER DIR", with: "COPY --chown=USER … DIR" }),
    note: Some("or limit it to what differs: find DIR ! -user USER -exec chown USER {} +"),
    ..Fix::BLANK
};

/// A download with its digest.
pub(in crate::causes) const ADD_CHECKSUM: Fix = Fix {
    id: "add-checksum",
    builder: Some(Builder::Buildkit),
    since: Some("0.11"),
    also: Some("dockerfile 1.6"),
    change: Change::Dockerfile(Edit::Replace { what: "ADD URL", with: "ADD --checksum=sha256:… URL" }),
    ..Fix::BLANK
};

/// A download before the build.
pub(in crate::causes) const FETCH_BEFORE: Fix = Fix {
    id: "fetch-before",
    change: Change::File(
        "Fetch the file before the build, check its SHA-256, give it a fixed time (touch -d @$SOURCE_DATE_EPOCH) and COPY it",
    ),
    ..Fix::BLANK
};

/// Labels that the kernel of one host adds.
pub(in crate::causes) const BUILDAH_LABELS: Fix = Fix {
    id: "buildah-no-selinux",
    builder: Some(Builder::Buildah),
    change: Change::Build(&["--security-opt label=disable"]),
    note: Some("and build both rootful or both rootless"),
    ..Fix::BLANK
};

/// The same.
pub(in crate::causes) const BUILDKIT_LABELS: Fix = Fix {
    id: "buildkit-same-host",
    builder: Some(Builder::Buildkit),
    change: Change::Words(
        "Use BuildKit before 0.27 or one release for both builds, on hosts with the same SELinux policy",
    ),
    ..Fix::BLANK
};

/// Capabilities that a rootless builder writes in another revision.
pub(in crate::causes) const BUILDKIT_ROOT: Fix = Fix {
    id: "buildkit-rootful",
    builder: Some(Builder::Buildkit),
    change: Change::Words("Build both with a rootful BuildKit, or both rootless with the same release"),
    ..Fix::BLANK
};

/// The same.
pub(in crate::causes) const BUILDAH_ROOT: Fix = Fix {
    id: "buildah-rootful",
    builder: Some(Builder::Buildah),
    change: Change::Words("Run both builds as root (sudo buildah), or both rootless"),
    ..Fix::BLANK
};

/// The same.
pub(in crate::causes) const CAPABILITIES_LAST: Fix = Fix {
    id: "capabilities-once",
    change: Change::Words(
        "Set capabilities in one place only: RUN setcap in the last stage, with rootful builders on both sides",
    ),
    ..Fix::BLANK
};
