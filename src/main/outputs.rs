//! Where reports are written: not over what they are about, and as a whole or not at all.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::os::fd::AsFd as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use reprove::reference::{Place, Reference, Transport};
use reprove::spill::Unpublished;

/// Refuses a path that cannot be written, or that is part of an input: what is read must stay as it is.
pub(crate) fn check(path: &Path, inputs: &[&str]) -> anyhow::Result<()> {
    let folder = folder(path);
    ensure!(folder.is_dir(), "{}: there is no directory {}", path.display(), folder.display());
    let Ok(file) = path.canonicalize() else { return Ok(()) };
    for input in inputs {
        let known = input_path(input).and_then(|path| path.canonicalize().ok());
        let is_input = known.is_some_and(|input| file.is_file() && file.starts_with(input));
        ensure!(!is_input, "{}: is part of the input {input}, and stays as it is", path.display());
    }
    Ok(())
}

/// The file or directory that an image is in.
fn input_path(typed: &str) -> Option<PathBuf> {
    match Reference::parse(typed).ok()?.transport {
        Transport::Oci(Place { path, .. })
        | Transport::OciArchive(Place { path, .. })
        | Transport::DockerArchive(Place { path, .. })
        | Transport::Dir(path) => Some(path),
        Transport::Unspecified(text) => {
            let before_tag = text.split_once(':').map_or(text.as_str(), |(path, _)| path);
            [Path::new(&text), Path::new(before_tag)].into_iter().find(|path| path.exists()).map(Path::to_owned)
        }
        Transport::Remote(_) => None,
    }
}

/// The directory that a file is in.
pub(crate) fn folder(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Writes a file as a whole or not at all; devices, pipes and what is open already are written to as they are.
pub(crate) fn write(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> anyhow::Result<()> {
    if let Some(stream) = opened(path)? {
        let mut stream = BufWriter::new(stream);
        write(&mut stream)?;
        return Ok(stream.flush()?);
    }
    let target = target(path)?;
    let mut file = BufWriter::new(Unpublished::new(folder(&target), 0o666)?);
    write(&mut file)?;
    Ok(file.into_inner().map_err(io::IntoInnerError::into_error)?.publish_over(&target)?)
}

/// What is no file of its own: a device, a pipe, and the streams of this program by whatever name. These may be files, but
/// others write to them too.
fn opened(path: &Path) -> io::Result<Option<File>> {
    let stream = match path.to_str() {
        Some("/dev/stdout" | "/dev/fd/1" | "/proc/self/fd/1") => Some(io::stdout().as_fd().try_clone_to_owned()?),
        Some("/dev/stderr" | "/dev/fd/2" | "/proc/self/fd/2") => Some(io::stderr().as_fd().try_clone_to_owned()?),
        _ => None,
    };
    if let Some(stream) = stream {
        return Ok(Some(stream.into()));
    }
    let is_file = fs::metadata(path).map_or(true, |metadata| metadata.is_file());
    let is_elsewhere = ["/dev/fd", "/proc"].iter().any(|root| path.starts_with(root));
    if is_file && !is_elsewhere { Ok(None) } else { File::options().write(true).open(path).map(Some) }
}

/// The file that a path names, links followed: what is there is replaced, so it has to be one that could be written to.
pub(crate) fn target(path: &Path) -> anyhow::Result<PathBuf> {
    let is_link = fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink());
    let target = if is_link { path.canonicalize().context("a symbolic link to nothing")? } else { path.to_owned() };
    if let Ok(metadata) = fs::metadata(&target) {
        ensure!(!metadata.permissions().readonly(), "it is read-only");
        File::options().write(true).open(&target)?;
    }
    Ok(target)
}
