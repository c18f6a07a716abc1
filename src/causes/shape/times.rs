//! Times of documents, and what keeps them the same.

use crate::causes::{Day, Remedy};
use crate::codec::time;
use crate::finding::Value;

/// What fixes the times in the documents of an image.
pub(in crate::causes) const EPOCH_REMEDIES: &[Remedy] = &[
    Remedy {
        builder: "buildkit",
        text: "Pass --build-arg SOURCE_DATE_EPOCH=$(git log -1 --pretty=%ct); BuildKit 0.11 or later. buildx 0.10 and \
               buildctl 0.13 forward the environment variable of that name by themselves.",
    },
    Remedy {
        builder: "buildah",
        text: "Pass --source-date-epoch $(git log -1 --pretty=%ct) (buildah 1.41, podman 5.6), or --timestamp \
               $(git log -1 --pretty=%ct) (buildah 1.16), which sets the times of the files too.",
    },
    Remedy { builder: "kaniko", text: "Pass --reproducible, which sets every time to 0." },
    Remedy { builder: "docker", text: "Build with BuildKit: the legacy builder cannot fix the time." },
];

/// Whether a value is a time, or nothing: an absent or null member.
pub(in crate::causes) fn is_time_or_nothing(value: &Value) -> bool {
    match value {
        Value::Absent | Value::Json(serde_json::Value::Null) => true,
        _ => value.as_str().is_some_and(is_time),
    }
}

/// Whether a text is a time as every program reads it.
pub(in crate::causes) fn is_time(text: &str) -> bool {
    time::parse(text).is_some()
}

/// Whether a text is a time that the clock of a build may have shown.
pub(in crate::causes) fn is_time_of_build(text: &str, day: &Day) -> bool {
    time::parse(text).is_some_and(|time| day.admits(time.timestamp()))
}

/// What fixes times of entries, whatever made them.
pub(in crate::causes) const MTIME_REMEDIES: &[Remedy] = &[
    Remedy {
        builder: "buildkit",
        text: "Pass --build-arg SOURCE_DATE_EPOCH=$(git log -1 --pretty=%ct) and --output type=oci,rewrite-timestamp=true \
               (or type=image,push=true,rewrite-timestamp=true with a docker-container builder); BuildKit 0.13 or later.",
    },
    Remedy {
        builder: "buildah",
        text: "Pass --source-date-epoch $(git log -1 --pretty=%ct) --rewrite-timestamp (buildah 1.41, podman 5.6), or \
               --timestamp $(git log -1 --pretty=%ct) (buildah 1.16), which sets every time of the new layers.",
    },
    Remedy { builder: "kaniko", text: "Pass --reproducible, which sets every time to 0." },
    Remedy {
        builder: "any",
        text: "End the RUN that writes the files with: find DIR -newermt @$SOURCE_DATE_EPOCH -exec touch -hd @$SOURCE_DATE_EPOCH {} +",
    },
];

/// What keeps stamps in texts the same.
pub(in crate::causes) const STAMP_REMEDIES: &[Remedy] = &[
    Remedy {
        builder: "any",
        text: "Set ARG SOURCE_DATE_EPOCH before the RUN, and have scripts use it: date -u -d @$SOURCE_DATE_EPOCH",
    },
    Remedy { builder: "any", text: "Remove the file in the RUN that writes it, or write no time into it." },
];
