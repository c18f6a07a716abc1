//! Media types of the two families, Docker and OCI.

use serde_json::Value as Json;

/// What Docker's begin with.
pub(in crate::causes) const DOCKER: &str = "application/vnd.docker.";

/// What a media type says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::causes) enum Role {
    Index,
    Manifest,
    Config,
    Layer(&'static str),
}

/// The media types of both families. A foreign layer is none of them, nor is one of Docker's by zstd, which containers/image
/// refuses.
const ROLES: &[(&str, Role)] = &[
    ("application/vnd.oci.image.index.v1+json", Role::Index),
    ("application/vnd.docker.distribution.manifest.list.v2+json", Role::Index),
    ("application/vnd.oci.image.manifest.v1+json", Role::Manifest),
    ("application/vnd.docker.distribution.manifest.v2+json", Role::Manifest),
    ("application/vnd.oci.image.config.v1+json", Role::Config),
    ("application/vnd.docker.container.image.v1+json", Role::Config),
    ("application/vnd.oci.image.layer.v1.tar", Role::Layer("none")),
    ("application/vnd.docker.image.rootfs.diff.tar", Role::Layer("none")),
    ("application/vnd.oci.image.layer.v1.tar+gzip", Role::Layer("gzip")),
    ("application/vnd.docker.image.rootfs.diff.tar.gzip", Role::Layer("gzip")),
    ("application/vnd.oci.image.layer.v1.tar+zstd", Role::Layer("zstd")),
];

/// The role of a media type.
pub(in crate::causes) fn role(media_type: &str) -> Option<Role> {
    ROLES.iter().find(|(known, _)| *known == media_type).map(|(_, role)| *role)
}

/// Whether a configuration has members that Podman and buildah heed in images of Docker's family alone (seen in
/// `HealthCheck` of podman's libimage; the OCI's configuration has no such members), be it in the container of the last
/// step, which the OCI does not know either.
pub(in crate::causes) fn needs_docker(config: &Json) -> bool {
    let says = |config: &Json, name: &str| match config.get(name) {
        None | Some(Json::Null) => false,
        Some(Json::Array(items)) => !items.is_empty(),
        Some(_) => true,
    };
    let mut configs = ["config", "container_config"].into_iter().filter_map(|member| config.get(member));
    configs.any(|config| ["Healthcheck", "OnBuild", "Shell"].into_iter().any(|name| says(config, name)))
}

/// Whether a manifest is of one family and what it lists of the other, in part: containers/image refuses such images (seen
/// with skopeo 1.9.3).
pub(in crate::causes) fn is_mixed(manifest: &Json) -> bool {
    let layers = manifest.get("layers").and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
    let descriptors = manifest.get("config").into_iter().chain(layers);
    let types = descriptors.chain([manifest]).filter_map(|document| document.get("mediaType")?.as_str());
    let (mut docker, mut oci) = (false, false);
    for media_type in types {
        docker |= media_type.starts_with(DOCKER);
        oci |= media_type.starts_with("application/vnd.oci.");
    }
    docker && oci
}
