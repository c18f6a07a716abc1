//! A reference without a transport: a path is recognized by what it holds.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::error::{NoArchive, NoDirectory, Unchosen, Unopened, Unread, shown};
use crate::limits::Limits;

use super::archive::Archive;
use super::choice::Refusal;
use super::files::Folder;
use super::{Blobs, Root, agreement, bare_dir, docker, layout};

/// What a reference without a transport is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found<'a> {
    /// An existing path, and the `TAG` or `NAME:TAG` that follows it after a colon.
    Path(PathBuf, Option<&'a str>),
    /// No path, but a text that can name an image in a registry.
    Name,
}

/// Opens the image at an existing path.
pub(crate) fn open(path: &Path, image: Option<&str>, limits: &Limits) -> Result<(Root, Arc<dyn Blobs>), Refusal> {
    if !path.is_dir() {
        return open_archive(Arc::new(Archive::open(path, limits)?), image, limits);
    }
    let has = |name: &str| path.join(name).symlink_metadata().is_ok();
    let files = Arc::new(Folder::new(path));
    if has("oci-layout") || (has("index.json") && has("blobs")) {
        layout::open(files, image, limits)
    } else if has("manifest.json") && has("version") {
        match image {
            None => bare_dir::open(files, limits),
            Some(_) => Err(Unchosen::TagOfDirectory.into()),
        }
    } else if has("manifest.json") {
        Err(NoDirectory::Ambiguous.into())
    } else {
        Err(NoDirectory::WithoutImage.into())
    }
}

/// Opens the image in an archive by what the archive holds.
pub(crate) fn open_archive(
    archive: Arc<Archive>,
    image: Option<&str>,
    limits: &Limits,
) -> Result<(Root, Arc<dyn Blobs>), Refusal> {
    // docker save writes both since version 25, and the layout holds more: it has manifests.
    if archive.has("oci-layout") || archive.has("index.json") {
        agreement::open_layout(archive, image, limits)
    } else if archive.has("manifest.json") {
        docker::open(archive, image, limits)
    } else {
        Err(NoArchive::WithoutImage(archive.first_members().to_vec()).into())
    }
}

/// The whole text if it exists, else the longest part in front of a colon that does, else a name.
pub(crate) fn find(text: &str) -> Result<Found<'_>, Refusal> {
    match fs::metadata(text) {
        Ok(_) => return Ok(Found::Path(text.into(), None)),
        Err(error) if is_absent(&error) => {}
        Err(error) => return Err(Unread::System(error.to_string()).into()),
    }
    for (at, _) in text.rmatch_indices(':') {
        let (path, image) = (&text[..at], &text[at + 1..]);
        if fs::metadata(path).is_ok() {
            return Ok(Found::Path(path.into(), Some(image).filter(|image| !image.is_empty())));
        }
    }
    if looks_like_a_name(text) {
        return Ok(Found::Name);
    }
    Err(match text.split_once("://") {
        Some(("http" | "https", name)) => Unopened::Address(shown(name)).into(),
        _ => Unopened::NotFound.into(),
    })
}

/// Whether an error only says that the text is no path, as one with a `/` behind a file's name or one that is too long.
fn is_absent(error: &io::Error) -> bool {
    use io::ErrorKind::{InvalidFilename, InvalidInput, NotADirectory, NotFound};
    matches!(error.kind(), NotFound | NotADirectory | InvalidFilename | InvalidInput)
}

/// Whether a text could be a registry reference (distribution specification, "Pulling manifests") rather than a path.
fn looks_like_a_name(text: &str) -> bool {
    let archive = [".tar", ".tgz", ".tar.gz", ".tar.zst", ".oci"].iter().any(|end| text.ends_with(end));
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-/:@".contains(&byte);
    let path = text.split([':', '@']).next().unwrap_or(text);
    let repository = path.split('/').all(|component| component.starts_with(|c: char| c.is_ascii_alphanumeric()));
    !archive && repository && text.bytes().all(allowed) && !text.contains("://")
}

#[cfg(test)]
mod tests;
