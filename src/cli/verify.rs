//! The command that checks what others state.

use std::path::PathBuf;

use clap::Args;

use super::{Limited, Registries};

pub(crate) const EXAMPLES: &str = "\
Examples:
  Is there evidence in the registry that this image was reproduced?
    reprove verify --key rebuilder.pub docker://ghcr.io/example/app:1.2
  The same by a file, of a digest, without any network:
    reprove verify --key rebuilder.pub --bundle app.sigstore.json sha256:…
  Not only believed, but compared again:
    reprove verify --key rebuilder.pub --recompute oci:build/app docker://ghcr.io/example/app:1.2
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
  2  bad usage, or a file, key, image or registry that cannot be read";

/// `reprove verify`.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// The image that evidence is wanted of: a digest, or a reference that is resolved to one. Where no evidence is given
    /// it is looked for in the registry of the image: what refers to it, and cosign's tag. What others put there counts
    /// neither for the image nor against it; provenance, summaries and statements of OSS Rebuild and rebuilderd are shown.
    #[arg(value_name = "DIGEST|IMAGE")]
    pub(crate) image: String,
    /// A public key that is trusted; can be given more than once.
    #[arg(long, value_name = "FILE", required = true)]
    pub(crate) key: Vec<PathBuf>,
    /// Evidence as a Sigstore bundle; can be given more than once.
    #[arg(long, value_name = "FILE")]
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
    /// Compare the image with this one again: verdict and canonical digests have to be those that are stated.
    #[arg(long, value_name = "REBUILD")]
    pub(crate) recompute: Option<String>,
    /// Print nothing but errors.
    #[arg(short, long)]
    pub(crate) quiet: bool,
    #[command(flatten)]
    pub(crate) limited: Limited,
    // Last, because its heading goes for whatever follows it.
    #[command(flatten)]
    pub(crate) registries: Registries,
}
