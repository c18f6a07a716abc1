//! The command that keeps evidence beside an image.

use std::path::PathBuf;

use clap::Args;

use super::{Limited, Registries};

pub(crate) const EXAMPLES: &str = "\
Examples:
  Keep a bundle beside the image that it is about, where verify and cosign find it:
    reprove attest --key rebuilder.key -o bundle=app.sigstore.json -o report=report.json \\
      docker://ghcr.io/example/app:1.2 oci:build/app
    reprove push --bundle app.sigstore.json docker://ghcr.io/example/app:1.2
  The report that it names too, as JSON and as a page:
    reprove push --bundle app.sigstore.json --report report.json --html docker://ghcr.io/example/app:1.2
  Also for cosign 2 and the policy-controller:
    reprove push --bundle app.sigstore.json --cosign-tag docker://ghcr.io/example/app:1.2";

pub(crate) const EXIT_CODES: &str = "\
Exit codes:
  0  all of it is there, also where it was there before
  2  bad usage, a bundle or report that is not about the image, or a registry that did not
     take it; what was said to be there is there";

/// `reprove push`.
#[derive(Debug, Args)]
pub(crate) struct Push {
    /// The image in a registry that the evidence is about.
    #[arg(value_name = "IMAGE")]
    pub(crate) image: String,
    /// Evidence as a Sigstore bundle, signed by whomever; can be given more than once. It has to be about this image.
    #[arg(long, value_name = "FILE", required = true)]
    pub(crate) bundle: Vec<PathBuf>,
    /// The report that a bundle names, as written by `attest -o report=FILE`; it is kept compressed.
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    /// Keep the report as a page, too.
    #[arg(long, requires = "report")]
    pub(crate) html: bool,
    /// Also add the evidence to the tag `sha256-HEX.att`, where cosign 2 and the policy-controller look. Whoever writes it
    /// writes all that is there anew, so two at a time can undo each other. cosign 3 does not look there once a bundle is
    /// beside the image.
    #[arg(long)]
    pub(crate) cosign_tag: bool,
    /// Print nothing but errors.
    #[arg(short, long)]
    pub(crate) quiet: bool,
    #[command(flatten)]
    pub(crate) limited: Limited,
    // Last, because its heading goes for whatever follows it.
    #[command(flatten)]
    pub(crate) registries: Registries,
}
