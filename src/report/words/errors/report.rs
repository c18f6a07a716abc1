//! Reports that cannot be used.

use std::fmt::{self, Display, Formatter};

use crate::error::{Contradiction, Unstated, Unusable};

impl Display for Unusable {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Unusable::Malformed(said) => write!(f, "not a report: {said}"),
            Unusable::Version(version) => {
                write!(f, "a report of version {version:?}, this program reads version 1")
            }
            Unusable::Inconsistent { problem } => write!(f, "the report is not consistent: {problem}"),
            Unusable::Unstated { problem } => write!(f, "{problem}"),
        }
    }
}

impl Display for Contradiction {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Contradiction::Tool { name, version, own } => {
                write!(f, "it was written by {name} {version}: attest it with that version, not {own}")
            }
            Contradiction::NotADigest(text) => write!(f, "{text:?} is no digest"),
            Contradiction::Manifest(digest) => write!(f, "{digest:?} is not the manifest of its platform"),
            Contradiction::OneDigest => f.write_str("images of one digest differ"),
            Contradiction::FindingTwice(id) => write!(f, "finding {id} is in it twice"),
            Contradiction::WithoutCause => f.write_str("a finding without a cause is explained or accepted"),
            Contradiction::UnknownCause(id) => write!(f, "{id:?} is no cause of this version"),
            Contradiction::Unexplained(id) => write!(f, "an unexplained finding has the cause {id:?}"),
            Contradiction::Numbers => f.write_str("its numbers are not those of its findings and gaps"),
            Contradiction::Causes => f.write_str("its causes are not those of its findings"),
            Contradiction::Cause(id) => write!(f, "what it says of the cause {id:?} is not what its findings say"),
            Contradiction::PlatformVerdict(name) => write!(f, "the verdict on {name} is not what its findings say"),
            Contradiction::Rung(name) => write!(f, "the rung of {name} is not what its digests say"),
            Contradiction::Ledger(name) => write!(f, "the ledger of {name} is not what its findings say"),
            Contradiction::Verdict => f.write_str("its verdict is not the worst of its parts"),
        }
    }
}

impl Display for Unstated {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Unstated::NoDigest => {
                f.write_str("the original has no manifest, and so no digest: name an OCI layout or a registry")
            }
            Unstated::NoPlatform(wanted) => write!(f, "the report has no platform {wanted:?}"),
            Unstated::NoPlatforms => f.write_str("no platform was compared"),
            Unstated::NoCanonicalDigests => {
                f.write_str("it has no canonical digests, which evidence needs: write it with --canonical-digest")
            }
        }
    }
}
