//! What is wrong with a report that was given.

use crate::finding::coded;

coded! {
    /// Why a report cannot be used.
    pub enum Unusable {
        /// It is none: what its reader says.
        "report-malformed" Malformed(String),
        /// Of a version that is not read.
        "report-version" Version(String),
        ; around
        /// Its conclusions are not those of its findings and gaps, so nothing is stated of it.
        Inconsistent {
            /// What contradicts what.
            problem: Contradiction,
        },
        /// Nothing can be stated of it.
        Unstated {
            /// Why.
            problem: Unstated,
        },
    }
}

coded! {
    /// Where a report contradicts itself, or this program. Platforms are named as the report has them.
    pub enum Contradiction {
        /// It was written by another program or version, and is to be attested by that.
        "report-tool" Tool {
            /// The program.
            name: String,
            /// Its version.
            version: String,
            /// The version of this one.
            own: String,
        },
        /// This is no digest.
        "report-digest" NotADigest(String),
        /// The digest of an image, if it has one, is not that of the manifest of its platform.
        "report-manifest" Manifest(Option<String>),
        /// Images of one digest differ.
        "report-one-digest" OneDigest,
        /// The finding of this id is there twice.
        "report-finding-twice" FindingTwice(String),
        /// A finding without a cause is explained or accepted.
        "report-without-cause" WithoutCause,
        /// No cause of this version has this id.
        "report-unknown-cause" UnknownCause(String),
        /// An unexplained finding has the cause of this id.
        "report-unexplained" Unexplained(String),
        /// Its numbers are not those of its findings and gaps.
        "report-numbers" Numbers,
        /// Its causes are not those of its findings.
        "report-causes" Causes,
        /// What it says of the cause of this id is not what its findings say.
        "report-cause" Cause(String),
        /// The verdict on this platform is not what its findings say.
        "report-platform-verdict" PlatformVerdict(String),
        /// The rung of this platform is not what its digests say.
        "report-rung" Rung(String),
        /// The ledger of this platform is not what its findings say.
        "report-ledger" Ledger(String),
        /// Its verdict is not the worst of its parts.
        "report-verdict" Verdict,
    }
}

coded! {
    /// Why nothing can be stated of a report.
    pub enum Unstated {
        /// The original has no digest.
        "evidence-without-digest" NoDigest,
        /// It has no platform of this name.
        "evidence-platform" NoPlatform(String),
        /// It compared no platform.
        "evidence-without-platforms" NoPlatforms,
        /// It has no canonical digests.
        "evidence-without-canonical-digests" NoCanonicalDigests,
    }
}

impl From<Contradiction> for Unusable {
    fn from(problem: Contradiction) -> Self {
        Unusable::Inconsistent { problem }
    }
}

impl From<Unstated> for Unusable {
    fn from(problem: Unstated) -> Self {
        Unusable::Unstated { problem }
    }
}
