//! Files, directories and archives in which there is no image that can be read.

use std::fmt::{self, Display, Formatter};

use crate::error::{FileKind, NoArchive, NoDirectory, Unopened, Unread};

/// What may be given instead of a file that is no image.
const EXPECTED: &str = "a tar archive as docker save or skopeo copy make it is read, also compressed with gzip or zstd";

impl Display for FileKind {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            FileKind::File => "a file",
            FileKind::Directory => "a directory",
            FileKind::SymbolicLink => "a symbolic link",
            FileKind::Pipe => "a pipe",
            FileKind::Socket => "a socket",
            FileKind::Device => "a device",
            FileKind::SparseFile => "a sparse file",
            FileKind::Special => "a special file",
            FileKind::LinkOut => "a link that leads out of the archive",
            FileKind::LinkLoop => "a loop of links",
            FileKind::BelowLink => "a member below a link",
        })
    }
}

impl Display for Unread {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Unread::NotRegular(kind) => write!(f, "is {kind}, not a regular file"),
            Unread::Became(kind) => write!(f, "became {kind} meanwhile"),
            Unread::HeldAs(kind) => write!(f, "held as {kind}, which is not read"),
            Unread::HeldBehind(kind, name) => write!(f, "held behind {kind} named {name}, which is not read"),
            Unread::Repeated => f.write_str("several members of the archive have this name"),
            Unread::System(error) => f.write_str(error),
        }
    }
}

impl Display for Unopened {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Unopened::NotFound => f.write_str("no such file or directory"),
            Unopened::Address(name) => write!(f, "no such file; an image in a registry is docker://{name}"),
            Unopened::NotADirectory(kind) => write!(f, "is {kind}, not a directory"),
            Unopened::DocumentSize(name, most) => {
                write!(f, "{name} has more than {most} bytes (see --limit document-bytes)")
            }
            Unopened::Malformed(name, said) => write!(f, "{name}: {said}"),
            Unopened::ConfigMalformed(said) => write!(f, "the image's config: {said}"),
            Unopened::NoImages(name) => write!(f, "{name} names no image"),
            Unopened::TooManyLayers(count, most) => {
                write!(f, "the image has {count} layers, more than {most} (see --limit layers)")
            }
            Unopened::File { problem } => write!(f, "{problem}"),
            Unopened::Part { name, problem } => write!(f, "{name}: {problem}"),
            Unopened::Archive { problem } => write!(f, "{problem}"),
            Unopened::Directory { problem } => write!(f, "{problem}"),
            Unopened::Export { problem } => write!(f, "the engine's export: {problem}"),
            Unopened::Hinted { hint, problem } => write!(f, "{problem}{hint}"),
            Unopened::Engine { problem } => write!(f, "{problem}"),
            Unopened::Registry { no_file: false, problem } => write!(f, "{problem}"),
            Unopened::Registry { no_file: true, problem } => write!(f, "no such file; {problem}"),
            Unopened::Cache { problem } => write!(f, "{problem}"),
        }
    }
}

impl Display for NoArchive {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            NoArchive::Empty => write!(f, "an empty file; {EXPECTED}"),
            NoArchive::Compression(name) => {
                write!(f, "compressed with {name}; decompress it first, only gzip and zstd are read")
            }
            NoArchive::Broken { compressed, problem } => {
                write!(f, "{}broken tar archive: {problem}", packed(*compressed))
            }
            NoArchive::NotTar { compressed, start } => write!(
                f,
                "{}no tar archive, it starts with \"{}\"; {EXPECTED}",
                packed(*compressed),
                start.escape_ascii()
            ),
            NoArchive::WithoutImage(names) if names.is_empty() => {
                write!(f, "a tar archive without members; {EXPECTED}")
            }
            NoArchive::WithoutImage(names) => {
                let names = names.join(", ");
                write!(f, "a tar archive that holds no image; its first members are {names}; {EXPECTED}")
            }
            NoArchive::Disagreement => {
                f.write_str("the archive describes its images twice: manifest.json names another one than index.json")
            }
            NoArchive::WithoutManifestJson => f.write_str("not an archive of docker save, there is no manifest.json"),
            NoArchive::NameTwice => f.write_str("manifest.json gives one name to several images"),
            NoArchive::ConfigMissing(name) => write!(f, "the config {name} is not in the archive"),
            NoArchive::Layers(diff_ids, layers) => {
                write!(f, "the config has {diff_ids} diff IDs and manifest.json names {layers} layers")
            }
        }
    }
}

const fn packed(compressed: bool) -> &'static str {
    if compressed { "compressed, and inside " } else { "" }
}

impl Display for NoDirectory {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
        NoDirectory::Ambiguous => f.write_str(
            "a directory with a manifest.json; name it as dir:DIR if skopeo made it, and pack it with tar again if it is an unpacked archive of docker save",
        ),
        NoDirectory::WithoutImage => {
            f.write_str("a directory that holds no image: neither oci-layout nor manifest.json is in it")
        }
        NoDirectory::WithoutManifest => {
            f.write_str("not a directory of skopeo's dir transport, there is no manifest.json")
        }
        NoDirectory::Version(text) => {
            write!(f, "version: \"{text}\" is not read, only version 1 of the dir transport is")
        }
        NoDirectory::LayoutWithoutIndex => f.write_str("not an OCI image layout, there is no index.json"),
        NoDirectory::LayoutVersion(text) => write!(f, "image layout version {text:?} is not read, only 1.0.0 is"),
        NoDirectory::TooManyManifests(most) => {
            write!(f, "index.json names more than {most} manifests (see --limit index-descriptors)")
        }
        NoDirectory::DescribedTwice(digest) => write!(f, "index.json describes {digest} twice and differently"),
        NoDirectory::EmbeddedData(digest) => {
            write!(f, "index.json: the data of {digest} is not what its digest and size say")
        }
        }
    }
}
