//! The same content in the same compressed bytes.

use crate::causes::fix::{Builder, Change, Edit, Fix, Reach};

/// What `BuildKit` compresses layers with.
pub(in crate::causes) const BUILDKIT: Fix = Fix {
    id: "buildkit-compression",
    builder: Some(Builder::Buildkit),
    since: Some("0.10"),
    change: Change::Build(&["--output type=…,compression=gzip,compression-level=N,force-compression=true"]),
    note: Some("and pin the BuildKit image by digest"),
    ..Fix::BLANK
};

/// What buildah compresses layers with.
pub(in crate::causes) const BUILDAH: Fix = Fix {
    id: "buildah-compression",
    builder: Some(Builder::Buildah),
    change: Change::Push(&["--compression-format gzip", "--compression-level N"]),
    note: Some("with one version of buildah"),
    ..Fix::BLANK
};

/// In which format buildah compresses all layers, those of the base too.
pub(in crate::causes) const BUILDAH_FORMAT: Fix = Fix {
    id: "buildah-force-compression",
    builder: Some(Builder::Buildah),
    change: Change::Push(&["--compression-format gzip", "--force-compression"]),
    note: Some("on both sides, and not zstd:chunked"),
    ..Fix::BLANK
};

/// Never compressed anew.
pub(in crate::causes) const COPY_BLOBS: Fix = Fix {
    id: "copy-blobs",
    change: Change::File(
        "Promote images by copying blobs, not by pushing from a store: skopeo copy --preserve-digests, crane copy",
    ),
    reach: Reach::Image,
    ..Fix::BLANK
};

/// Layers that two tools have pushed.
pub(in crate::causes) const ONE_PUSHER: Fix = Fix {
    id: "one-push-tool",
    change: Change::File(
        "Push both images with one version of one tool: buildah, podman and skopeo write other gzip headers than BuildKit \
         and crane, and none of them a time",
    ),
    reach: Reach::Image,
    ..Fix::BLANK
};

/// gzip without name and time.
pub(in crate::causes) const GZIP_NO_NAME: Fix = Fix {
    id: "gzip-no-name",
    change: Change::Dockerfile(Edit::Replace { what: "gzip", with: "gzip -n" }),
    note: Some("tar with -I 'gzip -n', Python with gzip.GzipFile(mtime=0)"),
    reach: Reach::Files,
    ..Fix::BLANK
};

/// Files that a step compresses.
pub(in crate::causes) const ONE_COMPRESSOR: Fix = Fix {
    id: "one-compressor",
    change: Change::File(
        "Compress with one version of one tool with the same options: do not mix gzip, dictzip, bgzip and eStargz, nor zstd \
         with and without --seekable",
    ),
    reach: Reach::Files,
    ..Fix::BLANK
};

/// xz, whose blocks depend on the number of threads.
pub(in crate::causes) const XZ: Fix = Fix {
    id: "xz-threads",
    change: Change::Dockerfile(Edit::Replace { what: "xz", with: "xz -6 -T1" }),
    note: Some("or -T+1 (xz 5.4); bzip2 with -9"),
    ..Fix::BLANK
};
