//! `--extract`: both versions of what is unexplained, as files below a directory of their own.
//!
//! Every directory on the way down is opened by the handle of the one above it and never through a link, so that whoever
//! else can write there cannot lead a file elsewhere.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Component, Path};

use anyhow::{Context as _, ensure};
use reprove::explain::Explanation;
use reprove::{Extracted, Session};
use rustix::fs::{AtFlags, Mode, OFlags, mkdirat, open, openat, unlinkat};

use super::say;

/// Writes what can be written; whether that is all of it. What is not written is named.
pub(crate) fn run(session: &Session, explanation: &Explanation, folder: &Path, secrets: bool) -> anyhow::Result<bool> {
    fs::create_dir_all(folder).with_context(|| format!("{}: cannot be made", folder.display()))?;
    let mut entries = fs::read_dir(folder).with_context(|| format!("{}: cannot be read", folder.display()))?;
    ensure!(entries.next().is_none(), "{}: is not empty; --extract needs a directory of its own", folder.display());
    let root =
        open(folder, DIRECTORY, Mode::empty()).with_context(|| format!("{}: cannot be read", folder.display()))?;
    let mut complete = true;
    let mut left_out = 0_u64;
    session.extract(explanation, &mut |extracted| {
        let path = folder.join(&extracted.shown);
        if let Some(secret) = extracted.secret.filter(|_| !secrets) {
            left_out += 1;
            say(&format!("{}: is not written, it holds a secret ({})", path.display(), secret.name()));
            return;
        }
        if let Err(error) = write(&root, &extracted) {
            complete = false;
            say(&format!("error: {}: cannot be written: {error}", path.display()));
        }
    })?;
    if left_out > 0 {
        say("--extract-secrets also writes files that hold a secret");
    }
    Ok(complete)
}

const DIRECTORY: OFlags = OFlags::DIRECTORY.union(OFlags::RDONLY).union(OFlags::CLOEXEC);
/// A new file, never one that is there already or that a link leads to.
const NEW: OFlags =
    OFlags::CREATE.union(OFlags::EXCL).union(OFlags::WRONLY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

fn write(root: &OwnedFd, extracted: &Extracted<'_>) -> io::Result<()> {
    let name = extracted.name.file_name().unwrap_or_default();
    let mut folder = root.try_clone()?;
    for component in extracted.name.parent().unwrap_or(Path::new("")).components() {
        let Component::Normal(component) = component else { return Err(io::ErrorKind::InvalidFilename.into()) };
        folder = below(&folder, component)?;
    }
    let mode = if extracted.secret.is_some() { 0o600 } else { 0o666 };
    let file = openat(&folder, name, NEW, Mode::from_raw_mode(mode))?;
    let copied = io::copy(&mut extracted.content.reader(), &mut File::from(file));
    if copied.is_err() {
        // Half a file would be taken for the whole.
        let _ = unlinkat(&folder, name, AtFlags::empty());
    }
    copied.map(drop)
}

/// The directory of a name in another one, made where it is missing.
fn below(folder: &OwnedFd, name: &OsStr) -> io::Result<OwnedFd> {
    match mkdirat(folder, name, Mode::from_raw_mode(0o777)) {
        Ok(()) | Err(rustix::io::Errno::EXIST) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(openat(folder, name, DIRECTORY.union(OFlags::NOFOLLOW), Mode::empty())?)
}
