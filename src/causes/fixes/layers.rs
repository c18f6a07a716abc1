//! How an image is divided into layers, and what differs with it.

use crate::causes::fix::{Builder, Change, Fix};

/// A layer of every step.
pub(in crate::causes) const BUILDAH_LAYERS: Fix = Fix {
    id: "buildah-layers",
    builder: Some(Builder::Buildah),
    change: Change::Build(&["--layers"]),
    note: Some("it makes a layer of every step, as BuildKit does; or --squash to both builds"),
    ..Fix::BLANK
};

/// One layer of all steps.
pub(in crate::causes) const KANIKO_SNAPSHOT: Fix = Fix {
    id: "kaniko-single-snapshot",
    builder: Some(Builder::Kaniko),
    change: Change::Build(&["--single-snapshot"]),
    note: Some("to both builds"),
    ..Fix::BLANK
};

/// Both or none.
pub(in crate::causes) const SAME_SQUASH: Fix = Fix {
    id: "same-squash",
    change: Change::Words("Divide both images into layers in the same way: with one builder, both squashed or none"),
    ..Fix::BLANK
};

/// Steps that are grouped differently.
pub(in crate::causes) const SAME_STEPS: Fix = Fix {
    id: "same-steps",
    change: Change::Words("Keep RUN, COPY and ADD lines grouped in the same way in both builds"),
    ..Fix::BLANK
};

/// A last stage of one layer.
pub(in crate::causes) const LAST_STAGE: Fix = Fix {
    id: "last-stage",
    change: Change::Words("End the Dockerfile with a stage of one layer: FROM scratch, then COPY --from=STAGE / /"),
    ..Fix::BLANK
};

/// Whiteouts without a time.
pub(in crate::causes) const BUILDKIT_WHITEOUTS: Fix = Fix {
    id: "buildkit-whiteouts",
    builder: Some(Builder::Buildkit),
    since: Some("0.13"),
    change: Change::Words(
        "Use a docker-container builder, or a Docker with the containerd image store: whiteouts have time 0 there",
    ),
    ..Fix::BLANK
};

/// The sequence of entries.
pub(in crate::causes) const BUILDKIT_SNAPSHOTTER: Fix = Fix {
    id: "buildkit-snapshotter",
    builder: Some(Builder::Buildkit),
    change: Change::Words(
        "Use one kind of snapshotter for both builds: the same --oci-worker-snapshotter (overlayfs or native), both rootful \
         or both rootless",
    ),
    ..Fix::BLANK
};
