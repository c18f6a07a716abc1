//! The commands that state what was found, and sign it.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, ValueEnum};

use super::Compared;

pub(crate) const EXAMPLES: &str = "\
Examples:
  Compare, and write a signed bundle that cosign verifies:
    COSIGN_PASSWORD= reprove attest --key cosign.key -o bundle=app.sigstore.json \\
      docker://ghcr.io/example/app:1.2 oci:build/app
  Once more, a year later: is the image still what its sources build?
    reprove attest --key cosign.key --now --track app.sigstore.json -o bundle=new.sigstore.json \\
      docker://ghcr.io/example/app:1.2 oci:build/app
  The same from a report, unsigned, for cosign or the CI platform to sign:
    reprove diff --canonical-digest -o json=report.json app.tar rebuilt.tar
    reprove attest --report report.json > statement.json
    cosign attest-blob --statement statement.json --bundle app.sigstore.json
  Everything that can be stated, the summary for SLSA among it:
    reprove attest --key cosign.key -o jsonl=app.intoto.jsonl app.tar rebuilt.tar";

pub(crate) const EXIT_CODES: &str = "\
Exit codes:
  0  a positive statement was made: identical, or equivalent under the built-in policy
  1  it was stated that the images are different, with the reasons
  2  it was stated that the comparison is inconclusive; or bad usage, a report that
     contradicts itself, unreadable input or output, and nothing was stated";

pub(crate) const KEY_EXAMPLES: &str = "\
Examples:
  An encrypted pair that cosign reads too:
    COSIGN_PASSWORD=… reprove generate-key reprove
  One without a password, for a job that keeps it in a store of secrets:
    reprove generate-key --no-password reprove

Exit codes:
  0  done: NAME.key and NAME.pub are there
  2  one of them was there already, or cannot be written";

/// `reprove attest`.
#[derive(Debug, Args)]
pub(crate) struct Attest {
    /// The image that was built first, or published: what the statement is about.
    #[arg(value_name = "ORIGINAL", requires = "rebuild", required_unless_present = "report")]
    pub(crate) original: Option<String>,
    /// The image that was built again.
    #[arg(value_name = "REBUILD")]
    pub(crate) rebuild: Option<String>,
    /// State what this report found, as written by `reprove diff --canonical-digest -o json=FILE`, instead of comparing
    /// anew. Whoever can change the file decides what is stated.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["original", "now"])]
    pub(crate) report: Option<PathBuf>,
    /// Write this; can be given more than once. Without it the unsigned statement is printed. One statement is `statement`,
    /// signed `dsse` (an envelope) or `bundle` (of Sigstore); `vsa-` before these makes it the summary for SLSA, `svr-`,
    /// `test-result-` and `scai-` one of --also. `jsonl` is all of them, signed, one a line; `report` the report that they
    /// name.
    #[arg(short, long, value_name = "FORMAT=FILE")]
    pub(crate) output: Vec<Stated>,
    /// State it in these predicates of the in-toto attestation framework too, in jsonl. What can only say something good
    /// is left out where there is nothing good to be said.
    #[arg(long, value_name = "PREDICATE", value_delimiter = ',')]
    pub(crate) also: Vec<Others>,
    /// Sign with this private key: ECDSA P-256 or Ed25519, as PKCS#8, SEC1 or encrypted by cosign. Its password is
    /// `COSIGN_PASSWORD`; where that is not set it is asked for on a terminal.
    #[arg(long, value_name = "FILE", help_heading = "Signing")]
    pub(crate) key: Option<PathBuf>,
    /// Have this command sign, run by sh: it reads what is to be signed from standard input and writes the signature to
    /// standard output.
    #[arg(long, value_name = "COMMAND", conflicts_with = "key", requires = "public_key", help_heading = "Signing")]
    pub(crate) sign_command: Option<String>,
    /// The public key of --sign-command: what it signs is held against it.
    #[arg(long, value_name = "FILE", requires = "sign_command", help_heading = "Signing")]
    pub(crate) public_key: Option<PathBuf>,
    /// Who states it: a URI that consumers know you by.
    #[arg(long, value_name = "URI", default_value = "https://reprove.example/verifier", help_heading = "Statement")]
    pub(crate) verifier_id: String,
    /// Where consumers fetch the image, in summaries; a package URL of the repository where ORIGINAL is docker://.
    #[arg(long, value_name = "URI", help_heading = "Statement")]
    pub(crate) resource_uri: Option<String>,
    /// State the time of the clock, so that it can be asked how old the comparison is. Without it the time is that of
    /// `SOURCE_DATE_EPOCH` or of the images, and the same comparison is stated in the same bytes.
    #[arg(long, help_heading = "Statement")]
    pub(crate) now: bool,
    /// State beside it what this earlier evidence about the same image says, a bundle or envelope, and whether the image
    /// was reproduced then and is so no longer.
    #[arg(long, value_name = "FILE", help_heading = "Statement")]
    pub(crate) track: Option<PathBuf>,
    /// The public key of the evidence for --track; that of the key that signs now where it is not given.
    #[arg(long, value_name = "FILE", requires = "track", help_heading = "Statement")]
    pub(crate) track_key: Option<PathBuf>,
    // Last, because its heading goes for whatever follows it.
    #[command(flatten)]
    pub(crate) compared: Compared,
}

