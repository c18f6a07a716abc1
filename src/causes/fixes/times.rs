//! One time for everything: in documents, in headers of entries, in what the steps of a build write.

use crate::causes::fix::{Builder, Change, Edit, Fix, Need, Reach, Runs, Spot};

/// The time of the build for `BuildKit`: in documents.
pub(in crate::causes) const BUILDKIT_EPOCH: Fix = Fix {
    id: "buildkit-epoch",
    builder: Some(Builder::Buildkit),
    since: Some("0.11"),
    change: Change::Build(&["--build-arg SOURCE_DATE_EPOCH=$(git log -1 --pretty=%ct)"]),
    ..Fix::BLANK
};

/// The same in the headers of new layers.
pub(in crate::causes) const BUILDKIT_REWRITE: Fix = Fix {
    id: "buildkit-rewrite-timestamp",
    builder: Some(Builder::Buildkit),
    since: Some("0.13"),
    change: Change::Build(&["--output type=oci,dest=FILE,rewrite-timestamp=true"]),
    note: Some(
        "or, with a docker-container builder and 0.14.1, --output type=image,push=true,rewrite-timestamp=true; times \
         before that of SOURCE_DATE_EPOCH stay",
    ),
    needs: &[Need { one_of: &[&BUILDKIT_EPOCH], reason: "without a time nothing is rewritten, and nobody is told" }],
    ..Fix::BLANK
};

/// Both for buildah.
pub(in crate::causes) const BUILDAH_EPOCH: Fix = Fix {
    id: "buildah-source-date-epoch",
    builder: Some(Builder::Buildah),
    since: Some("1.41"),
    also: Some("podman 5.6"),
    change: Change::Build(&["--source-date-epoch $(git log -1 --pretty=%ct)", "--rewrite-timestamp"]),
    ..Fix::BLANK
};

/// Both for buildah, before it had the above: the two together are refused.
pub(in crate::causes) const BUILDAH_TIMESTAMP: Fix = Fix {
    id: "buildah-timestamp",
    builder: Some(Builder::Buildah),
    since: Some("1.16"),
    until: Some("1.41"),
    change: Change::Build(&["--timestamp $(git log -1 --pretty=%ct)"]),
    note: Some("it sets every time of the new layers, also earlier ones; 1.41 has --source-date-epoch instead"),
    ..Fix::BLANK
};

/// Both for kaniko.
pub(in crate::causes) const KANIKO_REPRODUCIBLE: Fix = Fix {
    id: "kaniko-reproducible",
    builder: Some(Builder::Kaniko),
    change: Change::Build(&["--reproducible"]),
    note: Some("it sets every time to 0, those of the base too"),
    ..Fix::BLANK
};

/// The time of the build for the steps of the build, where the builder does not give it to them by itself.
pub(in crate::causes) const EPOCH_ARGUMENT: Fix = Fix {
    id: "epoch-argument",
    change: Change::Build(&["--build-arg SOURCE_DATE_EPOCH=$(git log -1 --pretty=%ct)"]),
    note: Some("no RUN sees the time of --timestamp"),
    ..Fix::BLANK
};

/// The hinge: without it no program that a RUN runs knows the time.
pub(in crate::causes) const ARG_EPOCH: Fix = Fix {
    id: "arg-source-date-epoch",
    change: Change::Dockerfile(Edit::Insert { line: "ARG SOURCE_DATE_EPOCH", place: Spot::EachStage }),
    needs: &[Need {
        one_of: &[&BUILDKIT_EPOCH, &BUILDAH_EPOCH, &EPOCH_ARGUMENT],
        reason: "without a value the ARG is unset in RUN",
    }],
    ..Fix::BLANK
};

/// What a fix needs that uses the variable.
const VARIABLE: &[Need] = &[Need { one_of: &[&ARG_EPOCH], reason: "RUN does not know $SOURCE_DATE_EPOCH otherwise" }];

/// Scripts that write a date.
pub(in crate::causes) const DATE: Fix = Fix {
    id: "date-from-epoch",
    change: Change::Dockerfile(Edit::Replace { what: "date", with: "date -u -d @$SOURCE_DATE_EPOCH" }),
    note: Some("likewise whatever else writes the time"),
    needs: VARIABLE,
    ..Fix::BLANK
};

/// No stamp at all.
pub(in crate::causes) const NO_STAMP: Fix = Fix {
    id: "no-stamp",
    change: Change::Words("Remove the file in the RUN that writes it, or write no time into it"),
    ..Fix::BLANK
};

/// Times of files where no builder rewrites them.
pub(in crate::causes) const TOUCH: Fix = Fix {
    id: "touch-files",
    change: Change::Dockerfile(Edit::Append {
        run: Runs { words: "the RUN that writes the files", names: &[], commands: &[] },
        command: "find DIR -newermt @$SOURCE_DATE_EPOCH -exec touch -hd @$SOURCE_DATE_EPOCH {} +",
    }),
    reach: Reach::Image,
    needs: VARIABLE,
    ..Fix::BLANK
};

/// The time of a directory that files were made and removed in.
pub(in crate::causes) const TOUCH_DIRECTORY: Fix = Fix {
    id: "touch-directory",
    change: Change::Dockerfile(Edit::Append {
        run: Runs { words: "the RUN that makes and removes files there", names: &[], commands: &[] },
        command: "touch -d @$SOURCE_DATE_EPOCH DIRECTORY",
    }),
    reach: Reach::Image,
    needs: VARIABLE,
    ..Fix::BLANK
};

/// A file that is read for its time alone.
pub(in crate::causes) const REMOVE_STAMP_FILE: Fix = Fix {
    id: "remove-stamp-file",
    change: Change::Dockerfile(Edit::Append {
        run: Runs { words: "the RUN that makes it", names: &[], commands: &[] },
        command: "rm -f FILE",
    }),
    note: Some("or, where it has to be there, touch -d @$SOURCE_DATE_EPOCH FILE"),
    ..Fix::BLANK
};

/// Temporary files in a mount.
pub(in crate::causes) const BUILDKIT_TMPFS: Fix = Fix {
    id: "buildkit-tmpfs",
    builder: Some(Builder::Buildkit),
    since: Some("0.11"),
    change: Change::Dockerfile(Edit::Replace { what: "RUN", with: "RUN --mount=type=tmpfs,target=DIRECTORY" }),
    note: Some("the times of mount points are restored"),
    ..Fix::BLANK
};
