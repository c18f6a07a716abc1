//! SLSA provenance as builders attach it to an image: what a build was made from, and by which steps.
//!
//! Nothing in it is signed. It is read to explain differences that are found elsewhere, and never proves that there are
//! none. What is missing or has another shape than expected counts as not said.

mod attached;
mod purl;
mod steps;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset};

use super::json::{Document, Node};
use crate::codec::time;
use crate::digest::Digest;

pub use attached::{Attached, Misplaced, ReadDocument, attached};
pub use purl::{ImagePurl, material_key};
pub use steps::{BaseImage, Dockerfile, SourceLine, Steps};

/// What every predicate type of SLSA provenance begins with.
pub const PREDICATE_TYPE: &str = "https://slsa.dev/provenance/";

/// The member under which BuildKit keeps its own notes in v0.2 and, with the later one, in v1.
const NOTES: [&str; 2] = ["https://mobyproject.org/buildkit@v1#metadata", "buildkit_metadata"];
const HERMETIC: [&str; 2] = ["https://mobyproject.org/buildkit@v1#hermetic", "buildkit_hermetic"];

/// A version of the predicate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// `https://slsa.dev/provenance/v0.2`.
    V02,
    /// `https://slsa.dev/provenance/v1`.
    V1,
}

/// An in-toto statement with SLSA provenance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenance {
    /// The version it is written in.
    pub version: Version,
    /// SHA-256 of the manifests that it is about.
    pub subjects: Vec<Digest>,
    /// What went into the build (`materials`, `resolvedDependencies`).
    pub materials: Vec<Material>,
    /// The frontend's options: `build-arg:NAME`, `label:NAME`, `target`, and so on.
    pub arguments: BTreeMap<String, String>,
    /// The frontend.
    pub frontend: Option<String>,
    /// Where the Dockerfile came from.
    pub source: ConfigSource,
    /// The platform that the build ran on.
    pub builder_platform: Option<String>,
    /// When the build began.
    pub started: Option<DateTime<FixedOffset>>,
    /// Whether the builder says that no step had a network.
    pub hermetic: bool,
    /// Whether the builder says that the materials are all there were.
    pub complete: bool,
    /// The steps and the Dockerfile; only with `mode=max`.
    pub steps: Option<Steps>,
}

/// One input of a build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Material {
    /// Its package URL or address.
    pub uri: String,
    /// Its digests in hexadecimal, by algorithm.
    pub digests: BTreeMap<String, String>,
}

/// Where the definition of a build came from; nothing is said of local directories.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConfigSource {
    /// The address of the repository.
    pub uri: Option<String>,
    /// Its digests in hexadecimal, by algorithm.
    pub digests: BTreeMap<String, String>,
    /// The path of the Dockerfile.
    pub path: Option<String>,
}

impl Provenance {
    /// Reads a statement; `None` where it holds something else than SLSA provenance of a known version.
    pub fn read(document: &Document) -> Option<Self> {
        let root = &document.root;
        let version = match text(root, "predicateType")?.strip_prefix(PREDICATE_TYPE)? {
            "v0.2" => Version::V02,
            "v1" => Version::V1,
            _ => return None,
        };
        let subjects = member(root, "subject").map_or(&[][..], Node::elements);
        let subjects = subjects.iter().filter_map(|subject| {
            Digest::parse(&format!("sha256:{}", text(member(subject, "digest")?, "sha256")?)).ok()
        });
        let paths = Paths::of(root.member("predicate")?, version);
        Some(Provenance {
            version,
            subjects: subjects.collect(),
            materials: paths.materials.map_or(&[][..], Node::elements).iter().filter_map(Material::read).collect(),
            arguments: paths.request.and_then(|request| member(request, "args")).map(texts).unwrap_or_default(),
            frontend: paths.request.and_then(|request| text(request, "frontend")).map(str::to_owned),
            source: paths.source.map(ConfigSource::read).unwrap_or_default(),
            builder_platform: paths.platform.map(str::to_owned),
            started: paths.started.and_then(time::parse),
            hermetic: either(paths.metadata, HERMETIC).is_some_and(is_true),
            complete: paths.complete,
            steps: paths.config.map(|config| Steps::read(config, either(paths.metadata, NOTES))),
        })
    }

    /// Whether it is about this manifest.
    pub fn is_about(&self, manifest: &Digest) -> bool {
        self.subjects.contains(manifest)
    }

    /// The image of this name and digest (`sha256:…`) among the materials.
    pub fn image(&self, digest: &str) -> Option<ImagePurl> {
        let hex = digest.strip_prefix("sha256:")?;
        let of_digest = self.materials.iter().filter(|material| material.sha256() == Some(hex));
        of_digest.filter_map(|material| ImagePurl::parse(&material.uri)).next()
    }

