//! The documents of an image: which of their objects are structs and which are maps, and of what type each member is.
//!
//! One table for every document that a runtime reads (OCI image specification 1.1: config.md, manifest.md,
//! image-index.md, descriptor.md, image-layout.md; Docker image specification 1.2 and 1.3; in-toto statement v1, SLSA
//! provenance v0.2 and v1). What is not in it is nobody's member.

use super::json::Shape::{self, Any, Flag, Integer, List, Map, OptionalInteger, Struct, Text, Time};

/// A list of strings.
const TEXTS: Shape = List(&Text);

/// Keys that are data, with a string each.
const TEXT_MAP: Shape = Map(&Text);

/// Keys that are data, with an empty object each.
const SET: Shape = Map(&Struct(&[]));

/// An image configuration (config.md), with Docker's members.
pub const CONFIG: Shape = Struct(&[
    ("created", Time),
    ("author", Text),
    ("architecture", Text),
    ("variant", Text),
    ("os", Text),
    ("os.version", Text),
    ("os.features", TEXTS),
    ("config", CONTAINER),
    ("rootfs", Struct(&[("type", Text), ("diff_ids", TEXTS)])),
    ("history", List(&HISTORY)),
    ("id", Text),
    ("parent", Text),
    ("comment", Text),
    ("container", Text),
    ("container_config", CONTAINER),
    ("docker_version", Text),
    ("Size", Integer),
    ("moby.buildkit.cache.v0", Text),
    ("moby.buildkit.buildinfo.v1", Text),
]);

/// One step of the history (config.md, "history").
const HISTORY: Shape =
    Struct(&[("created", Time), ("created_by", Text), ("author", Text), ("comment", Text), ("empty_layer", Flag)]);

/// How a container is run (config.md, "config"; Docker's `container.Config`).
const CONTAINER: Shape = Struct(&[
    ("ArgsEscaped", Flag),
    ("AttachStderr", Flag),
    ("AttachStdin", Flag),
    ("AttachStdout", Flag),
    ("Cmd", TEXTS),
    ("Domainname", Text),
    ("Entrypoint", TEXTS),
    ("Env", TEXTS),
    ("ExposedPorts", SET),
    ("Healthcheck", HEALTHCHECK),
    ("Hostname", Text),
    ("Image", Text),
    ("Labels", TEXT_MAP),
    ("MacAddress", Text),
    ("NetworkDisabled", Flag),
    ("OnBuild", TEXTS),
    ("OpenStdin", Flag),
    ("Shell", TEXTS),
    ("StdinOnce", Flag),
    ("StopSignal", Text),
    ("StopTimeout", OptionalInteger),
    ("Tty", Flag),
    ("User", Text),
    ("Volumes", SET),
    ("WorkingDir", Text),
]);

/// Docker's health check. An empty one is not the same as none: it is there.
const HEALTHCHECK: Shape = Struct(&[
    ("Test", TEXTS),
    ("Interval", Integer),
    ("Timeout", Integer),
    ("StartPeriod", Integer),
    ("StartInterval", Integer),
    ("Retries", Integer),
]);

/// A manifest or an index. Both have the members of both: clients look for either to know what they have.
pub const MANIFEST: Shape = Struct(&[
    ("schemaVersion", Integer),
    ("mediaType", Text),
    ("artifactType", Text),
    ("config", DESCRIPTOR),
    ("layers", List(&DESCRIPTOR)),
    ("manifests", List(&DESCRIPTOR)),
    ("subject", DESCRIPTOR),
    ("annotations", TEXT_MAP),
    ("name", Text),
    ("tag", Text),
    ("architecture", Text),
    ("fsLayers", List(&Struct(&[("blobSum", Text)]))),
    ("history", List(&Struct(&[("v1Compatibility", Text)]))),
    ("signatures", Any),
]);

/// A descriptor (descriptor.md).
const DESCRIPTOR: Shape = Struct(&[
    ("mediaType", Text),
    ("digest", Text),
    ("size", Integer),
    ("urls", TEXTS),
    ("annotations", TEXT_MAP),
    ("data", Text),
    ("artifactType", Text),
    ("platform", PLATFORM),
]);

/// A platform (image-index.md, "platform"); `features` is Docker's.
const PLATFORM: Shape = Struct(&[
    ("architecture", Text),
    ("os", Text),
    ("os.version", Text),
    ("os.features", TEXTS),
    ("variant", Text),
    ("features", TEXTS),
]);

/// The file `oci-layout` (image-layout.md).
pub const LAYOUT: Shape = Struct(&[("imageLayoutVersion", Text)]);

/// `manifest.json` of `docker save`.
pub const DOCKER_ARCHIVE: Shape = List(&Struct(&[
    ("Config", Text),
    ("RepoTags", TEXTS),
    ("Layers", TEXTS),
    ("Parent", Text),
    ("LayerSources", Map(&DESCRIPTOR)),
]));

/// An in-toto statement; the predicate as far as it is provenance.
pub const STATEMENT: Shape = Struct(&[
    ("_type", Text),
    ("predicateType", Text),
    ("subject", List(&Struct(&[("name", Text), ("uri", Text), ("digest", TEXT_MAP)]))),
    ("predicate", PREDICATE),
]);

/// The predicates of SLSA provenance v0.2 and v1 together.
const PREDICATE: Shape = Struct(&[
    ("buildType", Text),
    ("builder", Struct(&[("id", Text)])),
    (
        "invocation",
        Struct(&[("configSource", SOURCE), ("parameters", REQUEST), ("environment", Struct(&[("platform", Text)]))]),
    ),
    ("buildConfig", Any),
    (
        "metadata",
        Struct(&[
            ("buildInvocationID", Text),
            ("buildInvocationId", Text),
            ("buildStartedOn", Time),
            ("buildFinishedOn", Time),
            ("completeness", Any),
            ("reproducible", Flag),
        ]),
    ),
    ("materials", List(&MATERIAL)),
    (
        "buildDefinition",
        Struct(&[
            ("buildType", Text),
            ("externalParameters", Struct(&[("configSource", SOURCE), ("request", REQUEST)])),
            ("internalParameters", Struct(&[("builderPlatform", Text), ("buildConfig", Any)])),
            ("resolvedDependencies", List(&MATERIAL)),
        ]),
    ),
    (
        "runDetails",
        Struct(&[
            ("builder", Struct(&[("id", Text), ("version", Any), ("builderDependencies", Any)])),
            (
                "metadata",
                Struct(&[("invocationId", Text), ("invocationID", Text), ("startedOn", Time), ("finishedOn", Time)]),
            ),
            ("byproducts", Any),
        ]),
    ),
]);

/// Where the definition of a build came from.
const SOURCE: Shape = Struct(&[("uri", Text), ("digest", TEXT_MAP), ("entryPoint", Text), ("path", Text)]);

/// What the frontend was asked for.
const REQUEST: Shape =
    Struct(&[("frontend", Text), ("args", TEXT_MAP), ("secrets", Any), ("ssh", Any), ("locals", Any)]);

/// One input of a build.
const MATERIAL: Shape = Struct(&[("uri", Text), ("digest", TEXT_MAP), ("name", Text)]);
