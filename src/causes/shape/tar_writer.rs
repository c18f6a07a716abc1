//! What follows from the program that wrote a layer.

use crate::causes::Remedy;

/// What makes writers agree.
pub(in crate::causes) const SAME_WRITER: &[Remedy] = &[
    Remedy {
        builder: "buildkit",
        text: "Build both with one BuildKit release: docker buildx create --driver docker-container \
               --driver-opt image=moby/buildkit:vVERSION@sha256:DIGEST.",
    },
    Remedy {
        builder: "buildah",
        text: "Build both with one release of buildah (or podman), pinned by its image's digest.",
    },
    Remedy { builder: "kaniko", text: "Build both with one kaniko image, pinned by digest." },
    Remedy {
        builder: "any",
        text: "For tar files made by hand: tar --format=posix --sort=name --mtime=@$SOURCE_DATE_EPOCH --owner=0 \
               --group=0 \
               --numeric-owner --pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime",
    },
];
