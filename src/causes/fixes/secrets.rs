//! Values that no image should hold.

use crate::causes::fix::{Builder, Change, Edit, Fix};

/// What to write in place of an argument.
const MOUNT: Change =
    Change::Dockerfile(Edit::Replace { what: "ARG NAME or ENV NAME", with: "RUN --mount=type=secret,id=NAME …" });

/// A secret for the one step that needs it.
pub(in crate::causes) const BUILDKIT: Fix = Fix {
    id: "buildkit-secret",
    builder: Some(Builder::Buildkit),
    since: Some("0.8"),
    change: MOUNT,
    note: Some("and pass --secret id=NAME,src=FILE; make a new credential: the old one is in every copy of the image"),
    ..Fix::BLANK
};

/// The same.
pub(in crate::causes) const BUILDAH: Fix = Fix {
    id: "buildah-secret",
    builder: Some(Builder::Buildah),
    since: Some("1.24"),
    change: MOUNT,
    note: Some("and pass --secret id=NAME,src=FILE; make a new credential: the old one is in every copy of the image"),
    ..Fix::BLANK
};

/// Nowhere in the Dockerfile.
pub(in crate::causes) const NONE: Fix = Fix {
    id: "no-secrets",
    change: Change::Words(
        "Keep credentials out of ARG, ENV, LABEL and RUN; make a new one: it is in every copy of the image",
    ),
    ..Fix::BLANK
};

/// Values that change from build to build, in the history.
pub(in crate::causes) const ARG_LAST: Fix = Fix {
    id: "arg-below",
    change: Change::Words("Move ARG lines of volatile values below the last RUN that does not need them"),
    ..Fix::BLANK
};

/// A value that stays out of the history.
pub(in crate::causes) const MOUNTED_VALUE: Fix = Fix {
    id: "buildkit-mounted-value",
    builder: Some(Builder::Buildkit),
    also: Some("dockerfile 1.10 for env="),
    change: Change::Dockerfile(Edit::Replace {
        what: "ARG NAME", with: "RUN --mount=type=secret,id=NAME,env=NAME …"
    }),
    note: Some("and pass --secret id=NAME,env=NAME: secrets are not written down"),
    ..Fix::BLANK
};

/// A variable for the one step that needs it.
pub(in crate::causes) const NOT_IN_ENV: Fix = Fix {
    id: "not-in-env",
    change: Change::Dockerfile(Edit::Replace {
        what: "ENV NAME", with: "RUN --mount=type=secret,id=NAME,env=NAME …"
    }),
    note: Some("where a RUN needs the variable"),
    ..Fix::BLANK
};
