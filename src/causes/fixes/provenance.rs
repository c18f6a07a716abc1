//! Attestations beside the image.

use crate::causes::fix::{Builder, Change, Fix};

/// None of them.
pub(in crate::causes) const NO_ATTESTATIONS: Fix = Fix {
    id: "buildkit-no-attestations",
    builder: Some(Builder::Buildkit),
    also: Some("buildx 0.10"),
    change: Change::Build(&["--provenance=false", "--sbom=false"]),
    note: Some(
        "or set BUILDX_NO_DEFAULT_ATTESTATIONS=1; or compare the manifests of the platforms instead of the index",
    ),
    ..Fix::BLANK
};

/// Provenance of its own.
pub(in crate::causes) const REFERRER: Fix = Fix {
    id: "provenance-as-referrer",
    change: Change::Words("Attach provenance to the finished image as a referrer of its own"),
    ..Fix::BLANK
};

/// An SBOM of its own.
pub(in crate::causes) const SBOM_OUTSIDE: Fix = Fix {
    id: "sbom-outside",
    change: Change::Words(
        "Write the SBOM outside the image; where it must be inside, set documentNamespace, serialNumber and the times to \
         fixed values afterwards (syft has no option for it)",
    ),
    ..Fix::BLANK
};

/// What is the same without them.
pub(in crate::causes) const BY_PLATFORM: Fix = Fix {
    id: "compare-platforms",
    change: Change::Words("Compare the images by the digests of their platforms' manifests"),
    ..Fix::BLANK
};

/// Provenance that stays with its image.
pub(in crate::causes) const COPY_REFERRERS: Fix = Fix {
    id: "copy-with-provenance",
    change: Change::File(
        "Attach provenance to the finished image, and copy with it: skopeo copy --all, docker buildx imagetools create, or \
         oras copy --recursive",
    ),
    ..Fix::BLANK
};
