//! Opens a report with the program that the platform has for that.

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};

use super::cli::{Format, Shown};

const OPENER: &str = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
/// How long it is looked whether the opener fails. Where no browser is open yet, it may run as long as the browser does.
const LOOKS: u32 = 60;
const PAUSE: Duration = Duration::from_millis(50);

/// The HTML report that is to be opened, where one is; refused where there will be none, or none that opens.
pub(crate) fn wanted(shown: &Shown) -> anyhow::Result<Option<&Path>> {
    if !shown.open {
        return Ok(None);
    }
    let html = shown.output.iter().find(|output| output.format == Format::Html);
    let path = &html.context("--open opens the HTML report that is written to a file: give -o html=FILE too")?.path;
    let is_new = !path.exists() && path.symlink_metadata().is_err();
    ensure!(is_new || path.is_file(), "{}: --open needs a file of its own there", path.display());
    Ok(Some(path))
}

/// Opens a file that is written.
pub(crate) fn open(path: &Path) -> anyhow::Result<()> {
    let file = path.canonicalize().with_context(|| format!("{}: cannot be opened", path.display()))?;
    let mut command = Command::new(OPENER);
    command.arg(&file).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut opener = match command.spawn() {
        Ok(opener) => opener,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            bail!("{}: cannot be opened, because there is no {OPENER}; it is written", path.display())
        }
        Err(error) => return Err(error).with_context(|| format!("{}: {OPENER} cannot be run", path.display())),
    };
    for _ in 0..LOOKS {
        match opener.try_wait().with_context(|| format!("{OPENER} cannot be waited for"))? {
            Some(status) if status.success() => return Ok(()),
            Some(status) => bail!("{}: {OPENER} could not open it ({status}); it is written", path.display()),
            None => sleep(PAUSE),
        }
    }
    Ok(())
}
