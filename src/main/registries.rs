//! How registries are reached, by what was typed.

use std::io::{self, BufRead as _, Read as _};

use anyhow::{Context as _, bail, ensure};
use reprove::Limits;
use reprove::reference::Reference;
use reprove::source::{Access, Attachments, CacheChoice, Login, Purpose, Secret, Sources};

use super::cli::Registries;

/// Bytes of a password; tokens can have a few thousand.
const PASSWORD: u64 = 64 * 1024;

pub(crate) fn access(arguments: &Registries) -> anyhow::Result<Access> {
    let cache = match (&arguments.cache_dir, arguments.no_cache) {
        (_, true) => CacheChoice::Off,
        (Some(folder), false) => CacheChoice::At(folder.clone()),
        (None, false) => CacheChoice::User,
    };
    let login = match &arguments.username {
        Some(username) => Some(Login { username: username.clone(), password: password()? }),
        None => None,
    };
    let mut access = Access::default();
    access.login = login;
    access.ca_file.clone_from(&arguments.ca_file);
    access.plain_http = arguments.plain_http;
    access.insecure = arguments.insecure;
    access.cache = cache;
    Ok(access)
}

/// An image in a registry, with what is beside it.
pub(crate) fn attachments(
    image: &str,
    access: &Access,
    limits: &Limits,
    purpose: Purpose,
) -> anyhow::Result<Attachments> {
    let reference = Reference::parse(image)?;
    let sources = Sources::new(access, limits, &[&reference])?;
    Ok(sources.attachments(&reference, purpose)?)
}

/// The first line of standard input. No error shows any of it.
fn password() -> anyhow::Result<Secret> {
    let mut line = Vec::new();
    let mut input = io::stdin().lock().take(PASSWORD + 1);
    input.read_until(b'\n', &mut line).context("standard input cannot be read")?;
    ensure!(line.len() as u64 <= PASSWORD, "--password-stdin: the first line of standard input is too long");
    let Ok(text) = String::from_utf8(line) else { bail!("--password-stdin: standard input is not text") };
    let text = text.strip_suffix('\n').map_or(text.as_str(), |text| text.strip_suffix('\r').unwrap_or(text));
    ensure!(!text.is_empty(), "--password-stdin: there is no password on standard input");
    Ok(Secret::new(text))
}
