//! The command that checks what others state.

use std::path::PathBuf;

use clap::Args;

use super::Registries;

pub(crate) const EXAMPLES: &str = "\
Examples:
  Is there evidence that this image was reproduced?
    reprove verify --key rebuilder.pub --bundle app.sigstore.json docker://ghcr.io/example/app:1.2
  The same of a digest, without any network:
    reprove verify --key rebuilder.pub --bundle app.sigstore.json sha256:…
  By two of three rebuilders, this week, by a file of requirements:
    reprove verify --key a.pub --key b.pub --key c.pub --policy evidence.toml \\
      --bundle a.sigstore.json --bundle b.sigstore.json sha256:…

A file of requirements; all of it is optional, and this is what holds without it:
  verdict = \"equivalent\"      # the least; \"different\" needs a list of causes
  severity = \"cosmetic\"       # no cause reaches further
  signers = 1                 # how many of the keys have to have signed it
and what does not:
  causes = [\"tar-mtime\"]      # these and no others
  verifiers = [\"https://…\"]   # who may state it, as --verifier-id named him
  max-age = 7                 # in days; only of statements made with --now";

pub(crate) const EXIT_CODES: &str = "\
Exit codes:
  0  there is evidence, and it is what is required
  1  there is none that holds, or it says something else
  2  bad usage, or a file, key or image that cannot be read";

/// `reprove verify`.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// The image that evidence is wanted of: a digest, or a reference that is resolved to one.
    #[arg(value_name = "DIGEST|IMAGE")]
    pub(crate) image: String,
    /// A public key that is trusted; can be given more than once.
    #[arg(long, value_name = "FILE", required = true)]
    pub(crate) key: Vec<PathBuf>,
    /// Evidence as a Sigstore bundle; can be given more than once.
    #[arg(long, value_name = "FILE", required_unless_present = "envelope")]
    pub(crate) bundle: Vec<PathBuf>,
    /// Evidence as a DSSE envelope; can be given more than once.
    #[arg(long, value_name = "FILE")]
    pub(crate) envelope: Vec<PathBuf>,
    /// What is required of it.
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
    /// Require that the images were compared within so many days.
    #[arg(long, value_name = "DAYS")]
    pub(crate) max_age: Option<u32>,
    /// Print nothing but errors.
    #[arg(short, long)]
    pub(crate) quiet: bool,
    // Last, because its heading goes for whatever follows it.
    #[command(flatten)]
    pub(crate) registries: Registries,
}
