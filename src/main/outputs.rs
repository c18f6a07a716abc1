//! Where reports are written: not over what they are about, and as a whole or not at all.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::ensure;
use reprove::reference::{Place, Reference, Transport};
use reprove::spill::Unpublished;

/// Refuses a path that cannot be written, or that is part of an input: what is read must stay as it is.
pub(crate) fn check(path: &Path, inputs: [&str; 2]) -> anyhow::Result<()> {
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

fn folder(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Writes a file as a whole or not at all; devices and pipes are written to as they are.
pub(crate) fn write(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> anyhow::Result<()> {
    if fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
        let mut file = BufWriter::new(File::options().write(true).open(path)?);
        write(&mut file)?;
        return Ok(file.flush()?);
    }
    let mut file = BufWriter::new(Unpublished::new(folder(path), 0o666)?);
    write(&mut file)?;
    Ok(file.into_inner().map_err(io::IntoInnerError::into_error)?.publish_over(path)?)
}