/// `reprove generate-key`.
#[derive(Debug, Args)]
pub(crate) struct GenerateKey {
    /// Write NAME.key, for nobody but you to read, and NAME.pub.
    #[arg(value_name = "NAME", default_value = "reprove")]
    pub(crate) name: PathBuf,
    /// Do not encrypt the private key. Else its password is `COSIGN_PASSWORD`; where that is not set it is asked for on a
    /// terminal.
    #[arg(long)]
    pub(crate) no_password: bool,
}

/// What a comparison is stated in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// Our own predicate, which says all that was found.
    Comparison,
    /// The verification summary of SLSA; only of what passed.
    Vsa,
    /// A simple verification result of the in-toto attestation framework; only of what passed, and with --now or
    /// `SOURCE_DATE_EPOCH`.
    Svr,
    /// A test result of the in-toto attestation framework.
    TestResult,
    /// Attributes (SCAI) of the in-toto attestation framework; only of what passed.
    Scai,
}

/// What is around a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Around {
    /// Nothing: it is not signed.
    Statement,
    /// A DSSE envelope.
    Dsse,
    /// A Sigstore bundle.
    Bundle,
}

/// What can be written of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StatedFormat {
    /// One statement: what it is in and what is around it.
    One(Kind, Around),
    /// All statements in envelopes, one a line; those on single platforms among them.
    Jsonl,
    /// The report that the statement names by its digest. It names images on your disk by their digests.
    Report,
}

impl StatedFormat {
    /// All there are, by name; those of our own predicate without one of it.
    pub(crate) fn all() -> impl Iterator<Item = (String, Self)> {
        let one = |kind: &Kind| {
            let (kind, prefix) = (*kind, if *kind == Kind::Comparison { String::new() } else { name(kind) + "-" });
            let named = move |around: &Around| (prefix.clone() + &name(around), StatedFormat::One(kind, *around));
            Around::value_variants().iter().map(named)
        };
        let more = [("jsonl", StatedFormat::Jsonl), ("report", StatedFormat::Report)];
        Kind::value_variants().iter().flat_map(one).chain(more.map(|(name, format)| (name.to_owned(), format)))
    }

    /// Whether a key is needed.
    pub(crate) const fn is_signed(self) -> bool {
        matches!(self, Self::Jsonl | Self::One(_, Around::Dsse | Around::Bundle))
    }
}

/// What a value of an option is called.
fn name(value: &impl ValueEnum) -> String {
    value.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}

/// A predicate of others, for --also.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Others {
    /// Simple verification result, version 0.2; only of what passed.
    Svr,
    /// Test result, version 0.1.
    TestResult,
    /// Supply chain attribute integrity, version 0.3; only of what passed.
    Scai,
}

/// A file to write a statement to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stated {
    /// As what.
    pub(crate) format: StatedFormat,
    /// Where.
    pub(crate) path: PathBuf,
}

impl FromStr for Stated {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "write FORMAT=FILE, as in bundle=app.sigstore.json".to_owned();
        let (wanted, path) = text.split_once('=').filter(|(_, path)| !path.is_empty()).ok_or_else(wrong)?;
        let format = StatedFormat::all().find(|(name, _)| name == wanted).ok_or_else(|| {
            let names: Vec<_> = StatedFormat::all().map(|(name, _)| name).collect();
            format!("unknown format {wanted:?} (there are {})", names.join(", "))
        })?;
        Ok(Stated { format: format.1, path: path.into() })
    }
}