    /// The name of the image that the frontend came in, without tag and digest, as package URLs have it.
    pub fn frontend_image(&self) -> Option<&str> {
        let source = self.arguments.get("source").or_else(|| self.arguments.get("cmdline"))?;
        let name = source.split('@').next().unwrap_or_default();
        let name = name.strip_prefix("docker.io/").unwrap_or(name);
        let tag = name.rfind(':').filter(|colon| !name[*colon..].contains('/'));
        Some(tag.map_or(name, |colon| &name[..colon])).filter(|name| !name.is_empty())
    }

    /// Whether the build was told what time it is, so that times say nothing about when a step ran.
    pub fn has_epoch(&self) -> bool {
        const EPOCH: &str = "SOURCE_DATE_EPOCH";
        let dockerfiles = self.steps.iter().flat_map(|steps| &steps.dockerfiles);
        self.arguments.keys().any(|name| name.ends_with(EPOCH))
            || dockerfiles.into_iter().any(|dockerfile| dockerfile.text.contains("SOURCE_DATE_EPOCH="))
    }
}

impl Material {
    fn read(node: &Node) -> Option<Self> {
        let digests = member(node, "digest").map(texts).unwrap_or_default();
        Some(Material { uri: text(node, "uri")?.to_owned(), digests })
    }

    /// Its SHA-256 in hexadecimal.
    pub fn sha256(&self) -> Option<&str> {
        self.digests.get("sha256").map(String::as_str)
    }
}

impl ConfigSource {
    fn read(node: &Node) -> Self {
        let path = text(node, "entryPoint").or_else(|| text(node, "path"));
        ConfigSource {
            uri: text(node, "uri").map(str::to_owned),
            digests: member(node, "digest").map(texts).unwrap_or_default(),
            path: path.map(str::to_owned),
        }
    }
}

/// Where the two versions keep the same things.
#[derive(Default)]
struct Paths<'a> {
    materials: Option<&'a Node>,
    request: Option<&'a Node>,
    source: Option<&'a Node>,
    platform: Option<&'a str>,
    config: Option<&'a Node>,
    metadata: Option<&'a Node>,
    started: Option<&'a str>,
    complete: bool,
}

impl<'a> Paths<'a> {
    fn of(predicate: &'a Node, version: Version) -> Self {
        let below = |node: Option<&'a Node>, key| node.and_then(|node| member(node, key));
        match version {
            Version::V02 => {
                let invocation = member(predicate, "invocation");
                let metadata = member(predicate, "metadata");
                let completeness = below(metadata, "completeness");
                Paths {
                    materials: member(predicate, "materials"),
                    request: below(invocation, "parameters"),
                    source: below(invocation, "configSource"),
                    platform: below(invocation, "environment").and_then(|environment| text(environment, "platform")),
                    config: member(predicate, "buildConfig"),
                    metadata,
                    started: metadata.and_then(|metadata| text(metadata, "buildStartedOn")),
                    complete: below(completeness, "materials").is_some_and(is_true),
                }
            }
            Version::V1 => {
                let definition = member(predicate, "buildDefinition");
                let (external, internal) =
                    (below(definition, "externalParameters"), below(definition, "internalParameters"));
                let metadata = below(member(predicate, "runDetails"), "metadata");
                let completeness = below(metadata, "buildkit_completeness");
                Paths {
                    materials: below(definition, "resolvedDependencies"),
                    request: below(external, "request"),
                    source: below(external, "configSource"),
                    platform: internal.and_then(|internal| text(internal, "builderPlatform")),
                    config: below(internal, "buildConfig"),
                    metadata,
                    started: metadata.and_then(|metadata| text(metadata, "startedOn")),
                    complete: below(completeness, "resolvedDependencies").is_some_and(is_true),
                }
            }
        }
    }
}

/// The member of this key, unless it is `null`.
fn member<'a>(node: &'a Node, key: &str) -> Option<&'a Node> {
    node.member(key).filter(|node| !node.is_null())
}

fn text<'a>(node: &'a Node, key: &str) -> Option<&'a str> {
    member(node, key)?.as_str()
}

fn either<'a>(node: Option<&'a Node>, keys: [&str; 2]) -> Option<&'a Node> {
    keys.iter().find_map(|key| member(node?, key))
}

/// The members that are strings.
fn texts(node: &Node) -> BTreeMap<String, String> {
    let members = node.members().iter();
    members.filter_map(|member| Some((member.key.to_string(), member.value.as_str()?.to_owned()))).collect()
}

fn is_true(node: &Node) -> bool {
    matches!(node.kind, super::json::NodeKind::Bool(true))
}
