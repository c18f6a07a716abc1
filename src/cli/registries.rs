//! The options that say how registries are reached.

use std::path::PathBuf;

use clap::Args;

/// How registries are reached.
#[derive(Debug, Args)]
#[command(next_help_heading = "Registries")]
pub(crate) struct Registries {
    /// Keep verified blobs in this directory instead of `reprove` below `XDG_CACHE_HOME` or `~/.cache`. It has to be yours,
    /// and nobody else may be able to write to it.
    #[arg(long, value_name = "DIR", conflicts_with = "no_cache")]
    pub(crate) cache_dir: Option<PathBuf>,
    /// Neither use nor keep blobs of earlier runs.
    #[arg(long)]
    pub(crate) no_cache: bool,
    /// Log in with this name instead of with what `docker login` or `podman login` stored.
    #[arg(long, value_name = "NAME", requires = "password_stdin")]
    pub(crate) username: Option<String>,
    /// Read the password for `--username` from standard input, up to the end of its first line.
    #[arg(long, requires = "username")]
    pub(crate) password_stdin: bool,
    /// Also trust the certificates in this PEM file.
    #[arg(long, value_name = "FILE")]
    pub(crate) ca_file: Option<PathBuf>,
    /// Speak http instead of https, and send credentials over it; hosts of the loopback interface need no such permission
    /// to be spoken to.
    #[arg(long)]
    pub(crate) plain_http: bool,
    /// Accept any certificate: whoever is in between can read credentials, and what is compared is verified all the same.
    #[arg(long)]
    pub(crate) insecure: bool,
}
