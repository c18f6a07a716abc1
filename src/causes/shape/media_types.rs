//! Media types of the two families, Docker and OCI.

/// What a media type says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::causes) enum Role {
    Index,
    Manifest,
    Config,
    Layer(&'static str),
}

/// The media types of both families. A foreign layer is none of them.
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
    ("application/vnd.docker.image.rootfs.diff.tar.zstd", Role::Layer("zstd")),
];

/// The role of a media type.
pub(in crate::causes) fn role(media_type: &str) -> Option<Role> {
    ROLES.iter().find(|(known, _)| *known == media_type).map(|(_, role)| *role)
}
